// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.spill;

import io.millrace.core.ChangeRejectedException;
import io.millrace.core.ColumnVisitor;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import java.util.Objects;

/** A row that was written by a {@link RowWriter}, as a view of the bytes. */
final class SpilledRow extends RowImage {

    private final TableSchema schema;
    private final int schemaBytes;
    private final byte[] bytes;
    private final boolean isWhole;
    private final int begin;
    private final int end;
    /** Where each column begins; made when one is asked for by itself. Racing threads make the same. */
    private volatile int[] columns = {};

    /** @param schemaBytes what the row has to answer for of its schema */
    SpilledRow(TableSchema schema, int schemaBytes, byte[] bytes, int begin, int end) {
        this.schema = schema;
        this.schemaBytes = schemaBytes;
        this.bytes = bytes;
        this.isWhole = bytes[begin] != 0;
        this.begin = begin + 1;
        this.end = end;
    }

    @Override
    public TableSchema schema() {
        return schema;
    }

    @Override
    public int sizeBytes() {
        return end - begin + 40 + schemaBytes;
    }

    @Override
    public void accept(ColumnVisitor visitor) {
        ByteReader in = new ByteReader(bytes, begin, end);
        for (int i = 0; i < schema.size(); i++) {
            show(i, in, visitor);
        }
    }

    @Override
    public void accept(int column, ColumnVisitor visitor) {
        show(column, new ByteReader(bytes, begin(column), end), visitor);
    }

    @Override
    public boolean isWhole() {
        return isWhole;
    }

    @Override
    public boolean has(int column) {
        return bytes[begin(column)] != RowWriter.ABSENT;
    }

    private int begin(int column) {
        Objects.checkIndex(column, schema.size());
        int[] known = columns;
        if (known.length == 0) {
            known = new int[schema.size()];
            ByteReader in = new ByteReader(bytes, begin, end);
            for (int i = 0; i < known.length; i++) {
                known[i] = in.position();
                skip(in);
            }
            columns = known;
        }
        return known[column];
    }

    private static void skip(ByteReader in) {
        switch (in.read()) {
            case RowWriter.NULL, RowWriter.ABSENT, RowWriter.FALSE, RowWriter.TRUE -> {}
            case RowWriter.FLOAT -> in.skip(4);
            case RowWriter.LONG, RowWriter.UNSIGNED_LONG, RowWriter.DOUBLE, RowWriter.TIME -> in.skip(8);
            case RowWriter.DATE -> in.skip(6);
            case RowWriter.DATE_TIME -> in.skip(13);
            case RowWriter.TIMESTAMP -> in.skip(12);
            case RowWriter.GEOMETRY -> {
                in.skip(4);
                in.skip(in.length());
            }
            case RowWriter.REJECTED, RowWriter.FAILED -> in.text();
            default -> in.skip(in.length());
        }
    }

    private static void show(int column, ByteReader in, ColumnVisitor visitor) {
        int tag = in.read();
        switch (tag) {
            case RowWriter.NULL -> visitor.onNull(column);
            case RowWriter.ABSENT -> visitor.onAbsent(column);
            case RowWriter.FALSE, RowWriter.TRUE -> visitor.onBoolean(column, tag == RowWriter.TRUE);
            case RowWriter.LONG -> visitor.onLong(column, in.number(8));
            case RowWriter.UNSIGNED_LONG -> visitor.onUnsignedLong(column, in.number(8));
            case RowWriter.FLOAT -> visitor.onFloat(column, Float.intBitsToFloat((int) in.number(4)));
            case RowWriter.DOUBLE -> visitor.onDouble(column, Double.longBitsToDouble(in.number(8)));
            case RowWriter.DATE -> visitor.onDate(column, (int) in.number(4), in.read(), in.read());
            case RowWriter.DATE_TIME ->
                visitor.onDateTime(
                        column, (int) in.number(4), in.read(), in.read(), in.read(), in.read(), in.read(), (int)
                                in.number(4));
            case RowWriter.TIMESTAMP -> visitor.onTimestamp(column, in.number(8), (int) in.number(4));
            case RowWriter.TIME -> visitor.onTime(column, in.number(8));
            case RowWriter.REJECTED -> throw new ChangeRejectedException(null, String.valueOf(in.text()), null);
            case RowWriter.FAILED -> throw new IllegalStateException(in.text());
            default -> showBlock(tag, column, in, visitor);
        }
    }

    private static void showBlock(int tag, int column, ByteReader in, ColumnVisitor visitor) {
        int srid = tag == RowWriter.GEOMETRY ? (int) in.number(4) : 0;
        int length = in.length();
        int offset = in.position();
        byte[] block = in.array();
        switch (tag) {
            case RowWriter.DECIMAL -> visitor.onDecimal(column, block, offset, length);
            case RowWriter.UTF8 -> visitor.onUtf8(column, block, offset, length);
            case RowWriter.BYTES -> visitor.onBytes(column, block, offset, length);
            case RowWriter.JSON -> visitor.onJson(column, block, offset, length);
            case RowWriter.GEOMETRY -> visitor.onGeometry(column, srid, block, offset, length);
            case RowWriter.VECTOR -> visitor.onVector(column, block, offset, length);
            default -> throw new IllegalStateException("unknown tag " + tag);
        }
        in.skip(length);
    }
}
