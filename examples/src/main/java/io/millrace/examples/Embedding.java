// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.PipelineOptions;
import io.millrace.core.checkpoint.FileCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.KafkaTarget;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.StartFrom;
import java.nio.file.Path;
import java.util.List;

/** Delivers the changes of one table of your MySQL to your Kafka, from within your application. */
public final class Embedding {

    private Embedding() {}

    // tag::embedding[]
    public static void main(String[] args) {
        var pipeline = PipelineOptions.builder("orders")
                .checkpoints(new FileCheckpointStore(Path.of("checkpoints")))
                .filter(TableFilter.builder()
                        .exclude("*", "*")
                        .include("shop", "orders")
                        .build())
                .build();
        var source = MySqlOptions.builder()
                .host("db.example.com")
                .user("millrace")
                .password(System.getenv("MYSQL_PASSWORD"))
                .startFrom(StartFrom.latest())
                .pipeline(pipeline)
                .build();
        var kafka =
                new KafkaTarget(KafkaOptions.builder("kafka.example.com:9092").build());

        try (var processor = new MySqlBinlogProcessor(source, List.of(kafka))) {
            Runtime.getRuntime().addShutdownHook(new Thread(processor::close));
            processor.run();
        }
    }
    // end::embedding[]
}
