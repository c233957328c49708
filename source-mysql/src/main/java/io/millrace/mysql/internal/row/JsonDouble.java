// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import io.millrace.core.format.JsonBuffer;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * A double within JSON as the server prints it: the shortest digits that read back the same, without
 * exponent between 10<sup>-15</sup> and 10<sup>15</sup>, and always told apart from an integer.
 *
 * <p>Sources: MySQL's {@code dtoa.cc} (my_gcvt, MAX_DECPT_FOR_F_FORMAT) and {@code json_dom.cc}.
 */
final class JsonDouble {

    private static final int MAX_ZEROS = 15;
    private static final double TWO_DIGITS_TELL = 1e-320;
    private static final MathContext ONE_DIGIT = new MathContext(1, RoundingMode.HALF_EVEN);

    private JsonDouble() {}

    static void write(double value, JsonBuffer to) {
        String text = shortest(value);
        int mark = text.indexOf('E');
        int exponent = mark < 0 ? 0 : Integer.parseInt(text.substring(mark + 1));
        String number = mark < 0 ? text : text.substring(0, mark);
        int sign = number.charAt(0) == '-' ? 1 : 0;
        int dot = number.indexOf('.');
        int point = (dot < 0 ? number.length() : dot) - sign + exponent;
        String digits = dot < 0 ? number.substring(sign) : number.substring(sign, dot) + number.substring(dot + 1);
        int from = 0;
        while (from < digits.length() - 1 && digits.charAt(from) == '0') {
            from++;
            point--;
        }
        int end = digits.length();
        while (end > from + 1 && digits.charAt(end - 1) == '0') {
            end--;
        }
        if (sign > 0) {
            to.raw('-');
        }
        write(digits.substring(from, end), point, to);
    }

    /** Java writes at least two digits, and near zero the two that come closest where one would do. */
    private static String shortest(double value) {
        if (value != 0 && Math.abs(value) < TWO_DIGITS_TELL) {
            BigDecimal one = new BigDecimal(value).round(ONE_DIGIT);
            if (one.doubleValue() == value) {
                return one.unscaledValue() + "E" + -one.scale();
            }
        }
        JsonBuffer java = new JsonBuffer(32);
        java.number(value);
        return java.toString();
    }

    /** @param point how many of the digits stand before the decimal point; may be negative */
    private static void write(String digits, int point, JsonBuffer to) {
        int count = digits.length();
        if (digits.equals("0")) {
            to.ascii("0.0");
        } else if (point <= -MAX_ZEROS || (point > MAX_ZEROS && count <= point)) {
            to.ascii(digits.substring(0, 1));
            if (count > 1) {
                to.raw('.');
                to.ascii(digits.substring(1));
            }
            to.raw('e');
            to.number(point - 1);
        } else if (point <= 0) {
            to.ascii("0.");
            to.ascii("0".repeat(-point));
            to.ascii(digits);
        } else if (point < count) {
            to.ascii(digits.substring(0, point));
            to.raw('.');
            to.ascii(digits.substring(point));
        } else {
            to.ascii(digits);
            to.ascii("0".repeat(point - count));
            to.ascii(".0");
        }
    }
}
