// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How statements name charsets and collations. */
final class Charsets {

    private Charsets() {}

    /** {@return whether {@code CHARACTER SET} stands here in one of its spellings, which is then passed} */
    static boolean takeCharset(DdlTokens tokens) {
        return tokens.take("character", "set") || tokens.take("char", "set") || tokens.take("charset");
    }

    /** {@return the name of a charset or collation that stands here, as a word, a name or a string} */
    static String name(DdlTokens tokens) {
        return normal(tokens.isString() ? tokens.string() : tokens.name());
    }

    /** {@return the name by which 8.0 knows the charset that 5.7 calls utf8} */
    static String normal(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.equals("utf8") ? "utf8mb3" : lower;
    }

    /**
     * {@return whether text can certainly be stored in a charset}
     *
     * @param charset null if it is not known
     */
    static boolean holds(@Nullable String charset, String text) {
        return switch (charset == null ? "" : charset) {
            case "utf8mb4", "utf16", "utf16le", "utf32", "gb18030" -> true;
            case "utf8mb3", "ucs2" -> text.chars().noneMatch(c -> Character.isSurrogate((char) c));
            case "swe7" -> text.chars().allMatch(c -> c < 0x80 && (c == ' ' || Character.isLetterOrDigit(c)));
            default -> text.chars().allMatch(c -> c < 0x80);
        };
    }

    /** {@return the charset of a collation: its name begins with it} */
    static String ofCollation(String collation) {
        int end = collation.indexOf('_');
        return normal(end < 0 ? collation : collation.substring(0, end));
    }
}
