// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.LogLostException;
import io.millrace.core.Record;
import io.millrace.core.SourceUnavailableException;
import io.millrace.core.TableId;
import io.millrace.core.TargetOptions;
import io.millrace.core.UnreadableEventException;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.source.load.LoadPosition;
import io.millrace.core.source.load.LoadedTo;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.MySqlServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A load is interrupted, by whatever there is. */
@Timeout(300)
class LoadFaultsIT {

    private static MySqlServer server;

    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();

    @TempDir
    Path folder;

    private String database;

    @BeforeAll
    static void startServer() throws Exception {
        server = MySqlServer.builder().durable().start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createDatabase() throws Exception {
        database = server.createDatabase();
    }

    private void run(String... sql) throws Exception {
        server.executeIn(database, sql);
    }

    private void fill(String table, int rows, String select) throws Exception {
        run(
                "SET cte_max_recursion_depth = 1000000",
                "INSERT INTO " + table + " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                        + rows + ") SELECT " + select + " FROM n");
    }

    private MySqlOptions.Builder options() {
        return Captured.source(server, StartFrom.initialLoad())
                .catchUpTimeout(Duration.ofMillis(300))
                .pipeline(Captured.pipeline(database, store).build());
    }

    private static long read(List<Record> records, String table) {
        return records.stream()
                .filter(record -> record.kind() == Record.Kind.READ)
                .filter(record -> record.table().name().equals(table))
                .count();
    }

    // ---- kill -9

    private Process capturer(String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                LoadProcess.class.getName(),
                Integer.toString(server.port()),
                database,
                folder.toString()));
        command.addAll(List.of(more));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    @Test
    void shouldEndAsTheTablesWhenTheProcessIsKilledAgainAndAgain() throws Exception {
        run(
                "CREATE TABLE a (id INT PRIMARY KEY, n INT)",
                "CREATE TABLE b (id VARCHAR(20) COLLATE utf8mb4_0900_ai_ci PRIMARY KEY, n INT)");
        fill("a", 30_000, "i, i");
        fill("b", 30_000, "CONCAT(ELT(1 + i % 3, 'a', 'A', '\u00e4'), i), i");
        AtomicBoolean stop = new AtomicBoolean();
        Thread writer = new Thread(() -> change(stop));
        writer.start();
        Random random = new Random(3);
        Path saved = folder.resolve("saved");
        for (int kills = 0; kills < 3; kills++) {
            long until = size(saved) + 40_000 + random.nextInt(150_000);
            Process process = capturer();
            try {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(60))
                        .until(() -> size(saved) >= until || !process.isAlive());
                assertThat(process.isAlive())
                        .as(() -> text(folder.resolve("log")))
                        .isTrue();
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
        stop.set(true);
        writer.join();
        Process last = capturer(server.executedGtids());
        assertThat(last.waitFor()).as(() -> text(folder.resolve("log"))).isZero();

        Map<String, String> expected = new TreeMap<>();
        for (String table : List.of("a", "b")) {
            server.query("SELECT id, n FROM " + database + "." + table)
                    .forEach(row -> expected.put(table + " " + row.get(0), row.get(1)));
        }
        Map<String, String> mirror = new TreeMap<>();
        long loaded = LoadProcess.replay(saved, mirror);
        assertThat(mirror).isEqualTo(expected);
        // What was read at most once more for each kill is less than the tables.
        assertThat(loaded).isBetween(50_000L, 60_000L + 3 * 8_192L);
    }

    private static long size(Path file) throws Exception {
        return Files.exists(file) ? Files.size(file) : 0;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (Exception e) {
            return e.toString();
        }
    }

    private void change(AtomicBoolean stop) {
        Random random = new Random(9);
        try (Connection connection = server.connect(database);
                Statement sql = connection.createStatement()) {
            while (!stop.get()) {
                int n = random.nextInt(30_000);
                String table = random.nextBoolean() ? "a" : "b";
                sql.execute(
                        switch (random.nextInt(3)) {
                            case 0 -> "DELETE FROM " + table + " WHERE id LIKE '%" + n + "' LIMIT 1";
                            case 1 -> "REPLACE INTO " + table + " VALUES ('" + n + "', -" + n + ")";
                            default ->
                                "UPDATE IGNORE " + table + " SET id = '" + (n + 30_000) + "' WHERE id = '" + n + "'";
                        });
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of many small values, each as an object of its own, the heap would hold few rows. */
    @Test
    @Tag("long")
    void shouldLoadHalfAMillionRowsIntoASmallHeap() throws Exception {
        run("CREATE TABLE big (id INT PRIMARY KEY, pad TINYINT"
                + ", c%d TINYINT".repeat(40).formatted(numbers()) + ")");
        fill("big", 600_000, "i" + ", i % 100".repeat(41));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LargeCapture.class.getName(),
                        Integer.toString(server.port()),
                        database,
                        "load",
                        server.executedGtids())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor()).as(() -> text(output)).isZero();
        assertThat(text(output)).contains("rows=600000 bytes=0 sum=" + 600_000L * 600_001 / 2);
        System.out.println(text(output));
    }

    private static Object[] numbers() {
        return IntStream.range(0, 40).boxed().toArray();
    }

    // ---- two targets

    @Test
    void shouldLoadForATargetThatIsAddedAndNotForTheOldOne() throws Exception {
        run("CREATE TABLE a (id INT PRIMARY KEY)", "CREATE TABLE b (id INT)");
        fill("a", 9_000, "i");
        fill("b", 100, "i");
        try (Captured captured = Captured.start(options().build()).streaming()) {
            assertThat(captured.upTo(server).records()).hasSize(9_100);
        }
        // The old target is behind the place at which the new one begins.
        run("INSERT INTO a VALUES (10000)");

        Captured.Memory old = new Captured.Memory();
        Captured.Memory added = new Captured.Memory(TargetOptions.named("added"));
        try (Captured captured =
                Captured.start(options().build(), added, record -> record, old).streaming()) {
            captured.upTo(server);
            run("INSERT INTO a VALUES (10001)");
            captured.upTo(server);
        }

        assertThat(old.records().stream().map(record -> record.row().getLong("id")))
                .containsExactly(10_000L, 10_001L);
        assertThat(added.records()).hasSize(9_102);
        assertThat(read(added.records(), "a")).isEqualTo(9_001);
    }

    @Test
    void shouldLoadForTwoTargetsOfWhichOneHasBegunLater() throws Exception {
        run("CREATE TABLE a (id INT PRIMARY KEY)", "CREATE TABLE b (id INT PRIMARY KEY)");
        fill("a", 9_000, "i");
        fill("b", 9_000, "i");
        Captured.Memory first = new Captured.Memory();
        AtomicInteger left = new AtomicInteger(15_000);
        try (Captured captured = Captured.start(options().build(), first, record -> {
            if (left.getAndDecrement() == 0) {
                throw new IllegalStateException("stop here");
            }
            return record;
        })) {
            assertThatThrownBy(captured::join).hasRootCauseMessage("stop here");
        }
        run("DELETE FROM a WHERE id < 4000", "DELETE FROM b WHERE id < 3000");

        Captured.Memory again = new Captured.Memory();
        Captured.Memory added = new Captured.Memory(TargetOptions.named("added"));
        try (Captured captured = Captured.start(options().build(), added, record -> record, again)
                .streaming()) {
            captured.upTo(server);
        }

        List<Record> all = new ArrayList<>(first.records());
        all.addAll(again.records());
        Map<String, String> tables = Rows.table(server, database, "a", "id");
        tables.putAll(Rows.table(server, database, "b", "id"));
        assertThat(Rows.mirror(all)).isEqualTo(tables);
        assertThat(Rows.mirror(added.records())).isEqualTo(tables);
        // Tables that were loaded do not come again, the one that was being loaded does.
        assertThat(read(again.records(), "a")).isZero();
        assertThat(read(again.records(), "b")).isEqualTo(6_001);
    }

    // ---- the server

    /** {@return what a target got, with something done on the capture's thread when it has handed on so many rows} */
    private List<Record> load(int rows, Callable<?> act) throws Exception {
        AfterRows hook = new AfterRows(rows, act);
        try (Captured captured = Captured.start(options().build(), new Captured.Memory(), hook)) {
            hook.awaitDone();
            return captured.upTo(server).records();
        }
    }

    private void createWide() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY, pad LONGBLOB)");
        fill("t", 2_000, "i, REPEAT('x', 30000)");
    }

