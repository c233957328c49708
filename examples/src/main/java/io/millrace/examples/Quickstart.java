// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.PipelineOptions;
import io.millrace.core.ProcessorState;
import io.millrace.core.Record;
import io.millrace.core.Target;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.KafkaTarget;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.StartFrom;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From three tables of MySQL to three topics of Kafka, and back: starts both servers (or uses yours),
 * changes rows, captures the changes, consumes them from Kafka and prints them. Ends with status 0
 * only if every change came back.
 */
public final class Quickstart {

    private Quickstart() {}

    /** A processor of one's own: this one leaves out what is marked as a test. */
    static final class Payments extends MySqlBinlogProcessor {

        Payments(MySqlOptions source, List<? extends Target> targets) {
            super(source, targets);
        }

        @Override
        protected @Nullable Record process(Record record) {
            return "test".equals(record.row().getString("note")) ? null : record;
        }
    }

    public static void main(String[] args) {
        int status;
        try {
            status = run(QuickstartArguments.parse(args)) ? 0 : 1;
        } catch (Exception e) {
            System.err.println("quickstart: " + e.getMessage());
            status = 1;
        }
        System.exit(status);
    }

    /** {@return whether every change came back} */
    static boolean run(QuickstartArguments arguments) throws Exception {
        try (QuickstartServers servers = QuickstartServers.of(arguments)) {
            MySqlOptions source = servers.mysql()
                    .startFrom(StartFrom.latest())
                    .pipeline(PipelineOptions.builder("quickstart")
                            .checkpoints(new InMemoryCheckpointStore())
                            .filter(TableFilter.builder()
                                    .exclude("*", "*")
                                    .include(servers.database(), "*")
                                    .build())
                            .startTimeout(Duration.ofSeconds(10))
                            .build())
                    .build();
            KafkaTarget kafka = new KafkaTarget(KafkaOptions.builder(servers.kafka())
                    .topic("%{/schema_name}_%{/table_name}")
                    .build());
            try (Payments processor = new Payments(source, List.of(kafka));
                    Capture capture = Capture.start(processor)) {
                processor.awaitState(ProcessorState.STREAMING, Duration.ofSeconds(60));
                capture.throwIfFailed();
                return check(servers, arguments, capture);
            }
        }
    }

    private static boolean check(QuickstartServers servers, QuickstartArguments arguments, Capture capture)
            throws Exception {
        long began = System.nanoTime();
        int written;
        try (Connection connection = servers.connect()) {
            written = PaymentTables.change(connection);
        }
        TopicPrinter printer = new TopicPrinter(servers.kafka(), servers.database(), PaymentTables.NAMES);
        int consumed = printer.print(written, Duration.ofSeconds(60), capture::isRunning);
        capture.throwIfFailed();
        double seconds = (System.nanoTime() - began) / 1e9;
        boolean complete = consumed == written && printer.isInOrder();
        System.out.printf(
                "%n%d of %d changes came back from %d topics%s, %.0f rows/s from the first statement to the last record%n",
                consumed, written, PaymentTables.NAMES.size(), complete ? ", in order" : "", consumed / seconds);
        if (arguments.follow()) {
            System.out.println("Following " + servers.database() + "; end with Ctrl-C");
            printer.follow(capture::isRunning);
            capture.throwIfFailed();
        }
        return complete;
    }
}
