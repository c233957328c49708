// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads a topic of one partition back, after a run, to see whether the run did what it says. */
final class StoredRows {

    private final String brokers;
    private final TopicPartition partition;

    StoredRows(String brokers, String topic) {
        this.brokers = brokers;
        this.partition = new TopicPartition(topic, 0);
    }

    /** {@return whether the topic begins with all that the job asks for, in order} */
    boolean areInOrder(Job job) {
        Map<String, Object> config =
                Map.of("bootstrap.servers", brokers, "max.poll.records", 5_000, "isolation.level", "read_committed");
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = Objects.requireNonNull(
                    consumer.endOffsets(List.of(partition)).get(partition));
            Tally tally = new Tally(job);
            while (!tally.isComplete() && consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    byte[] json = record.value();
                    tally.json(json, DebeziumContestant.row(new String(json, StandardCharsets.UTF_8)), json.length);
                }
            }
            return tally.isComplete() && tally.isInOrder();
        }
    }
}
