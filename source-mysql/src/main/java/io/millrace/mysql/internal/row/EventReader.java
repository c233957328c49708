// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the parts of an event that come once per event, from front to back, and never past its end.
 * Used by one thread.
 */
final class EventReader {

    private final byte[] event;
    private final int end;
    private int at;

    EventReader(byte[] event, int offset, int end) {
        if (offset < 0 || end > event.length || offset > end) {
            throw new MalformedRowException(
                    "an event of " + event.length + " bytes has no body from " + offset + " to " + end);
        }
        this.event = event;
        this.at = offset;
        this.end = end;
    }

    int position() {
        return at;
    }

    int remaining() {
        return end - at;
    }

    /** Moves on by {@code count} and {@return where it was} */
    int skip(int count) {
        if (count < 0 || count > end - at) {
            throw new MalformedRowException(
                    "the event's body ends " + (end - at) + " bytes from where " + count + " are due");
        }
        int start = at;
        at += count;
        return start;
    }

    int u8() {
        return event[skip(1)] & 0xff;
    }

    int u16() {
        return Bytes.u16(event, skip(2));
    }

    long u48() {
        return Bytes.littleEndian(event, skip(6), 6);
    }

    /** The length-encoded integer of the protocol, where it counts something within the event. */
    int packed() {
        int first = u8();
        long value = switch (first) {
            case 0xfc -> u16();
            case 0xfd -> Bytes.littleEndian(event, skip(3), 3);
            case 0xfe -> Bytes.littleEndian(event, skip(8), 8);
            case 0xfb, 0xff -> throw new MalformedRowException("no length begins with byte " + first);
            default -> first;
        };
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new MalformedRowException("a length of " + Long.toUnsignedString(value));
        }
        return (int) value;
    }

    byte[] bytes(int count) {
        int start = skip(count);
        return Arrays.copyOfRange(event, start, start + count);
    }

    /** {@return the next bytes as a reader of their own} */
    EventReader part(int count) {
        int start = skip(count);
        return new EventReader(event, start, start + count);
    }

    /** A name: MySQL's own names are UTF-8 whatever the charset of the data. */
    String name(int count) {
        int start = skip(count);
        return new String(event, start, count, StandardCharsets.UTF_8);
    }

    /** {@return {@code count} bits, the lowest bit of a byte first} */
    boolean[] bits(int count) {
        int start = skip((count + 7) >>> 3);
        boolean[] bits = new boolean[count];
        for (int i = 0; i < count; i++) {
            bits[i] = (event[start + (i >> 3)] >> (i & 7) & 1) != 0;
        }
        return bits;
    }

    /** {@return {@code count} bits, the highest bit of a byte first, as the optional metadata has them} */
    boolean[] bitsHighestFirst(int count) {
        int start = skip((count + 7) >>> 3);
        boolean[] bits = new boolean[count];
        for (int i = 0; i < count; i++) {
            bits[i] = (event[start + (i >> 3)] >> (7 - (i & 7)) & 1) != 0;
        }
        return bits;
    }
}
