// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keys and constraints within CREATE and ALTER TABLE, of which only the primary key matters. */
final class KeyClause {

    private KeyClause() {}

    /** {@return whether a key or constraint is defined here: words that no column's name can be unless quoted} */
    static boolean isHere(DdlTokens tokens) {
        return tokens.is("primary", "key", "index", "unique", "fulltext", "spatial", "constraint", "foreign", "check");
    }

    /** Passes the clause; {@return the primary key's columns, null if it is another one} */
    static @Nullable List<String> read(DdlTokens tokens) {
        if (tokens.take("constraint") && !isHere(tokens)) {
            tokens.name();
        }
        List<String> key = null;
        if (tokens.take("primary")) {
            tokens.expect("key");
            if (tokens.takeAny("using", "type")) {
                tokens.word();
            }
            key = columns(tokens);
        } else if (!isHere(tokens)) {
            throw tokens.unexpected();
        }
        while (!tokens.isEnd() && !tokens.isSign(',') && !tokens.isSign(')')) {
            if (tokens.isSign('(')) {
                tokens.skipParentheses();
            } else {
                tokens.skip();
            }
        }
        return key;
    }

    private static List<String> columns(DdlTokens tokens) {
        List<String> columns = new ArrayList<>();
        tokens.expectSign('(');
        do {
            columns.add(tokens.name());
            if (tokens.isSign('(')) {
                tokens.skipParentheses();
            }
            tokens.takeAny("asc", "desc");
        } while (tokens.takeSign(','));
        tokens.expectSign(')');
        return columns;
    }
}
