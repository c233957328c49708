// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import io.millrace.core.TableId;
import java.util.Locale;

/** Whether a statement's text may name a table. In doubt it does. */
final class Mentions {

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
            return !isAscii;
        }
        boolean isPlain = name.chars().noneMatch(c -> c == '`' || c == '"' || c == '\'' || c == '\\');
        return !isPlain || text.contains(name.toLowerCase(Locale.ROOT));
    }
}
