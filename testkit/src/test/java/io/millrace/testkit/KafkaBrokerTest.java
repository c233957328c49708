// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class KafkaBrokerTest {

    @Test
    void shouldKeepWhatItAcknowledgedThroughPauseRestartAndKill() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start()) {
            create(broker, "t");
            send(broker, "t", "one");

            broker.pause();
            assertThatThrownBy(() -> send(broker, "t", "lost", 1_000))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TimeoutException.class);
            broker.resume();
            send(broker, "t", "two");
            broker.restart();
            send(broker, "t", "three");
            broker.kill();
            broker.startAgain();
            send(broker, "t", "four");

            assertThat(read(broker, "t")).containsSubsequence("one", "two", "three", "four");
        }
    }

    @Test
    void shouldKeepClientsOfTheProxyBehindIt() throws Exception {
        try (KafkaBroker broker = KafkaBroker.builder().behindProxy().start()) {
            create(broker, "t");
            assertThat(portsOfNodes(broker.bootstrapServers())).containsExactly(broker.port());
            assertThat(broker.proxy().connections()).isZero();
            String proxied = broker.proxy().host() + ":" + broker.proxy().port();
            assertThat(portsOfNodes(proxied)).containsExactly(broker.proxy().port());
            send(proxied, "t", "one", 30_000);
            assertThat(broker.proxy().connections()).isPositive();

            broker.proxy().blackHole();
            assertThatThrownBy(() -> send(proxied, "t", "lost", 1_000))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(TimeoutException.class);
            send(broker, "t", "two");

            assertThat(read(broker, "t")).containsExactly("one", "two");
        }
    }

    private static List<Integer> portsOfNodes(String servers) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers))) {
            return admin.describeCluster().nodes().get(30, TimeUnit.SECONDS).stream()
                    .map(node -> node.port())
                    .toList();
        }
    }

    @Test
    void shouldShowTheBrokersOwnWordsWhenItDoesNotStart() {
        assertThatThrownBy(() -> KafkaBroker.builder()
                        .property("log.segment.bytes", "nonsense")
                        .start())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("log.segment.bytes");
    }

    private static void create(KafkaBroker broker, String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get(30, TimeUnit.SECONDS);
        }
    }

    private static void send(KafkaBroker broker, String topic, String value) throws Exception {
        send(broker, topic, value, 30_000);
    }

    private static void send(KafkaBroker broker, String topic, String value, int limitMillis) throws Exception {
        send(broker.bootstrapServers(), topic, value, limitMillis);
    }

    private static void send(String servers, String topic, String value, int limitMillis) throws Exception {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                servers,
                "max.block.ms",
                limitMillis,
                "request.timeout.ms",
                Math.min(limitMillis / 2, 5_000),
                "delivery.timeout.ms",
                limitMillis);
        KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
        try {
            producer.send(new ProducerRecord<>(topic, value)).get(60, TimeUnit.SECONDS);
        } finally {
            producer.close(Duration.ZERO);
        }
    }

    private static List<String> read(KafkaBroker broker, String topic) {
        Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            List<String> values = new ArrayList<>();
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }
}
