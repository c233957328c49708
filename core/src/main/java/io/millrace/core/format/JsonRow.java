// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.AbsentValueException;
import io.millrace.core.ColumnVisitor;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes row images of one schema as JSON objects, column by column, from the event's bytes to the
 * output's. Absent columns are left out. The forms of values: numbers with their exact digits, text
 * and temporals as strings ({@code 2024-12-03T03:48:55.123456}, instants with {@code Z}), bytes as
 * base64, JSON embedded. Used by one thread at a time.
 */
public final class JsonRow implements ColumnVisitor {

    private final TableSchema schema;
    /** {@code ,"name":} for each column; the first written loses its comma. */
    private final byte[][] names;

    private final int[] scales;
    private JsonBuffer out = new JsonBuffer(32);
    private boolean first;
    /** Set while a value is written without its column's name. */
    private boolean bare;

    public JsonRow(TableSchema schema) {
        this.schema = schema;
        this.names = new byte[schema.size()][];
        this.scales = new int[schema.size()];
        JsonBuffer name = new JsonBuffer(64);
        for (int i = 0; i < names.length; i++) {
            name.clear();
            name.raw(',');
            name.string(schema.column(i).name());
            name.raw(':');
            names[i] = name.toByteArray();
            scales[i] = Math.min(schema.column(i).scale(), 6);
        }
    }

    /** Appends the row as an object. */
    public void write(RowImage row, JsonBuffer to) {
        out = to;
        first = true;
        to.raw('{');
        row.accept(this);
        to.raw('}');
    }

    /**
     * Appends an object of the given columns only.
     *
     * @throws AbsentValueException if the image does not hold one of them
     */
    public void write(RowImage row, int[] columns, JsonBuffer to) {
        out = to;
        first = true;
        to.raw('{');
        for (int column : columns) {
            require(row, column);
            row.accept(column, this);
        }
        to.raw('}');
    }

    /** @throws AbsentValueException if the image does not hold the column */
    private static void require(RowImage row, int column) {
        if (!row.has(column)) {
            row.get(column);
        }
    }

    /**
     * Appends the value of one column, without its name.
     *
     * @throws AbsentValueException if the image does not hold it
     */
    public void writeValue(RowImage row, int column, JsonBuffer to) {
        require(row, column);
        out = to;
        bare = true;
        try {
            row.accept(column, this);
        } finally {
            bare = false;
        }
    }

    private JsonBuffer name(int column) {
        if (bare) {
            return out;
        }
        byte[] name = names[column];
        if (first) {
            first = false;
            out.raw(name, 1, name.length - 1);
        } else {
            out.raw(name);
        }
        return out;
    }

    @Override
    public void onNull(int column) {
        name(column).nullValue();
    }

    @Override
    public void onAbsent(int column) {
        // Left out: a reader must be able to tell it from null.
    }

    @Override
    public void onBoolean(int column, boolean value) {
        name(column).bool(value);
    }

    @Override
    public void onLong(int column, long value) {
        name(column).number(value);
    }

    @Override
    public void onUnsignedLong(int column, long bits) {
        name(column).unsignedNumber(bits);
    }

    @Override
    public void onFloat(int column, float value) {
        name(column).number(value);
    }

    @Override
    public void onDouble(int column, double value) {
        name(column).number(value);
    }

    @Override
    public void onDecimal(int column, byte[] ascii, int offset, int length) {
        name(column).raw(ascii, offset, length);
    }

    @Override
    public void onUtf8(int column, byte[] utf8, int offset, int length) {
        name(column).string(utf8, offset, length);
    }

    @Override
    public void onBytes(int column, byte[] bytes, int offset, int length) {
        name(column).base64(bytes, offset, length);
    }

    @Override
    public void onDate(int column, int year, int month, int day) {
        JsonBuffer to = name(column);
        to.raw('"');
        IsoText.date(to, year, month, day);
        to.raw('"');
    }

    @Override
    public void onDateTime(int column, int year, int month, int day, int hour, int minute, int second, int micros) {
        JsonBuffer to = name(column);
        to.raw('"');
        IsoText.date(to, year, month, day);
        to.raw('T');
        IsoText.time(to, hour, minute, second, micros, scales[column]);
        to.raw('"');
    }

    @Override
    public void onTimestamp(int column, long epochSecond, int micros) {
        JsonBuffer to = name(column);
        to.raw('"');
        to.instant(epochSecond, micros, scales[column]);
        to.raw('"');
    }

    @Override
    public void onTime(int column, long micros) {
        JsonBuffer to = name(column);
        to.raw('"');
        if (micros < 0) {
            to.raw('-');
        }
        long absolute = Math.abs(micros);
        long seconds = absolute / 1_000_000;
        long hours = seconds / 3600;
        if (hours < 10) {
            to.raw('0');
        }
        to.number(hours);
        to.raw(':');
        to.padded((int) (seconds / 60 % 60), 2);
        to.raw(':');
        to.padded((int) (seconds % 60), 2);
        IsoText.fraction(to, (int) (absolute % 1_000_000), scales[column]);
        to.raw('"');
    }

    @Override
    public void onJson(int column, byte[] utf8, int offset, int length) {
        name(column).raw(utf8, offset, length);
    }

    @Override
    public void onGeometry(int column, int srid, byte[] wkb, int offset, int length) {
        JsonBuffer to = name(column);
        to.ascii("{\"srid\":");
        to.number(srid);
        to.ascii(",\"wkb\":");
        to.base64(wkb, offset, length);
        to.raw('}');
    }

    @Override
    public void onVector(int column, byte[] floats, int offset, int length) {
        JsonBuffer to = name(column);
        ByteBuffer values = ByteBuffer.wrap(floats, offset, length).order(ByteOrder.LITTLE_ENDIAN);
        to.raw('[');
        for (int i = 0; values.remaining() >= Float.BYTES; i++) {
            if (i > 0) {
                to.raw(',');
            }
            to.number(values.getFloat());
        }
        to.raw(']');
    }

    /** {@return the schema whose rows this writes} */
    public TableSchema schema() {
        return schema;
    }
}
