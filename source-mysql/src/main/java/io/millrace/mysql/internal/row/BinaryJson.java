// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import io.millrace.core.format.JsonBuffer;
import java.util.Arrays;
import java.util.Base64;

/**
 * MySQL's binary JSON as the text that the server prints for it. Values are found by their offsets
 * and never one after the other, since partial updates leave holes between them. Used by one thread
 * at a time.
 *
 * <p>Sources: MySQL's {@code json_binary.h} (the format), {@code json_dom.cc} (wrapper_to_string) and
 * {@code my_time.cc} (TIME_from_longlong_datetime_packed, TIME_from_longlong_time_packed).
 */
final class BinaryJson {

    private static final int SMALL_OBJECT = 0;
    private static final int LARGE_OBJECT = 1;
    private static final int SMALL_ARRAY = 2;
    private static final int LARGE_ARRAY = 3;
    private static final int LITERAL = 4;
    private static final int INT16 = 5;
    private static final int UINT16 = 6;
    private static final int INT32 = 7;
    private static final int UINT32 = 8;
    private static final int INT64 = 9;
    private static final int UINT64 = 10;
    private static final int DOUBLE = 11;
    private static final int STRING = 12;
    private static final int OPAQUE = 15;

    /** The server refuses documents deeper than 100. */
    private static final int MAX_DEPTH = 200;

    private static final Base64.Encoder LINES = Base64.getMimeEncoder(76, new byte[] {'\n'});

    private final byte[] digits = new byte[Decimals.MAX_TEXT];
    private final JsonBuffer text = new JsonBuffer();
    private byte[] bytes = {};
    private int end;
    /** How many values a document of this size may have; more means that offsets run in circles. */
    private int valuesLeft;

    /** {@return what was read last; overwritten by the next reading} */
    JsonBuffer text() {
        return text;
    }

    int capacity() {
        return text.array().length;
    }

    /** @throws MalformedValueException if this is no JSON document */
    void read(byte[] event, int offset, int length) {
        bytes = event;
        end = offset + length;
        valuesLeft = length + 1;
        text.clear();
        try {
            if (length == 0) {
                // What the server stores for a column that could not be given a value.
                text.nullValue();
            } else {
                value(event[offset], offset + 1, end, 0);
            }
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new MalformedValueException("JSON: " + e.getMessage());
        } finally {
            bytes = Utf8.EMPTY;
        }
    }

    /** @param limit where the container ends that the value lies in */
    private void value(int type, int at, int limit, int depth) {
        if (--valuesLeft < 0) {
            throw malformed("more values than bytes");
        }
        switch (type) {
            case SMALL_OBJECT, LARGE_OBJECT, SMALL_ARRAY, LARGE_ARRAY -> container(type, at, limit, depth + 1);
            case LITERAL -> literal(u8(at, limit));
            case INT16 -> text.number(Bytes.s16(bytes, need(at, 2, limit)));
            case UINT16 -> text.number(Bytes.u16(bytes, need(at, 2, limit)));
            case INT32 -> text.number(Bytes.s32(bytes, need(at, 4, limit)));
            case UINT32 -> text.number(Bytes.u32(bytes, need(at, 4, limit)));
            case INT64 -> text.number(Bytes.s64(bytes, need(at, 8, limit)));
            case UINT64 -> text.unsignedNumber(Bytes.s64(bytes, need(at, 8, limit)));
            case DOUBLE -> JsonDouble.write(Double.longBitsToDouble(Bytes.s64(bytes, need(at, 8, limit))), text);
            case STRING -> {
                int length = variableLength(at, limit);
                int start = afterLength(at, limit);
                text.string(bytes, need(start, length, limit), length);
            }
            case OPAQUE -> opaque(at, limit);
            default -> throw malformed("value of type " + type);
        }
    }

    private void container(int type, int at, int limit, int depth) {
        if (depth > MAX_DEPTH) {
            throw malformed("more than " + MAX_DEPTH + " levels");
        }
        boolean large = type == LARGE_OBJECT || type == LARGE_ARRAY;
        boolean object = type == SMALL_OBJECT || type == LARGE_OBJECT;
        int width = large ? 4 : 2;
        int count = size(at, large, limit);
        int size = size(at + width, large, limit);
        int stop = need(at, size, limit) + size;
        int keys = at + 2 * width;
        int keyWidth = object ? width + 2 : 0;
        int valueWidth = width + 1;
        if ((long) count * (keyWidth + valueWidth) > stop - keys) {
            throw malformed(count + " members in " + size + " bytes");
        }
        int values = keys + count * keyWidth;
        text.raw(object ? '{' : '[');
        for (int i = 0; i < count; i++) {
            if (i > 0) {
                text.raw(',');
                text.raw(' ');
            }
            if (object) {
                int entry = keys + i * keyWidth;
                int length = Bytes.u16(bytes, entry + width);
                text.string(bytes, inside(at, size(entry, large, stop), length, stop), length);
                text.raw(':');
                text.raw(' ');
            }
            int entry = values + i * valueWidth;
            int valueType = bytes[entry];
            if (isInlined(valueType, large)) {
                value(valueType, entry + 1, stop, depth);
            } else {
                value(valueType, inside(at, size(entry + 1, large, stop), 0, stop), stop, depth);
            }
        }
        text.raw(object ? '}' : ']');
    }

