// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's own producer, which sends ready-made records: what a target to Kafka could reach if reading and
 * encoding cost nothing. Only each record's id is written for it.
 */
final class ProducerContestant implements Contestant {

    private static final int DIGITS = 12;
    private static final int POOL = 1_000;
    /** Bytes of a row of the workload {@code bulk} as this library's JSON. */
    private static final int VALUE_BYTES = 620;

    @Override
    public void drain(Job job, Tally tally) throws Exception {
        byte[][] values = values();
        byte[] key = ("{\"id\":" + "0".repeat(DIGITS) + "}").getBytes(StandardCharsets.US_ASCII);
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        Map<String, Object> config = Map.of(
                "bootstrap.servers", job.brokers(),
                "acks", "all",
                "compression.type", "lz4",
                "linger.ms", "5",
                "batch.size", "131072");
        try (var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long id = 0; id < job.rows(); id++) {
                byte[] value = values[(int) (id % POOL)];
                digits(id, value);
                digits(id, key);
                tally.json(value, 0, value.length);
                // The producer has copied both when this returns.
                var unused = producer.send(new ProducerRecord<>(job.topic(), key, value), (metadata, error) -> {
                    if (error != null) {
                        failure.compareAndSet(null, error);
                    }
                });
            }
            producer.flush();
        }
        Exception failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException(failed);
        }
    }

    private static byte[][] values() {
        Random random = new Random(42);
        byte[][] values = new byte[POOL][];
        for (int i = 0; i < POOL; i++) {
            StringBuilder json = new StringBuilder("{\"id\":" + "0".repeat(DIGITS) + ",\"text\":\"");
            // About a quarter of a row's JSON differs from row to row.
            json.append("the same in all rows, as names are; ".repeat(12));
            Workload.text(json, VALUE_BYTES - json.length() - 2, random);
            values[i] = json.append("\"}").toString().getBytes(StandardCharsets.US_ASCII);
        }
        return values;
    }

    private static void digits(long id, byte[] json) {
        long rest = id;
        for (int at = 5 + DIGITS; at > 5; at--) {
            json[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
