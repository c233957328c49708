// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.PipelineOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.MySqlPosition;
import io.millrace.mysql.StartFrom;
import io.millrace.redis.RedisCommand;
import io.millrace.redis.RedisOptions;
import io.millrace.redis.RedisTarget;
import io.millrace.testkit.MySqlServer;
import io.millrace.testkit.RedisServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import redis.clients.jedis.RedisClient;

/**
 * A mirror of a table in Redis: a hash for each row, those that were there before included, while rows change.
 * Ends with status 0 only if the mirror is the table in the end.
 */
public final class MySqlToRedisMirror {

    private static final int ROWS_BEFORE = 5_000;
    private static final int CHANGES = 2_000;

    private MySqlToRedisMirror() {}

    public static void main(String[] args) {
        int status;
        try (MySqlServer mysql = MySqlServer.start();
                RedisServer redis = RedisServer.start()) {
            status = run(mysql, redis) ? 0 : 1;
        } catch (Exception e) {
            System.err.println("my-sql-to-redis-mirror: " + e.getMessage());
            status = 1;
        }
        System.exit(status);
    }

    /** {@return whether the mirror is the table} */
    static boolean run(MySqlServer mysql, RedisServer redis) throws Exception {
        String database = mysql.createDatabase();
        try (Connection connection =
                        DriverManager.getConnection(mysql.jdbcUrl(database), mysql.user(), mysql.password());
                Statement sql = connection.createStatement();
                RedisClient client = RedisClient.create(redis.uri())) {
            fill(sql);
            MySqlOptions source = MySqlOptions.builder()
                    .host(mysql.host())
                    .port(mysql.port())
                    .user(mysql.user())
                    .password(mysql.password())
                    .startFrom(StartFrom.initialLoad())
                    .pipeline(PipelineOptions.builder("mirror")
                            // The mirror keeps its checkpoint itself, in Redis.
                            .checkpoints(new InMemoryCheckpointStore())
                            .filter(TableFilter.builder()
                                    .exclude("*", "*")
                                    .include(database, "stock")
                                    .build())
                            .build())
                    .build();
            RedisTarget mirror = new RedisTarget(RedisOptions.builder(redis.uri())
                    .command(RedisCommand.HSET)
                    .key("stock:%{/record/id}")
                    .build());
            try (MySqlBinlogProcessor processor = new MySqlBinlogProcessor(source, List.of(mirror));
                    Capture capture = Capture.start(processor)) {
                change(sql);
                processor.awaitDelivered(MySqlPosition.gtids(mysql.executedGtids()), Duration.ofSeconds(60));
                capture.throwIfFailed();
            }
            Map<String, Map<String, String>> rows = rows(sql);
            boolean isSame = rows.equals(hashes(client));
            System.out.printf(
                    "%,d rows were there, %,d changes followed; the mirror of %,d rows is %s%n",
                    ROWS_BEFORE, CHANGES, rows.size(), isSame ? "the table" : "NOT the table");
            return isSame;
        }
    }

    private static void fill(Statement sql) throws SQLException {
        sql.execute("CREATE TABLE stock (id INT PRIMARY KEY, item VARCHAR(40), pieces INT)");
        sql.execute("SET cte_max_recursion_depth = " + ROWS_BEFORE);
        sql.execute("INSERT INTO stock WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                + ROWS_BEFORE + ") SELECT i, CONCAT('item ', i), i % 100 FROM n");
    }

    private static void change(Statement sql) throws SQLException {
        Random random = new Random(3);
        for (int i = 0; i < CHANGES; i++) {
            int id = 1 + random.nextInt(ROWS_BEFORE + CHANGES);
            switch (random.nextInt(3)) {
                case 0 -> sql.execute("REPLACE INTO stock VALUES (" + id + ", 'new item', 1)");
                case 1 -> sql.execute("UPDATE stock SET pieces = pieces + 1 WHERE id = " + id);
                default -> sql.execute("DELETE FROM stock WHERE id = " + id);
            }
        }
    }

    private static Map<String, Map<String, String>> rows(Statement sql) throws SQLException {
        Map<String, Map<String, String>> rows = new TreeMap<>();
        try (ResultSet result = sql.executeQuery("SELECT id, item, pieces FROM stock")) {
            while (result.next()) {
                Map<String, String> row = new HashMap<>();
                for (String column : List.of("id", "item", "pieces")) {
                    row.put(column, result.getString(column));
                }
                rows.put("stock:" + row.get("id"), row);
            }
        }
        return rows;
    }

    private static Map<String, Map<String, String>> hashes(RedisClient client) {
        Map<String, Map<String, String>> hashes = new TreeMap<>();
        for (String key : client.keys("stock:*")) {
            hashes.put(key, client.hgetAll(key));
        }
        return hashes;
    }
}
