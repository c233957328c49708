// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import java.util.ArrayList;
import java.util.List;

/**
 * The tokens of a statement, and a place among them. It is strict where the tokens of
 * {@code internal.statement}, which only look for names, are lenient: what ends too early, or a session could have
 * meant in two ways, is not understood.
 *
 * <p>Source: MySQL Reference Manual, "Language Structure"; {@code sql_lex.cc} for versioned comments.
 */
final class DdlTokens {

    private enum Kind {
        /** A word or a number, not quoted. */
        WORD,
        /** A quoted name. */
        NAME,
        STRING,
        SIGN,
        END
    }

    private record Token(Kind kind, String text) {}

    private static final Token END = new Token(Kind.END, "");

    private final String sql;
    private final Dialect dialect;
    private final List<Token> tokens = new ArrayList<>();
    private int read;
    private boolean inVersion;

    /** Index of the present token. */
    private int at;

    DdlTokens(String sql, Dialect dialect) {
        this.sql = sql;
        this.dialect = dialect;
    }

    // ---- the text, which is read as far as it is asked for

    /** {@return whether there was another token} */
    private boolean readNext() {
        skipSpace();
        if (read >= sql.length()) {
            if (inVersion) {
                throw new NotUnderstoodException("a comment is not closed");
            }
            return false;
        }
        char c = sql.charAt(read);
        if (c == '`' || (c == '"' && dialect.ansiQuotes())) {
            tokens.add(new Token(Kind.NAME, quotedName(c)));
        } else if (c == '\'' || c == '"') {
            tokens.add(new Token(Kind.STRING, string(c)));
        } else if (isWordPart(c)) {
            int start = read;
            while (read < sql.length() && isWordPart(sql.charAt(read))) {
                read++;
            }
            tokens.add(new Token(Kind.WORD, sql.substring(start, read)));
        } else {
            read++;
            tokens.add(new Token(Kind.SIGN, String.valueOf(c)));
        }
        return true;
    }

    private static boolean isWordPart(char c) {
        return c == '_' || c == '$' || c >= 0x80 || (c < 0x80 && Character.isLetterOrDigit(c));
    }

    private void skipSpace() {
        while (read < sql.length()) {
            char c = sql.charAt(read);
            if (c == ' ' || (c >= '\t' && c <= '\r')) {
                read++;
            } else if (c == '#' || (sql.startsWith("--", read) && endsDashes(read + 2))) {
                int end = sql.indexOf('\n', read);
                read = end < 0 ? sql.length() : end + 1;
            } else if (sql.startsWith("/*!", read)) {
                beginVersion();
            } else if (sql.startsWith("/*", read)) {
                read = endOfComment(read + 2);
            } else if (inVersion && sql.startsWith("*/", read)) {
                inVersion = false;
                read += 2;
            } else {
                return;
            }
        }
    }

    private boolean endsDashes(int index) {
        return index >= sql.length() || sql.charAt(index) <= ' ';
    }

    private int endOfComment(int from) {
        int end = sql.indexOf("*/", from);
        if (end < 0) {
            throw new NotUnderstoodException("a comment is not closed");
        }
        return end + 2;
    }

    /** What such a comment holds is executed, but by servers that are older than the version it may name. */
    private void beginVersion() {
        int begin = read + 3;
        int end = begin;
        while (end < sql.length() && Character.isDigit(sql.charAt(end))) {
            end++;
        }
        boolean isVersion = end - begin == 5 || (end - begin == 6 && dialect.version() >= 80000);
        if (inVersion || (end > begin && (!isVersion || dialect.version() == 0))) {
            throw new NotUnderstoodException("a comment's version is not known");
        }
        if (end == begin || Integer.parseInt(sql, begin, end, 10) <= dialect.version()) {
            inVersion = true;
            read = end;
            return;
        }
        read = endOfComment(end);
        if (sql.substring(end, read).contains("/*")) {
            throw new NotUnderstoodException("a comment stands within another");
        }
    }

    private String quotedName(char quote) {
        StringBuilder text = new StringBuilder();
        for (read++; read < sql.length(); read++) {
            char c = sql.charAt(read);
            if (c == quote) {
                read++;
                if (read >= sql.length() || sql.charAt(read) != quote) {
                    return text.toString();
                }
            }
            text.append(c);
        }
        throw new NotUnderstoodException("a name is not closed");
    }

