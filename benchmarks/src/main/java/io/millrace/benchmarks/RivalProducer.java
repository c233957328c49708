// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's producer as all contestants beside this library have it: with what {@code KafkaTarget} sets at 512 MB. */
final class RivalProducer {

    private RivalProducer() {}

    static KafkaProducer<byte[], byte[]> connect(String brokers) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", brokers,
                "acks", "all",
                "compression.type", "lz4",
                "linger.ms", "5",
                "batch.size", "524288",
                "buffer.memory", "67108864");
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
