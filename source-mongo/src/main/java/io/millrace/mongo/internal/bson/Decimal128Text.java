// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo.internal.bson;

import io.millrace.core.format.JsonBuffer;

/**
 * A decimal of 128 bits as text with all its digits, as the BSON specification spells it: {@code 1.20}, {@code 0E-6176},
 * {@code 1.5E+6000}. Used by one thread at a time.
 *
 * <p>The bits, from above (IEEE 754-2008, binary integer decimals): a sign, 14 of the exponent, 113 of the
 * coefficient. Where the exponent would begin with 11 the coefficient is larger than 34 digits hold, which counts
 * as 0, or there is no number.
 */
final class Decimal128Text {

    private static final long COMBINED = 3L << 61;
    private static final long INFINITE = 0x7800_0000_0000_0000L;
    private static final long NOT_A_NUMBER = 0x7c00_0000_0000_0000L;
    private static final long COEFFICIENT = 0x0001_ffff_ffff_ffffL;
    private static final int EXPONENT_MASK = 0x3fff;
    private static final int EXPONENT_BIAS = 6176;
    private static final int MAX_DIGITS = 34;

    /** The exponent of the first digit from which on numbers below 1 are written without an exponent. */
    private static final int LEAST_PLAIN = -6;

    private static final int BILLION = 1_000_000_000;

    /** Digits of the coefficient, the last one at the array's end; 113 bits are at most 35 of them. */
    private final byte[] digits = new byte[36];
    /** The coefficient by 32 bits, the highest first. */
    private final long[] words = new long[4];

    static boolean isNumber(long high) {
        return (high & INFINITE) != INFINITE;
    }

    /** Writes the text without quotes. */
    void write(long high, long low, JsonBuffer to) {
        if ((high & NOT_A_NUMBER) == NOT_A_NUMBER) {
            to.ascii("NaN");
            return;
        }
        if (high < 0) {
            to.raw('-');
        }
        if (!isNumber(high)) {
            to.ascii("Infinity");
            return;
        }
        boolean combined = (high & COMBINED) == COMBINED;
        int biased = (int) (high >>> (combined ? 47 : 49)) & EXPONENT_MASK;
        int first = combined ? digits(0, 0) : digits(high & COEFFICIENT, low);
        if (digits.length - first > MAX_DIGITS) {
            first = digits(0, 0);
        }
        write(first, biased - EXPONENT_BIAS, to);
    }

    private void write(int first, int exponent, JsonBuffer to) {
        int count = digits.length - first;
        int adjusted = exponent + count - 1;
        if (exponent > 0 || adjusted < LEAST_PLAIN) {
            to.raw(digits, first, 1);
            if (count > 1) {
                to.raw('.');
                to.raw(digits, first + 1, count - 1);
            }
            to.ascii(adjusted > 0 ? "E+" : "E");
            to.number(adjusted);
            return;
        }
        int whole = count + exponent;
        if (whole > 0) {
            to.raw(digits, first, whole);
        } else {
            to.raw('0');
        }
        if (exponent < 0) {
            to.raw('.');
            for (int i = whole; i < 0; i++) {
                to.raw('0');
            }
            int fraction = Math.max(whole, 0);
            to.raw(digits, first + fraction, count - fraction);
        }
    }

    /** {@return where the first digit stands, none of them a leading zero but that of 0} */
    private int digits(long high, long low) {
        words[0] = high >>> 32;
        words[1] = high & 0xffff_ffffL;
        words[2] = low >>> 32;
        words[3] = low & 0xffff_ffffL;
        int at = digits.length;
        do {
            long rest = 0;
            for (int i = 0; i < words.length; i++) {
                long part = rest << 32 | words[i];
                words[i] = part / BILLION;
                rest = part % BILLION;
            }
            for (int i = 0; i < 9; i++) {
                digits[--at] = (byte) ('0' + rest % 10);
                rest /= 10;
            }
        } while ((words[0] | words[1] | words[2] | words[3]) != 0);
        while (at < digits.length - 1 && digits[at] == '0') {
            at++;
        }
        return at;
    }
}
