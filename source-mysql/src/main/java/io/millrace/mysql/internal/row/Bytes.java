// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Integers in an event's bytes. Callers have checked that they lie within the event. */
final class Bytes {

    private static final VarHandle SHORTS =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private Bytes() {}

    static int u8(byte[] bytes, int at) {
        return bytes[at] & 0xff;
    }

    static int s16(byte[] bytes, int at) {
        return (short) SHORTS.get(bytes, at);
    }

    static int u16(byte[] bytes, int at) {
        return (short) SHORTS.get(bytes, at) & 0xffff;
    }

    static int u24(byte[] bytes, int at) {
        return u16(bytes, at) | u8(bytes, at + 2) << 16;
    }

    static int s24(byte[] bytes, int at) {
        return u16(bytes, at) | bytes[at + 2] << 16;
    }

    static int s32(byte[] bytes, int at) {
        return (int) INTS.get(bytes, at);
    }

    static long u32(byte[] bytes, int at) {
        return (int) INTS.get(bytes, at) & 0xffff_ffffL;
    }

    static long s64(byte[] bytes, int at) {
        return (long) LONGS.get(bytes, at);
    }

    /** {@return the unsigned integer of 0 to 8 bytes} */
    static long littleEndian(byte[] bytes, int at, int count) {
        long value = 0;
        for (int i = count - 1; i >= 0; i--) {
            value = value << 8 | (bytes[at + i] & 0xff);
        }
        return value;
    }

    /** {@return the unsigned integer of 0 to 8 bytes, the highest first} */
    static long bigEndian(byte[] bytes, int at, int count) {
        if (count > 0 && at <= bytes.length - Long.BYTES) {
            // What follows the integer is read with it, and shifted out.
            return Long.reverseBytes((long) LONGS.get(bytes, at)) >>> Long.SIZE - count * Byte.SIZE;
        }
        long value = 0;
        for (int i = 0; i < count; i++) {
            value = value << 8 | (bytes[at + i] & 0xff);
        }
        return value;
    }

    /** {@return whether all bytes are below 0x80} */
    static boolean isAscii(byte[] bytes, int offset, int length) {
        int at = offset;
        int end = offset + length;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            if (((long) LONGS.get(bytes, at) & 0x8080808080808080L) != 0) {
                return false;
            }
        }
        int seen = 0;
        for (; at < end; at++) {
            seen |= bytes[at];
        }
        return seen >= 0;
    }
}