    private String string(char quote) {
        StringBuilder text = new StringBuilder();
        for (read++; read < sql.length(); read++) {
            char c = sql.charAt(read);
            if (c == quote) {
                read++;
                if (read >= sql.length() || sql.charAt(read) != quote) {
                    return text.toString();
                }
                text.append(c);
            } else if (c == '\\' && dialect.backslashEscapes() && read + 1 < sql.length()) {
                read++;
                appendEscaped(sql.charAt(read), text);
            } else {
                text.append(c);
            }
        }
        throw new NotUnderstoodException("a string is not closed");
    }

    private static void appendEscaped(char c, StringBuilder text) {
        switch (c) {
            case '0' -> text.append('\0');
            case 'n' -> text.append('\n');
            case 't' -> text.append('\t');
            case 'r' -> text.append('\r');
            case 'b' -> text.append('\b');
            case 'Z' -> text.append('\032');
            case '%', '_' -> text.append('\\').append(c);
            default -> text.append(c);
        }
    }

    // ---- the tokens

    private Token token() {
        return isEnd() ? END : tokens.get(at);
    }

    boolean isEnd() {
        boolean hasMore = true;
        while (at >= tokens.size() && hasMore) {
            hasMore = readNext();
        }
        return !hasMore;
    }

    /** {@return the place, for {@link #back}} */
    int mark() {
        return at;
    }

    void back(int mark) {
        at = mark;
    }

    /** {@return whether the present token is one of these words, whatever the letters' case} */
    boolean is(String... words) {
        Token token = token();
        for (String word : words) {
            if (token.kind() == Kind.WORD && Names.areSame(token.text(), word)) {
                return true;
            }
        }
        return false;
    }

    boolean isSign(char sign) {
        Token token = token();
        return token.kind() == Kind.SIGN && token.text().charAt(0) == sign;
    }

    boolean isString() {
        return token().kind() == Kind.STRING;
    }

    /** {@return whether the present token begins with a digit} */
    boolean isNumber() {
        Token token = token();
        return token.kind() == Kind.WORD
                && token.text().charAt(0) >= '0'
                && token.text().charAt(0) <= '9';
    }

    /** {@return whether these words stand here, which are then passed} */
    boolean take(String... words) {
        int mark = at;
        for (String word : words) {
            if (!is(word)) {
                back(mark);
                return false;
            }
            at++;
        }
        return true;
    }

    boolean takeAny(String... words) {
        boolean found = is(words);
        at += found ? 1 : 0;
        return found;
    }

    boolean takeSign(char sign) {
        boolean found = isSign(sign);
        at += found ? 1 : 0;
        return found;
    }

    void expect(String word) {
        if (!take(word)) {
            throw unexpected();
        }
    }

    void expectSign(char sign) {
        if (!takeSign(sign)) {
            throw unexpected();
        }
    }

    void expectEnd() {
        if (!isEnd()) {
            throw unexpected();
        }
    }

    /** {@return the word that stands here in lower case, which is then passed} */
    String word() {
        Token token = token();
        if (token.kind() != Kind.WORD) {
            throw unexpected();
        }
        at++;
        return Names.lower(token.text());
    }

    /** {@return the name that stands here, quoted or not, which is then passed} */
    String name() {
        Token token = token();
        if (token.kind() != Kind.WORD && token.kind() != Kind.NAME) {
            throw unexpected();
        }
        at++;
        return token.text();
    }

    /** {@return the string that stands here, which is then passed} */
    String string() {
        Token token = token();
        if (token.kind() != Kind.STRING) {
            throw unexpected();
        }
        at++;
        return token.text();
    }

    int number() {
        Token token = token();
        if (token.kind() != Kind.WORD) {
            throw unexpected();
        }
        try {
            int value = Integer.parseUnsignedInt(token.text());
            at++;
            return value;
        } catch (NumberFormatException e) {
            throw unexpected();
        }
    }

    /** Passes any token but the end. */
    void skip() {
        if (isEnd()) {
            throw unexpected();
        }
        at++;
    }

    /** Passes what stands in parentheses, with them. */
    void skipParentheses() {
        expectSign('(');
        for (int depth = 1; depth > 0; ) {
            if (isSign('(')) {
                depth++;
            } else if (isSign(')')) {
                depth--;
            }
            skip();
        }
    }

    NotUnderstoodException unexpected() {
        return new NotUnderstoodException(isEnd() ? "it ends early" : "'" + token().text() + "' is not expected");
    }
}
