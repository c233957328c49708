// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.millrace.core.PipelineOptions;
import io.millrace.core.Record;
import io.millrace.core.TargetOptions;
import io.millrace.core.TargetStart;
import io.millrace.core.UnreadableEventException;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Transactions of every shape, written in a real server, arrive whole and once. */
@ParameterizedClass
@EnumSource(
        value = MySqlRelease.class,
        names = {"MYSQL_8_0", "MARIADB_11_4"})
@Timeout(120)
class MySqlTransactionsIT {

    private static final String COMPRESSES = "MariaDB compresses events, not transactions";

    private static MySqlServer server;

    private final CheckpointStore store = new InMemoryCheckpointStore();
    private String database;
    private StartFrom start;

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
    void createTable() throws Exception {
        database = server.createDatabase();
        server.executeIn(database, "CREATE TABLE t (id INT PRIMARY KEY, v INT, pad VARCHAR(250))");
        here(true);
    }

    @AfterEach
    void endPrepared() throws SQLException {
        Captured.endPrepared(server);
    }

    private void here(boolean byGtid) throws SQLException {
        start = byGtid ? StartFrom.gtids(server.executedGtids()) : TestServers.end(server);
    }

    private Captured capture() {
        return capture(pipeline -> pipeline);
    }

    private Captured capture(UnaryOperator<PipelineOptions.Builder> options) {
        return Captured.start(options(options));
    }

    private MySqlOptions options(UnaryOperator<PipelineOptions.Builder> options) {
        return Captured.source(server, start)
                .pipeline(options.apply(Captured.pipeline(database, store)).build())
                .build();
    }

    private void insert(long id) throws SQLException {
        server.executeIn(database, "INSERT INTO t VALUES (" + id + ", 0, '')");
    }

    /** Waits for the row and {@return all ids that were delivered} */
    private static List<Long> idsThrough(Captured captured, long last) {
        await().until(() -> captured.ids().contains(last));
        return captured.ids();
    }

    private void prepare(String xid, String... sql) throws SQLException {
        List<String> session = new ArrayList<>();
        session.add("XA START " + xid);
        session.addAll(List.of(sql));
        session.add("XA END " + xid);
        session.add("XA PREPARE " + xid);
        server.executeIn(database, session.toArray(String[]::new));
    }

    private Checkpoint checkpoint() throws IOException {
        return Objects.requireNonNull(store.load("memory"));
    }

    // ---- XA

    @Test
    void shouldDeliverAnXaTransactionWhenItIsCommitted() throws Exception {
        try (Captured captured = capture()) {
            prepare("'x','y',7", "INSERT INTO t VALUES (1, 0, ''), (2, 0, '')", "UPDATE t SET v = 1 WHERE id = 2");
            insert(3);
            assertThat(idsThrough(captured, 3)).containsExactly(3L);
            String before = server.executedGtids();
            server.execute("XA COMMIT 'x','y',7");
            List<Record> records = captured.upTo(server).records();

            assertThat(captured.ids()).containsExactly(3L, 1L, 2L, 2L);
            assertThat(records).extracting(Record::ordinal).containsExactly(0L, 0L, 1L, 2L);
            String commit = first(before);
            assertThat(records.subList(1, 4))
                    .extracting(record -> record.source().transactionId())
                    .containsOnly(commit);
        }
        assertThat(checkpoint().position()).contains(server.executedGtids());
    }

    @Test
    void shouldDeliverAnXaTransactionThatCommitsInOnePhase() throws Exception {
        try (Captured captured = capture()) {
            server.executeIn(
                    database,
                    "XA START 'x'",
                    "INSERT INTO t VALUES (1, 0, '')",
                    "XA END 'x'",
                    "XA COMMIT 'x' ONE PHASE");
            insert(2);
            captured.upTo(server);
            assertThat(captured.ids()).containsExactly(1L, 2L);
        }
    }

    @Test
    void shouldDeliverNothingOfAnXaTransactionThatIsRolledBack() throws Exception {
        try (Captured captured = capture()) {
            prepare("'x'", "INSERT INTO t VALUES (1, 0, '')");
            server.execute("XA ROLLBACK 'x'");
            insert(2);
            captured.upTo(server);
            assertThat(captured.ids()).containsExactly(2L);
        }
    }

