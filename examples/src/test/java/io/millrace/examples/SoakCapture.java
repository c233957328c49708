// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.PipelineOptions;
import io.millrace.core.checkpoint.FileCheckpointStore;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.KafkaTarget;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.StartFrom;
import java.nio.file.Path;
import java.util.List;

/** The program that {@link SoakIT} runs in a JVM of a small heap: default options throughout. */
final class SoakCapture {

    private SoakCapture() {}

    /** @param args MySQL's port, Kafka's address, GTIDs to start after, folder of checkpoints */
    public static void main(String[] args) {
        MySqlOptions source = MySqlOptions.builder()
                .host("127.0.0.1")
                .port(Integer.parseInt(args[0]))
                .user("root")
                .startFrom(StartFrom.gtids(args[2]))
                .pipeline(PipelineOptions.builder("soak")
                        .checkpoints(new FileCheckpointStore(Path.of(args[3])))
                        .build())
                .build();
        KafkaTarget kafka = new KafkaTarget(KafkaOptions.builder(args[1]).build());
        try (var processor = new MySqlBinlogProcessor(source, List.of(kafka))) {
            Runtime.getRuntime().addShutdownHook(new Thread(processor::close));
            processor.run();
        }
    }
}
