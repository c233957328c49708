// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.InvalidOptionsException;
import io.millrace.core.PermanentException;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.UnreadableEventException;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.BinlogProxy;
import io.millrace.testkit.DumpPacket;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What only MariaDB writes into its log, or means by a position. */
@Timeout(120)
class MariaDbIT {

    private static final int QUERY = 2;
    private static final int XID = 16;

    private static MySqlServer server;
    /** Of the other family. */
    private static MySqlServer other;

    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
    private String database;
    private StartFrom start;

    @BeforeAll
    static void startServer() throws Exception {
        server = MySqlServer.builder(MySqlRelease.MARIADB_11_4)
                .option("log-bin-compress-min-len", "10")
                .start();
        other = MySqlServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
        other.close();
    }

    @BeforeEach
    void createTable() throws Exception {
        database = server.createDatabase();
        server.executeIn(database, "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(250))");
        start = StartFrom.gtids(server.executedGtids());
    }

    private MySqlOptions options() {
        return options(server);
    }

    private MySqlOptions options(MySqlServer from) {
        return Captured.source(from, start)
                .pipeline(Captured.pipeline(database, store).build())
                .build();
    }

    private void insert(long id) throws Exception {
        server.executeIn(database, "INSERT INTO t VALUES (" + id + ", '')");
    }

    private static List<Long> idsThrough(Captured captured, long last) {
        await().until(() -> captured.ids().contains(last));
        return captured.ids();
    }

    private String checkpoint() throws Exception {
        Checkpoint checkpoint = Objects.requireNonNull(store.load("memory"));
        return checkpoint.position();
    }

    // ---- compression

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReadEventsThatTheServerCompresses(boolean byGtid) throws Exception {
        start = byGtid ? start : TestServers.end(server);
        server.execute("SET GLOBAL log_bin_compress = ON");
        StringBuilder rows = new StringBuilder("INSERT INTO t VALUES ");
        for (int id = 1; id <= 2_000; id++) {
            rows.append(id == 1 ? "(" : ",(")
                    .append(id)
                    .append(",REPEAT('é")
                    .append(id % 10)
                    .append("', 60))");
        }
        try {
            server.executeIn(
                    database,
                    rows.toString(),
                    "UPDATE t SET v = REPEAT('z', 200) WHERE id <= 1000",
                    "DELETE FROM t WHERE id > 1990",
                    "CREATE TABLE another (id INT PRIMARY KEY COMMENT '" + "c".repeat(200) + "')");
            prepareAndCommit("'" + "x".repeat(64) + "','" + "y".repeat(64) + "',7", 3_000);
            insert(3_001);
        } finally {
            server.execute("SET GLOBAL log_bin_compress = OFF");
        }
        try (Captured captured = Captured.start(options())) {
            idsThrough(captured, 3_001);
            List<Record> records = captured.records();
            assertThat(records).hasSize(2_000 + 1_000 + 10 + 2);
            for (int id = 1; id <= 2_000; id++) {
                assertThat(records.get(id - 1).row().getString("v")).isEqualTo(("é" + id % 10).repeat(60));
            }
            Record updated = records.get(2_999);
            assertThat(Objects.requireNonNull(updated.before()).getString("v")).isEqualTo("é0".repeat(60));
            assertThat(Objects.requireNonNull(updated.after()).getString("v")).isEqualTo("z".repeat(200));
            assertThat(captured.ids().subList(3_000, 3_012))
                    .isEqualTo(LongStream.concat(LongStream.rangeClosed(1_991, 2_000), LongStream.of(3_000, 3_001))
                            .boxed()
                            .toList());
            assertThat(captured.statements()).extracting(Statement::kind).containsExactly(Statement.Kind.CREATE_TABLE);
            assertThat(captured.statements().get(0).sql()).contains("c".repeat(200));
        }
        assertThat(server.query("SHOW GLOBAL VARIABLES LIKE 'log_bin_compress_min_len'")
                        .get(0)
                        .get(1))
                .isEqualTo("10");
    }

    private void prepareAndCommit(String xid, long id) throws Exception {
        server.executeIn(
                database,
                "XA START " + xid,
                "INSERT INTO t VALUES (" + id + ", REPEAT('x', 200))",
                "XA END " + xid,
                "XA PREPARE " + xid,
                "XA COMMIT " + xid);
    }

