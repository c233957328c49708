// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.LogLostException;
import io.millrace.core.PermanentException;
import io.millrace.core.ProcessorState;
import io.millrace.core.Record;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that break, servers that restart and logs that are gone; on a server of its own. */
@ParameterizedClass
@EnumSource(
        value = MySqlRelease.class,
        names = {"MYSQL_8_0", "MARIADB_11_4"})
@Timeout(120)
class MySqlReconnectIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static MySqlServer server;

    private FaultyProxy proxy;
    private String database;

    @Parameter
    private MySqlRelease release;

    @BeforeParameterizedClassInvocation
    static void startServer(MySqlRelease release) throws Exception {
        server = MySqlServer.builder(release).durable().start();
    }

    @AfterParameterizedClassInvocation
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createDatabase() throws Exception {
        database = server.createDatabase();
        server.executeIn(database, "CREATE TABLE t (id INT PRIMARY KEY, v INT, pad VARCHAR(250))");
        proxy = FaultyProxy.before(server.host(), server.port());
    }

    @AfterEach
    void closeProxy() {
        proxy.close();
    }

    /** A transaction of five row events between two others, cut after each so many bytes. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldDeliverEachRowOnceWhereverTheConnectionIsCut(boolean byGtid) throws Exception {
        StartFrom start = here(byGtid);
        long begin = 0;
        server.transaction(insert(1, 20));
        server.transaction(insert(21, 40), insert(41, 60), insert(61, 80), insert(81, 100), insert(101, 120));
        server.transaction(insert(121, 140));
        List<Long> expected = LongStream.rangeClosed(1, 140).boxed().toList();
        try (Captured captured = Captured.start(options(start))) {
            await().until(() -> captured.ids().size() == 140);
            begin = proxy.bytesFromServer();
        }

        // MariaDB takes longer to begin: there, each rows event of about 4,000 bytes is cut once.
        int step = release.isMariaDb() ? 3_511 : 1_511;
        for (long cut = 1_500; cut < begin; cut += step) {
            proxy.cutAfter(cut);
            try (Captured captured = Captured.start(options(start))) {
                String place = "cut after " + cut + " bytes";
                await().untilAsserted(() -> assertThat(captured.ids())
                        .as("%s, %s", place, captured.processor().stats())
                        .isEqualTo(expected));
                assertThat(captured.records()).extracting(Record::ordinal).containsSubsequence(0L, 99L, 0L);
            }
            proxy.heal();
        }
    }

    @Test
    void shouldGoOnThroughCutsAndRestartsWhileRowsFlow() throws Exception {
        int rows = 30_000;
        try (Captured captured = Captured.start(options(here(true))).streaming()) {
            CompletableFuture<Void> disturber = CompletableFuture.runAsync(() -> {
                for (int part = 1; part <= 5; part++) {
                    long wanted = part * rows / 6L;
                    await().atMost(LIMIT)
                            .until(() -> captured.processor().stats().records() >= wanted);
                    long before = captured.processor().stats().reconnects();
                    proxy.cutAll();
                    // Rows that were read already may arrive before the loss is noticed.
                    await().atMost(LIMIT)
                            .until(() -> captured.processor().stats().reconnects() > before);
                }
            });
            writeThroughARestart(rows);
            disturber.get();
            captured.upTo(server);

            List<Long> inserted = captured.records().stream()
                    .filter(record -> record.kind() == Record.Kind.INSERT)
                    .map(record -> record.row().getLong("id"))
                    .toList();
            assertThat(inserted)
                    .isEqualTo(LongStream.rangeClosed(1, rows).boxed().toList());
            List<Object> versions = new ArrayList<>();
            captured.records().stream()
                    .filter(record -> record.kind() == Record.Kind.UPDATE)
                    .forEach(record -> versions.add(record.row().get("v")));
            assertThat(versions).isSorted().hasSize(rows / 100);
            assertThat(captured.processor().stats().reconnects()).isGreaterThanOrEqualTo(5);
        }
    }

    /** Transactions of 100 inserts and an update of row 1; the server restarts in the middle. */
    private void writeThroughARestart(int rows) throws Exception {
        int version = 0;
        for (int half = 0; half < 2; half++) {
            try (Connection connection = server.connect(database);
                    Statement sql = connection.createStatement()) {
                connection.setAutoCommit(false);
                for (int first = half * rows / 2 + 1; first <= (half + 1) * rows / 2; first += 100) {
                    sql.execute(insert(first, first + 99));
                    sql.execute("UPDATE t SET v = " + ++version + " WHERE id = 1");
                    connection.commit();
                }
            }
            if (half == 0) {
                server.restart();
            }
        }
    }

    @Test
    void shouldNoticeAConnectionThatFallsSilent() throws Exception {
        MySqlOptions options =
                source(here(true)).heartbeat(Duration.ofMillis(500)).build();
        try (Captured captured = Captured.start(options).streaming()) {
            server.transaction(insert(1, 10));
            captured.upTo(server);

            int connections = proxy.connections();
            Set<Thread> threads = threads();
            proxy.blackHole();
            assertThat(captured.processor().awaitState(ProcessorState.BACKOFF, LIMIT))
                    .isTrue();
            assertThat(threads).containsAll(threads());
            proxy.heal();
            server.transaction(insert(11, 20));
            captured.upTo(server);
            assertThat(captured.processor().stats().reconnects()).isOne();
            // One that was begun while nothing was forwarded may have been given up.
            assertThat(proxy.connections() - connections).isBetween(1, 10);

            assertThat(captured.ids())
                    .isEqualTo(LongStream.rangeClosed(1, 20).boxed().toList());
        }
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("millrace")
                        || thread.getName().equals("capture"))
                .collect(Collectors.toSet());
    }

    /** What the old connection has sent may still be read, but comes once. */
    @Test
    void shouldNotMixWhatTheOldConnectionHasSentWithTheNewOne() throws Exception {
        int sent = 300_000;
        AfterRows hook = new AfterRows(10, () -> {
            // Less than the rows have: of what comes after it, the old connection cannot have anything.
            long cut = proxy.bytesFromServer() + sent;
            proxy.cutAfter(sent);
            for (int first = 1_001; first <= 5_000; first += 100) {
                server.transaction(insert(first, first + 99));
            }
            await().until(() -> proxy.bytesFromServer() >= cut);
            return cut;
        });
        StartFrom start = here(true);
        server.transaction(insert(1, 1_000));
        try (Captured captured = Captured.start(options(start), new Captured.Memory(), hook)) {
            hook.awaitDone();
            captured.upTo(server);

            assertThat(captured.ids())
                    .isEqualTo(LongStream.rangeClosed(1, 5_000).boxed().toList());
            assertThat(captured.processor().stats().reconnects()).isPositive();
        }
    }

    /** For much longer than the test waits, nobody would notice that it is. */
    @Test
    void shouldCloseWhileTheConnectionIsSilent() throws Exception {
        MySqlOptions options =
                source(here(true)).heartbeat(Duration.ofMinutes(5)).build();
        try (Captured captured = Captured.start(options).streaming()) {
            proxy.blackHole();
            long begin = System.nanoTime();

            captured.processor().close();

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
            assertThat(captured.processor().status().state()).isEqualTo(ProcessorState.STOPPED);
        }
    }

    @Test
    void shouldCloseWhileTheServerCannotBeReached() throws Exception {
        try (Captured captured = Captured.start(options(here(true))).streaming()) {
            proxy.refuse();
            proxy.cutAll();
            assertThat(captured.processor().awaitState(ProcessorState.BACKOFF, LIMIT))
                    .isTrue();

            captured.processor().close();

            assertThat(captured.processor().status().state()).isEqualTo(ProcessorState.STOPPED);
        }
    }

    @Test
    void shouldEndWhenAnotherReaderKeepsTakingItsPlace() throws Exception {
        MySqlOptions.Builder options =
                Captured.source(server, StartFrom.latest()).serverId(4_242);
        try (Captured one = Captured.start(options.pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                                .build())
                        .build())
                .streaming()) {
            // The preflight of a second would refuse it while the first is registered; this one goes without.
            MySqlSource second = new MySqlSource(
                    options.pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                                    .build())
                            .build(),
                    event -> List.of());
            Thread taking = new Thread(() -> {
                while (!one.processor().status().state().isFinal()) {
                    try {
                        second.connect(second.firstPosition()).close();
                        TimeUnit.MILLISECONDS.sleep(100);
                    } catch (IOException | InterruptedException e) {
                        // The next attempt will do.
                    }
                }
            });
            taking.start();

            assertThatThrownBy(one::join)
                    .isInstanceOf(PermanentException.class)
                    .hasMessageContaining("another reader has taken this one's place");
            taking.join();
        }
    }

    @Test
    void shouldSayWhichTransactionsWerePurged() throws Exception {
        StartFrom start = here(true);
        server.transaction(insert(1, 5));
        String lost = server.executedGtids();
        server.execute("FLUSH BINARY LOGS");
        String file = server.query("SHOW MASTER STATUS").get(0).get(0);
        await().until(() -> {
            // MariaDB keeps a file until it is sure that no recovery needs it.
            server.execute("PURGE BINARY LOGS TO '" + file + "'");
            return server.query("SHOW BINARY LOGS").get(0).get(0).equals(file);
        });

        assertThatThrownBy(() -> Captured.start(options(start)).join())
                .isInstanceOfSatisfying(
                        LogLostException.class,
                        e -> assertThat(lost)
                                .endsWith(e.missing().substring(e.missing().lastIndexOf(':') + 1)));
    }

    @Test
    void shouldRefuseAServerThatDoesNotKnowWhatWasRead() throws Exception {
        String unknown = release.isMariaDb() ? "7-1-1" : "11111111-2222-3333-4444-555555555555:1-7";
        StartFrom start = StartFrom.gtids(server.executedGtids() + "," + unknown);

        assertThatThrownBy(() -> Captured.start(options(start)).join())
                .isInstanceOf(LogLostException.class)
                .hasMessageContaining(unknown);
    }

    /** As with a delay of group commit, or semi-synchronous replicas that are waited for. */
    @Test
    void shouldGoOnAfterTransactionsThatItReadBeforeTheyWereExecuted() throws Exception {
        TestServers.onlyMySql(server, "MariaDB does not know GTIDs that are owned");
        server.execute("SET GLOBAL sync_binlog = 0");
        try (Captured captured = Captured.start(options(here(true))).streaming()) {
            server.execute("SET GLOBAL binlog_group_commit_sync_delay = 1000000");
            CompletableFuture<Void> committed = CompletableFuture.runAsync(() -> {
                try {
                    server.transaction(insert(1, 1));
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> captured.ids().size() == 1);
            proxy.cutAll();
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> captured.processor().stats().reconnects() > 0);
            committed.get();
            server.execute("SET GLOBAL binlog_group_commit_sync_delay = 0");

            server.transaction(insert(2, 2));
            assertThat(captured.upTo(server).ids()).containsExactly(1L, 2L);
        } finally {
            server.execute("SET GLOBAL binlog_group_commit_sync_delay = 0", "SET GLOBAL sync_binlog = 1");
        }
    }

    @Test
    void shouldKnowTransactionsOfSeveralSourcesThatAreOwned() throws Exception {
        TestServers.onlyMySql(server, "MariaDB does not know GTIDs that are owned");
        String one = "11111111-1111-1111-1111-111111111111";
        String two = "22222222-2222-2222-2222-222222222222";
        StartFrom start = StartFrom.gtids(server.executedGtids() + "," + one + ":4:9," + two + ":7");
        List<Connection> owners = new ArrayList<>();
        try {
            for (String gtid : List.of(one + ":4", one + ":9", two + ":7")) {
                Connection owner = server.connect(database);
                owners.add(owner);
                try (Statement session = owner.createStatement()) {
                    session.execute("SET gtid_next = '" + gtid + "'");
                }
            }
            try (Captured captured = Captured.start(options(start)).streaming()) {
                server.transaction(insert(1, 1));
                await().until(() -> captured.ids().size() == 1);
            }
        } finally {
            for (Connection owner : owners) {
                owner.close();
            }
        }
    }

    @Test
    void shouldGoOnByFileAfterARestartAndRefuseAnotherServersFiles() throws Exception {
        InMemoryCheckpointStore store = new InMemoryCheckpointStore();
        MySqlOptions options = Captured.source(server, here(false))
                .pipeline(Captured.pipeline(database, store).build())
                .build();
        server.transaction(insert(1, 10));
        try (Captured captured = Captured.start(options)) {
            await().until(() -> captured.ids().size() == 10);
        }
        server.transaction(insert(11, 20));
        server.restart();
        server.transaction(insert(21, 30));
        try (Captured captured = Captured.start(options)) {
            await().until(() -> captured.ids().size() >= 20);
            assertThat(captured.ids())
                    .isEqualTo(LongStream.rangeClosed(11, 30).boxed().toList());
        }

        try (MySqlServer other =
                MySqlServer.builder(release).option("server-id", "2").start()) {
            MySqlOptions elsewhere = Captured.source(other, StartFrom.latest())
                    .pipeline(Captured.pipeline(database, store).build())
                    .build();
            assertThatThrownBy(() -> Captured.start(elsewhere).join())
                    .isInstanceOf(LogLostException.class)
                    .hasMessageContaining(TestServers.identity(other));
        }
    }

    private StartFrom here(boolean byGtid) throws SQLException {
        return byGtid ? StartFrom.gtids(server.executedGtids()) : TestServers.end(server);
    }

    private MySqlOptions options(StartFrom start) {
        return source(start).build();
    }

    private MySqlOptions.Builder source(StartFrom start) {
        return Captured.source(server, start)
                .host(proxy.host())
                .port(proxy.port())
                .tls(TlsOptions.of(TlsOptions.Mode.PREFERRED))
                .connectTimeout(Duration.ofSeconds(2))
                .pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                        .build());
    }

    private String insert(int first, int last) {
        StringBuilder sql = new StringBuilder("INSERT INTO " + database + ".t VALUES ");
        for (int id = first; id <= last; id++) {
            sql.append(id == first ? "(" : ",(").append(id).append(",0,REPEAT('p',200))");
        }
        return sql.toString();
    }
}
