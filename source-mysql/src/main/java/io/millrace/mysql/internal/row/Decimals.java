// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

/**
 * DECIMAL values: groups of nine digits in four bytes each, big-endian, the digits left over at
 * both ends in fewer bytes; the highest bit inverted, and of negative numbers all bits.
 *
 * <p>Source: MySQL's {@code decimal.c} (decimal2bin, decimal2string).
 */
final class Decimals {

    /** Sign, a zero before the point, the point, and the 65 digits that a DECIMAL may have. */
    static final int MAX_TEXT = 68;

    private static final int MAX_PRECISION = 65;
    private static final int GROUP = 9;
    private static final int[] BYTES_OF_DIGITS = {0, 1, 1, 2, 2, 3, 3, 4, 4, 4};

    private Decimals() {}

    /** {@return bytes of a value} */
    static int size(int precision, int scale) {
        int whole = precision - scale;
        if (whole < 0 || precision > MAX_PRECISION) {
            throw new MalformedRowException("a decimal(" + precision + "," + scale + ")");
        }
        return whole / GROUP * 4 + BYTES_OF_DIGITS[whole % GROUP] + scale / GROUP * 4 + BYTES_OF_DIGITS[scale % GROUP];
    }

    /**
     * Writes the value as MySQL prints it: no leading zeros but one before the point, all digits of
     * the scale.
     *
     * @param to takes at most {@link #MAX_TEXT} bytes
     * @return how many bytes were written
     */
    static int write(byte[] bytes, int offset, int precision, int scale, byte[] to) {
        int whole = precision - scale;
        boolean negative = (bytes[offset] & 0x80) == 0;
        int mask = negative ? -1 : 0;
        int at = offset;
        int out = 0;
        if (negative) {
            to[out++] = '-';
        }
        int begin = out;
        int digits = whole % GROUP;
        if (digits > 0) {
            int size = BYTES_OF_DIGITS[digits];
            out = significant(group(bytes, at, size, mask, at == offset), digits, to, out, begin);
            at += size;
        }
        for (int i = whole / GROUP; i > 0; i--) {
            out = significant(group(bytes, at, 4, mask, at == offset), GROUP, to, out, begin);
            at += 4;
        }
        if (out == begin) {
            to[out++] = '0';
        }
        if (scale > 0) {
            to[out++] = '.';
            for (int i = scale / GROUP; i > 0; i--) {
                out = padded(group(bytes, at, 4, mask, at == offset), GROUP, to, out);
                at += 4;
            }
            digits = scale % GROUP;
            if (digits > 0) {
                int size = BYTES_OF_DIGITS[digits];
                out = padded(group(bytes, at, size, mask, at == offset), digits, to, out);
            }
        }
        return out;
    }

    private static int group(byte[] bytes, int at, int size, int mask, boolean first) {
        int value = 0;
        for (int i = 0; i < size; i++) {
            int b = bytes[at + i] ^ mask;
            if (first && i == 0) {
                b ^= 0x80;
            }
            value = value << 8 | (b & 0xff);
        }
        return value;
    }

    /** Leading zeros are left out as long as nothing stands before them. */
    private static int significant(int value, int digits, byte[] to, int out, int begin) {
        if (out > begin) {
            return padded(value, digits, to, out);
        }
        int count = 0;
        for (int rest = value; rest > 0; rest /= 10) {
            count++;
        }
        return padded(value, count, to, out);
    }

    private static int padded(int value, int digits, byte[] to, int out) {
        if (value < 0 || value > 999_999_999) {
            throw new MalformedValueException("nine decimal digits cannot be " + (value & 0xffff_ffffL));
        }
        int rest = value;
        for (int i = out + digits - 1; i >= out; i--) {
            to[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        if (rest > 0) {
            throw new MalformedValueException(digits + " decimal digits cannot be " + value);
        }
        return out + digits;
    }
}