    @Test
    void shouldRefuseARowThatIsTooLargeOnceItIsNotCompressed() throws Exception {
        server.execute("SET GLOBAL log_bin_compress = ON");
        try {
            server.executeIn(
                    database,
                    "CREATE TABLE large (id INT PRIMARY KEY, v LONGTEXT)",
                    "INSERT INTO large VALUES (1, REPEAT('x', 3000000))");
        } finally {
            server.execute("SET GLOBAL log_bin_compress = OFF");
        }
        MySqlOptions options = Captured.source(server, start)
                .maxRowBytes(1_000_000)
                .pipeline(Captured.pipeline(database, store).build())
                .build();
        try (Captured captured = Captured.start(options)) {
            assertThatThrownBy(captured::join)
                    .isInstanceOfSatisfying(
                            RowTooLargeException.class,
                            e -> assertThat(e.bytes()).isBetween(3_000_000L, 3_000_100L));
        }
    }

    /** To be left out, a statement has not to be read. */
    @Test
    void shouldLeaveOutAStatementThatIsTooLargeOnceItIsNotCompressed() throws Exception {
        List<String> before = List.of(server.executedGtids().split(","));
        server.execute("SET GLOBAL log_bin_compress = ON");
        try {
            server.executeIn(database, "CREATE TABLE wide (id INT) COMMENT '" + "x".repeat(2_000) + "'");
        } finally {
            server.execute("SET GLOBAL log_bin_compress = OFF");
        }
        List<String> left = new ArrayList<>(List.of(server.executedGtids().split(",")));
        left.removeAll(before);
        assertThat(left).hasSize(1);
        insert(1);
        MySqlOptions options = Captured.source(server, start)
                .maxRowBytes(1_024)
                .pipeline(Captured.pipeline(database, store)
                        .skipTransaction(left.get(0), "a test")
                        .build())
                .build();
        try (Captured captured = Captured.start(options)) {
            assertThat(idsThrough(captured, 1)).containsExactly(1L);
            assertThat(captured.statements()).isEmpty();
        }
    }

    // ---- metadata

