// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import io.millrace.core.ColumnVisitor;
import io.millrace.core.TableSchema;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the rows of one shape of one table. Immutable and shared by all its row images, whatever
 * thread they are on; the one scratch space that it keeps is lent to whoever comes first.
 */
public final class RowDecoder {

    /*
     * The hot path of the source: one pass over the image's bytes, one switch per value, arrays
     * instead of objects per column. Numbers, temporals, bytes and text that is UTF-8 already go to
     * the visitor without an allocation. RowCursor has measured every image before, so offsets need
     * no second check here; what can still be wrong is a value itself.
     */
    private final RowLayout layout;
    private final TableSchema schema;
    private final ColumnPlan[] plans;
    private final int[] ops;
    private final int[] arguments;
    private final int[] widths;
    private final boolean keepsInvalidText;
    private final AtomicReference<Scratch> scratch = new AtomicReference<>();

    /** @param keepsInvalidText whether bytes that are no text are shown as bytes, not refused */
    RowDecoder(RowLayout layout, TableSchema schema, ColumnPlan[] plans, boolean keepsInvalidText) {
        this.keepsInvalidText = keepsInvalidText;
        this.layout = layout;
        this.schema = schema;
        this.plans = plans;
        this.widths = layout.widths();
        this.ops = new int[plans.length];
        this.arguments = new int[plans.length];
        for (int i = 0; i < plans.length; i++) {
            ops[i] = plans[i].op();
            arguments[i] = plans[i].argument();
        }
    }

    public TableSchema schema() {
        return schema;
    }

    RowLayout layout() {
        return layout;
    }

    /**
     * {@return the rows of a rows event of this table}
     *
     * @param offset where the event's body begins, after the header
     * @param end where it ends, before the checksum
     * @throws MalformedRowException if the event's columns are not those of the table map
     */
    public RowCursor rows(RowsEventType type, byte[] event, int offset, int end) {
        return new RowCursor(this, type, event, offset, end);
    }

    /**
     * {@return how many rows a rows event of this table holds, without decoding any}
     *
     * @throws MalformedRowException if the event does not fit this table
     */
    public int count(RowsEventType type, byte[] event, int offset, int end) {
        return layout.count(type, event, offset, end);
    }

    void accept(byte[] event, int offset, PresentColumns present, ColumnVisitor visitor) {
        int[] sizes = widths;
        boolean all = present.all;
        int at = offset + present.nullBytes();
        int bit = 0;
        for (int column = 0; column < sizes.length; column++) {
            if (!all && !present.has(column)) {
                visitor.onAbsent(column);
                continue;
            }
            boolean isNull = (event[offset + (bit >> 3)] >> (bit & 7) & 1) != 0;
            bit++;
            if (isNull) {
                visitor.onNull(column);
                continue;
            }
            int length = sizes[column];
            if (length < 0) {
                int prefix = -length;
                length = RowLayout.lengthAt(event, at, length);
                at += prefix;
            }
            show(column, event, at, length, visitor);
            at += length;
        }
    }

    /** Shows one value that is there; {@code at} is where it begins, with its length if it has one. */
    void accept(int column, byte[] event, int at, ColumnVisitor visitor) {
        int width = widths[column];
        if (width < 0) {
            show(column, event, at - width, RowLayout.lengthAt(event, at, width), visitor);
        } else {
            show(column, event, at, width, visitor);
        }
    }

    private void show(int column, byte[] event, int at, int length, ColumnVisitor visitor) {
        switch (ops[column]) {
            case Op.INT8 -> visitor.onLong(column, event[at]);
            case Op.UINT8 -> visitor.onLong(column, event[at] & 0xff);
            case Op.INT16 -> visitor.onLong(column, Bytes.s16(event, at));
            case Op.UINT16 -> visitor.onLong(column, Bytes.u16(event, at));
            case Op.INT24 -> visitor.onLong(column, Bytes.s24(event, at));
            case Op.UINT24 -> visitor.onLong(column, Bytes.u24(event, at));
            case Op.INT32 -> visitor.onLong(column, Bytes.s32(event, at));
            case Op.UINT32 -> visitor.onLong(column, Bytes.u32(event, at));
            case Op.INT64 -> visitor.onLong(column, Bytes.s64(event, at));
            case Op.UINT64 -> visitor.onUnsignedLong(column, Bytes.s64(event, at));
            case Op.FLOAT -> visitor.onFloat(column, Float.intBitsToFloat(Bytes.s32(event, at)));
            case Op.DOUBLE -> visitor.onDouble(column, Double.longBitsToDouble(Bytes.s64(event, at)));
            case Op.YEAR -> visitor.onLong(column, event[at] == 0 ? 0 : 1900 + (event[at] & 0xff));
            case Op.BOOLEAN -> visitor.onBoolean(column, event[at] != 0);
            case Op.BITS -> visitor.onUnsignedLong(column, Bytes.bigEndian(event, at, length));
            case Op.DATE -> Temporals.date(column, event, at, visitor);
            case Op.DATETIME -> Temporals.dateTime(column, event, at, arguments[column], visitor);
            case Op.TIMESTAMP -> Temporals.timestamp(column, event, at, arguments[column], visitor);
            case Op.TIMESTAMP_OF_MARIADB -> Temporals.timestampOfMariaDb(column, event, at, arguments[column], visitor);
            case Op.TIME -> Temporals.time(column, event, at, arguments[column], visitor);
            case Op.OLD_DATETIME -> Temporals.oldDateTime(column, event, at, visitor);
            case Op.OLD_TIMESTAMP -> Temporals.oldTimestamp(column, event, at, visitor);
            case Op.OLD_TIME -> Temporals.oldTime(column, event, at, visitor);
            case Op.UTF8 -> utf8(column, event, at, length, visitor);
            case Op.BYTES -> visitor.onBytes(column, event, at, length);
            case Op.VECTOR -> visitor.onVector(column, event, at, length);
            case Op.GEOMETRY -> geometry(column, event, at, length, visitor);
            case Op.ENUM -> {
                byte[] member = member(column, Bytes.littleEndian(event, at, length));
                visitor.onUtf8(column, member, 0, member.length);
            }
            default -> showThroughScratch(column, event, at, length, visitor);
        }
    }

