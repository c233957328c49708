// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.MySqlServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A heap of 128 MB carries a backlog of a million rows, a transaction of a gigabyte, and a broker that
 * stands still for a minute and a half: everything arrives, once and in order.
 */
@Tag("long")
class SoakIT {

    private static final int BACKLOG = 1_000_000;
    private static final int LARGE = 250_000;
    private static final Duration PAUSE = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    @Test
    void shouldCarryEverythingInASmallHeap() throws Exception {
        try (MySqlServer server = MySqlServer.builder()
                        .option("max-binlog-cache-size", "4G")
                        .option("innodb-redo-log-capacity", "512M")
                        .option("innodb-buffer-pool-size", "256M")
                        .start();
                KafkaBroker broker = KafkaBroker.builder().heapMegabytes(512).start()) {
            server.execute(
                    "CREATE DATABASE soak",
                    "CREATE TABLE soak.backlog (id INT PRIMARY KEY, pad VARCHAR(300))",
                    "CREATE TABLE soak.large (id INT PRIMARY KEY, pad MEDIUMTEXT)");
            String start = server.executedGtids();
            write(server, "backlog", BACKLOG, 200, 1_000);
            Process capture = capture(server, broker, start);
            try {
                await().atMost(Duration.ofSeconds(60)).until(() -> arrived(broker, "soak.backlog") > 0);
                broker.pause();
                long resumeAt = System.nanoTime() + PAUSE.toNanos();
                write(server, "large", LARGE, 4_000, LARGE);
                await().atMost(PAUSE.plusSeconds(10)).until(() -> System.nanoTime() > resumeAt);
                broker.resume();

                await().atMost(Duration.ofMinutes(5))
                        .pollInterval(Duration.ofSeconds(2))
                        .until(() -> !capture.isAlive() || arrived(broker, "soak.large") >= LARGE);
                assertThat(capture.isAlive()).as(() -> output()).isTrue();
                System.out.println("capturing JVM, " + peakMemory(capture));
            } finally {
                capture.destroy();
                capture.waitFor();
            }
            assertHoldsEachRowOnceInOrder(broker, "soak.backlog", BACKLOG);
            assertHoldsEachRowOnceInOrder(broker, "soak.large", LARGE);
        }
    }

    private static void write(MySqlServer server, String table, int rows, int width, int transaction) throws Exception {
        Random random = new Random(1);
        byte[] pad = new byte[width * 3 / 4];
        try (Connection connection = server.connect("soak");
                Statement sql = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (int id = 0; id < rows; ) {
                StringBuilder insert = new StringBuilder("INSERT INTO " + table + " VALUES ");
                for (int i = 0; i < 1_000; i++, id++) {
                    random.nextBytes(pad);
                    insert.append(i == 0 ? "(" : ",(").append(id).append(",'");
                    insert.append(Base64.getEncoder().encodeToString(pad)).append("')");
                }
                sql.execute(insert.toString());
                if (id % transaction == 0) {
                    connection.commit();
                }
            }
        }
    }

    private Process capture(MySqlServer server, KafkaBroker broker, String start) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SoakCapture.class.getName(),
                        Integer.toString(server.port()),
                        broker.bootstrapServers(),
                        start,
                        folder.resolve("checkpoints").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String peakMemory(Process process) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .findFirst()
                .orElse("unknown");
    }

    /** {@return how many records the topic holds; 0 while it does not exist} */
    private static long arrived(KafkaBroker broker, String topic) {
        try (var consumer = consumer(broker)) {
            if (!consumer.listTopics().containsKey(topic)) {
                return 0;
            }
            return consumer.endOffsets(partitions(consumer, topic)).values().stream()
                    .mapToLong(end -> end)
                    .sum();
        }
    }

    private static void assertHoldsEachRowOnceInOrder(KafkaBroker broker, String topic, int rows) throws IOException {
        ObjectMapper json = new ObjectMapper();
        try (var consumer = consumer(broker)) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            assertThat(partitions)
                    .as("one partition: the order of all rows can be checked")
                    .hasSize(1);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long end = Objects.requireNonNull(consumer.endOffsets(partitions).get(partitions.get(0)));
            int expected = 0;
            while (consumer.position(partitions.get(0)) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    assertThat(json.readTree(record.key()).path("id").asInt()).isEqualTo(expected++);
                }
            }
            assertThat(expected).isEqualTo(rows);
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(KafkaBroker broker) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }
}
