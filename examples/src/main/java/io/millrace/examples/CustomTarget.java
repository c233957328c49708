// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.PipelineOptions;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.MySqlPosition;
import io.millrace.mysql.RowsEvent;
import io.millrace.mysql.StartFrom;
import io.millrace.testkit.MySqlServer;
import java.time.Duration;
import java.util.List;

/** A processor and a target of your own: both see every record and print it. */
public final class CustomTarget {

    private CustomTarget() {}

    /** Sees the native events before records are made of them. */
    static final class PrintingProcessor extends MySqlBinlogProcessor {

        PrintingProcessor(MySqlOptions source, List<Target> targets) {
            super(source, targets);
        }

        @Override
        protected List<Record> processDml(RowsEvent event) {
            List<Record> records = super.processDml(event);
            System.out.println("The following records will be processed...");
            records.forEach(record -> System.out.println(record.toJson()));
            return records;
        }
    }

    /** Prints what it is asked to save; returning from {@code save} acknowledges the records. */
    static final class PrintingTarget extends Target {

        PrintingTarget() {
            super(TargetOptions.builder("printing").executeDdl(true).build());
        }

        @Override
        protected void save(List<Record> records) {
            System.out.println("Saving " + records.size() + " records");
        }

        @Override
        protected void executeDdl(Statement statement) {
            System.out.println("Executing " + statement.sql());
        }
    }

    public static void main(String[] args) throws Exception {
        try (MySqlServer server = MySqlServer.start()) {
            MySqlOptions source = MySqlOptions.builder()
                    .host(server.host())
                    .port(server.port())
                    .user(server.user())
                    .password(server.password())
                    .startFrom(StartFrom.latest())
                    .pipeline(PipelineOptions.builder("custom")
                            .checkpoints(new InMemoryCheckpointStore())
                            .build())
                    .build();
            try (var processor = new PrintingProcessor(source, List.of(new PrintingTarget()))) {
                Thread capture = new Thread(processor, "capture");
                capture.start();
                processor.awaitState(io.millrace.core.ProcessorState.STREAMING, Duration.ofSeconds(30));
                server.execute(
                        "CREATE DATABASE test_database",
                        "CREATE TABLE test_database.person (id INT AUTO_INCREMENT PRIMARY KEY, first_name VARCHAR(50),"
                                + " last_name VARCHAR(50), birth_date DATE, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP)",
                        "INSERT INTO test_database.person (first_name, last_name, birth_date)"
                                + " VALUES ('John', 'Doe', '1990-01-15'), ('Jane', 'Smith', '1985-07-22')",
                        "UPDATE test_database.person SET first_name = 'Jonathan', last_name = 'Dover' WHERE id = 1");
                processor.awaitDelivered(MySqlPosition.gtids(server.executedGtids()), Duration.ofSeconds(30));
            }
        }
    }
}
