// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.TableSchema;

/** Rows with the values of {@link MaxwellJson}. Used by one thread at a time. */
final class MaxwellRow extends RowWriter {

    private final SqlTime time;
    private final boolean nulls;
    private final boolean nullZeroDates;
    private final boolean[] sets;

    MaxwellRow(TableSchema schema, MaxwellJson format) {
        super(schema);
        this.time = format.time();
        this.nulls = format.nulls();
        this.nullZeroDates = format.nullZeroDates();
        this.sets = new boolean[schema.size()];
        for (int i = 0; i < sets.length; i++) {
            sets[i] = Members.of(schema.column(i)).isSet();
        }
    }

    @Override
    public void onNull(int column) {
        if (nulls || isBare()) {
            super.onNull(column);
        }
    }

    @Override
    public void onBoolean(int column, boolean value) {
        name(column).raw(value ? '1' : '0');
    }

    @Override
    public void onUtf8(int column, byte[] utf8, int offset, int length) {
        if (sets[column]) {
            members(name(column), utf8, offset, offset + length);
        } else {
            super.onUtf8(column, utf8, offset, length);
        }
    }

    private static void members(JsonBuffer to, byte[] utf8, int offset, int end) {
        to.raw('[');
        for (int from = offset; from < end; ) {
            int until = Members.endOfMember(utf8, from, end);
            if (from > offset) {
                to.raw(',');
            }
            to.string(utf8, from, until - from);
            from = until + 1;
        }
        to.raw(']');
    }

    @Override
    public void onDate(int column, int year, int month, int day) {
        if (isZero(year, month, day)) {
            onNull(column);
        } else {
            super.onDate(column, year, month, day);
        }
    }

    private boolean isZero(int year, int month, int day) {
        return nullZeroDates && year == 0 && month == 0 && day == 0;
    }

    @Override
    public void onDateTime(int column, int year, int month, int day, int hour, int minute, int second, int micros) {
        if (isZero(year, month, day)) {
            onNull(column);
        } else {
            JsonBuffer to = name(column);
            to.raw('"');
            SqlTime.dateTime(to, year, month, day, hour, minute, second, micros, scale(column));
            to.raw('"');
        }
    }

    @Override
    public void onTimestamp(int column, long epochSecond, int micros) {
        JsonBuffer to = name(column);
        to.raw('"');
        time.timestamp(to, epochSecond, micros, scale(column));
        to.raw('"');
    }

    @Override
    public void onGeometry(int column, int srid, byte[] wkb, int offset, int length) {
        JsonBuffer to = name(column);
        to.raw('"');
        WktText.write(wkb, offset, length, to);
        to.raw('"');
    }
}
