// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Three tables, and changes of each kind to their rows. */
final class PaymentTables {

    static final List<String> NAMES = List.of("paymentA", "paymentB", "paymentC");

    private static final int INSERTS = 10;
    private static final int UPDATES = 4;
    private static final int DELETES = 2;

    private PaymentTables() {}

    /** {@return how many rows were changed} */
    static int change(Connection connection) throws SQLException {
        try (Statement sql = connection.createStatement()) {
            for (String table : NAMES) {
                sql.execute("DROP TABLE IF EXISTS " + table);
                sql.execute("CREATE TABLE " + table
                        + " (id BIGINT UNSIGNED PRIMARY KEY, customer VARCHAR(100) NOT NULL, amount DECIMAL(12,2),"
                        + " note TEXT, paid_at DATETIME(3))");
            }
            int changed = 0;
            connection.setAutoCommit(false);
            for (int id = 1; id <= INSERTS; id++) {
                for (String table : NAMES) {
                    changed += sql.executeUpdate("INSERT INTO " + table + " VALUES (" + id + ", 'customer " + id + "', "
                            + id + ".50, NULL, '2026-01-02 03:04:05." + (100 + id) + "')");
                }
                connection.commit();
            }
            for (String table : NAMES) {
                changed += sql.executeUpdate("UPDATE " + table + " SET amount = amount + 1 WHERE id <= " + UPDATES);
                changed += sql.executeUpdate("DELETE FROM " + table + " WHERE id > " + (INSERTS - DELETES));
            }
            connection.commit();
            sql.executeUpdate("INSERT INTO paymentA VALUES (1000, 'nobody', 0, 'test', NULL)");
            connection.commit();
            return changed;
        }
    }
}
