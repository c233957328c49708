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

    private static final int[] POWERS_OF_TEN = {
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000
    };

    /** "00" to "99", so that two digits are written at a time. */
    private static final byte[] PAIRS = new byte[200];

    static {
        for (int i = 0; i < 100; i++) {
            PAIRS[2 * i] = (byte) ('0' + i / 10);
            PAIRS[2 * i + 1] = (byte) ('0' + i % 10);
        }
    }

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
        int bits = size * Byte.SIZE;
        long value = (Bytes.bigEndian(bytes, at, size) ^ mask) & (1L << bits) - 1;
        return (int) (first ? value ^ 1L << bits - 1 : value);
    }

    /** Leading zeros are left out as long as nothing stands before them. */
    private static int significant(int value, int digits, byte[] to, int out, int begin) {
        if (out > begin) {
            return padded(value, digits, to, out);
        }
        int count = 0;
        while (count < GROUP && value >= POWERS_OF_TEN[count]) {
            count++;
        }
        return padded(value, count, to, out);
    }

    private static int padded(int value, int digits, byte[] to, int out) {
        if (value < 0 || value > 999_999_999) {
            throw new MalformedValueException("nine decimal digits cannot be " + (value & 0xffff_ffffL));
        }
        if (value >= POWERS_OF_TEN[digits]) {
            throw new MalformedValueException(digits + " decimal digits cannot be " + value);
        }
        int rest = value;
        int at = out + digits;
        while (at - out >= 2) {
            int quotient = rest / 100;
            int pair = (rest - quotient * 100) * 2;
            to[--at] = PAIRS[pair + 1];
            to[--at] = PAIRS[pair];
            rest = quotient;
        }
        if (at > out) {
            to[out] = (byte) ('0' + rest);
        }
        return out + digits;
    }
}