    @Test
    void shouldTellXaTransactionsApart() throws Exception {
        try (Captured captured = capture()) {
            for (int i = 1; i <= 20; i++) {
                prepare("'x" + i + "'", "INSERT INTO t VALUES (" + i + ", 0, '')");
            }
            for (int i = 20; i >= 1; i--) {
                server.execute("XA " + (i % 3 == 0 ? "ROLLBACK" : "COMMIT") + " 'x" + i + "'");
            }
            captured.upTo(server);
            assertThat(captured.ids()).containsExactly(20L, 19L, 17L, 16L, 14L, 13L, 11L, 10L, 8L, 7L, 5L, 4L, 2L, 1L);
        }
    }

    /** The rows of a prepared transaction come again after a restart; all others do not. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldDeliverAnXaTransactionThatIsCommittedTwoFilesLater(boolean byGtid) throws Exception {
        here(byGtid);
        insert(1);
        prepare("'x'", "INSERT INTO t VALUES (2, 0, ''), (3, 0, '')");
        prepare("'y'", "INSERT INTO t VALUES (4, 0, '')");
        insert(5);
        try (Captured captured = capture()) {
            assertThat(idsThrough(captured, 5)).containsExactly(1L, 5L);
        }
        server.execute("FLUSH LOGS");
        insert(6);
        try (Captured captured = capture()) {
            assertThat(idsThrough(captured, 6)).containsExactly(6L);
        }
        server.kill();
        server.startAgain();
        server.execute("FLUSH LOGS", "XA ROLLBACK 'y'");
        try (Captured captured = capture()) {
            insert(7);
            assertThat(idsThrough(captured, 7)).containsExactly(7L);
            server.execute("XA COMMIT 'x'");
            assertThat(idsThrough(captured, 3)).containsExactly(7L, 2L, 3L);
        }
        assertThat(checkpoint().position()).doesNotContain("read_from");
        try (Captured captured = capture()) {
            insert(8);
            assertThat(idsThrough(captured, 8)).containsExactly(8L);
        }
    }

    /** A dump that began where the new target does would not bring what was prepared before. */
    @Test
    void shouldKeepAPreparedTransactionWhenATargetIsAddedThatBeginsBehindIt() throws Exception {
        here(false);
        prepare("'x'", "INSERT INTO t VALUES (1, 0, '')");
        StartFrom.File between = TestServers.end(server);
        insert(2);
        try (Captured captured = capture()) {
            assertThat(idsThrough(captured, 2)).containsExactly(2L);
        }
        insert(3);
        Captured.Memory added = new Captured.Memory(TargetOptions.builder("added")
                .start(TargetStart.at(
                        MySqlPosition.file(TestServers.identity(server), between.file(), between.offset())))
                .build());
        try (Captured captured =
                Captured.start(options(pipeline -> pipeline), new Captured.Memory(), record -> record, added)) {
            assertThat(idsThrough(captured, 3)).containsExactly(3L);
            await().until(() -> added.records().size() == 2);
        }
        assertThat(checkpoint().position()).contains("read_from");
        server.execute("XA COMMIT 'x'");
        try (Captured captured = capture()) {
            assertThat(idsThrough(captured, 1)).containsExactly(1L);
        }
    }

    /** The first one was rolled back without a trace in the log, so that its id could be given again. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTellXaTransactionsOfTheSameIdApart(boolean byGtid) throws Exception {
        here(byGtid);
        prepare("'x'", "INSERT INTO t VALUES (1, 0, '')");
        prepare("'y'", "INSERT INTO t VALUES (2, 0, '')");
        server.execute("SET sql_log_bin = 0", "XA ROLLBACK 'x'");
        prepare("'x'", "INSERT INTO t VALUES (3, 0, '')");
        insert(4);
        try (Captured captured = capture()) {
            assertThat(idsThrough(captured, 4)).containsExactly(4L);
        }
        server.execute("XA COMMIT 'y'");
        try (Captured captured = capture()) {
            assertThat(idsThrough(captured, 2)).containsExactly(2L);
            server.execute("XA COMMIT 'x'");
            assertThat(idsThrough(captured, 3)).containsExactly(2L, 3L);
        }
        assertThat(checkpoint().position())
                .as("nothing waits")
                .doesNotContain("read_from")
                .contains(byGtid ? server.executedGtids() : "offset");
    }

    @Test
    void shouldStopAtTheCommitOfAnXaTransactionThatWasPreparedBeforeItBegan() throws Exception {
        prepare("'x'", "INSERT INTO t VALUES (1, 0, '')");
        here(true);
        String before = server.executedGtids();
        server.execute("XA COMMIT 'x'");
        insert(2);
        String commit = first(before);
        try (Captured captured = capture()) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(UnreadableEventException.class)
                    .hasMessageContaining("XA COMMIT X'78',X'',1 ends a transaction that was prepared before")
                    .hasMessageContaining("skipTransaction(\"" + commit + "\", reason)");
            assertThat(captured.ids()).isEmpty();
        }
        try (Captured captured = capture(pipeline -> pipeline.skipTransaction(commit, "brought by hand"))) {
            assertThat(captured.upTo(server).ids()).containsExactly(2L);
        }
    }

    /** {@return the id of the first transaction that was executed since then} */
    private static String first(String before) throws SQLException {
        return TestServers.firstSince(server, before);
    }