    private int killReaders(String how) throws Exception {
        List<List<String>> readers = server.query("SELECT ID FROM information_schema.PROCESSLIST WHERE DB IS NULL"
                + " AND COMMAND = 'Query' AND INFO LIKE '%`t` FORCE INDEX%' AND ID <> CONNECTION_ID()");
        assertThat(readers).isNotEmpty();
        for (List<String> reader : readers) {
            server.execute("KILL " + how + " " + reader.get(0));
        }
        return readers.size();
    }

    @Test
    void shouldGoOnBehindTheLastRowsWhenTheQueryIsKilled() throws Exception {
        createWide();
        List<Record> records = load(300, () -> killReaders("QUERY"));
        assertThat(records.stream().map(record -> record.row().getLong("id")).distinct())
                .hasSize(2_000);
        assertThat(records).hasSize(2_000);
    }

    @Test
    void shouldGoOnBehindTheLastRowsWhenTheConnectionIsKilled() throws Exception {
        createWide();
        assertThat(load(300, () -> killReaders("CONNECTION"))).hasSize(2_000);
    }

    @Test
    void shouldGoOnBehindTheLastRowsWhenTheServerIsKilled() throws Exception {
        createWide();
        assertThat(load(300, () -> {
                    server.kill();
                    server.startAgain();
                    return server;
                }))
                .hasSize(2_000);
    }

