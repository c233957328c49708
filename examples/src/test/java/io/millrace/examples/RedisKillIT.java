// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.testkit.MySqlServer;
import io.millrace.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.RedisClient;

/**
 * A capturing JVM and a durable redis-server are killed (SIGKILL) by turns, first while the rows that were there
 * before are loaded and change, then while rows change: nothing is missing, nothing doubled, and the mirror is the
 * table.
 */
@Timeout(300)
class RedisKillIT {

    private static final int ROWS_BEFORE = 20_000;
    private static final int ROUNDS = 8;
    private static final int CHANGES = 400;
    private static final int CHANGES_MEANWHILE = 40;

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private final Random random = new Random(11);
    private final Map<Integer, Integer> table = new TreeMap<>();
    /** What was committed, in order: kind, id, version. */
    private final List<String> changes = new ArrayList<>();

    private int version;
    private @Nullable Process capturer;

    @AfterEach
    void stop() {
        killCapturer();
    }

    @Test
    void shouldMissAndDoubleNothing() throws Exception {
        try (MySqlServer mysql = MySqlServer.start();
                RedisServer redis = RedisServer.builder().durable().start();
                Connection connection = mysql.connect();
                Statement sql = connection.createStatement()) {
            fill(sql);
            startCapturer(mysql, redis);
            for (int round = 0; round < ROUNDS; round++) {
                long seen = seen(redis);
                // Half of them within the load, which makes some hundred rows between two looks.
                long more = seen + 1 + random.nextInt(300);
                await().atMost(Duration.ofSeconds(60)).until(() -> !capturerRuns() || seen(redis) >= more);
                assertThat(capturerRuns()).as(this::output).isTrue();
                change(sql, CHANGES_MEANWHILE);
                if (round % 2 == 0) {
                    killCapturer();
                    change(sql, CHANGES);
                    startCapturer(mysql, redis);
                } else {
                    redis.kill();
                    change(sql, CHANGES);
                    redis.startAgain();
                }
            }
            change(sql, CHANGES);

            String last = changes.get(changes.size() - 1);
            await().atMost(Duration.ofSeconds(120))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> !capturerRuns() || isLast(last, redis));
            assertThat(capturerRuns()).as(this::output).isTrue();
            try (RedisClient client = RedisClient.create(redis.uri())) {
                assertHoldChangesOnce(client.lrange("list", 0, -1));
                assertHoldChangesOnce(client.xrange("stream", "-", "+").stream()
                        .map(entry -> entry.getFields().get("event"))
                        .toList());
                assertThat(rows(sql)).isEqualTo(table);
                await().atMost(Duration.ofSeconds(60))
                        .untilAsserted(() -> assertThat(mirror(client)).isEqualTo(table));
            }
        }
    }

    private void fill(Statement sql) throws SQLException {
        sql.execute("CREATE DATABASE shop");
        sql.execute("CREATE TABLE shop.stock (id INT PRIMARY KEY, version INT)");
        sql.execute("SET cte_max_recursion_depth = " + ROWS_BEFORE);
        sql.execute("INSERT INTO shop.stock WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                + ROWS_BEFORE + ") SELECT i, 0 FROM n");
        for (int id = 1; id <= ROWS_BEFORE; id++) {
            table.put(id, 0);
        }
    }

    /** As many transactions, of which each changes a row. */
    private void change(Statement sql, int count) throws SQLException {
        for (int i = 0; i < count; i++) {
            int id = 1 + random.nextInt(ROWS_BEFORE + ROWS_BEFORE / 4);
            Integer old = table.get(id);
            version++;
            if (old == null) {
                sql.execute("INSERT INTO shop.stock VALUES (" + id + ", " + version + ")");
                table.put(id, version);
                changes.add("INSERT " + id + " " + version);
            } else if (random.nextInt(8) == 0) {
                int newId = 2 * ROWS_BEFORE + version;
                sql.execute("UPDATE shop.stock SET id = " + newId + ", version = " + version + " WHERE id = " + id);
                table.remove(id);
                table.put(newId, version);
                changes.add("UPDATE " + newId + " " + version);
            } else if (random.nextInt(3) > 0) {
                sql.execute("UPDATE shop.stock SET version = " + version + " WHERE id = " + id);
                table.put(id, version);
                changes.add("UPDATE " + id + " " + version);
            } else {
                sql.execute("DELETE FROM shop.stock WHERE id = " + id);
                table.remove(id);
                changes.add("DELETE " + id + " " + old);
            }
        }
    }

    private static long seen(RedisServer redis) {
        try (RedisClient client = RedisClient.create(redis.uri())) {
            return client.llen("list") + client.xlen("stream");
        }
    }

    private static boolean isLast(String change, RedisServer redis) throws IOException {
        try (RedisClient client = RedisClient.create(redis.uri())) {
            var newest = client.xrevrange("stream", "+", "-", 1);
            return change.equals(text(client.lindex("list", -1)))
                    && !newest.isEmpty()
                    && change.equals(text(newest.get(0).getFields().get("event")));
        }
    }

    private static String text(String json) throws IOException {
        JsonNode node = JSON.readTree(json);
        return node.path("event_type").asText() + " "
                + node.path("record").path("id").asText() + " "
                + node.path("record").path("version").asText();
    }

    /** The rows that were loaded come before, all that have not changed meanwhile; a piece of them may come again. */
    private void assertHoldChangesOnce(List<String> values) throws IOException {
        List<String> arrived = new ArrayList<>();
        Set<String> loaded = new HashSet<>();
        for (String json : values) {
            String text = text(json);
            if (text.startsWith("READ ")) {
                loaded.add(text);
            } else {
                arrived.add(text);
            }
        }
        assertThat(arrived).isEqualTo(changes);
        table.forEach((id, lastVersion) -> {
            if (lastVersion == 0) {
                assertThat(loaded).contains("READ " + id + " 0");
            }
        });
    }

    private static Map<Integer, Integer> rows(Statement sql) throws SQLException {
        Map<Integer, Integer> rows = new TreeMap<>();
        try (ResultSet result = sql.executeQuery("SELECT id, version FROM shop.stock")) {
            while (result.next()) {
                rows.put(result.getInt(1), result.getInt(2));
            }
        }
        return rows;
    }

    private static Map<Integer, Integer> mirror(RedisClient client) {
        Map<Integer, Integer> mirror = new TreeMap<>();
        for (String key : client.keys("mirror:*")) {
            Map<String, String> row = client.hgetAll(key);
            mirror.put(Integer.valueOf(row.get("id")), Integer.valueOf(row.get("version")));
        }
        return mirror;
    }

    private void startCapturer(MySqlServer mysql, RedisServer redis) throws IOException {
        capturer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RedisCapture.class.getName(),
                        Integer.toString(mysql.port()),
                        redis.uri())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("output").toFile()))
                .start();
    }

    private boolean capturerRuns() {
        return capturer != null && capturer.isAlive();
    }

    private void killCapturer() {
        if (capturer != null) {
            capturer.destroyForcibly().onExit().join();
        }
    }

    private String output() {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