    @Test
    void shouldNotWaitForAnXaTransactionWhoseCommitIsLeftOut() throws Exception {
        prepare("'x'", "INSERT INTO t VALUES (1, 0, '')");
        String before = server.executedGtids();
        server.execute("XA COMMIT 'x'");
        insert(2);
        String commit = first(before);
        try (Captured captured = capture(pipeline -> pipeline.skipTransaction(commit, "a test"))) {
            captured.upTo(server);
            assertThat(captured.ids()).containsExactly(2L);
        }
    }

    /** By file and offset, what lies behind a prepared transaction is read again. */
    @Test
    void shouldPassOverAgainWhatWasTooLarge() throws Exception {
        server.executeIn(database, "CREATE TABLE large (id INT PRIMARY KEY, pad LONGBLOB)");
        here(false);
        prepare("'x'", "INSERT INTO t VALUES (1, 0, '')");
        String before = server.executedGtids();
        prepare("'y'", "INSERT INTO large VALUES (2, REPEAT('y', 1000000))");
        String prepared = first(before);
        before = server.executedGtids();
        server.executeIn(database, "INSERT INTO large VALUES (3, REPEAT('z', 1000000))");
        String large = first(before);
        insert(4);
        for (long last = 4; last <= 6; last++) {
            // The transaction need not be left out any more, once it was; the prepared one has to be read.
            PipelineOptions.Builder pipeline =
                    Captured.pipeline(database, store).skipTransaction(prepared, "too large");
            if (last == 4) {
                pipeline.skipTransaction(large, "too large");
            }
            MySqlOptions options = Captured.source(server, start)
                    .maxRowBytes(500_000)
                    .pipeline(pipeline.build())
                    .build();
            try (Captured captured = Captured.start(options)) {
                assertThat(idsThrough(captured, last)).containsExactly(last);
            }
            assertThat(checkpoint().position()).contains("read_from");
            insert(last + 1);
        }
        server.execute("XA COMMIT 'x'");
        try (Captured captured = capture()) {
            assertThat(idsThrough(captured, 1)).containsExactly(7L, 1L);
        }
    }

    @Test
    void shouldKeepALargeXaTransactionOnDisk(@TempDir Path directory) throws Exception {
        int rows = 20_000;
        try (Captured captured = capture(pipeline -> pipeline.spillDirectory(directory))) {
            prepare("'x'", fill(1, rows));
            insert(rows + 1);
            idsThrough(captured, rows + 1);
            try (Stream<Path> files = Files.list(directory)) {
                assertThat(files).as("files have no names").isEmpty();
            }
            server.execute("XA COMMIT 'x'");
            captured.upTo(server);
            assertThat(captured.ids().subList(1, rows + 1))
                    .isEqualTo(LongStream.rangeClosed(1, rows).boxed().toList());
        }
    }

    private static String fill(int first, int last) {
        StringBuilder sql = new StringBuilder("INSERT INTO t VALUES ");
        for (int id = first; id <= last; id++) {
            sql.append(id == first ? "(" : ",(").append(id).append(",0,REPEAT('p',200))");
        }
        return sql.toString();
    }

    // ---- compressed transactions

