// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.statement;

import java.util.Locale;

/**
 * The words, names and signs of a MySQL statement, one at a time. Comments are passed over, but for
 * those that MySQL executes ({@code /*!80000 ...}), whose content counts. Never fails: what is not
 * closed goes to the end of the text. Not thread-safe.
 *
 * <p>Source: MySQL Reference Manual, "Language Structure".
 */
final class SqlTokens {

    private static final String END = "";

    private final String sql;
    private int at;
    private int start;
    private boolean quoted;
    private char quote;
    private String token = END;

    SqlTokens(String sql) {
        this(sql, 0);
    }

    /** @param from index in the text at which a token begins, or space */
    SqlTokens(String sql, int from) {
        this.sql = sql;
        this.at = from;
        next();
    }

    /** {@return the present token: a word, a name without its quotes, or a sign; empty at the end} */
    String token() {
        return token;
    }

    boolean isEnd() {
        return token.isEmpty() && !quoted;
    }

    /** {@return whether the present token is that word, whatever its letters' case, and no quoted name} */
    boolean is(String word) {
        return !quoted && token.equalsIgnoreCase(word);
    }

    /** {@return whether it was that word, which is then passed} */
    boolean take(String word) {
        if (is(word)) {
            next();
            return true;
        }
        return false;
    }

    /** {@return the present token in upper case; empty if it is a quoted name} */
    String keyword() {
        return quoted ? END : token.toUpperCase(Locale.ROOT);
    }

    /** {@return whether the present token can be a name} */
    boolean isName() {
        return quoted || (!token.isEmpty() && isWordPart(token.charAt(0)));
    }

    /** {@return index in the text at which the present token begins} */
    int start() {
        return start;
    }

    /** {@return index in the text after the present token} */
    int end() {
        return at;
    }

    /** {@return the sign that quotes the present token; 0 if none does} */
    char quote() {
        return quoted ? quote : 0;
    }

    /** {@return the present token, which is then passed} */
    String takeAny() {
        String taken = token;
        next();
        return taken;
    }

    void next() {
        skipSpace();
        start = at;
        quoted = false;
        if (at >= sql.length()) {
            token = END;
            return;
        }
        char c = sql.charAt(at);
        if (c == '`' || c == '"' || c == '\'') {
            quoted = true;
            quote = c;
            token = quoted(c);
        } else if (isWordPart(c)) {
            while (at < sql.length() && isWordPart(sql.charAt(at))) {
                at++;
            }
            token = sql.substring(start, at);
        } else {
            at++;
            token = sql.substring(start, at);
        }
    }

    private String quoted(char quote) {
        StringBuilder text = new StringBuilder();
        at++;
        while (at < sql.length()) {
            char c = sql.charAt(at++);
            if (c == quote) {
                if (at < sql.length() && sql.charAt(at) == quote) {
                    at++;
                } else {
                    break;
                }
            } else if (c == '\\' && quote != '`' && at < sql.length()) {
                c = sql.charAt(at++);
            }
            text.append(c);
        }
        return text.toString();
    }

    private static boolean isWordPart(char c) {
        return c == '_' || c == '$' || c == '@' || c >= 0x80 || Character.isLetterOrDigit(c);
    }

    private void skipSpace() {
        while (at < sql.length()) {
            char c = sql.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else if (c == '#' || (c == '-' && sql.startsWith("--", at) && endsDashes(at + 2))) {
                skipThrough("\n");
            } else if (sql.startsWith("/*!", at) || sql.startsWith("/*M!", at)) {
                at = sql.indexOf('!', at) + 1;
                while (at < sql.length() && Character.isDigit(sql.charAt(at))) {
                    at++;
                }
            } else if (sql.startsWith("/*", at)) {
                at += 2;
                skipThrough("*/");
            } else if (sql.startsWith("*/", at)) {
                at += 2;
            } else {
                return;
            }
        }
    }

    private boolean endsDashes(int index) {
        return index >= sql.length() || Character.isWhitespace(sql.charAt(index));
    }

    private void skipThrough(String end) {
        int found = sql.indexOf(end, at);
        at = found < 0 ? sql.length() : found + end.length();
    }
}
