// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.MySqlServer;
import io.millrace.testkit.RedisServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;

/** The jar as a process of its own, as users start it. Runs when the jar is there, in {@code mvn verify}. */
@EnabledIfSystemProperty(named = "all-in-one.jar", matches = ".+")
class AllInOneIT {

    private static final Path FILES =
            Path.of("src/test/resources/io/millrace/pipeline").toAbsolutePath();
    private static final String TOPIC = "logFlex.d1.t1";
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void endProcesses() {
        started.forEach(Process::destroyForcibly);
    }

    private Process start(Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-jar",
                System.getProperty("all-in-one.jar")));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private File output() {
        return folder.resolve("output").toFile();
    }

    private String written() throws IOException {
        return Files.readString(output().toPath());
    }

    private int exitOf(Process process) throws Exception {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as(written())
                .isTrue();
        return process.exitValue();
    }

    @Test
    void shouldRunTheFileOfWasmLogFlexAndGoOnWhereItWasStopped() throws Exception {
        try (MySqlServer mysql = MySqlServer.start();
                Connection session = mysql.connect();
                RedisServer redis = RedisServer.start();
                KafkaBroker kafka = KafkaBroker.start()) {
            // The file says so, and there is no other session once the password has changed.
            execute(
                    session,
                    "CREATE DATABASE d1",
                    "CREATE TABLE d1.t1 (id INT PRIMARY KEY, name VARCHAR(20))",
                    "CREATE TABLE d1.t2 (id INT PRIMARY KEY, name VARCHAR(20))",
                    "ALTER USER USER() IDENTIFIED BY 'password'");
            Map<String, String> servers = servers(mysql, redis, kafka);
            String file = FILES.resolve("wasm-log-flex-elsewhere.yaml").toString();
            assertThat(exitOf(start(servers, "--check", file))).as(written()).isZero();
            List<String> channels = new CopyOnWriteArrayList<>();
            try (Jedis subscriber = new Jedis(redis.host(), redis.port())) {
                JedisPubSub collector = collector(channels);
                Thread listener = listen(subscriber, collector);

                Process first = start(servers, file);
                awaitText("binlog_collector: STREAMING", 1);
                execute(
                        session,
                        "INSERT INTO d1.t1 VALUES (1, 'one')",
                        "INSERT INTO d1.t2 VALUES (1, 'other')",
                        "UPDATE d1.t1 SET name = 'two' WHERE id = 1");
                await().atMost(PATIENCE).until(() -> channels.size() == 2);
                first.destroy();
                assertThat(exitOf(first)).as(written()).isZero();

                execute(session, "INSERT INTO d1.t1 VALUES (2, 'while it was down')");
                Process second = start(servers, file);
                await().atMost(PATIENCE).until(() -> channels.size() == 3);
                awaitText("binlog_collector: STREAMING", 2);
                second.destroy();
                assertThat(exitOf(second)).as(written()).isZero();

                collector.punsubscribe();
                listener.join(PATIENCE.toMillis());
            }

            assertThat(channels).containsOnly(TOPIC);
            List<ConsumerRecord<String, String>> records = records(kafka);
            assertThat(records).extracting(ConsumerRecord::topic).containsOnly(TOPIC);
            assertThat(records)
                    .extracting(ConsumerRecord::value)
                    .satisfiesExactly(
                            value -> assertThat(value).contains("\"event_type\":\"INSERT\"", "\"name\":\"one\""),
                            value -> assertThat(value).contains("\"event_type\":\"UPDATE\"", "\"name\":\"two\""),
                            value -> assertThat(value).contains("while it was down"));
            assertThat(folder.resolve("checkpoints")).isNotEmptyDirectory();
            assertThat(written()).doesNotContain("password", "SLF4J");
        }
    }

    private static void execute(Connection session, String... sql) throws SQLException {
        try (Statement statement = session.createStatement()) {
            for (String text : sql) {
                statement.execute(text);
            }
        }
    }

    private static Map<String, String> servers(MySqlServer mysql, RedisServer redis, KafkaBroker kafka) {
        String[] broker = kafka.bootstrapServers().split(":");
        return Map.of(
                "MYSQL_HOST", mysql.host(),
                "MYSQL_PORT", Integer.toString(mysql.port()),
                "REDIS_HOST", redis.host(),
                "REDIS_PORT", Integer.toString(redis.port()),
                "KAFKA_HOST", broker[0],
                "KAFKA_PORT", broker[1]);
    }

    private void awaitText(String text, int times) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(written().split(text, -1).length - 1)
                        .as(written())
                        .isGreaterThanOrEqualTo(times));
    }

    private static JedisPubSub collector(List<String> channels) {
        return new JedisPubSub() {
            @Override
            public void onPMessage(String pattern, String channel, String message) {
                channels.add(channel);
            }
        };
    }

    private static Thread listen(Jedis subscriber, JedisPubSub collector) {
        Thread listener = new Thread(() -> subscriber.psubscribe(collector, "*"));
        listener.setDaemon(true);
        listener.start();
        await().atMost(PATIENCE).until(collector::isSubscribed);
        return listener;
    }

    private static List<ConsumerRecord<String, String>> records(KafkaBroker kafka) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        Map<String, Object> properties = Map.of(
                "bootstrap.servers", kafka.bootstrapServers(),
                "group.id", "all-in-one",
                "auto.offset.reset", "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(properties, new StringDeserializer(), new StringDeserializer())) {
            List<String> topics = consumer.listTopics().keySet().stream()
                    .filter(topic -> !topic.startsWith("__"))
                    .toList();
            consumer.subscribe(topics);
            await().atMost(PATIENCE).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                return records.size() >= 3;
            });
        }
        return records;
    }

    @Test
    void shouldNameAllThatItHoldsAndItsLicence() throws IOException {
        try (JarFile jar = new JarFile(System.getProperty("all-in-one.jar"))) {
            List<String> held = jar.stream()
                    .map(JarEntry::getName)
                    .filter(name -> name.matches("META-INF/maven/.*/pom.properties"))
                    .map(name -> name.split("/")[3])
                    .filter(name -> !name.startsWith("millrace-"))
                    .toList();
            String named = text(jar, "META-INF/THIRD-PARTY.txt");

            assertThat(held)
                    .isNotEmpty()
                    .allSatisfy(artifact -> assertThat(named).contains("\n" + artifact + " "));
            assertThat(text(jar, "META-INF/LICENSE")).contains("Apache License");
        }
    }

    /** MIT and BSD want their text, with the names of those who hold the copyright. */
    @Test
    void shouldHoldTheLicencesThatWantIt() throws IOException {
        try (JarFile jar = new JarFile(System.getProperty("all-in-one.jar"))) {
            List<String> wanting = text(jar, "META-INF/THIRD-PARTY.txt")
                    .lines()
                    .filter(line -> line.matches("\\S+ .*\\b(MIT|BSD-\\d-Clause)\\b.*"))
                    .map(line -> line.substring(0, line.indexOf(' ')))
                    .toList();
            String texts = text(jar, "META-INF/THIRD-PARTY-LICENSES.txt");

            assertThat(wanting)
                    .contains("jedis", "zstd-jni", "snappy-java")
                    .allSatisfy(artifact -> assertThat(
                                    artifact.startsWith("slf4j-") ? text(jar, "META-INF/LICENSE.txt") : texts)
                            .contains(artifact.startsWith("slf4j-") ? "QOS.ch" : "=\n" + artifact));
        }
    }

    private static String text(JarFile jar, String entry) throws IOException {
        return new String(jar.getInputStream(jar.getEntry(entry)).readAllBytes(), UTF_8);
    }

    @Test
    void shouldSayByItsExitCodeHowItEnded() throws Exception {
        Path wrong = Files.writeString(folder.resolve("wrong.yaml"), "collectors: []\n");
        Path alone = Files.writeString(folder.resolve("alone.yaml"), """
                collectors:
                  - id: alone
                    type: MySql
                    destination: redis
                    host: 127.0.0.1
                    port: 1
                    user: nobody
                    start_from: latest
                    pipeline: {start_timeout: 100ms}
                dispatchers:
                  - {id: redis, type: Redis, uris: "redis://127.0.0.1:1"}
                """);

        assertThat(exitOf(start(Map.of(), "--version"))).isZero();
        assertThat(exitOf(start(Map.of(), "--check", wrong.toString()))).isEqualTo(2);
        assertThat(exitOf(start(Map.of(), alone.toString(), "--checkpoints", "kept")))
                .isEqualTo(1);

        assertThat(written()).contains("millrace 0.", wrong + ":1:1: has no collectors", "pipeline alone has failed");
        assertThat(folder.resolve("kept")).isDirectory();
    }
}
