// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.testkit.MySqlServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;

/** Rows in a server's binlog that wait to be drained: about 200 bytes each, text that does not compress. */
final class Backlog {

    private static final int STATEMENT_ROWS = 1_000;
    private static final char[] LETTERS =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_".toCharArray();

    private final MySqlServer server;

    Backlog(MySqlServer server) {
        this.server = server;
    }

    /** Writes rows with ids from 0 into a new table and says where in the log they begin. */
    Job.Start write(String table, long rows, int transactionSize) throws SQLException {
        server.execute("CREATE TABLE bench." + table + " (id BIGINT PRIMARY KEY, customer INT UNSIGNED NOT NULL,"
                + " status TINYINT NOT NULL, amount DECIMAL(12,2), name VARCHAR(60), note VARCHAR(200),"
                + " created DATETIME(3))");
        List<String> place = server.query("SHOW MASTER STATUS").get(0);
        Job.Start start = new Job.Start(place.get(0), Long.parseLong(place.get(1)), server.executedGtids());
        Random random = new Random(42);
        try (Connection connection = server.connect("bench");
                Statement sql = connection.createStatement()) {
            connection.setAutoCommit(false);
            long sinceCommit = 0;
            for (long id = 0; id < rows; ) {
                long count = Math.min(STATEMENT_ROWS, Math.min(rows - id, transactionSize - sinceCommit));
                sql.execute(insert(table, id, count, random));
                id += count;
                sinceCommit += count;
                if (sinceCommit >= transactionSize) {
                    connection.commit();
                    sinceCommit = 0;
                }
            }
            connection.commit();
        }
        return start;
    }

    private static String insert(String table, long first, long count, Random random) {
        StringBuilder sql = new StringBuilder("INSERT INTO ").append(table).append(" VALUES ");
        for (long id = first; id < first + count; id++) {
            sql.append(id == first ? "(" : ",(")
                    .append(id)
                    .append(',')
                    .append(random.nextInt(1 << 30))
                    .append(',');
            sql.append(random.nextInt(5))
                    .append(',')
                    .append(random.nextInt(100_000))
                    .append('.');
            sql.append(10 + random.nextInt(90)).append(",'");
            text(sql, 20, random);
            sql.append("','");
            text(sql, 120, random);
            sql.append("','2026-01-02 03:04:05.")
                    .append(100 + random.nextInt(900))
                    .append("')");
        }
        return sql.toString();
    }

    private static void text(StringBuilder sql, int length, Random random) {
        for (int i = 0; i < length; i += 5) {
            int bits = random.nextInt();
            for (int j = 0; j < 5; j++) {
                sql.append(LETTERS[bits & 63]);
                bits >>>= 6;
            }
        }
    }
}
