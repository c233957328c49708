// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.MySqlServer;
import io.millrace.testkit.RedisServer;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.RedisClient;

/** A MySQL server with an empty database {@code bench}, and a broker or Redis where a contestant needs one. */
final class Servers implements AutoCloseable {

    private final MySqlServer mysql;
    private final @Nullable KafkaBroker broker;
    private final @Nullable RedisServer redis;

    private Servers(MySqlServer mysql, @Nullable KafkaBroker broker, @Nullable RedisServer redis) {
        this.mysql = mysql;
        this.broker = broker;
        this.redis = redis;
    }

    static Servers start(List<String> contestants) throws Exception {
        MySqlServer mysql = MySqlServer.builder()
                .option("innodb-buffer-pool-size", "256M")
                .option("innodb-redo-log-capacity", "512M")
                .start();
        try {
            mysql.execute("CREATE DATABASE bench");
            boolean kafka = contestants.stream().anyMatch(Contestants::needsKafka);
            boolean redis = contestants.stream().anyMatch(Contestants::needsRedis);
            return new Servers(
                    mysql,
                    kafka ? KafkaBroker.builder().heapMegabytes(512).start() : null,
                    redis ? RedisServer.start() : null);
        } catch (Throwable t) {
            mysql.close();
            throw t;
        }
    }

    MySqlServer mysql() {
        return mysql;
    }

    /** {@return the address of the broker, or of Redis, for that contestant; empty if it needs neither} */
    String brokers(String contestant) {
        if (redis != null && Contestants.needsRedis(contestant)) {
            return redis.uri();
        }
        return broker == null || !Contestants.needsKafka(contestant) ? "" : broker.bootstrapServers();
    }

    /** {@return how many values the list or stream in Redis has} */
    long lengthInRedis(String key) {
        try (RedisClient client =
                RedisClient.create(Objects.requireNonNull(redis).uri())) {
            return client.type(key).equals("stream") ? client.xlen(key) : client.llen(key);
        }
    }

    /** {@return the end of the log} */
    Job.Start here() throws SQLException {
        List<String> place = mysql.query("SHOW MASTER STATUS").get(0);
        return new Job.Start(place.get(0), Long.parseLong(place.get(1)), mysql.executedGtids());
    }

    /** Deletes the topics whose names begin so, with what they take on disk, and all that Redis holds. */
    void deleteTopics(String prefix) throws Exception {
        if (redis != null) {
            try (RedisClient client = RedisClient.create(redis.uri())) {
                client.flushAll();
            }
        }
        if (broker == null) {
            return;
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            List<String> names = admin.listTopics().names().get().stream()
                    .filter(name -> name.startsWith(prefix))
                    .toList();
            admin.deleteTopics(names).all().get();
        }
    }

    @Override
    public void close() {
        if (redis != null) {
            redis.close();
        }
        if (broker != null) {
            broker.close();
        }
        mysql.close();
    }
}
