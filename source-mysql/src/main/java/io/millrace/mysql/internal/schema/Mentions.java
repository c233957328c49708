// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import io.millrace.core.TableId;
import java.util.Locale;

/** Whether a statement's text may name a table. In doubt it does. */
final class Mentions {

    // Letters beyond ASCII that swe7 has, in the place of ASCII characters: no other charset of clients has that.
    private static final String SWEDISH = "\u00e9\u00e4\u00f6\u00e5\u00fc";
    private static final String SMALL = "`{|}~";
    private static final String CAPITAL = "@[\\]^";

    private final String text;
    private final boolean isAscii;
    private final boolean isOfDatabase;

    Mentions(String sql) {
        this.text = sql.toLowerCase(Locale.ROOT);
        this.isAscii = sql.chars().allMatch(c -> c < 0x80);
        this.isOfDatabase = text.contains("database") || text.contains("schema");
    }

    boolean mayBe(TableId table) {
        return contains(table.name()) || mayBeDatabase(table.database());
    }

    boolean mayBeDatabase(String database) {
        return isOfDatabase && contains(database);
    }

    /** {@return whether it may be about a database, be it named or not} */
    boolean isOfDatabase() {
        return isOfDatabase;
    }

    /** Quotes are doubled in quoted names, and text of another charset shows other letters. */
    private boolean contains(String name) {
        if (name.chars().anyMatch(c -> c >= 0x80)) {
            return !isAscii || containsInSwe7(name);
        }
        boolean isPlain = name.chars().noneMatch(c -> c == '`' || c == '"' || c == '\'' || c == '\\');
        return !isPlain || text.contains(name.toLowerCase(Locale.ROOT));
    }

    /** Of which charset the text is, is not known; quotes are doubled in quoted names. */
    private boolean containsInSwe7(String name) {
        String swedish = name.toLowerCase(Locale.ROOT);
        String plain = text.replace("``", "`");
        for (int i = 0; i < SWEDISH.length(); i++) {
            swedish = swedish.replace(SWEDISH.charAt(i), SMALL.charAt(i));
            plain = plain.replace(CAPITAL.charAt(i), SMALL.charAt(i));
        }
        return plain.contains(swedish);
    }
}
