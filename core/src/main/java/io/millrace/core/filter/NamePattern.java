// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.filter;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What a rule says of a name: a name as it is; with {@code *} for any number of characters and
 * {@code ?} for one; or a regular expression between slashes, which has to match the whole name.
 */
final class NamePattern {

    private static final String ANY = "*";

    private final String text;
    /** Null for names as they are, and for any. */
    private final @Nullable Pattern regex;

    private final boolean ignoresCase;

    private NamePattern(String text, @Nullable Pattern regex, boolean ignoresCase) {
        this.text = text;
        this.regex = regex;
        this.ignoresCase = ignoresCase;
    }

    /** @throws PatternSyntaxException if it is a regular expression, and malformed */
    static NamePattern of(String text, boolean ignoresCase) {
        int flags = ignoresCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0;
        Pattern regex = null;
        if (isRegex(text)) {
            regex = Pattern.compile(text.substring(1, text.length() - 1), flags);
        } else if (isGlob(text)) {
            regex = Pattern.compile(fromGlob(text), flags | Pattern.DOTALL);
        }
        return new NamePattern(text, regex, ignoresCase);
    }

    private static boolean isRegex(String text) {
        return text.length() > 2 && text.startsWith("/") && text.endsWith("/");
    }

    private static boolean isGlob(String text) {
        return !text.equals(ANY) && (text.contains("*") || text.contains("?"));
    }

    private static String fromGlob(String glob) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            switch (c) {
                case '*' -> regex.append(".*");
                case '?' -> regex.append('.');
                default -> regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return regex.toString();
    }

    boolean matches(String name) {
        if (regex != null) {
            return regex.matcher(name).matches();
        }
        return text.equals(ANY) || (ignoresCase ? text.equalsIgnoreCase(name) : text.equals(name));
    }

    /** {@return whether every name matches} */
    boolean isAny() {
        return text.equals(ANY);
    }

    /** {@return whether it is one name, as it is} */
    boolean isName() {
        return regex == null && !isAny();
    }

    /** {@return whether no name can be told that stands for those that match} */
    boolean isRegex() {
        return regex != null && isRegex(text);
    }

    /** {@return a name that matches, with {@code other} for what is left open; {@code other} for a regular expression} */
    String representative(String other) {
        if (isAny() || isRegex()) {
            return other;
        }
        return text.replace(ANY, other).replace("?", "x");
    }

    @Override
    public String toString() {
        return text;
    }
}
