// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.PipelineOptions;
import io.millrace.core.RetryOptions;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.MySqlPosition;
import io.millrace.mysql.StartFrom;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** From a real server into tables of another database, while the connection to it is cut at any byte. */
@ExtendWith(MySqlExtension.class)
class ExactlyOnceIT {

    private static final List<String> TABLES = List.of("accounts", "entries");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int KEYS = 50;

    private MySqlServer server;
    private String source;
    private String mirror;
    private String start;

    @BeforeEach
    void makeTables(MySqlServer shared) throws Exception {
        server = shared;
        source = server.createDatabase();
        mirror = server.createDatabase();
        for (String database : List.of(source, mirror)) {
            server.executeIn(
                    database,
                    "CREATE TABLE accounts (id INT PRIMARY KEY, v INT NOT NULL, number INT UNIQUE)",
                    "CREATE TABLE entries (a INT, b VARCHAR(20), v INT NOT NULL, note TEXT, PRIMARY KEY (b, a))");
        }
        server.executeIn(mirror, AuditedMirror.TABLE);
        start = server.executedGtids();
    }

    @Test
    @Timeout(120)
    void shouldHoldEachChangeOnceAfterCutsAtRandomBytes() throws Exception {
        cutAndCompare(60, 1);
    }

    @Test
    @Tag("long")
    @Timeout(1_200)
    void shouldHoldEachChangeOnceAfterManyCutsAtRandomBytes() throws Exception {
        for (int seed = 2; seed <= 6; seed++) {
            cutAndCompare(200, seed);
            makeTables(server);
        }
    }

    private void cutAndCompare(int rounds, int seed) throws Exception {
        Random random = new Random(seed);
        long written = 0;
        long retries = 0;
        try (FaultyProxy proxy = FaultyProxy.before(server.host(), server.port())) {
            int round = 0;
            while (round < rounds) {
                try (var processor = processor(proxy);
                        var capture = Capture.start(processor)) {
                    int restart = round + 5 + random.nextInt(20);
                    while (round < Math.min(restart, rounds)) {
                        disturb(proxy, random);
                        written += write(random);
                        if (round++ % 2 == 0) {
                            awaitDelivered(processor, capture);
                        }
                    }
                    if (round == rounds) {
                        proxy.heal();
                        awaitDelivered(processor, capture);
                    }
                    retries += processor.stats().targets().get(0).retries();
                }
            }
            System.out.printf(
                    "seed %d: %d rounds, %d changes, %d connections to the mirror, %d retries%n",
                    seed, rounds, written, proxy.connections(), retries);
        }

        for (String table : TABLES) {
            assertThat(checksum(mirror, table))
                    .as("checksum of %s, seed %s", table, seed)
                    .isEqualTo(checksum(source, table));
        }
        assertThat(server.query("SELECT COUNT(*), COUNT(DISTINCT id) FROM " + mirror + ".audit"))
                .as("changes stored, different ones among them, seed %s", seed)
                .containsExactly(List.of(Long.toString(written), Long.toString(written)));
        assertThat(retries).isPositive();
    }

    private static void disturb(FaultyProxy proxy, Random random) {
        if (random.nextInt(4) == 0) {
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(3_000)));
            proxy.cutAll();
        } else {
            // From within the handshake to far behind the commit of a batch.
            proxy.cutAfter(random.nextInt(random.nextBoolean() ? 60 : 600));
        }
    }

    private void awaitDelivered(MySqlBinlogProcessor processor, Capture capture) throws Exception {
        boolean delivered = processor.awaitDelivered(MySqlPosition.gtids(server.executedGtids()), LIMIT);
        capture.throwIfFailed();
        assertThat(delivered).as(() -> processor.stats().toString()).isTrue();
    }

    /** {@return how many rows were changed} */
    private int write(Random random) throws Exception {
        int changed = 0;
        String url = server.jdbcUrl(source) + "&useAffectedRows=true";
        try (Connection connection = DriverManager.getConnection(url, server.user(), server.password());
                Statement sql = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (int transaction = random.nextInt(6); transaction >= 0; transaction--) {
                for (int i = random.nextInt(12); i >= 0; i--) {
                    changed += change(sql, random);
                }
                connection.commit();
            }
        }
        return changed;
    }

    private static int change(Statement sql, Random random) throws Exception {
        int id = random.nextInt(KEYS);
        return switch (random.nextInt(7)) {
            case 0 -> sql.executeUpdate("INSERT IGNORE INTO accounts VALUES (" + id + ", 0, " + (KEYS - id) + ")");
            case 1 -> sql.executeUpdate("DELETE FROM accounts WHERE id = " + id);
            // Two accounts swap their numbers, which are unique.
            case 2 ->
                sql.executeUpdate("UPDATE accounts SET v = v + 1, number = NULL WHERE id = 1")
                        + sql.executeUpdate("UPDATE accounts SET v = v + 1, number = NULL WHERE id = 2")
                        + sql.executeUpdate(
                                "UPDATE IGNORE accounts SET v = v + 1, number = " + (KEYS - 1) + " WHERE id = 2")
                        + sql.executeUpdate(
                                "UPDATE IGNORE accounts SET v = v + 1, number = " + (KEYS - 2) + " WHERE id = 1");
            case 3 -> sql.executeUpdate("UPDATE accounts SET v = v + 1 WHERE id BETWEEN " + id + " AND " + (id + 5));
            case 4 ->
                sql.executeUpdate("INSERT IGNORE INTO entries VALUES (" + id + ", 'b" + id % 3 + "', 0, REPEAT('n', "
                        + random.nextInt(2_000) + "))");
            // The primary key changes.
            case 5 ->
                sql.executeUpdate("UPDATE IGNORE entries SET v = v + 1, b = CONCAT('c', v) WHERE a = " + id
                        + " ORDER BY b LIMIT 1");
            default -> sql.executeUpdate("DELETE FROM entries WHERE a = " + id);
        };
    }

    private List<String> checksum(String database, String table) throws Exception {
        return List.of(
                String.valueOf(server.query("CHECKSUM TABLE " + database + "." + table)
                        .get(0)
                        .get(1)),
                String.valueOf(server.query("SELECT COUNT(*) FROM " + database + "." + table)
                        .get(0)
                        .get(0)));
    }

    private MySqlBinlogProcessor processor(FaultyProxy proxy) {
        RetryOptions quick = RetryOptions.builder()
                .initialBackoff(Duration.ofMillis(2))
                .maxBackoff(Duration.ofMillis(20))
                .build();
        MySqlOptions options = MySqlOptions.builder()
                .host(server.host())
                .port(server.port())
                .user(server.user())
                .startFrom(StartFrom.gtids(start))
                .pipeline(PipelineOptions.builder("exactly-once")
                        .checkpoints(new InMemoryCheckpointStore())
                        .checkpointInterval(Duration.ofMillis(20))
                        .filter(TableFilter.builder()
                                .exclude("*", "*")
                                .include(source, "*")
                                .build())
                        .build())
                .build();
        TargetOptions target =
                TargetOptions.builder("mirror").batchSize(20).retry(quick).build();
        return new MySqlBinlogProcessor(
                options, List.of(new AuditedMirror(target, UnloggedDatabase.of(proxy, mirror))));
    }
}
