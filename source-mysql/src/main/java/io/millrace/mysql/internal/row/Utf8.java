// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

/** What is well-formed UTF-8: table 3-7 of the Unicode standard. */
final class Utf8 {

    static final byte[] EMPTY = {};

    private Utf8() {}

    /** {@return index of the first byte that begins no well-formed sequence, or -1} */
    static int malformedAt(byte[] bytes, int offset, int end) {
        int at = offset;
        while (at < end) {
            int first = bytes[at];
            if (first >= 0) {
                at++;
                continue;
            }
            int size = size(first & 0xff, at + 1 < end ? bytes[at + 1] & 0xff : 0);
            if (size == 0 || end - at < size) {
                return at;
            }
            for (int i = 2; i < size; i++) {
                if ((bytes[at + i] & 0xc0) != 0x80) {
                    return at;
                }
            }
            at += size;
        }
        return -1;
    }

    /** {@return the size of the sequence that begins with these two bytes; 0 if none does} */
    private static int size(int first, int second) {
        if (first < 0xc2 || first > 0xf4) {
            return 0;
        }
        int low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        int high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (second < low || second > high) {
            return 0;
        }
        return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    }

    /** Writes a code point, at most four bytes. {@return where the next one goes} */
    static int put(int codePoint, byte[] to, int at) {
        int out = at;
        if (codePoint < 0x80) {
            to[out++] = (byte) codePoint;
        } else if (codePoint < 0x800) {
            to[out++] = (byte) (0xc0 | codePoint >> 6);
            to[out++] = (byte) (0x80 | codePoint & 0x3f);
        } else if (codePoint < 0x10000) {
            to[out++] = (byte) (0xe0 | codePoint >> 12);
            to[out++] = (byte) (0x80 | codePoint >> 6 & 0x3f);
            to[out++] = (byte) (0x80 | codePoint & 0x3f);
        } else {
            to[out++] = (byte) (0xf0 | codePoint >> 18);
            to[out++] = (byte) (0x80 | codePoint >> 12 & 0x3f);
            to[out++] = (byte) (0x80 | codePoint >> 6 & 0x3f);
            to[out++] = (byte) (0x80 | codePoint & 0x3f);
        }
        return out;
    }
}
