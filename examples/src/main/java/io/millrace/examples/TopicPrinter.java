// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Consumes the topics of some tables from their begin and prints every change. */
final class TopicPrinter {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String brokers;
    private final List<String> topics;
    private final Map<String, String> lastOfKey = new HashMap<>();
    private boolean inOrder = true;
    private int changes;

    TopicPrinter(String brokers, String database, List<String> tables) {
        this.brokers = brokers;
        this.topics = tables.stream().map(table -> database + "_" + table).toList();
    }

    /** {@return how many changes came until there were {@code expected}, or {@code limit} was over} */
    int print(int expected, Duration limit, BooleanSupplier goOn) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        try (KafkaConsumer<String, String> consumer = consumer()) {
            while (changes < expected && goOn.getAsBoolean() && System.nanoTime() < deadline) {
                poll(consumer);
            }
        }
        return changes;
    }

    /** Prints what comes from now on. */
    void follow(BooleanSupplier goOn) throws IOException {
        try (KafkaConsumer<String, String> consumer = consumer()) {
            consumer.poll(Duration.ZERO);
            consumer.seekToEnd(consumer.assignment());
            while (goOn.getAsBoolean()) {
                poll(consumer);
            }
        }
    }

    /** {@return whether each row's changes came as insert, update, delete} */
    boolean isInOrder() {
        return inOrder;
    }

    private void poll(KafkaConsumer<String, String> consumer) throws IOException {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
            if (record.value() != null) {
                print(record);
            }
        }
    }

    private void print(ConsumerRecord<String, String> record) throws IOException {
        System.out.println("=== Event from kafka topic " + record.topic() + " ===");
        System.out.println("key   " + record.key());
        System.out.println("value " + record.value());
        JsonNode change = JSON.readTree(record.value());
        String type = change.path("event_type").asText();
        String before = Objects.requireNonNullElse(lastOfKey.put(record.topic() + record.key(), type), "nothing");
        inOrder &= switch (type) {
            case "INSERT" -> before.equals("nothing");
            case "UPDATE", "DELETE" -> before.equals("INSERT") || before.equals("UPDATE");
            default -> true;
        };
        changes++;
    }

    private KafkaConsumer<String, String> consumer() {
        Map<String, Object> config = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                brokers,
                ConsumerConfig.GROUP_ID_CONFIG,
                "quickstart-" + ProcessHandle.current().pid() + "-" + System.nanoTime(),
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                500,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class);
        KafkaConsumer<String, String> consumer = new KafkaConsumer<>(config);
        consumer.subscribe(topics);
        return consumer;
    }
}
