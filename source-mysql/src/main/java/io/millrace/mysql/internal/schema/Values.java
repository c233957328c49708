// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

/** Values of columns within statements, of which only the end matters. */
final class Values {

    private Values() {}

    /** Passes a literal, an expression in parentheses, or {@code CURRENT_TIMESTAMP} with its digits. */
    static void skip(DdlTokens tokens) {
        if (tokens.isSign('(')) {
            tokens.skipParentheses();
            return;
        }
        boolean isNumber = tokens.takeSign('-') || tokens.takeSign('+');
        if (!isNumber && tokens.isString()) {
            skipStrings(tokens);
            return;
        }
        if (!tokens.isSign('.')) {
            tokens.word();
            // x'41', b'1', _utf8mb4'a', DATE '2020-01-01': a word may belong to the string behind it.
            skipStrings(tokens);
        }
        // 1. is a number, too.
        if (tokens.takeSign('.') && tokens.isNumber()) {
            tokens.word();
        }
        // 1.5e-3: the sign divides what is one number.
        if (tokens.takeSign('-') || tokens.takeSign('+')) {
            tokens.number();
        }
        if (tokens.isSign('(')) {
            tokens.skipParentheses();
        }
    }

    private static void skipStrings(DdlTokens tokens) {
        while (tokens.isString()) {
            tokens.string();
        }
    }
}
