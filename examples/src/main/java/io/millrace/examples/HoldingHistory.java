// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.PipelineOptions;
import io.millrace.core.ProcessorState;
import io.millrace.core.Record;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.core.transform.FieldChangePivot;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.MySqlPosition;
import io.millrace.mysql.StartFrom;
import io.millrace.testkit.MySqlServer;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Who sold what, and how often: the history of fields that a table does not keep, written to another table and asked
 * in SQL.
 */
public final class HoldingHistory {

    private static final List<String> COLUMNS = List.of(
            "holding_id",
            "user_id",
            "change_field",
            "old_value",
            "new_value",
            "datetime_created",
            "datetime_updated",
            "datetime_deleted",
            "op_type");

    private HoldingHistory() {}

    /** Appends the rows of the history, each exactly once. */
    static final class PivotTable extends JdbcTarget {

        private static final String INSERT =
                "INSERT INTO holding_pivot (" + String.join(", ", COLUMNS) + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

        PivotTable(TargetOptions options, DataSource database) {
            super(options, database);
        }

        @Override
        protected void save(List<Record> records) throws SQLException {
            try (PreparedStatement sql = connection().prepareStatement(INSERT)) {
                for (Record record : records) {
                    for (int i = 0; i < COLUMNS.size(); i++) {
                        sql.setObject(i + 1, JdbcValues.of(record.row().get(COLUMNS.get(i))));
                    }
                    sql.addBatch();
                }
                sql.executeBatch();
            }
        }
    }

    public static void main(String[] args) throws Exception {
        System.exit(run() ? 0 : 1);
    }

    /** {@return whether the answers are right} */
    static boolean run() throws Exception {
        System.out.println("Starting a MySQL server...");
        try (MySqlServer mysql = MySqlServer.start()) {
            mysql.execute("CREATE DATABASE bank", """
                    CREATE TABLE bank.holding (
                      holding_id INT PRIMARY KEY, user_id INT, holding_stock VARCHAR(8), holding_quantity INT,
                      datetime_created TIMESTAMP, datetime_updated TIMESTAMP)""", "CREATE DATABASE history", """
                    CREATE TABLE history.holding_pivot (
                      holding_id INT, user_id INT, change_field VARCHAR(64), old_value TEXT, new_value TEXT,
                      datetime_created TIMESTAMP(6) NULL, datetime_updated TIMESTAMP(6) NULL,
                      datetime_deleted TIMESTAMP(6) NULL,
                      datetime_inserted TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), op_type CHAR(1))""");
            // tag::pivot[]
            FieldChangePivot pivot = FieldChangePivot.builder()
                    .carry("holding_id", "user_id")
                    .fields("holding_stock", "holding_quantity")
                    .into("history", "holding_pivot")
                    .build();
            PivotTable history = new PivotTable(
                    TargetOptions.builder("history").transform(pivot).build(),
                    ExactlyOnceJdbc.database(mysql.host(), mysql.port(), "history"));
            // end::pivot[]
            try (var processor = new MySqlBinlogProcessor(source(mysql), List.of(history));
                    Capture capture = Capture.start(processor)) {
                processor.awaitState(ProcessorState.STREAMING, Duration.ofSeconds(30));
                change(mysql);
                processor.awaitDelivered(MySqlPosition.gtids(mysql.executedGtids()), Duration.ofSeconds(60));
                capture.throwIfFailed();
            }
            return isAnswered(mysql);
        }
    }

    private static MySqlOptions source(MySqlServer server) {
        return MySqlOptions.builder()
                .host(server.host())
                .port(server.port())
                .user(server.user())
                .password(server.password())
                .startFrom(StartFrom.earliest())
                .pipeline(PipelineOptions.builder("holdings")
                        .checkpoints(new InMemoryCheckpointStore())
                        .filter(TableFilter.builder()
                                .exclude("*", "*")
                                .include("bank", "holding")
                                .build())
                        .build())
                .build();
    }

    private static void change(MySqlServer mysql) throws SQLException {
        mysql.execute(
                "INSERT INTO bank.holding VALUES (1000, 1, 'VFIAX', 10, NOW(), NOW())",
                "INSERT INTO bank.holding VALUES (1001, 2, 'SP500', 1, NOW(), NOW())",
                "INSERT INTO bank.holding VALUES (1002, 3, 'SP500', 1, NOW(), NOW())",
                "UPDATE bank.holding SET holding_quantity = 100 WHERE holding_id = 1000",
                "UPDATE bank.holding SET holding_stock = 'VTSAX' WHERE holding_id = 1000",
                "DELETE FROM bank.holding WHERE user_id = 3",
                "DELETE FROM bank.holding WHERE user_id = 2",
                "INSERT INTO bank.holding VALUES (1003, 3, 'VTSAX', 100, NOW(), NOW())",
                "UPDATE bank.holding SET holding_quantity = 10 WHERE holding_id = 1003");
    }

    /** What was sold has an old value; {@code <=>} counts a deletion, whose new value is null, as a change. */
    private static boolean isAnswered(MySqlServer mysql) throws SQLException {
        String changes = """
                SELECT COUNT(*) FROM history.holding_pivot WHERE change_field = '%s' \
                AND NOT old_value <=> new_value AND old_value IS NOT NULL AND user_id = %d""";
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put(changes.formatted("holding_stock", 1), "1");
        expected.put(changes.formatted("holding_stock", 3), "1");
        expected.put(changes.formatted("holding_quantity", 1), "1");
        expected.put(changes.formatted("holding_quantity", 3), "2");
        expected.put("""
                SELECT old_value FROM history.holding_pivot WHERE change_field = 'holding_stock' \
                AND COALESCE(datetime_updated, datetime_deleted) BETWEEN NOW() - INTERVAL 1 DAY AND NOW() + INTERVAL 1 DAY \
                AND NOT old_value <=> new_value AND old_value IS NOT NULL \
                GROUP BY old_value ORDER BY COUNT(*) DESC LIMIT 1""", "SP500");
        boolean isRight = true;
        for (Map.Entry<String, String> question : expected.entrySet()) {
            String answer = String.valueOf(mysql.query(question.getKey()).get(0).get(0));
            isRight &= answer.equals(question.getValue());
            System.out.printf("%s%n  = %s, expected %s%n", question.getKey(), answer, question.getValue());
        }
        return isRight;
    }
}