    @Test
    void shouldReadTransactionsThatOneSessionCompresses() throws Exception {
        TestServers.onlyMySql(server, COMPRESSES);
        try (Captured captured = capture()) {
            insert(1);
            server.executeIn(
                    database,
                    "SET binlog_transaction_compression = ON",
                    "BEGIN",
                    fill(2, 3_000),
                    "UPDATE t SET v = 1 WHERE id = 2",
                    "DELETE FROM t WHERE id = 3",
                    "COMMIT",
                    "INSERT INTO t VALUES (3001, 0, '')");
            insert(3_002);
            List<Record> records = captured.upTo(server).records();
            List<Long> expected =
                    new ArrayList<>(LongStream.rangeClosed(1, 3_000).boxed().toList());
            expected.addAll(List.of(2L, 3L, 3_001L, 3_002L));
            assertThat(captured.ids()).isEqualTo(expected);
            assertThat(records.get(1).row().getString("pad")).isEqualTo("p".repeat(200));
            assertThat(records.subList(1, 3_002))
                    .extracting(Record::ordinal)
                    .isEqualTo(LongStream.rangeClosed(0, 3_000).boxed().toList());
        }
        assertThat(checkpoint().position()).contains(server.executedGtids());
    }

    @Test
    void shouldReadCompressedXaTransactions() throws Exception {
        TestServers.onlyMySql(server, COMPRESSES);
        try (Captured captured = capture()) {
            server.executeIn(
                    database,
                    "SET binlog_transaction_compression = ON",
                    "XA START 'x'",
                    fill(1, 1_000),
                    "XA END 'x'",
                    "XA PREPARE 'x'",
                    "XA COMMIT 'x'",
                    "XA START 'y'",
                    fill(1_001, 2_000),
                    "XA END 'y'",
                    "XA COMMIT 'y' ONE PHASE");
            captured.upTo(server);
            assertThat(captured.ids())
                    .isEqualTo(LongStream.rangeClosed(1, 2_000).boxed().toList());
        }
    }

    @Test
    void shouldPassOverACompressedTransactionThatIsLeftOut() throws Exception {
        TestServers.onlyMySql(server, COMPRESSES);
        String before = server.executedGtids();
        server.executeIn(database, "SET binlog_transaction_compression = ON", fill(1, 1_000));
        insert(1_001);
        String id = first(before);
        try (Captured captured = capture(pipeline -> pipeline.skipTransaction(id, "a test"))) {
            assertThat(captured.upTo(server).ids()).containsExactly(1_001L);
        }
    }

    // ---- a server that falls quiet