    private static boolean isInlined(int type, boolean large) {
        return switch (type) {
            case LITERAL, INT16, UINT16 -> true;
            case INT32, UINT32 -> large;
            default -> false;
        };
    }

    private void literal(int literal) {
        switch (literal) {
            case 0 -> text.nullValue();
            case 1 -> text.bool(true);
            case 2 -> text.bool(false);
            default -> throw malformed("literal " + literal);
        }
    }

    private void opaque(int at, int limit) {
        int type = u8(at, limit);
        int length = variableLength(at + 1, limit);
        int start = need(afterLength(at + 1, limit), length, limit);
        switch (type) {
            case TypeCode.NEWDECIMAL -> {
                if (length < 3) {
                    throw malformed("a decimal of " + length + " bytes");
                }
                decimal(start, length);
            }
            case TypeCode.DATE -> {
                text.raw('"');
                date(packed(start, length) >>> 24);
                text.raw('"');
            }
            case TypeCode.DATETIME, TypeCode.TIMESTAMP -> {
                long value = packed(start, length);
                text.raw('"');
                date(value >>> 24);
                text.raw(' ');
                clock(value >>> 36 & 31, value);
                text.raw('"');
            }
            case TypeCode.TIME -> {
                long value = packed(start, length);
                long absolute = Math.abs(value);
                text.ascii(value < 0 ? "\"-" : "\"");
                clock(absolute >>> 36 & 0x3ff, absolute);
                text.raw('"');
            }
            case TypeCode.VAR_STRING -> {
                // Text of a charset that the server did not convert, such as utf16. It prints the bytes as
                // they are; those that are no UTF-8 no JSON can hold, and they come as other opaque ones.
                if (Utf8.malformedAt(bytes, start, start + length) < 0) {
                    text.string(bytes, start, length);
                } else {
                    base64(type, start, length);
                }
            }
            default -> base64(type, start, length);
        }
    }

    private void base64(int type, int start, int length) {
        byte[] content = Arrays.copyOfRange(bytes, start, start + length);
        // The server breaks base64 into lines, and so prints escaped line feeds.
        text.string("base64:type" + type + ":" + LINES.encodeToString(content));
    }

    private void decimal(int start, int length) {
        int precision = bytes[start] & 0xff;
        int scale = bytes[start + 1] & 0xff;
        try {
            if (Decimals.size(precision, scale) == length - 2) {
                text.raw(digits, 0, Decimals.write(bytes, start + 2, precision, scale, digits));
                return;
            }
        } catch (MalformedRowException e) {
            throw malformed(String.valueOf(e.getMessage()));
        }
        throw malformed("a decimal(%d,%d) of %d bytes".formatted(precision, scale, length - 2));
    }

    private long packed(int start, int length) {
        if (length != Long.BYTES) {
            throw malformed("a date or time of " + length + " bytes");
        }
        return Bytes.s64(bytes, start);
    }

    /** Year * 13 + month above five bits of day, above 17 bits of time. */
    private void date(long packed) {
        int date = (int) (packed >>> 17);
        int yearMonth = date >>> 5;
        text.padded(yearMonth / 13, 4);
        text.raw('-');
        text.padded(yearMonth % 13, 2);
        text.raw('-');
        text.padded(date & 31, 2);
    }

    private void clock(long hours, long packed) {
        text.padded((int) hours, hours > 99 ? 3 : 2);
        text.raw(':');
        text.padded((int) (packed >>> 30) & 63, 2);
        text.raw(':');
        text.padded((int) (packed >>> 24) & 63, 2);
        text.raw('.');
        text.padded((int) packed & 0xff_ffff, 6);
    }

    private int u8(int at, int limit) {
        return bytes[need(at, 1, limit)] & 0xff;
    }

    private int size(int at, boolean large, int limit) {
        if (!large) {
            return Bytes.u16(bytes, need(at, 2, limit));
        }
        int size = Bytes.s32(bytes, need(at, 4, limit));
        if (size < 0) {
            throw malformed("a size above 2 GB");
        }
        return size;
    }

    /** Seven bits per byte, the lowest first; the highest bit says that more follow. */
    private int variableLength(int at, int limit) {
        long length = 0;
        for (int i = 0; i < 5; i++) {
            int b = u8(at + i, limit);
            length |= (long) (b & 0x7f) << 7 * i;
            if (b < 0x80) {
                if (length > Integer.MAX_VALUE) {
                    break;
                }
                return (int) length;
            }
        }
        throw malformed("a length of more than 31 bits");
    }

    private int afterLength(int at, int limit) {
        int next = at;
        while (u8(next++, limit) >= 0x80) {
            continue;
        }
        return next;
    }

    /** {@return {@code at}, if {@code count} bytes follow before {@code limit}} */
    private int need(int at, int count, int limit) {
        if (count < 0 || at < 0 || count > limit - at) {
            throw malformed("a value ends behind its container");
        }
        return at;
    }

    /** {@return where the offset from the container's begin points to} */
    private int inside(int container, int offset, int count, int limit) {
        if (offset > limit - container) {
            throw malformed("an offset leads out of its container");
        }
        return need(container + offset, count, limit);
    }

    private static MalformedValueException malformed(String problem) {
        return new MalformedValueException("malformed JSON: " + problem);
    }
}
