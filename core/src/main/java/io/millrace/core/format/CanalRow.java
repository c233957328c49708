// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.ColumnType;
import io.millrace.core.TableSchema;

/** Rows with the values of {@link CanalJson}: all of them strings. Used by one thread at a time. */
final class CanalRow extends RowWriter {

    private final SqlTime time;
    private final Members[] members;
    private final boolean[] years;

    CanalRow(TableSchema schema, CanalJson format) {
        super(schema);
        this.time = format.time();
        this.members = new Members[schema.size()];
        this.years = new boolean[schema.size()];
        for (int i = 0; i < years.length; i++) {
            members[i] = format.membersAsText() ? Members.NONE : Members.of(schema.column(i));
            years[i] = schema.column(i).nativeType().equals("year")
                    && schema.column(i).type() == ColumnType.INT;
        }
    }

    private JsonBuffer begin(int column) {
        JsonBuffer to = name(column);
        to.raw('"');
        return to;
    }

    @Override
    public void onBoolean(int column, boolean value) {
        name(column).ascii(value ? "\"1\"" : "\"0\"");
    }

    @Override
    public void onLong(int column, long value) {
        JsonBuffer to = begin(column);
        if (years[column]) {
            to.padded((int) value, 4);
        } else {
            to.number(value);
        }
        to.raw('"');
    }

    @Override
    public void onUnsignedLong(int column, long bits) {
        JsonBuffer to = begin(column);
        to.unsignedNumber(bits);
        to.raw('"');
    }

    @Override
    public void onFloat(int column, float value) {
        JsonBuffer to = begin(column);
        to.number(value);
        to.raw('"');
    }

    @Override
    public void onDouble(int column, double value) {
        JsonBuffer to = begin(column);
        to.number(value);
        to.raw('"');
    }

    @Override
    public void onDecimal(int column, byte[] ascii, int offset, int length) {
        name(column).string(ascii, offset, length);
    }

    @Override
    public void onUtf8(int column, byte[] utf8, int offset, int length) {
        if (members[column].isEmpty()) {
            super.onUtf8(column, utf8, offset, length);
            return;
        }
        JsonBuffer to = name(column);
        int start = to.length();
        to.raw('"');
        if (members[column].writeNumber(utf8, offset, length, to)) {
            to.raw('"');
        } else {
            // Text that a transform has put there.
            to.shorten(start);
            to.string(utf8, offset, length);
        }
    }

    @Override
    public void onBytes(int column, byte[] bytes, int offset, int length) {
        JsonBuffer to = begin(column);
        to.latin1(bytes, offset, length);
        to.raw('"');
    }

    @Override
    public void onDateTime(int column, int year, int month, int day, int hour, int minute, int second, int micros) {
        JsonBuffer to = begin(column);
        SqlTime.dateTime(to, year, month, day, hour, minute, second, micros, scale(column));
        to.raw('"');
    }

    @Override
    public void onTimestamp(int column, long epochSecond, int micros) {
        JsonBuffer to = begin(column);
        time.timestamp(to, epochSecond, micros, scale(column));
        to.raw('"');
    }

    @Override
    public void onJson(int column, byte[] utf8, int offset, int length) {
        name(column).string(utf8, offset, length);
    }

    /** Writes the bytes that the server stores: the spatial reference system in four bytes, and the well-known binary. */
    @Override
    public void onGeometry(int column, int srid, byte[] wkb, int offset, int length) {
        JsonBuffer to = begin(column);
        byte[] littleEndian = {(byte) srid, (byte) (srid >> 8), (byte) (srid >> 16), (byte) (srid >> 24)};
        to.latin1(littleEndian, 0, littleEndian.length);
        to.latin1(wkb, offset, length);
        to.raw('"');
    }

    @Override
    public void onVector(int column, byte[] floats, int offset, int length) {
        JsonBuffer to = begin(column);
        vector(to, floats, offset, length);
        to.raw('"');
    }
}
