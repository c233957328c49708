// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import io.millrace.core.TableId;
import org.jspecify.annotations.Nullable;

/**
 * How long the values of a table are: all that is needed to walk over rows, or to count those of a
 * table that nobody wants. It comes from the first part of a table map, so it is there whatever
 * {@code binlog_row_metadata} says. Immutable.
 *
 * <p>Sources: MySQL's {@code rows_event.h} (Table_map_event, Rows_event) and
 * {@code binary_log_funcs.cpp} (calc_field_size).
 */
public final class RowLayout {

    private final long tableNumber;
    private final TableId table;
    /** {@link TypeCode}s, with ENUM and SET told apart from CHAR. */
    private final int[] types;

    private final int[] metadata;
    private final boolean[] nullable;
    /** Bytes of each column's values; negative: bytes of the length that goes before the value. */
    private final int[] widths;

    private final PresentColumns full;

    private RowLayout(long tableNumber, TableId table, int[] types, int[] metadata, boolean[] nullable) {
        this.tableNumber = tableNumber;
        this.table = table;
        this.types = types;
        this.metadata = metadata;
        this.nullable = nullable;
        this.widths = new int[types.length];
        for (int i = 0; i < types.length; i++) {
            widths[i] = width(types[i], metadata[i], i);
        }
        this.full = PresentColumns.all(types.length);
    }

    /**
     * Reads the layout out of the body of a table map event.
     *
     * @param family who wrote it
     * @throws UnreadableValueException if a column's type is unknown, or does not tell how long its values are
     * @throws MalformedRowException if the event is damaged
     */
    public static RowLayout parse(byte[] event, int offset, int end, ServerFamily family) {
        return read(new EventReader(event, offset, end), family);
    }

    /** Leaves the reader at the optional metadata. */
    static RowLayout read(EventReader body, ServerFamily family) {
        long number = body.u48();
        body.skip(2);
        TableId table = readTable(body);
        int columns = body.packed();
        byte[] codes = body.bytes(columns);
        EventReader meta = body.part(body.packed());
        int[] types = new int[columns];
        int[] metadata = new int[columns];
        for (int i = 0; i < columns; i++) {
            types[i] = codes[i] & 0xff;
            switch (types[i]) {
                case TypeCode.FLOAT,
                        TypeCode.DOUBLE,
                        TypeCode.BLOB,
                        TypeCode.BLOB_COMPRESSED,
                        TypeCode.JSON,
                        TypeCode.GEOMETRY,
                        TypeCode.VECTOR,
                        TypeCode.TIMESTAMP2,
                        TypeCode.DATETIME2,
                        TypeCode.TIME2 -> metadata[i] = meta.u8();
                case TypeCode.VARCHAR, TypeCode.VARCHAR_COMPRESSED, TypeCode.BIT -> metadata[i] = meta.u16();
                case TypeCode.NEWDECIMAL -> metadata[i] = meta.u8() << 8 | meta.u8();
                case TypeCode.STRING, TypeCode.ENUM, TypeCode.SET -> {
                    int first = meta.u8();
                    int second = meta.u8();
                    // Two bits of a CHAR's length hide in the type byte, inverted: its length in bytes
                    // exceeds 255 in a charset of several bytes (MySQL bug 37426).
                    types[i] = first | 0x30;
                    metadata[i] = second | ((first & 0x30) ^ 0x30) << 4;
                }
                default -> metadata[i] = 0;
            }
        }
        boolean[] nullable = body.bits(columns);
        for (int i = 0; i < columns; i++) {
            String problem = problemOf(types[i], family);
            if (problem != null) {
                throw new UnreadableValueException(table, OptionalMetadata.findName(body, i), problem, null);
            }
        }
        return new RowLayout(number, table, types, metadata, nullable);
    }

    private static @Nullable String problemOf(int type, ServerFamily family) {
        if (!TypeCode.isKnown(type)) {
            return "its type has the code " + type + ", which is unknown";
        }
        // MariaDB gave these types digits of seconds, of which the log does not tell: field.h, Field_datetime_hires.
        if (family == ServerFamily.MARIADB && TypeCode.isOldTemporal(type)) {
            return "it was made with mysql56_temporal_format=OFF, or before MariaDB 10.1, and the log does not tell"
                    + " how long its values are. ALTER TABLE ... FORCE with mysql56_temporal_format=ON makes it anew";
        }
        return null;
    }

    static TableId readTable(EventReader body) {
        String database = body.name(body.packed());
        body.skip(1);
        String name = body.name(body.packed());
        body.skip(1);
        return new TableId(database, name);
    }

