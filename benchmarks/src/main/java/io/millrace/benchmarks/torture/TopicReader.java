// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the tables' topics as a consumer does that sees committed records only. */
final class TopicReader {

    private static final Duration POLL = Duration.ofMillis(500);

    /** Takes records, those of a partition in their order. */
    interface Sink {
        void accept(ConsumerRecord<byte[], byte[]> record) throws IOException;
    }

    private final String brokers;

    TopicReader(String brokers) {
        this.brokers = brokers;
    }

    /** Reads all topics from their beginning to their end. */
    void readAll(Sink sink) throws IOException {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            List<TopicPartition> partitions = partitions(consumer, TortureTable.values());
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < end(ends, partition))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    sink.accept(record);
                }
            }
        }
    }

    private static long end(Map<TopicPartition, Long> ends, TopicPartition partition) {
        return ends.getOrDefault(partition, 0L);
    }

    KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", brokers,
                "isolation.level", "read_committed",
                "allow.auto.create.topics", "false",
                "fetch.max.wait.ms", "100");
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** {@return the partitions of the tables whose topics exist} */
    static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, TortureTable... tables) {
        Set<String> existing = consumer.listTopics().keySet();
        return Arrays.stream(tables)
                .map(TortureTable::qualified)
                .filter(existing::contains)
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
    }
}
