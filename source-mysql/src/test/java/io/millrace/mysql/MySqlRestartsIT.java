// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Record;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that is stopped or killed, and started again, while it is written to: the stream goes on by itself. */
class MySqlRestartsIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final AtomicBoolean isOver = new AtomicBoolean();

    /** Counts rows whose ids follow each other, and tells those that do not. */
    private static final class Counting extends Captured.Memory {

        private final AtomicLong last = new AtomicLong();

        @Override
        protected void save(List<Record> records) {
            for (Record record : records) {
                assertThat(record.row().getLong("id")).isEqualTo(last.get() + 1);
                last.incrementAndGet();
            }
        }
    }

    @Test
    @Tag("long")
    @Timeout(300)
    void shouldStreamAgainAfterEachRestart(TestReporter reporter) throws Exception {
        restart(MySqlRelease.MYSQL_8_0, true, 3, reporter);
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({"MYSQL_8_0, true", "MYSQL_8_0, false", "MARIADB_11_4, true", "MARIADB_11_4, false"})
    @Timeout(1_800)
    void shouldStreamAgainAfterEachOfFiftyRestarts(MySqlRelease release, boolean byGtid, TestReporter reporter)
            throws Exception {
        restart(release, byGtid, 50, reporter);
    }

    private void restart(MySqlRelease release, boolean byGtid, int times, TestReporter reporter) throws Exception {
        MySqlServer.Builder builder = MySqlServer.builder(release).durable();
        try (MySqlServer server = builder.start()) {
            server.execute("CREATE DATABASE shop", "CREATE TABLE shop.t (id INT PRIMARY KEY)");
            StartFrom start = byGtid ? StartFrom.gtids(server.executedGtids()) : TestServers.end(server);
            MySqlOptions options = Captured.source(server, start)
                    .catchUpTimeout(Duration.ofSeconds(30))
                    .pipeline(Captured.pipeline("shop", new InMemoryCheckpointStore())
                            .build())
                    .build();
            Counting target = new Counting();
            try (Captured captured =
                    Captured.start(options, target, record -> record).streaming()) {
                CompletableFuture<Long> writer = CompletableFuture.supplyAsync(() -> write(server));
                for (int i = 0; i < times; i++) {
                    awaitRow(captured, target, target.last.get() + 100);
                    if (i % 2 == 0) {
                        server.restart();
                    } else {
                        server.kill();
                        server.startAgain();
                    }
                }
                awaitRow(captured, target, target.last.get() + 100);
                isOver.set(true);
                long rows = writer.get();
                awaitRow(captured, target, rows);

                assertThat(captured.processor().stats().records()).isEqualTo(rows);
                assertThat(target.last).hasValue(rows);
                assertThat(captured.processor().stats().reconnects()).isGreaterThanOrEqualTo(times);
                reporter.publishEntry(release + (byGtid ? " by GTID" : " by file"), rows + " rows");
            }
        }
    }

    private static void awaitRow(Captured captured, Counting target, long id) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(target.last.get())
                        .as(() -> captured.processor().status().toString())
                        .isGreaterThanOrEqualTo(id));
    }

    /**
     * {@return how many rows were written, one in each transaction} Whether one is there whose commit was not
     * answered, the server is asked.
     */
    private long write(MySqlServer server) {
        while (true) {
            try (Connection connection = server.connect("shop");
                    Statement sql = connection.createStatement()) {
                long last = stored(sql);
                if (isOver.get()) {
                    return last;
                }
                while (!isOver.get()) {
                    sql.execute("INSERT INTO t VALUES (" + ++last + ")");
                }
            } catch (SQLException e) {
                // The server is away; the next connection tells what it has.
            }
        }
    }

    private static long stored(Statement sql) throws SQLException {
        try (ResultSet result = sql.executeQuery("SELECT COALESCE(MAX(id), 0) FROM t")) {
            result.next();
            return result.getLong(1);
        }
    }
}
