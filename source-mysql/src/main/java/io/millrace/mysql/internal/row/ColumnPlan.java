// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import java.util.Arrays;

/**
 * How the values of one column are decoded, and what the column is to the reader of the schema.
 *
 * @param argument see {@link Op}
 * @param members of an ENUM or SET, in UTF-8; otherwise empty
 * @param charset of text; otherwise binary
 */
record ColumnPlan(Column column, int op, int argument, byte[][] members, MySqlCharset charset) {

    private static final byte[][] NO_MEMBERS = {};

    static ColumnPlan of(RowLayout layout, int column, OptionalMetadata metadata, String name) {
        return new Maker(layout, column, metadata, name).plan();
    }

    /** Puts a plan together from what the table map tells in several places. */
    private static final class Maker {

        private final RowLayout layout;
        private final int index;
        private final OptionalMetadata metadata;
        private final String name;
        private final int meta;
        private final boolean unsigned;
        private final MySqlCharset charset;

        Maker(RowLayout layout, int index, OptionalMetadata metadata, String name) {
            this.layout = layout;
            this.index = index;
            this.metadata = metadata;
            this.name = name;
            this.meta = layout.metadata(index);
            this.unsigned = metadata.unsigned[index];
            this.charset = MySqlCharset.ofCollation(metadata.collations[index]);
        }

        ColumnPlan plan() {
            return switch (layout.type(index)) {
                case TypeCode.TINY -> integer(Op.INT8, Op.UINT8);
                case TypeCode.SHORT -> integer(Op.INT16, Op.UINT16);
                case TypeCode.INT24 -> integer(Op.INT24, Op.UINT24);
                case TypeCode.LONG -> unsigned ? simple(Op.UINT32, ColumnType.LONG) : simple(Op.INT32, ColumnType.INT);
                case TypeCode.LONGLONG ->
                    unsigned ? simple(Op.UINT64, ColumnType.UNSIGNED_LONG) : simple(Op.INT64, ColumnType.LONG);
                case TypeCode.YEAR -> simple(Op.YEAR, ColumnType.INT);
                case TypeCode.FLOAT -> simple(Op.FLOAT, ColumnType.FLOAT);
                case TypeCode.DOUBLE -> simple(Op.DOUBLE, ColumnType.DOUBLE);
                case TypeCode.NEWDECIMAL -> plan(Op.DECIMAL, ColumnType.DECIMAL, meta, meta & 0xff);
                case TypeCode.BIT ->
                    meta == 1 ? simple(Op.BOOLEAN, ColumnType.BOOLEAN) : simple(Op.BITS, ColumnType.BITS);
                case TypeCode.DATE, TypeCode.NEWDATE -> simple(Op.DATE, ColumnType.DATE);
                case TypeCode.DATETIME2 -> temporal(Op.DATETIME, ColumnType.DATETIME);
                case TypeCode.TIMESTAMP2 ->
                    temporal(
                            metadata.family == ServerFamily.MARIADB ? Op.TIMESTAMP_OF_MARIADB : Op.TIMESTAMP,
                            ColumnType.TIMESTAMP);
                case TypeCode.TIME2 -> temporal(Op.TIME, ColumnType.TIME);
                case TypeCode.DATETIME -> simple(Op.OLD_DATETIME, ColumnType.DATETIME);
                case TypeCode.TIMESTAMP -> simple(Op.OLD_TIMESTAMP, ColumnType.TIMESTAMP);
                case TypeCode.TIME -> simple(Op.OLD_TIME, ColumnType.TIME);
                case TypeCode.STRING -> charset.isBinary() ? plan(Op.PADDED_BYTES, ColumnType.BYTES, meta, 0) : text(1);
                case TypeCode.VARCHAR, TypeCode.BLOB ->
                    charset.isBinary() ? simple(Op.BYTES, ColumnType.BYTES) : text(0);
                case TypeCode.VARCHAR_COMPRESSED, TypeCode.BLOB_COMPRESSED ->
                    simple(Op.COMPRESSED, charset.isBinary() ? ColumnType.BYTES : ColumnType.STRING);
                case TypeCode.ENUM -> members(Op.ENUM);
                case TypeCode.SET -> members(Op.SET);
                case TypeCode.JSON -> simple(Op.JSON, ColumnType.JSON);
                case TypeCode.GEOMETRY -> simple(Op.GEOMETRY, ColumnType.GEOMETRY);
                case TypeCode.VECTOR -> simple(Op.VECTOR, ColumnType.VECTOR);
                default -> throw new IllegalStateException("a width but no plan for type code " + layout.type(index));
            };
        }

        private ColumnPlan integer(int signedOp, int unsignedOp) {
            return simple(unsigned ? unsignedOp : signedOp, ColumnType.INT);
        }

        private ColumnPlan temporal(int op, ColumnType type) {
            return plan(op, type, meta, meta);
        }

        private ColumnPlan text(int dropSpaces) {
            return charset.isUtf8()
                    ? simple(Op.UTF8, ColumnType.STRING)
                    : plan(Op.TEXT, ColumnType.STRING, dropSpaces, 0);
        }

        private ColumnPlan members(int op) {
            byte[][] raw = metadata.members[index];
            if (raw == null) {
                throw new MalformedRowException(
                        "the table map of " + layout.table() + " has no members for column " + name);
            }
            byte[][] members = new byte[raw.length][];
            Scratch room = new Scratch();
            for (int i = 0; i < raw.length; i++) {
                try {
                    int count = charset.toUtf8(raw[i], 0, raw[i].length, room);
                    members[i] = Arrays.copyOf(room.bytes(0), count);
                } catch (MalformedValueException e) {
                    throw new UnreadableValueException(
                            layout.table(), name, "member " + (i + 1) + ": " + e.getMessage(), e);
                }
            }
            Column column = column(ColumnType.STRING, 0, members);
            return new ColumnPlan(column, op, 0, members, charset);
        }

        private ColumnPlan simple(int op, ColumnType type) {
            return plan(op, type, 0, 0);
        }

        private ColumnPlan plan(int op, ColumnType type, int argument, int scale) {
            return new ColumnPlan(column(type, scale, NO_MEMBERS), op, argument, NO_MEMBERS, charset);
        }

        private Column column(ColumnType type, int scale, byte[][] members) {
            String nativeType = NativeType.of(layout, index, metadata, charset, members);
            return new Column(name, type, nativeType, scale, layout.nullable(index));
        }
    }
}
