// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import io.millrace.core.Record;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Writes random tables into a database of its own, captures them, and asks the server what it has stored. */
final class RandomTables implements AutoCloseable {

    private static final int COLUMNS = 25;
    private static final List<String> ZONES = List.of("+00:00", "+05:30", "-08:00", "+12:45");

    /** What updates and deletes tell; inserts are always told in full. */
    private static final List<String> IMAGES = List.of("FULL", "FULL", "NOBLOB", "MINIMAL");

    private final Connection connection;
    private final Statement statement;
    private final Capture capture;
    private final MySqlRelease release;
    private final Random random;
    private int tables;

    RandomTables(MySqlServer server, Random random) throws SQLException, InterruptedException {
        this(server, random, null);
    }

    /** @param history see {@link Capture} */
    RandomTables(MySqlServer server, Random random, @Nullable Path history) throws SQLException, InterruptedException {
        this.release = server.release();
        this.random = random;
        String database = server.createDatabase();
        connection = server.connect(database);
        statement = connection.createStatement();
        statement.execute("SET sql_mode = 'ALLOW_INVALID_DATES', innodb_strict_mode = OFF");
        capture = new Capture(server, database, history);
    }

    /** Each table is written, updated and dropped before the next one. */
    void write(List<ColumnUnderTest> columns, int rows, Use use) throws Exception {
        for (int from = 0; from < columns.size(); from += COLUMNS) {
            int to = Math.min(columns.size(), from + COLUMNS);
            use.of(write(new RandomTable(release, "t" + tables++, columns.subList(from, to), random), rows));
        }
    }

    /** What is done with a table that was written and captured. */
    interface Use {
        void of(Comparison.Written written) throws Exception;
    }

    private Comparison.Written write(RandomTable table, int rows) throws Exception {
        statement.execute("SET time_zone = '" + ZONES.get(random.nextInt(ZONES.size())) + "'");
        statement.execute(table.create());
        execute(table.insert(random, rows));
        statement.execute("SET time_zone = '+00:00'");
        String image = IMAGES.get(random.nextInt(IMAGES.size()));
        statement.execute("SET binlog_row_image = " + image);
        execute(table.update(random));
        Map<Integer, List<@Nullable String>> answers = answers(table);
        statement.execute("DELETE FROM " + table.name());
        statement.execute("SET binlog_row_image = FULL");
        List<Record> records = capture.take();
        statement.execute("DROP TABLE " + table.name());
        if (records.size() != 3 * rows) {
            throw new AssertionError(records.size() + " records of 3 * " + rows + " rows of " + table.create());
        }
        return new Comparison.Written(table, records, answers, !image.equals("FULL"));
    }

    private void execute(String sql) throws SQLException {
        try {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new SQLException(e.getMessage() + ": " + sql.substring(0, Math.min(sql.length(), 20_000)), e);
        }
    }

    private Map<Integer, List<@Nullable String>> answers(RandomTable table) throws SQLException {
        Map<Integer, List<@Nullable String>> answers = new LinkedHashMap<>();
        try (ResultSet result = statement.executeQuery(table.oracle())) {
            while (result.next()) {
                List<@Nullable String> row = new ArrayList<>();
                for (int i = 0; i < table.columns().size(); i++) {
                    row.add(result.getString(i + 2));
                }
                answers.put(result.getInt(1), row);
            }
        }
        return answers;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
        capture.close();
    }
}
