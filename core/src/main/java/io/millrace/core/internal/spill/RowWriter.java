// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.spill;

import io.millrace.core.ChangeRejectedException;
import io.millrace.core.ColumnVisitor;
import io.millrace.core.RowImage;

/**
 * Writes whether a row is whole and what it shows its visitors, one tag and value per column, so that a
 * {@link SpilledRow} can show the same. A column that cannot be read is written as the failure that it is.
 */
final class RowWriter implements ColumnVisitor {

    static final int NULL = 0;
    static final int ABSENT = 1;
    static final int FALSE = 2;
    static final int TRUE = 3;
    static final int LONG = 4;
    static final int UNSIGNED_LONG = 5;
    static final int FLOAT = 6;
    static final int DOUBLE = 7;
    static final int DECIMAL = 8;
    static final int UTF8 = 9;
    static final int BYTES = 10;
    static final int DATE = 11;
    static final int DATE_TIME = 12;
    static final int TIMESTAMP = 13;
    static final int TIME = 14;
    static final int JSON = 15;
    static final int GEOMETRY = 16;
    static final int VECTOR = 17;
    static final int REJECTED = 18;
    static final int FAILED = 19;

    private final ByteWriter out;

    RowWriter(ByteWriter out) {
        this.out = out;
    }

    void write(RowImage row) {
        out.write(row.isWhole() ? 1 : 0);
        int begin = out.size();
        try {
            row.accept(this);
        } catch (RuntimeException e) {
            out.cut(begin);
            for (int i = 0; i < row.schema().size(); i++) {
                writeOrItsFailure(row, i);
            }
        }
    }

    private void writeOrItsFailure(RowImage row, int column) {
        int begin = out.size();
        try {
            row.accept(column, this);
        } catch (RuntimeException e) {
            out.cut(begin);
            out.write(e instanceof ChangeRejectedException ? REJECTED : FAILED);
            out.text(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void onNull(int column) {
        out.write(NULL);
    }

    @Override
    public void onAbsent(int column) {
        out.write(ABSENT);
    }

    @Override
    public void onBoolean(int column, boolean value) {
        out.write(value ? TRUE : FALSE);
    }

    @Override
    public void onLong(int column, long value) {
        out.write(LONG);
        out.number(value, 8);
    }

    @Override
    public void onUnsignedLong(int column, long bits) {
        out.write(UNSIGNED_LONG);
        out.number(bits, 8);
    }

    @Override
    public void onFloat(int column, float value) {
        out.write(FLOAT);
        out.number(Float.floatToRawIntBits(value), 4);
    }

    @Override
    public void onDouble(int column, double value) {
        out.write(DOUBLE);
        out.number(Double.doubleToRawLongBits(value), 8);
    }

    @Override
    public void onDecimal(int column, byte[] ascii, int offset, int length) {
        block(DECIMAL, ascii, offset, length);
    }

    @Override
    public void onUtf8(int column, byte[] utf8, int offset, int length) {
        block(UTF8, utf8, offset, length);
    }

    @Override
    public void onBytes(int column, byte[] bytes, int offset, int length) {
        block(BYTES, bytes, offset, length);
    }

    @Override
    public void onDate(int column, int year, int month, int day) {
        out.write(DATE);
        date(year, month, day);
    }

    @Override
    public void onDateTime(int column, int year, int month, int day, int hour, int minute, int second, int micros) {
        out.write(DATE_TIME);
        date(year, month, day);
        out.write(hour);
        out.write(minute);
        out.write(second);
        out.number(micros, 4);
    }

    private void date(int year, int month, int day) {
        out.number(year, 4);
        out.write(month);
        out.write(day);
    }

    @Override
    public void onTimestamp(int column, long epochSecond, int micros) {
        out.write(TIMESTAMP);
        out.number(epochSecond, 8);
        out.number(micros, 4);
    }

    @Override
    public void onTime(int column, long micros) {
        out.write(TIME);
        out.number(micros, 8);
    }

    @Override
    public void onJson(int column, byte[] utf8, int offset, int length) {
        block(JSON, utf8, offset, length);
    }

    @Override
    public void onGeometry(int column, int srid, byte[] wkb, int offset, int length) {
        out.write(GEOMETRY);
        out.number(srid, 4);
        out.block(wkb, offset, length);
    }

    @Override
    public void onVector(int column, byte[] floats, int offset, int length) {
        block(VECTOR, floats, offset, length);
    }

    private void block(int tag, byte[] bytes, int offset, int length) {
        out.write(tag);
        out.block(bytes, offset, length);
    }
}
