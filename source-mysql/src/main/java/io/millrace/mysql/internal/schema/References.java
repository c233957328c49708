// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

/** What a foreign key says of the other table. */
final class References {

    private References() {}

    /** Passes what follows {@code REFERENCES}. */
    static void skip(DdlTokens tokens) {
        tokens.name();
        if (tokens.takeSign('.')) {
            tokens.name();
        }
        if (tokens.isSign('(')) {
            tokens.skipParentheses();
        }
        if (tokens.take("match")) {
            tokens.word();
        }
        while (tokens.take("on", "delete") || tokens.take("on", "update")) {
            boolean isKnown = tokens.takeAny("cascade", "restrict")
                    || tokens.take("set", "null")
                    || tokens.take("set", "default")
                    || tokens.take("no", "action");
            if (!isKnown) {
                throw tokens.unexpected();
            }
        }
    }
}
