// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import org.jspecify.annotations.Nullable;

/**
 * A table's name as a statement has it.
 *
 * @param database null if the statement does not say it
 */
record QualifiedName(@Nullable String database, String table) {

    static QualifiedName read(DdlTokens tokens) {
        String name = tokens.name();
        return tokens.takeSign('.') ? new QualifiedName(name, tokens.name()) : new QualifiedName(null, name);
    }
}