    private Captured captureWithoutHeartbeats(UnaryOperator<PipelineOptions.Builder> options) {
        return Captured.start(Captured.source(server, start)
                .heartbeat(Duration.ofMinutes(5))
                .pipeline(options.apply(Captured.pipeline(database, store)).build())
                .build());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHandOnTheLastTransactionAtOnce(boolean compressed) throws Exception {
        String compression = server.release().isMariaDb()
                ? "SET @unused = " + compressed
                : "SET binlog_transaction_compression = " + compressed;
        try (Captured captured = captureWithoutHeartbeats(pipeline -> pipeline).streaming()) {
            server.executeIn(database, compression, fill(1, 100));
            idsThrough(captured, 100);
            prepare("'x'", fill(101, 200));
            server.execute("XA COMMIT 'x'");
            idsThrough(captured, 200);
            server.executeIn(
                    database, compression, "XA START 'y'", fill(201, 300), "XA END 'y'", "XA COMMIT 'y' ONE PHASE");
            assertThat(idsThrough(captured, 300))
                    .isEqualTo(LongStream.rangeClosed(1, 300).boxed().toList());
        }
    }

    @Test
    void shouldHandOnWhatStandsBeforeATransactionThatIsLeftOut() throws Exception {
        insert(1);
        String before = server.executedGtids();
        insert(2);
        String id = first(before);
        try (Captured captured = captureWithoutHeartbeats(pipeline -> pipeline.skipTransaction(id, "a test"))) {
            assertThat(idsThrough(captured, 1)).containsExactly(1L);
        }
    }

    // ---- shapes

    @Test
    void shouldDeliverWhatSurvivesRollbacksToSavepoints() throws Exception {
        try (Captured captured = capture()) {
            server.executeIn(
                    database,
                    "CREATE TEMPORARY TABLE tmp (id INT)",
                    "BEGIN",
                    "INSERT INTO t VALUES (1, 0, '')",
                    "SAVEPOINT a",
                    "INSERT INTO t VALUES (2, 0, '')",
                    "INSERT INTO tmp VALUES (9)",
                    "ROLLBACK TO a",
                    "INSERT INTO t VALUES (4, 0, '')",
                    "SAVEPOINT b",
                    "INSERT INTO t VALUES (5, 0, '')",
                    "RELEASE SAVEPOINT b",
                    "COMMIT",
                    "BEGIN",
                    "INSERT INTO t VALUES (6, 0, '')",
                    "ROLLBACK");
            captured.upTo(server);
            assertThat(captured.ids()).containsExactly(1L, 4L, 5L);
        }
    }

    /** GTIDs forbid to change tables of both kinds in one transaction. */
    @Test
    void shouldDeliverWhatSurvivesRollbacksOfMixedEngines() throws Exception {
        TestServers.onlyMySql(server, "MariaDB logs what it rolled back to a savepoint, which stops the stream");
        try (MySqlServer mixed = MySqlServer.builder(release)
                .without("gtid-mode")
                .without("enforce-gtid-consistency")
                .start()) {
            mixed.execute("CREATE DATABASE " + database);
            mixed.executeIn(
                    database,
                    "CREATE TABLE t (id INT PRIMARY KEY)",
                    "CREATE TABLE m (id INT PRIMARY KEY) ENGINE = MyISAM");
            try (Captured captured = Captured.from(mixed, database)) {
                mixed.executeIn(
                        database,
                        "BEGIN",
                        "INSERT INTO t VALUES (1)",
                        "SAVEPOINT a",
                        "INSERT INTO t VALUES (2)",
                        "INSERT INTO m VALUES (3)",
                        "CREATE TEMPORARY TABLE tmp (id INT)",
                        "INSERT INTO tmp VALUES (9)",
                        "ROLLBACK TO a",
                        "INSERT INTO t VALUES (4)",
                        "COMMIT",
                        "BEGIN",
                        "INSERT INTO t VALUES (6)",
                        "INSERT INTO m VALUES (7)",
                        "ROLLBACK",
                        "BEGIN",
                        "INSERT INTO m VALUES (8)",
                        "INSERT INTO t VALUES (9)",
                        "ROLLBACK",
                        "INSERT INTO t VALUES (10)");
                List<Long> ids = idsThrough(captured, 10);
                assertThat(mixed.query("SELECT id FROM %1$s.t UNION SELECT id FROM %1$s.m".formatted(database)))
                        .extracting(row -> Long.valueOf(row.get(0)))
                        .containsExactlyInAnyOrder(1L, 3L, 4L, 7L, 8L, 10L)
                        .containsExactlyInAnyOrderElementsOf(ids);
            }
        }
    }

    /** Of tables that are not transactional the server keeps what it rolls back. */
    @Test
    void shouldStopWhereAnXaTransactionIsRolledBackThatStatementsChanged() throws Exception {
        try (MySqlServer mixed = MySqlServer.builder(release)
                .without("gtid-mode")
                .without("enforce-gtid-consistency")
                .start()) {
            mixed.execute("CREATE DATABASE " + database);
            mixed.executeIn(
                    database,
                    "CREATE TABLE t (id INT PRIMARY KEY)",
                    "CREATE TABLE m (id INT PRIMARY KEY) ENGINE = MyISAM");
            // One that is not prepared, MariaDB logs as an ordinary ROLLBACK.
            for (boolean prepared : release.isMariaDb() ? List.of(true) : List.of(true, false)) {
                List<String> status = mixed.query("SHOW MASTER STATUS").get(0);
                MySqlOptions.Builder options = Captured.source(
                                mixed, StartFrom.file(status.get(0), Long.parseLong(status.get(1))))
                        .statementDml(StatementDml.DELIVER);
                List<String> session = new ArrayList<>(List.of(
                        "DELETE FROM m",
                        "SET binlog_format = STATEMENT",
                        "XA START 'x'",
                        "INSERT INTO t VALUES (1)",
                        "INSERT INTO m VALUES (2)",
                        "XA END 'x'",
                        "XA ROLLBACK 'x'"));
                if (prepared) {
                    session.add(6, "XA PREPARE 'x'");
                }
                mixed.executeIn(database, session.toArray(String[]::new));
                long last = prepared ? 3 : 4;
                mixed.executeIn(database, "INSERT INTO t VALUES (" + last + ")");
                assertThat(mixed.query("SELECT id FROM " + database + ".m"))
                        .as("kept")
                        .hasSize(1);

                String id;
                try (Captured captured =
                        Captured.start(options.pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                                        .build())
                                .build())) {
                    UnreadableEventException e = catchThrowableOfType(UnreadableEventException.class, captured::join);
                    assertThat(e)
                            .as("prepared: %s", prepared)
                            .hasMessageContaining("XA ROLLBACK X'78',X'',1 rolls back what was logged");
                    id = e.getMessage().replaceAll(".*skipTransaction\\(\"|\", reason.*", "");
                }
                try (Captured captured =
                        Captured.start(options.pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                                        .skipTransaction(id, "brought by hand")
                                        .build())
                                .build())) {
                    assertThat(idsThrough(captured, last)).endsWith(last);
                }
            }
        }
    }

    /** Nothing is lost of what is captured. */
    @Test
    void shouldPassOverAnXaTransactionThatIsRolledBackThatStatementsElsewhereChanged() throws Exception {
        String elsewhere = server.createDatabase();
        server.executeIn(elsewhere, "CREATE TABLE t (id INT PRIMARY KEY)");
        try (Captured captured = capture()) {
            server.executeIn(
                    elsewhere,
                    "SET binlog_format = STATEMENT",
                    "XA START 'x'",
                    "INSERT INTO t VALUES (1)",
                    "SAVEPOINT a",
                    "XA END 'x'",
                    "XA PREPARE 'x'",
                    "XA ROLLBACK 'x'");
            insert(2);
            assertThat(captured.upTo(server).ids()).containsExactly(2L);
        }
    }

    @Test
    void shouldDeliverTheRowsOfCreateTableSelect() throws Exception {
        server.executeIn(database, fill(1, 100));
        here(true);
        try (Captured captured = capture()) {
            server.executeIn(
                    database,
                    "CREATE TABLE copy AS SELECT * FROM t",
                    release.isMariaDb() ? "SET @unused = 1" : "SET binlog_transaction_compression = ON",
                    "CREATE TABLE another AS SELECT * FROM t");
            captured.upTo(server);
            List<Long> ids = LongStream.rangeClosed(1, 100).boxed().toList();
            assertThat(captured.ids().subList(0, 100)).isEqualTo(ids);
            assertThat(captured.ids().subList(100, 200)).isEqualTo(ids);
            assertThat(captured.changes()).hasSize(202);
        }
    }

    @Test
    void shouldPassEmptyTransactionsAndGapsOfGtids() throws Exception {
        TestServers.onlyMySql(server, "MariaDB has no sets of GTIDs");
        String uuid = "11111111-2222-3333-4444-555555555555";
        try (Captured captured = capture()) {
            try (Connection connection = server.connect(database);
                    Statement session = connection.createStatement()) {
                for (String gtid : List.of(uuid + ":1", uuid + ":3", uuid + ":4", uuid + ":9")) {
                    session.execute("SET gtid_next = '" + gtid + "'");
                    session.execute("BEGIN");
                    if (gtid.endsWith(":4")) {
                        session.execute("INSERT INTO t VALUES (4, 0, '')");
                    }
                    session.execute("COMMIT");
                }
                session.execute("SET gtid_next = 'AUTOMATIC'");
            }
            insert(10);
            captured.upTo(server);
            assertThat(captured.ids()).containsExactly(4L, 10L);
        }
        assertThat(checkpoint().position()).contains(uuid + ":1:3-4:9");
    }

    @Test
    void shouldKeepTheTablesOfOneStatementApart() throws Exception {
        server.executeIn(
                database,
                "CREATE TABLE a (id INT PRIMARY KEY, v INT)",
                "CREATE TABLE b (id INT PRIMARY KEY, v INT)",
                "CREATE TABLE log (id INT AUTO_INCREMENT PRIMARY KEY, what VARCHAR(20))",
                "CREATE TRIGGER tr AFTER UPDATE ON a FOR EACH ROW INSERT INTO log (what) VALUES (CONCAT('a', NEW.id))",
                "INSERT INTO a VALUES (1, 0), (2, 0)",
                "INSERT INTO b VALUES (1, 0), (2, 0)");
        here(true);
        try (Captured captured = capture()) {
            server.executeIn(database, "UPDATE a JOIN b ON a.id = b.id SET a.v = 1, b.v = 2");
            captured.upTo(server);
            assertThat(captured.records())
                    .extracting(record ->
                            record.table().name() + record.row().asMap().values())
                    .containsExactlyInAnyOrder("a[1, 1]", "a[2, 1]", "b[1, 2]", "b[2, 2]", "log[1, a1]", "log[2, a2]");
        }
    }
}
