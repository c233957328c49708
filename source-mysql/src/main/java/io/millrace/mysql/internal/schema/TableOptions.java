// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import org.jspecify.annotations.Nullable;

/** Options of a table, of which only the charset matters. */
final class TableOptions {

    private static final String[] PASSED = {
        "engine",
        "auto_increment",
        "avg_row_length",
        "checksum",
        "table_checksum",
        "comment",
        "compression",
        "connection",
        "delay_key_write",
        "encryption",
        "engine_attribute",
        "insert_method",
        "key_block_size",
        "max_rows",
        "min_rows",
        "pack_keys",
        "password",
        "row_format",
        "secondary_engine",
        "secondary_engine_attribute",
        "stats_auto_recalc",
        "stats_persistent",
        "stats_sample_pages",
        "autoextend_size",
        "tablespace",
        "storage"
    };

    private static final String OF_DATABASE = "default";

    private final DdlTokens tokens;
    private @Nullable String charset;
    private @Nullable String collation;

    TableOptions(DdlTokens tokens) {
        this.tokens = tokens;
    }

    /** {@return whether an option stands here, which is then passed} */
    boolean take() {
        int mark = tokens.mark();
        tokens.take("default");
        if (Charsets.takeCharset(tokens)) {
            tokens.takeSign('=');
            charset = Charsets.name(tokens);
        } else if (tokens.take("collate")) {
            tokens.takeSign('=');
            collation = Charsets.name(tokens);
        } else if (!takeOther()) {
            tokens.back(mark);
            return false;
        }
        return true;
    }

    private boolean takeOther() {
        if (tokens.take("data", "directory") || tokens.take("index", "directory") || tokens.takeAny(PASSED)) {
            tokens.takeSign('=');
            tokens.skip();
        } else if (tokens.take("union")) {
            tokens.takeSign('=');
            tokens.skipParentheses();
        } else {
            return false;
        }
        return true;
    }

    boolean tellsCharset() {
        return charset != null || collation != null;
    }

    /** {@return the charset that is told, null if it is the database's and that is not known} */
    @Nullable String charset(@Nullable String ofDatabase) {
        if (charset != null && !charset.equals(OF_DATABASE)) {
            return charset;
        }
        if (collation != null && !collation.equals(OF_DATABASE)) {
            return Charsets.ofCollation(collation);
        }
        return ofDatabase;
    }
}
