// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind a new table's name: columns, keys, options and partitions. A SELECT, whose columns would be
 * the table's too, is not understood; the server logs such a table with all its columns.
 */
final class CreateTable {

    private CreateTable() {}

    static TableDefinition read(DdlTokens tokens, Dialect dialect, @Nullable String charsetOfDatabase) {
        List<ColumnClause.Defined> columns = new ArrayList<>();
        List<String> key = new ArrayList<>();
        tokens.expectSign('(');
        do {
            if (KeyClause.isHere(tokens)) {
                List<String> primary = KeyClause.read(tokens);
                key.addAll(primary == null ? List.of() : primary);
            } else {
                ColumnClause.Defined column = ColumnClause.read(tokens, dialect);
                columns.add(column);
                if (column.isKey()) {
                    key.add(column.name());
                }
            }
        } while (tokens.takeSign(','));
        tokens.expectSign(')');
        String charset = charset(tokens, charsetOfDatabase);
        return TableDefinition.of(
                        charset,
                        columns.stream().map(column -> column.in(charset)).toList(),
                        key)
                .checked(dialect);
    }

    private static @Nullable String charset(DdlTokens tokens, @Nullable String ofDatabase) {
        TableOptions options = new TableOptions(tokens);
        while (options.take()) {
            tokens.takeSign(',');
        }
        if (tokens.is("partition")) {
            skipPartitions(tokens);
        }
        tokens.take("start", "transaction");
        tokens.expectEnd();
        return options.charset(ofDatabase);
    }

    private static void skipPartitions(DdlTokens tokens) {
        while (!tokens.isEnd() && !tokens.is("start")) {
            if (tokens.is("select", "table", "with", "as", "ignore", "replace")) {
                throw tokens.unexpected();
            }
            if (tokens.isSign('(')) {
                tokens.skipParentheses();
            } else {
                tokens.skip();
            }
        }
    }
}