    /** Values that another form is made of. A visitor that throws loses the scratch, no more. */
    private void showThroughScratch(int column, byte[] event, int at, int length, ColumnVisitor visitor) {
        Scratch lent = scratch.getAndSet(null);
        Scratch room = lent == null ? new Scratch() : lent;
        int argument = arguments[column];
        switch (ops[column]) {
            case Op.DECIMAL -> {
                int count = decimal(column, event, at, argument, room.digits);
                visitor.onDecimal(column, room.digits, 0, count);
            }
            case Op.TEXT -> text(column, event, at, length, room, visitor);
            case Op.COMPRESSED -> compressed(column, event, at, length, room, visitor);
            case Op.PADDED_BYTES -> padded(column, event, at, length, argument, room, visitor);
            case Op.SET -> {
                int count = set(column, Bytes.littleEndian(event, at, length), room);
                visitor.onUtf8(column, room.bytes(0), 0, count);
            }
            case Op.JSON -> {
                json(column, event, at, length, room);
                visitor.onJson(
                        column, room.json.text().array(), 0, room.json.text().length());
            }
            default -> throw new IllegalStateException("no opcode " + ops[column]);
        }
        if (room.isSmall()) {
            scratch.setRelease(room);
        }
    }

    private void utf8(int column, byte[] event, int at, int length, ColumnVisitor visitor) {
        if (!Bytes.isAscii(event, at, length)) {
            int bad = Utf8.malformedAt(event, at, at + length);
            if (bad >= 0 && keepsInvalidText) {
                visitor.onBytes(column, event, at, length);
                return;
            }
            if (bad >= 0) {
                throw unreadable(
                        column,
                        "byte 0x%02x at %d is no %s"
                                .formatted(
                                        event[bad],
                                        bad - at,
                                        plans[column].charset().name()));
            }
        }
        visitor.onUtf8(column, event, at, length);
    }

    private void geometry(int column, byte[] event, int at, int length, ColumnVisitor visitor) {
        if (length < Integer.BYTES) {
            throw unreadable(column, "a geometry of " + length + " bytes has no spatial reference");
        }
        visitor.onGeometry(column, Bytes.s32(event, at), event, at + Integer.BYTES, length - Integer.BYTES);
    }

    /** {@return a member of an ENUM by its number from 1} 0 is the value that the server did not know. */
    private byte[] member(int column, long number) {
        byte[][] members = plans[column].members();
        if (number < 0 || number > members.length) {
            throw unreadable(column, "member " + number + " of " + members.length);
        }
        return number == 0 ? Utf8.EMPTY : members[(int) number - 1];
    }

    private int set(int column, long bits, Scratch room) {
        int count = 0;
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            byte[] member = member(column, Long.numberOfTrailingZeros(rest) + 1L);
            byte[] to = room.bytes(count + 1 + member.length, count);
            if (count > 0) {
                to[count++] = ',';
            }
            System.arraycopy(member, 0, to, count, member.length);
            count += member.length;
        }
        return count;
    }

    private static void padded(
            int column, byte[] event, int at, int length, int size, Scratch room, ColumnVisitor visitor) {
        if (length >= size) {
            visitor.onBytes(column, event, at, length);
            return;
        }
        byte[] to = room.bytes(size);
        System.arraycopy(event, at, to, 0, length);
        Arrays.fill(to, length, size, (byte) 0);
        visitor.onBytes(column, to, 0, size);
    }

    private int decimal(int column, byte[] event, int at, int argument, byte[] to) {
        try {
            return Decimals.write(event, at, argument >> 8, argument & 0xff, to);
        } catch (MalformedValueException e) {
            throw unreadable(column, e.getMessage());
        }
    }

    private void text(int column, byte[] event, int at, int length, Scratch room, ColumnVisitor visitor) {
        int count;
        try {
            count = plans[column].charset().toUtf8(event, at, length, room);
        } catch (MalformedValueException e) {
            if (keepsInvalidText) {
                visitor.onBytes(column, event, at, length);
                return;
            }
            throw unreadable(column, e.getMessage());
        }
        byte[] text = room.bytes(0);
        if (arguments[column] != 0) {
            while (count > 0 && text[count - 1] == ' ') {
                count--;
            }
        }
        visitor.onUtf8(column, text, 0, count);
    }

    private void compressed(int column, byte[] event, int at, int length, Scratch room, ColumnVisitor visitor) {
        byte[] value;
        try {
            value = CompressedValue.read(event, at, length);
        } catch (MalformedValueException e) {
            throw unreadable(column, e.getMessage());
        }
        MySqlCharset charset = plans[column].charset();
        if (charset.isBinary()) {
            visitor.onBytes(column, value, 0, value.length);
        } else if (charset.isUtf8()) {
            utf8(column, value, 0, value.length, visitor);
        } else {
            text(column, value, 0, value.length, room, visitor);
        }
    }

    private void json(int column, byte[] event, int at, int length, Scratch room) {
        try {
            room.json.read(event, at, length);
        } catch (MalformedValueException e) {
            throw unreadable(column, e.getMessage());
        }
    }

    private UnreadableValueException unreadable(int column, @Nullable String problem) {
        return new UnreadableValueException(
                schema.table(), schema.column(column).name(), String.valueOf(problem), null);
    }
}
