// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** Follows the topic of the writers' ledger to see how far delivery is. Not thread-safe. */
final class LedgerWatch implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<RowKey, Integer> steps = new HashMap<>();

    LedgerWatch(String brokers) {
        this.consumer = new TopicReader(brokers).consumer();
    }

    /** {@return whether each of these rows has arrived with its step, or a later one} */
    boolean has(Map<RowKey, Integer> wanted) throws IOException {
        if (consumer.assignment().isEmpty()) {
            List<TopicPartition> partitions = TopicReader.partitions(consumer, TortureTable.LEDGER);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
        }
        if (!consumer.assignment().isEmpty()) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                TopicEvent event = TopicEvent.of(record);
                steps.merge(event.row(), event.step(), Math::max);
            }
        }
        return wanted.entrySet().stream()
                .allMatch(entry -> steps.getOrDefault(entry.getKey(), Step.NONE) >= entry.getValue());
    }

    @Override
    public void close() {
        consumer.close();
    }
}