    @Test
    void shouldEndAtOnceWhenItIsClosedWhileAPieceIsRead() throws Exception {
        createWide();
        try (FaultyProxy proxy = FaultyProxy.before(server.host(), server.port())) {
            MySqlOptions options = options()
                    .host(proxy.host())
                    .port(proxy.port())
                    .connectTimeout(Duration.ofMinutes(5))
                    .build();
            AfterRows hook = new AfterRows(200, () -> {
                proxy.blackHole();
                return proxy;
            });
            try (Captured captured = Captured.start(options, new Captured.Memory(), hook)) {
                hook.awaitDone();
                long begin = System.nanoTime();
                captured.processor().close();
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(30));
            }
        }
    }

    /** Every attempt would otherwise leave a session behind that waits for the lock. */
    @Test
    void shouldNotHeapUpSessionsWhereATableIsLocked() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        MySqlOptions options = options().connectTimeout(Duration.ofSeconds(2)).build();
        try (Connection connection = server.connect(database);
                Statement lock = connection.createStatement()) {
            lock.execute("LOCK TABLES t WRITE");
            try (Captured captured = Captured.start(options)) {
                Awaitility.await()
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> captured.processor().status().reason().contains("Lock wait timeout"));
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .until(() -> captured.processor().stats().reconnects() >= 4);
                assertThat(server.query(
                                "SELECT ID FROM information_schema.PROCESSLIST WHERE STATE LIKE '%metadata lock%'"))
                        .hasSizeLessThan(2);
                lock.execute("UNLOCK TABLES");
                assertThat(captured.upTo(server).records()).hasSize(1);
            }
        }
    }

    /** Everybody who writes waits behind one who waits for the lock of all tables. */
    @Test
    void shouldNotGoOnWaitingForTheGlobalLock() throws Exception {
        try (MySqlServer plain = MySqlServer.builder()
                        .without("gtid-mode")
                        .without("enforce-gtid-consistency")
                        .start();
                Connection connection = plain.connect();
                Statement lock = connection.createStatement()) {
            lock.execute("CREATE DATABASE d");
            lock.execute("CREATE TABLE d.t (id INT PRIMARY KEY)");
            lock.execute("LOCK TABLES d.t WRITE");
            MySqlOptions options = Captured.source(plain, StartFrom.initialLoad())
                    .pipeline(Captured.pipeline("d", store)
                            .startTimeout(Duration.ofSeconds(2))
                            .build())
                    .connectTimeout(Duration.ofSeconds(2))
                    .build();

            assertThatThrownBy(() -> Captured.start(options).join())
                    .isInstanceOf(SourceUnavailableException.class)
                    .hasMessageContaining("Lock wait timeout");
            assertThat(plain.query("SELECT ID FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for%lock'"))
                    .isEmpty();
        }
    }

    @Test
    void shouldRefuseARowThatIsTooLarge() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY, pad LONGBLOB)", "INSERT INTO t VALUES (1, REPEAT('x', 40000000))");
        MySqlOptions options = options().maxRowBytes(30_000_000).build();

        assertThatThrownBy(() -> Captured.start(options).join())
                .isInstanceOfSatisfying(
                        RowTooLargeException.class, e -> assertThat(e.bytes()).isGreaterThan(30_000_000))
                .hasMessageContaining(database + ".t")
                .hasMessageContaining("maxRowBytes=30000000");
    }

    // ---- the log

    private Captured startedAt(MySqlPosition log, @Nullable LoadedTo to, Captured.Memory memory) throws Exception {
        return startedAt(log, to, memory, record -> record);
    }

    private Captured startedAt(
            MySqlPosition log, @Nullable LoadedTo to, Captured.Memory memory, UnaryOperator<Record> hook)
            throws Exception {
        store.open("test");
        store.save(
                "memory", new Checkpoint("mysql", new LoadPosition(log, to).toJson(), 1, null, 1, 1, Set.of("memory")));
        store.close();
        return Captured.start(options().build(), memory, hook);
    }

    /** Rows of a server that is behind the place from which the log is read would stay old. */
    @Test
    void shouldNotLoadFromAServerThatIsBehind() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        MySqlPosition ahead = MySqlPosition.gtids(server.serverUuid() + ":1-1000000");
        Captured.Memory memory = new Captured.Memory();

        assertThatThrownBy(() -> startedAt(ahead, null, memory).join())
                .isInstanceOf(LogLostException.class)
                .hasMessageContaining("does not have transactions that were read before");
        assertThat(memory.records()).isEmpty();
    }

    @Test
    void shouldNotGoOnLoadingOnceTheLogIsPurged() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        String file = server.query("SHOW MASTER STATUS").get(0).get(0);
        server.execute("FLUSH BINARY LOGS");
        String next = server.query("SHOW MASTER STATUS").get(0).get(0);
        server.execute("PURGE BINARY LOGS TO '" + next + "'");
        LoadedTo to = new LoadedTo(new TableId(database, "s"), "p", 1, List.of(), List.of());
        for (MySqlPosition log : List.of(MySqlPosition.gtids(""), MySqlPosition.file(server.serverUuid(), file, 4))) {
            Captured.Memory memory = new Captured.Memory();

            assertThatThrownBy(() -> startedAt(log, to, memory).join())
                    .isInstanceOf(LogLostException.class)
                    .hasMessageContaining("purged");
            assertThat(memory.records()).isEmpty();
        }
    }

    @Test
    void shouldStopLoadingOnceTheLogIsPurgedMeanwhile() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY)", "CREATE TABLE other (id INT PRIMARY KEY)");
        fill("t", 30_000, "i");
        for (boolean byGtids : List.of(true, false)) {
            List<String> end = server.query("SHOW MASTER STATUS").get(0);
            MySqlPosition log = byGtids
                    ? MySqlPosition.gtids(server.executedGtids())
                    : MySqlPosition.file(server.serverUuid(), end.get(0), Long.parseLong(end.get(1)));
            AfterRows purge = new AfterRows(2_000, () -> {
                run("REPLACE INTO other VALUES (1)");
                server.execute("FLUSH BINARY LOGS");
                String next = server.query("SHOW MASTER STATUS").get(0).get(0);
                server.execute("PURGE BINARY LOGS TO '" + next + "'");
                // Longer than it takes until the log is looked for again.
                Awaitility.await().pollDelay(Duration.ofMillis(1_200)).until(() -> true);
                return next;
            });
            LoadedTo to = new LoadedTo(new TableId(database, "s"), "p", 1, List.of(), List.of());

            try (Captured captured = startedAt(log, to, new Captured.Memory(), purge)) {
                assertThatThrownBy(captured::join)
                        .isInstanceOf(LogLostException.class)
                        .hasMessageContaining("purged");
                assertThat(captured.processor().stats().records()).isEqualTo(4_096);
            }
        }
    }

    @Test
    void shouldWarnWhereTheLogIsKeptForLessThanALoadMayTake() throws Exception {
        createWide();
        run("ANALYZE TABLE t");
        try {
            for (String kept : List.of("3", "3600", "0")) {
                server.execute("SET GLOBAL binlog_expire_logs_seconds = " + kept);
                try (Warnings warnings = new Warnings();
                        Captured captured = Captured.start(options()
                                        .pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                                                .build())
                                        .build())
                                .streaming()) {
                    assertThat(captured.upTo(server).records()).hasSize(2_000);

                    assertThat(warnings.messages().stream().filter(text -> text.contains("binlog_expire_logs_seconds")))
                            .hasSize(kept.equals("3") ? 1 : 0)
                            .allMatch(text -> text.contains("keeps its binlog for PT3S"));
                }
            }
        } finally {
            server.execute("SET GLOBAL binlog_expire_logs_seconds = DEFAULT");
        }
    }

    /** A table does not show its rows before it is committed, and the log behind the noted place does not have them. */
    @Test
    void shouldStopAtTheCommitOfAnXaTransactionThatWasPreparedBeforeTheLoad() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        run("XA START 'load'", "INSERT INTO t VALUES (2)", "XA END 'load'", "XA PREPARE 'load'");
        try (Warnings warnings = new Warnings();
                Captured captured = Captured.start(options().build()).streaming()) {
            assertThat(captured.upTo(server).ids()).containsExactly(1L);
            assertThat(warnings.messages()).anyMatch(text -> text.contains("1 XA transactions are prepared"));

            server.execute("XA COMMIT 'load'");
            assertThatThrownBy(captured::join)
                    .isInstanceOf(UnreadableEventException.class)
                    .hasMessageContaining("prepared before this pipeline's first position")
                    .hasMessageContaining("PipelineOptions.skipTransaction");
        } finally {
            Captured.endPrepared(server);
        }
    }
}
