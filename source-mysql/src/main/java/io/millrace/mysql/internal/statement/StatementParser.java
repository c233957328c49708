// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.statement;

import io.millrace.core.Statement;
import io.millrace.core.TableId;
import java.util.List;

public final class StatementParser {
    public record Parsed(Statement.Kind kind, List<TableId> tables) {}

    private StatementParser() {}

    public static Parsed parse(String sql, String db) {
        String[] w = sql.split("\\s+");
        if (w.length > 2 && w[1].equalsIgnoreCase("table")) {
            String n = w[2].replace("`", "").replaceAll("\\(.*", "");
            TableId t = n.contains(".") ? new TableId(n.split("\\.")[0], n.split("\\.")[1]) : new TableId(db, n);
            return new Parsed(Statement.Kind.valueOf(w[0].toUpperCase(java.util.Locale.ROOT) + "_TABLE"), List.of(t));
        }
        return new Parsed(Statement.Kind.OTHER, List.of());
    }
}
