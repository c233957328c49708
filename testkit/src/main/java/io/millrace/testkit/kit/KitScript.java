// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.RowImage;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.testkit.ScriptedSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a log that inserts, updates and deletes the rows of a few keys in two tables, again and again. If asked to, it
 * leaves every other row as it was inserted: in a mirror, a change that was lost would else be covered by a later one.
 */
final class KitScript {

    private static final int KEYS = 7;
    private static final int FIRST_KEY_THAT_STAYS = 1_000;
    private static final TableSchema ORDERS = table("orders");
    private static final TableSchema ITEMS = table("items");

    private final ScriptedSource log;
    private final boolean leavesRows;
    private final Map<String, RowImage> rows = new HashMap<>();
    private int changes;

    KitScript(ScriptedSource log, boolean leavesRows) {
        this.log = log;
        this.leavesRows = leavesRows;
    }

    private static TableSchema table(String name) {
        return new TableSchema(
                new TableId("kit", name),
                List.of(Column.of("id", ColumnType.LONG), Column.of("text", ColumnType.STRING)),
                List.of("id"));
    }

    void write(int transactions, int size) {
        for (int i = 0; i < transactions; i++) {
            log.transaction(tx -> {
                for (int j = 0; j < size; j++) {
                    change(tx, ++changes);
                }
            });
        }
    }

    private void change(ScriptedSource.Script tx, int number) {
        TableSchema table = number % 3 == 0 ? ITEMS : ORDERS;
        long id = leavesRows && number % 2 == 0 ? FIRST_KEY_THAT_STAYS + number : number % KEYS;
        String key = table.table() + "/" + id;
        RowImage before = rows.get(key);
        RowImage after = RowImage.of(table, Map.of("id", id, "text", "change " + number));
        if (before == null) {
            tx.insert(after);
            rows.put(key, after);
        } else if (number % 5 == 0) {
            tx.delete(before);
            rows.remove(key);
        } else {
            tx.update(before, after);
            rows.put(key, after);
        }
    }

    /** Writes a statement about the table {@code orders}. */
    void statement(Statement.Kind kind, String sql) {
        log.transaction(tx -> tx.statement(kind, ORDERS.table(), sql));
        if (kind == Statement.Kind.TRUNCATE_TABLE) {
            rows.keySet().removeIf(key -> key.startsWith(ORDERS.table() + "/"));
        }
    }
}
