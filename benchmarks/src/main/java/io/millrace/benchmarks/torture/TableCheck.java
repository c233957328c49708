// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import io.millrace.benchmarks.torture.Problems.Kind;
import io.millrace.testkit.MySqlServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** Compares what the server's tables hold with what their topics say, row by row. */
final class TableCheck {

    private final MySqlServer server;
    private final Problems problems;
    private final RunLog log;

    TableCheck(MySqlServer server, Problems problems, RunLog log) {
        this.server = server;
        this.problems = problems;
        this.log = log;
    }

    void compare(TortureTable table, Map<RowKey, Long> topic) throws SQLException {
        Map<RowKey, Long> rows = rows(table);
        log.event(
                "%s: %,d rows, checksum %016x; its topic: %,d rows, checksum %016x",
                table.qualified(), rows.size(), sum(rows), topic.size(), sum(topic));
        rows.forEach((row, checksum) -> {
            Long told = topic.get(row);
            if (told == null) {
                problems.add(Kind.DIFFERENT, row, "is in the table, not in the topic");
            } else if (!told.equals(checksum)) {
                problems.add(Kind.DIFFERENT, row, "has other values in the topic");
            }
        });
        topic.keySet().stream()
                .filter(row -> !rows.containsKey(row))
                .forEach(row -> problems.add(Kind.DIFFERENT, row, "is in the topic, not in the table"));
    }

    private static long sum(Map<RowKey, Long> rows) {
        return rows.values().stream().mapToLong(checksum -> checksum).sum();
    }

    private Map<RowKey, Long> rows(TortureTable table) throws SQLException {
        Map<RowKey, Long> rows = new HashMap<>();
        try (Connection connection = server.connect();
                Statement sql = connection.createStatement();
                ResultSet result =
                        sql.executeQuery("SELECT region, id, version, amount, note, raw FROM " + table.qualified())) {
            while (result.next()) {
                RowContent content = new RowContent(
                        result.getString(1),
                        result.getLong(2),
                        result.getInt(3),
                        result.getBigDecimal(4),
                        result.getString(5),
                        result.getBytes(6));
                rows.put(new RowKey(table, content.id()), content.checksum());
            }
        }
        return rows;
    }
}
