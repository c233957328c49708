// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * {@link Sabotage#CHECKPOINT_BEFORE_ACK} where checkpoints go to Kafka with the records: puts the position
 * of what was read into the checkpoint as it passes. Made by the producer, for which it must be public.
 */
public final class HastyInterceptor implements ProducerInterceptor<byte[], byte[]> {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static volatile @Nullable String read;

    /** Everything before that position was read. */
    static void read(String position) {
        read = position;
    }

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
        String position = read;
        if (position == null || record.value() == null || !record.topic().equals(StoredCheckpoint.TOPIC)) {
            return record;
        }
        try {
            JsonNode checkpoint = JSON.readTree(record.value());
            if (!checkpoint.has("position")) {
                return record;
            }
            ((ObjectNode) checkpoint).set("position", JSON.readTree(position));
            ((ObjectNode) checkpoint).remove("open");
            return new ProducerRecord<>(
                    record.topic(),
                    record.partition(),
                    record.timestamp(),
                    record.key(),
                    JSON.writeValueAsBytes(checkpoint),
                    record.headers());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception exception) {}

    @Override
    public void close() {}

    @Override
    public void configure(Map<String, ?> configs) {}
}
