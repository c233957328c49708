// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.AbsentValueException;
import io.millrace.core.ColumnVisitor;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes row images of one schema as JSON objects, column by column, from the event's bytes to the output's. Absent
 * columns are left out: a reader must be able to tell them from null. Subclasses say what values look like where they have
 * other forms than these; each of their methods begins with {@link #name}. Used by one thread at a time.
 */
abstract class RowWriter implements ColumnVisitor {

    private final TableSchema schema;
    /** {@code ,"name":} for each column; the first written loses its comma. */
    private final byte[][] names;

    private final int[] scales;
    private JsonBuffer out = new JsonBuffer(32);
    private boolean first;
    /** Set while a value is written without its column's name. */
    private boolean bare;

    RowWriter(TableSchema schema) {
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
    public final void write(RowImage row, JsonBuffer to) {
        to.raw('{');
        writeFields(row, to);
        to.raw('}');
    }

    /** Appends the row's names and values without braces; {@return whether there are any} */
    final boolean writeFields(RowImage row, JsonBuffer to) {
        out = to;
        first = true;
        row.accept(this);
        return !first;
    }

    /**
     * Appends an object of the given columns only.
     *
     * @throws AbsentValueException if the image does not hold one of them
     */
    public final void write(RowImage row, int[] columns, JsonBuffer to) {
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
    public final void writeValue(RowImage row, int column, JsonBuffer to) {
        require(row, column);
        out = to;
        bare = true;
        try {
            row.accept(column, this);
        } finally {
            bare = false;
        }
    }

    /** Writes the column's name, if it is wanted; {@return where the value goes} */
    final JsonBuffer name(int column) {
        if (bare) {
            return out;
        }
        writeName(column, first, out);
        first = false;
        return out;
    }

    /** {@return whether a value is written by itself, where something has to stand} */
    final boolean isBare() {
        return bare;
    }

    /** Appends the column's name and a colon, behind a comma unless it is the first. */
    final void writeName(int column, boolean isFirst, JsonBuffer to) {
        byte[] name = names[column];
        int from = isFirst ? 1 : 0;
        to.raw(name, from, name.length - from);
    }

    /** {@return digits of the column's seconds, at most 6} */
    final int scale(int column) {
        return scales[column];
    }

    /** {@return the schema whose rows this writes} */
    public final TableSchema schema() {
        return schema;
    }

    @Override
    public void onNull(int column) {
        name(column).nullValue();
    }

    @Override
    public final void onAbsent(int column) {
        // Left out.
    }

    @Override
    public void onLong(int column, long value) {
        name(column).number(value);
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
    public void onUnsignedLong(int column, long bits) {
        name(column).unsignedNumber(bits);
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
    public void onTime(int column, long micros) {
        JsonBuffer to = name(column);
        to.raw('"');
        IsoText.span(to, micros, scale(column));
        to.raw('"');
    }

    @Override
    public void onJson(int column, byte[] utf8, int offset, int length) {
        name(column).raw(utf8, offset, length);
    }

    @Override
    public void onVector(int column, byte[] floats, int offset, int length) {
        vector(name(column), floats, offset, length);
    }

    /** Writes an array of numbers. */
    static void vector(JsonBuffer to, byte[] floats, int offset, int length) {
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
}