    private int width(int type, int meta, int column) {
        return switch (type) {
            case TypeCode.TINY, TypeCode.YEAR -> 1;
            case TypeCode.SHORT -> 2;
            case TypeCode.INT24, TypeCode.DATE, TypeCode.NEWDATE, TypeCode.TIME -> 3;
            case TypeCode.LONG, TypeCode.FLOAT, TypeCode.TIMESTAMP -> 4;
            case TypeCode.LONGLONG, TypeCode.DOUBLE, TypeCode.DATETIME -> 8;
            case TypeCode.NEWDECIMAL -> Decimals.size(meta >> 8, meta & 0xff);
            case TypeCode.BIT -> (meta >> 8) + ((meta & 0xff) > 0 ? 1 : 0);
            case TypeCode.TIMESTAMP2 -> 4 + fractionBytes(meta, column);
            case TypeCode.DATETIME2 -> 5 + fractionBytes(meta, column);
            case TypeCode.TIME2 -> 3 + fractionBytes(meta, column);
            case TypeCode.ENUM, TypeCode.SET -> meta;
            case TypeCode.STRING, TypeCode.VARCHAR, TypeCode.VARCHAR_COMPRESSED -> meta > 255 ? -2 : -1;
            case TypeCode.BLOB, TypeCode.BLOB_COMPRESSED, TypeCode.JSON, TypeCode.GEOMETRY, TypeCode.VECTOR -> {
                if (meta < 1 || meta > 4) {
                    throw new MalformedRowException(
                            "a length of " + meta + " bytes in column " + (column + 1) + " of " + table);
                }
                yield -meta;
            }
            default -> throw new IllegalStateException("no width for type code " + type);
        };
    }

    private int fractionBytes(int digits, int column) {
        if (digits > 6) {
            throw new MalformedRowException(digits + " digits of seconds in column " + (column + 1) + " of " + table);
        }
        return (digits + 1) / 2;
    }

    public long tableNumber() {
        return tableNumber;
    }

    public TableId table() {
        return table;
    }

    /**
     * {@return how many rows a rows event of this table holds, without decoding any}
     *
     * @throws MalformedRowException if the event does not fit this layout
     */
    public int count(RowsEventType type, byte[] event, int offset, int end) {
        RowsBody body = new RowsBody(this, type, event, offset, end);
        int count = 0;
        while (body.next()) {
            count++;
        }
        return count;
    }

    int columns() {
        return types.length;
    }

    int type(int column) {
        return types[column];
    }

    int metadata(int column) {
        return metadata[column];
    }

    boolean nullable(int column) {
        return nullable[column];
    }

    PresentColumns full() {
        return full;
    }

    /** {@return for each column the bit that the reader has for it; there is one for each JSON column} */
    boolean[] spreadOverJson(EventReader in) {
        int count = 0;
        for (int type : types) {
            count += type == TypeCode.JSON ? 1 : 0;
        }
        boolean[] bits = in.bits(count);
        boolean[] spread = new boolean[types.length];
        int next = 0;
        for (int i = 0; i < types.length; i++) {
            spread[i] = types[i] == TypeCode.JSON && bits[next++];
        }
        return spread;
    }

    /** {@return bytes of each value, or negative: of the length before it; not to be written to} */
    int[] widths() {
        return widths;
    }

    /**
     * {@return where the image that begins at {@code offset} ends}
     *
     * @throws MalformedRowException if that is behind {@code end}
     */
    int endOfImage(byte[] event, int offset, int end, PresentColumns present) {
        return valueAt(types.length, event, offset, end, present);
    }

    /** {@return where the value of {@code column} begins, or would, were it neither null nor absent} */
    int valueAt(int column, byte[] event, int offset, int end, PresentColumns present) {
        int[] sizes = widths;
        boolean all = present.all;
        int at = offset + present.nullBytes();
        if (at > end) {
            throw pastEnd(offset, end);
        }
        int bit = 0;
        for (int i = 0; i < column; i++) {
            if (!all && !present.has(i)) {
                continue;
            }
            boolean isNull = (event[offset + (bit >> 3)] >> (bit & 7) & 1) != 0;
            bit++;
            if (isNull) {
                continue;
            }
            int length = sizes[i];
            if (length < 0) {
                int prefix = -length;
                if (end - at < prefix) {
                    throw pastEnd(offset, end);
                }
                length = lengthAt(event, at, length);
                at += prefix;
            }
            if (length < 0 || length > end - at) {
                throw pastEnd(offset, end);
            }
            at += length;
        }
        return at;
    }

    /** {@return for each column what {@link #valueAt} says of it} */
    int[] valueStarts(byte[] event, int offset, int end, PresentColumns present) {
        int[] starts = new int[types.length];
        int at = offset + present.nullBytes();
        int bit = 0;
        for (int i = 0; i < types.length; i++) {
            starts[i] = at;
            if (present.has(i)) {
                boolean isNull = (event[offset + (bit >> 3)] >> (bit & 7) & 1) != 0;
                bit++;
                if (!isNull) {
                    int width = widths[i];
                    at += width < 0 ? lengthAt(event, at, width) - width : width;
                }
            }
        }
        if (at > end) {
            throw pastEnd(offset, end);
        }
        return starts;
    }

    /** {@return the length before a value}, of as many bytes as {@code width} is below zero */
    static int lengthAt(byte[] event, int at, int width) {
        return switch (width) {
            case -1 -> event[at] & 0xff;
            case -2 -> Bytes.u16(event, at);
            case -3 -> Bytes.u24(event, at);
            // Above 2 GB it turns negative, which no event can hold: checked where rows are measured.
            default -> Bytes.s32(event, at);
        };
    }

    private MalformedRowException pastEnd(int offset, int end) {
        return new MalformedRowException("a row of " + table + " that begins " + (end - offset)
                + " bytes before the end of its event goes on behind it");
    }
}
