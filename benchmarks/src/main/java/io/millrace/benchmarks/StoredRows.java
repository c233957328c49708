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
        try (var consumer = consumer()) {
            long end = Objects.requireNonNull(
                    consumer.endOffsets(List.of(partition)).get(partition));
            Tally tally = new Tally(job);
            while (!tally.isComplete() && consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    add(record, tally);
                }
            }
            return tally.isComplete() && tally.isInOrder();
        }
    }

    /**
     * Waits for all rows of the job as they come.
     *
     * @return when the row of each id came, as {@link System#nanoTime()}
     * @throws IllegalStateException if they do not come as they should
     */
    long[] timesSeen(Job job) {
        try (var consumer = consumer()) {
            Tally tally = new Tally(job);
            long[] times = new long[Math.toIntExact(job.rows())];
            while (!tally.isComplete()) {
                var records = consumer.poll(Duration.ofMillis(500));
                long now = System.nanoTime();
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    add(record, tally);
                    times[Math.toIntExact(tally.lastId())] = now;
                }
            }
            if (!tally.isInOrder()) {
                throw new IllegalStateException("rows of " + partition + " are doubled or disordered");
            }
            return times;
        }
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> config =
                Map.of("bootstrap.servers", brokers, "max.poll.records", 5_000, "isolation.level", "read_committed");
        var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        return consumer;
    }

    private static void add(ConsumerRecord<byte[], byte[]> record, Tally tally) {
        byte[] json = record.value();
        tally.json(json, DebeziumContestant.row(new String(json, StandardCharsets.UTF_8)), json.length);
    }
}