    @Test
    void shouldNeedFullMetadataWithoutADirectoryForAHistory() throws Exception {
        server.execute("SET GLOBAL binlog_row_metadata = 'MINIMAL'");
        try (Captured captured = Captured.start(options())) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(InvalidOptionsException.class)
                    .hasMessageContaining("must be FULL")
                    .hasMessageContaining("schemaHistory");
        } finally {
            server.execute("SET GLOBAL binlog_row_metadata = 'FULL'");
        }
    }

    // ---- domains

    /** Each domain is at another place of the log. */
    @Test
    void shouldFollowDomainsThatAlternate() throws Exception {
        for (int id = 1; id <= 6; id++) {
            inDomain(id % 3 + 10, "INSERT INTO t VALUES (" + id + ", '')");
        }
        try (Captured captured = Captured.start(options())) {
            assertThat(idsThrough(captured, 6)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
            inDomain(11, "INSERT INTO t VALUES (7, '')");
            idsThrough(captured, 7);
            captured.upTo(server);
        }
        assertThat(checkpoint())
                .isEqualTo(MySqlPosition.gtids(server.executedGtids()).toJson());
        try (Captured captured = Captured.start(options())) {
            inDomain(10, "INSERT INTO t VALUES (8, '')");
            assertThat(idsThrough(captured, 8)).containsExactly(8L);
        }
    }

    @Test
    void shouldBeginInEachDomainWhereItIsAsked() throws Exception {
        inDomain(20, "INSERT INTO t VALUES (1, '')");
        inDomain(20, "INSERT INTO t VALUES (2, '')");
        insert(3);
        insert(4);
        MariaDbGtids executed = MariaDbGtids.parse(server.executedGtids());
        String gtids = executed.toString().replaceAll("20-1-2", "20-1-1");
        start = StartFrom.gtids(gtids);
        try (Captured captured = Captured.start(options())) {
            insert(5);
            assertThat(idsThrough(captured, 5)).containsExactly(2L, 5L);
        }
    }

    /** What is prepared holds back where reading begins, whatever domain ends it. */
    @Test
    void shouldKeepXaTransactionsApartThatEndInAnotherDomain() throws Exception {
        inDomain(40, "XA START 'a'", "INSERT INTO t VALUES (1, '')", "XA END 'a'", "XA PREPARE 'a'");
        inDomain(41, "XA START 'b'", "INSERT INTO t VALUES (2, '')", "XA END 'b'", "XA PREPARE 'b'");
        inDomain(41, "INSERT INTO t VALUES (3, '')");
        try (Captured captured = Captured.start(options())) {
            assertThat(idsThrough(captured, 3)).containsExactly(3L);
        }
        assertThat(checkpoint()).contains("read_from");
        inDomain(41, "XA COMMIT 'a'");
        try (Captured captured = Captured.start(options())) {
            assertThat(idsThrough(captured, 1)).containsExactly(1L);
        }
        assertThat(checkpoint()).contains("40-1-1,41-1-3").contains("read_from");
        inDomain(40, "XA COMMIT 'b'");
        try (Captured captured = Captured.start(options())) {
            assertThat(captured.upTo(server).ids()).containsExactly(2L);
        }
        assertThat(checkpoint())
                .isEqualTo(MySqlPosition.gtids(server.executedGtids()).toJson());
    }

    private void inDomain(int domain, String... sql) throws Exception {
        List<String> session = new ArrayList<>(List.of(sql));
        session.add(0, "SET gtid_domain_id = " + domain);
        server.executeIn(database, session.toArray(String[]::new));
    }

    @Test
    void shouldStopWhereNumbersOfADomainGoBack() throws Exception {
        server.execute("SET GLOBAL gtid_strict_mode = OFF");
        try {
            server.executeIn(
                    database,
                    "SET gtid_domain_id = 30, gtid_seq_no = 100",
                    "INSERT INTO t VALUES (1, '')",
                    "SET server_id = 2, gtid_seq_no = 50",
                    "INSERT INTO t VALUES (2, '')",
                    "SET gtid_seq_no = 101",
                    "INSERT INTO t VALUES (3, '')");
        } finally {
            server.execute("SET GLOBAL gtid_strict_mode = ON");
        }
        try (Captured captured = Captured.start(options())) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(UnreadableEventException.class)
                    .hasMessageContaining("transaction 30-2-50 comes behind number 100");
            assertThat(captured.ids()).containsExactly(1L);
        }
    }

    // ---- positions of the other family

    @ParameterizedTest
    @CsvSource({"MYSQL_8_0,true", "MYSQL_8_0,false", "MARIADB_11_4,true", "MARIADB_11_4,false"})
    void shouldRefuseAServerOfTheOtherFamily(MySqlRelease release, boolean byGtid) throws Exception {
        MySqlServer one = release.isMariaDb() ? server : other;
        MySqlServer another = release.isMariaDb() ? other : server;
        one.execute("CREATE DATABASE IF NOT EXISTS " + database);
        start = byGtid ? StartFrom.gtids(one.executedGtids()) : TestServers.end(one);
        one.executeIn(database, "CREATE TABLE u (id INT PRIMARY KEY)", "INSERT INTO u VALUES (1)");
        try (Captured captured = Captured.start(options(one))) {
            idsThrough(captured, 1);
            captured.streaming();
        }
        start = StartFrom.latest();
        try (Captured captured = Captured.start(options(another))) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(PermanentException.class)
                    .hasMessageContaining(
                            release.isMariaDb()
                                    ? "is one of MariaDB, but the server is 8.0.31"
                                    : "is one of MySQL, but the server is 11.4.5-MariaDB");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"MYSQL_8_0", "MARIADB_11_4"})
    void shouldRefuseToStartFromGtidsOfTheOtherFamily(MySqlRelease release) throws Exception {
        start = StartFrom.gtids(release.isMariaDb() ? "11111111-2222-3333-4444-555555555555:1-7" : "0-1-7");
        try (Captured captured = Captured.start(options(release.isMariaDb() ? server : other))) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(InvalidOptionsException.class)
                    .hasMessageContaining("is not of the kind of the server");
        }
    }

    // ---- other events

    /** The server then logs an ALTER TABLE when it begins, and again when it is done or given up. */
    @Test
    void shouldDeliverAnAlterTableOfTwoPhasesOnce() throws Exception {
        insert(1);
        insert(2);
        server.executeIn(
                database,
                "SET binlog_alter_two_phase = ON",
                "ALTER TABLE t ADD COLUMN w INT DEFAULT 5",
                "INSERT INTO t VALUES (3, '', 6)");
        assertThatThrownBy(() -> server.executeIn(
                        database, "SET binlog_alter_two_phase = ON", "ALTER TABLE t ADD UNIQUE KEY (v)"))
                .isInstanceOf(java.sql.SQLException.class);
        server.executeIn(database, "INSERT INTO t VALUES (4, '', 7)");
        try (Captured captured = Captured.start(options())) {
            assertThat(idsThrough(captured, 4)).containsExactly(1L, 2L, 3L, 4L);
            assertThat(captured.statements())
                    .extracting(Statement::sql)
                    .containsExactly("ALTER TABLE t ADD COLUMN w INT DEFAULT 5");
            assertThat(captured.records().get(2).row().asMap()).containsEntry("w", 6);
            captured.upTo(server);
        }
    }

    /** A server does so to readers of which it thinks that they know fewer types of events. */
    @ParameterizedTest
    @CsvSource({
        "'# Dummy event replacing event type 160 that slave cannot handle.    ', false",
        "'# Dummy event replacing event type 161 that slave cannot handle.', false",
        "'# Dummy event replacing event type 166 that slave cannot handle.', true",
        "'# Dummy event replacing event type 23 that slave cannot handle.', true",
        "'# Dummy event replacing event type 99 that slave cannot handle.', true",
        "'# Dummy event repl', true"
    })
    void shouldStopAtACommentInThePlaceOfRows(String comment, boolean stops) throws Exception {
        insert(1);
        try (BinlogProxy proxy = BinlogProxy.before(server.host(), server.port())) {
            proxy.onEvent((index, event) ->
                    event.type() == XID ? List.of(DumpPacket.event(QUERY, 0, query(comment)), event) : List.of(event));
            MySqlOptions options = Captured.source(server, start)
                    .host(proxy.host())
                    .port(proxy.port())
                    .tls(TlsOptions.of(TlsOptions.Mode.DISABLED))
                    .pipeline(Captured.pipeline(database, store).build())
                    .build();
            try (Captured captured = Captured.start(options)) {
                if (stops) {
                    assertThatThrownBy(captured::join)
                            .isInstanceOf(UnreadableEventException.class)
                            .hasMessageContaining("in the place of an event that could hold rows")
                            .hasMessageContaining(comment.strip());
                } else {
                    captured.upTo(server);
                    assertThat(captured.changes()).hasSize(1);
                }
            }
        }
    }

    private static byte[] query(String sql) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(new byte[14]);
        body.writeBytes(sql.getBytes(StandardCharsets.US_ASCII));
        return body.toByteArray();
    }

    @Test
    void shouldLeaveOutWhatAnUpdateDidNotChange() throws Exception {
        server.executeIn(
                database,
                "INSERT INTO t VALUES (1, 'v')",
                "SET binlog_row_image = FULL_NODUP",
                "UPDATE t SET id = 2",
                "DELETE FROM t");
        try (Captured captured = Captured.start(options())) {
            Record update = captured.upTo(server).records().get(1);

            assertThat(Objects.requireNonNull(update.before()).asMap()).containsEntry("v", "v");
            assertThat(Objects.requireNonNull(update.after()).has("v")).isFalse();
            assertThat(update.after().getLong("id")).isEqualTo(2);
            assertThat(captured.records().get(2).row().asMap()).containsEntry("v", "v");
        }
    }

    /** The server logs what it rolled back, where it kept a part of the transaction. */
    @Test
    void shouldStopWhereRowsAreLoggedThatWereRolledBack() throws Exception {
        server.executeIn(
                database,
                "CREATE TABLE m (id INT PRIMARY KEY) ENGINE = MyISAM",
                "BEGIN",
                "INSERT INTO t VALUES (1, '')",
                "SAVEPOINT a",
                "INSERT INTO t VALUES (2, '')",
                "INSERT INTO m VALUES (3)",
                "ROLLBACK TO a",
                "COMMIT");
        try (Captured captured = Captured.start(options())) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(UnreadableEventException.class)
                    .hasMessageContaining("ROLLBACK TO `a` follows rows of transaction");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNeedTwoRightsOnly(boolean fromFile) throws Exception {
        String user = "reader" + fromFile;
        server.execute("CREATE USER " + user + " IDENTIFIED BY 'secret'");
        MySqlOptions options = Captured.source(server, fromFile ? TestServers.end(server) : StartFrom.earliest())
                .user(user)
                .password("secret")
                .pipeline(Captured.pipeline(database, store).build())
                .build();
        try (Captured captured = Captured.start(options)) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(InvalidOptionsException.class)
                    .hasMessageContaining("privilege REPLICATION SLAVE")
                    .hasMessageContaining("privilege REPLICATION CLIENT");
        }
        server.execute("GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO " + user);
        insert(1);
        try (Captured captured = Captured.start(options)) {
            assertThat(idsThrough(captured, 1)).containsExactly(1L);
        }
    }
}
