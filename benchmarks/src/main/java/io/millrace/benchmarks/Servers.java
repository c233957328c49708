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

/**
 * A MySQL server with an empty database {@code bench}, or a scripted MongoDB with documents to stream, and a broker or
 * Redis where a contestant needs one.
 */
final class Servers implements AutoCloseable {

    private final @Nullable MySqlServer mysql;
    private final @Nullable MongoProcess mongo;
    private final @Nullable KafkaBroker broker;
    private final @Nullable RedisServer redis;

    private Servers(
            @Nullable MySqlServer mysql,
            @Nullable MongoProcess mongo,
            @Nullable KafkaBroker broker,
            @Nullable RedisServer redis) {
        this.mysql = mysql;
        this.mongo = mongo;
        this.broker = broker;
        this.redis = redis;
    }

    /** @param documents how many MongoDB has to stream, where a contestant reads from there */
    static Servers start(List<String> contestants, long documents) throws Exception {
        boolean readsRows = contestants.isEmpty() || !contestants.stream().allMatch(Contestants::needsMongo);
        boolean readsDocuments = contestants.stream().anyMatch(Contestants::needsMongo);
        MySqlServer mysql = readsRows ? startMySql() : null;
        MongoProcess mongo = null;
        try {
            mongo = readsDocuments ? MongoProcess.start(documents) : null;
            boolean kafka = contestants.stream().anyMatch(Contestants::needsKafka);
            boolean redis = contestants.stream().anyMatch(Contestants::needsRedis);
            return new Servers(
                    mysql,
                    mongo,
                    kafka ? KafkaBroker.builder().heapMegabytes(512).start() : null,
                    redis ? RedisServer.start() : null);
        } catch (Throwable t) {
            close(mysql, mongo);
            throw t;
        }
    }

    private static MySqlServer startMySql() throws Exception {
        MySqlServer mysql = MySqlServer.builder()
                .option("innodb-buffer-pool-size", "256M")
                .option("innodb-redo-log-capacity", "512M")
                .start();
        try {
            mysql.execute("CREATE DATABASE bench");
            return mysql;
        } catch (Throwable t) {
            mysql.close();
            throw t;
        }
    }

    private static void close(@Nullable MySqlServer mysql, @Nullable MongoProcess mongo) {
        if (mongo != null) {
            mongo.close();
        }
        if (mysql != null) {
            mysql.close();
        }
    }

    /** {@return whether there are rows to be read, from {@link #mysql()}} */
    boolean haveRows() {
        return mysql != null;
    }

    MySqlServer mysql() {
        return Objects.requireNonNull(mysql);
    }

    /** {@return the address of the broker, Redis or MongoDB for that contestant; empty if it needs none of them} */
    String brokers(String contestant) {
        if (mongo != null && Contestants.needsMongo(contestant)) {
            return mongo.uri();
        }
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
        List<String> place = mysql().query("SHOW MASTER STATUS").get(0);
        return new Job.Start(place.get(0), Long.parseLong(place.get(1)), mysql().executedGtids());
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
        close(mysql, mongo);
    }
}
