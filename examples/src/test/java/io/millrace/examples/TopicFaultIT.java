// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.core.PipelineOptions;
import io.millrace.core.ProcessorState;
import io.millrace.core.RetryOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.kafka.KafkaOptions;
import io.millrace.kafka.KafkaTarget;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.MySqlPosition;
import io.millrace.mysql.StartFrom;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.KafkaExtension;
import io.millrace.testkit.MySqlServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** From a real server to a real broker while things break. */
@ExtendWith(KafkaExtension.class)
class TopicFaultIT {

    private static final int ROWS = 50_000;
    private static final int TRANSACTION = 500;

    @Test
    @Timeout(180)
    void shouldHoldEveryRowInOrderAfterRestartsAndCuts(KafkaBroker broker) throws Exception {
        try (MySqlServer server = MySqlServer.builder().durable().start();
                FaultyProxy proxy = FaultyProxy.before(server.host(), server.port())) {
            server.execute(
                    "CREATE DATABASE faults", "CREATE TABLE faults.t (id INT PRIMARY KEY, v INT, pad VARCHAR(100))");
            try (var processor = processor(proxy, broker);
                    var capture = Capture.start(processor)) {
                assertThat(processor.awaitState(ProcessorState.STREAMING, Duration.ofSeconds(30)))
                        .isTrue();
                Thread disturber = new Thread(() -> cutAsRowsArrive(processor, proxy), "disturber");
                disturber.start();
                write(server, 0, ROWS / 2);
                server.restart();
                write(server, ROWS / 2, ROWS);
                disturber.join();

                assertThat(processor.awaitDelivered(
                                MySqlPosition.gtids(server.executedGtids()), Duration.ofSeconds(90)))
                        .as(() -> processor.stats().toString())
                        .isTrue();
                assertThat(processor.stats().reconnects()).isPositive();
                capture.throwIfFailed();
            }
        }

        checkTopic(broker);
    }

    private static void cutAsRowsArrive(MySqlBinlogProcessor processor, FaultyProxy proxy) {
        for (int part = 1; part <= 5; part++) {
            long wanted = part * (long) ROWS / 6;
            await().atMost(Duration.ofSeconds(120))
                    .until(() -> processor.stats().records() >= wanted);
            proxy.cutAll();
        }
    }

    /** Transactions of inserts, each with an update of one of a hundred rows that counts its version. */
    private static void write(MySqlServer server, int from, int to) throws Exception {
        try (Connection connection = server.connect("faults");
                Statement sql = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (int first = from; first < to; first += TRANSACTION) {
                StringBuilder insert = new StringBuilder("INSERT INTO t VALUES ");
                for (int id = first; id < first + TRANSACTION; id++) {
                    insert.append(id == first ? "(" : ",(").append(id).append(",0,REPEAT('p',100))");
                }
                sql.execute(insert.toString());
                sql.execute("UPDATE t SET v = v + 1 WHERE id < " + 100);
                connection.commit();
            }
        }
    }

    private static MySqlBinlogProcessor processor(FaultyProxy proxy, KafkaBroker broker) {
        RetryOptions retry = RetryOptions.builder()
                .initialBackoff(Duration.ofMillis(20))
                .maxBackoff(Duration.ofMillis(500))
                .build();
        MySqlOptions source = MySqlOptions.builder()
                .host(proxy.host())
                .port(proxy.port())
                .user("root")
                .startFrom(StartFrom.latest())
                .pipeline(PipelineOptions.builder("faults")
                        .checkpoints(new InMemoryCheckpointStore())
                        .filter(TableFilter.builder()
                                .exclude("*", "*")
                                .include("faults", "t")
                                .build())
                        .retry(retry)
                        .build())
                .build();
        KafkaTarget kafka = new KafkaTarget(KafkaOptions.builder(broker.bootstrapServers())
                .topicPartitions(3)
                .build());
        return new MySqlBinlogProcessor(source, List.of(kafka));
    }

    /** Each row was inserted once; each update of a row carries the version after the one before it. */
    private static void checkTopic(KafkaBroker broker) throws Exception {
        ObjectMapper json = new ObjectMapper();
        BitSet inserted = new BitSet();
        Map<Integer, Integer> versions = new HashMap<>();
        Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrapServers());
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor("faults.t").stream()
                    .map(info -> new TopicPartition("faults.t", info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(p -> consumer.position(p) < Objects.requireNonNull(ends.get(p)))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    JsonNode change = json.readTree(record.value());
                    int id = change.at("/record/id").asInt();
                    if (change.path("event_type").asText().equals("INSERT")) {
                        assertThat(inserted.get(id))
                                .as("row %s inserted twice", id)
                                .isFalse();
                        inserted.set(id);
                    } else {
                        int before = Objects.requireNonNullElse(
                                versions.put(id, change.at("/record/v").asInt()), 0);
                        assertThat(change.at("/record/v").asInt())
                                .as("version of row %s", id)
                                .isEqualTo(before + 1);
                    }
                }
            }
        }
        assertThat(inserted.cardinality()).isEqualTo(ROWS);
        assertThat(versions)
                .hasSize(100)
                .allSatisfy((id, version) -> assertThat(version).isEqualTo(ROWS / TRANSACTION));
    }
}
