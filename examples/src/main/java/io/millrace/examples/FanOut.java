// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.PipelineOptions;
import io.millrace.core.ProcessorState;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.KafkaTarget;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.StartFrom;
import io.millrace.redis.RedisCommand;
import io.millrace.redis.RedisOptions;
import io.millrace.redis.RedisTarget;
import io.millrace.testkit.RedisServer;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;

/**
 * From one reader of MySQL's log to Kafka and Redis at once: each change goes to a topic, and is published in a
 * channel of the same name. Ends with status 0 only if both had every change.
 */
public final class FanOut {

    private FanOut() {}

    public static void main(String[] args) {
        int status;
        try {
            status = run(QuickstartArguments.parse(args)) ? 0 : 1;
        } catch (Exception e) {
            System.err.println("fan-out: " + e.getMessage());
            status = 1;
        }
        System.exit(status);
    }

    /** {@return whether every change came to both} */
    static boolean run(QuickstartArguments arguments) throws Exception {
        try (QuickstartServers servers = QuickstartServers.of(arguments);
                RedisServer redis = RedisServer.start();
                ChannelCounter subscriber = ChannelCounter.of(redis.uri(), "*.payment*")) {
            MySqlOptions source = servers.mysql()
                    .startFrom(StartFrom.latest())
                    .pipeline(PipelineOptions.builder("fan-out")
                            .checkpoints(new InMemoryCheckpointStore())
                            .filter(TableFilter.builder()
                                    .exclude("*", "*")
                                    .include(servers.database(), "*")
                                    .build())
                            .build())
                    .build();
            KafkaTarget topics = new KafkaTarget(KafkaOptions.builder(servers.kafka())
                    .topic("%{/database}_%{/table}")
                    .build());
            RedisTarget channels = new RedisTarget(RedisOptions.builder(redis.uri())
                    .command(RedisCommand.PUBLISH)
                    .key("%{/database}.%{/table}")
                    .build());
            try (Quickstart.Payments processor = new Quickstart.Payments(source, List.of(topics, channels));
                    Capture capture = Capture.start(processor)) {
                processor.awaitState(ProcessorState.STREAMING, Duration.ofSeconds(60));
                capture.throwIfFailed();
                int written;
                try (Connection connection = servers.connect()) {
                    written = PaymentTables.change(connection);
                }
                TopicPrinter printer = new TopicPrinter(servers.kafka(), servers.database(), PaymentTables.NAMES);
                int consumed = printer.print(written, Duration.ofSeconds(60), capture::isRunning);
                int published = subscriber.await(written, Duration.ofSeconds(60));
                capture.throwIfFailed();
                System.out.printf("%n%d changes: %d came from Kafka, %d from Redis%n", written, consumed, published);
                return consumed == written && published == written;
            }
        }
    }
}
