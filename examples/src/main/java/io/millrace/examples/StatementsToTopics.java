// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.PipelineOptions;
import io.millrace.core.ProcessorState;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.KafkaTarget;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.StartFrom;
import io.millrace.mysql.StatementDml;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;

/**
 * Statements that MySQL logs as text, each to the topics of the tables that it names: what was executed,
 * where {@link Quickstart} has which rows it changed.
 */
public final class StatementsToTopics {

    private static final int INSERTS = 5;

    private StatementsToTopics() {}

    public static void main(String[] args) {
        int status;
        try {
            status = run(QuickstartArguments.parse(args)) ? 0 : 1;
        } catch (Exception e) {
            System.err.println("statements-to-topics: " + e.getMessage());
            status = 1;
        }
        System.exit(status);
    }

    /** {@return whether every statement came to every topic that it concerns} */
    static boolean run(QuickstartArguments arguments) throws Exception {
        try (QuickstartServers servers = QuickstartServers.of(arguments)) {
            MySqlOptions source = servers.mysql()
                    .startFrom(StartFrom.latest())
                    .statementDml(StatementDml.DELIVER)
                    .pipeline(PipelineOptions.builder("statements")
                            .checkpoints(new InMemoryCheckpointStore())
                            .filter(TableFilter.builder()
                                    .exclude("*", "*")
                                    .include(servers.database(), "*")
                                    .build())
                            .build())
                    .build();
            KafkaTarget kafka = new KafkaTarget(KafkaOptions.builder(servers.kafka())
                    .target(TargetOptions.builder("kafka").executeDdl(true).build())
                    .topic("%{/schema_name}_%{/table_name}")
                    .build());
            try (MySqlBinlogProcessor processor = new MySqlBinlogProcessor(source, List.of(kafka));
                    Capture capture = Capture.start(processor)) {
                processor.awaitState(ProcessorState.STREAMING, Duration.ofSeconds(60));
                capture.throwIfFailed();
                int expected;
                try (Connection connection = servers.connect()) {
                    expected = execute(connection);
                }
                TopicPrinter printer = new TopicPrinter(servers.kafka(), servers.database(), PaymentTables.NAMES);
                int consumed = printer.print(expected, Duration.ofSeconds(60), capture::isRunning);
                capture.throwIfFailed();
                System.out.printf("%n%d of %d statements came back%n", consumed, expected);
                return consumed == expected;
            }
        }
    }

    /** {@return how many messages that makes: one for each statement and table that it names} */
    private static int execute(Connection connection) throws SQLException {
        int messages = 0;
        try (Statement sql = connection.createStatement()) {
            sql.execute("SET SESSION binlog_format = 'STATEMENT'");
            for (String table : PaymentTables.NAMES) {
                sql.execute("DROP TABLE IF EXISTS " + table);
                sql.execute("CREATE TABLE " + table + " (id INT PRIMARY KEY, amount INT)");
                messages += 2;
                for (int id = 1; id <= INSERTS; id++) {
                    sql.execute("INSERT INTO " + table + " VALUES (" + id + ", " + 100 * id + ")");
                    messages++;
                }
            }
            sql.execute(
                    "INSERT INTO paymentA SELECT id + 100, amount FROM paymentB WHERE id IN (SELECT id FROM paymentC)");
            messages += 3;
            sql.execute("UPDATE paymentA JOIN paymentB USING (id) SET paymentA.amount = 0");
            messages += 2;
            sql.execute("DELETE FROM paymentC WHERE amount > 300");
            messages++;
        }
        return messages;
    }
}
