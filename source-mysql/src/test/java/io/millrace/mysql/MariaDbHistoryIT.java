// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.ProcessorState;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * MariaDB whose log does not name columns: they are asked for, and proven. Each column of a test has its own name for
 * a value, so that a wrong name shows.
 */
@Timeout(180)
class MariaDbHistoryIT {

    private static MySqlServer server;

    @TempDir
    Path directory;

    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
    private String database;
    private int lastId;

    @BeforeAll
    static void startServer() throws Exception {
        server = MySqlServer.builder(MySqlRelease.MARIADB_11_4)
                .option("binlog-row-metadata", "NO_LOG")
                .option("log-bin-compress-min-len", "10")
                .start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createDatabase() throws Exception {
        database = server.createDatabase();
        run("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9), b VARCHAR(9))");
    }

    @AfterEach
    void setBack() throws Exception {
        server.execute("SET GLOBAL binlog_row_metadata = 'NO_LOG'", "SET GLOBAL log_bin_compress = OFF");
    }

    private void run(String... sql) throws SQLException {
        server.executeIn(database, sql);
    }

    private MySqlOptions options(StartFrom start) {
        return Captured.source(server, start)
                .schemaHistory(directory)
                .pipeline(Captured.pipeline(database, store).build())
                .build();
    }

    private static StartFrom here(boolean byGtid) throws SQLException {
        return byGtid ? StartFrom.gtids(server.executedGtids()) : TestServers.end(server);
    }

    /** Inserts a row whose columns hold their names; {@return its id} */
    private long insert(String table) throws SQLException {
        List<String> names = new ArrayList<>();
        for (List<String> row : server.query("SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '"
                + database + "' AND TABLE_NAME = '" + table + "' AND COLUMN_NAME <> 'id'")) {
            names.add(row.get(0));
        }
        lastId++;
        String values = names.isEmpty() ? "" : ",'" + String.join("','", names) + "'";
        String columns = names.isEmpty() ? "" : "," + String.join(",", names);
        run("INSERT INTO " + table + " (id" + columns + ") VALUES (" + lastId + values + ")");
        return lastId;
    }

    private static void check(Record record) {
        RowImage row = record.row();
        for (Map.Entry<String, Object> value : row.asMap().entrySet()) {
            if (!value.getKey().equals("id")) {
                assertThat(value.getValue()).as("%s", record).isEqualTo(value.getKey());
            }
        }
        assertThat(record.schema().primaryKey()).containsExactly("id");
    }

    private static void awaitId(Captured captured, long id) {
        await().until(() ->
                captured.ids().contains(id) || captured.processor().status().state() == ProcessorState.FAILED);
        assertThat(captured.ids())
                .as(() -> captured.processor().status().toString())
                .contains(id);
    }

    // ---- rows

    @ParameterizedTest
    @ValueSource(strings = {"NO_LOG", "MINIMAL"})
    void shouldReadRowsAsWithFullMetadata(String metadata) throws Exception {
        run("CREATE TABLE every_type (id INT PRIMARY KEY, marker INT NOT NULL,"
                + " c1 TINYINT UNSIGNED, c2 INT, c3 BIGINT UNSIGNED, c4 FLOAT, c5 DECIMAL(20,6) UNSIGNED, c6 BIT(17),"
                + " c7 YEAR, c8 DATETIME(3), c9 TIMESTAMP(6) NULL, c10 TIME(2), c11 CHAR(10) CHARACTER SET latin1,"
                + " c12 VARCHAR(40) CHARACTER SET utf8mb4 COLLATE uca1400_ai_ci, c13 TEXT, c14 BINARY(6), c15 LONGBLOB,"
                + " c16 ENUM('a','b''c','ä') CHARACTER SET latin1, c17 SET('x','y','z'), c18 JSON, c19 POINT,"
                + " c20 VARCHAR(20) CHARACTER SET utf16, c21 INT INVISIBLE, c22 UUID, c23 INET6, c24 INET4,"
                + " c25 VARCHAR(300) COMPRESSED CHARACTER SET cp1250, c26 MEDIUMBLOB COMPRESSED, c27 VARBINARY(90) COMPRESSED,"
                + " g1 INT GENERATED ALWAYS AS (c1 + 1) STORED, g2 INT GENERATED ALWAYS AS (c1 * 2) VIRTUAL)");
        String columns = "id,marker";
        for (int i = 1; i <= 27; i++) {
            columns += ",c" + i;
        }
        String insert = "INSERT INTO every_type (" + columns + ") VALUES ";
        StartFrom start = here(true);
        server.execute("SET GLOBAL binlog_row_metadata = 'FULL'");
        run(
                insert
                        + "(1,0,255,-5,18446744073709551615,1.1,7.5,b'10101010101010101',2026,'2026-01-02 03:04:05.678',"
                        + "'2026-01-02 03:04:05.678901','-838:59:58.99','café','\ud83d\ude00 \"q\"','text',x'0102',x'00ff','b''c',"
                        + "'x,z',' {\"b\" : 1.50}',POINT(1,2),'utf16 €',5,'6ba7b810-9dad-11d1-80b4-00c04fd43000','fe80::1',"
                        + "'10.0.0.1',REPEAT('č',200),REPEAT(x'00ff',5000),'xy')",
                insert + "(2,0" + ",NULL".repeat(27) + ")");
        server.execute("SET GLOBAL binlog_row_metadata = '" + metadata + "'");
        run("UPDATE every_type SET marker = 1");
        try (Captured captured = Captured.start(options(start))) {
            await().until(() -> captured.records().size() == 4
                    || captured.processor().status().state() == ProcessorState.FAILED);
            assertThat(captured.processor().status().state()).isEqualTo(ProcessorState.STREAMING);
            for (int i = 0; i < 2; i++) {
                Record full = captured.records().get(i);
                Record asked = captured.records().get(2 + i);
                assertThat(asked.schema().columns()).isEqualTo(full.schema().columns());
                assertThat(asked.schema().primaryKey()).isEqualTo(full.schema().primaryKey());
                assertThat(json(asked.withImages(null, asked.before()))).isEqualTo(json(full));
            }
        }
    }

    private static String json(Record record) {
        String json = record.toJson();
        int begin = json.indexOf("\"record\":");
        return json.substring(begin, json.indexOf(",\"schema_name\":", begin));
    }

    // ---- changes of tables

    /** Each is followed by rows that are read before the next. */
    private static final List<String> CHANGES = List.of(
            "ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a",
            "ALTER TABLE t ADD COLUMN IF NOT EXISTS c VARCHAR(9) FIRST",
            "SET STATEMENT max_statement_time = 30 FOR ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a",
            "/*M!100100 ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a */",
            "/*!100100 ALTER TABLE t */ CHANGE IF EXISTS c d VARCHAR(9)",
            "ALTER TABLE t DROP COLUMN IF EXISTS d, DROP COLUMN IF EXISTS never",
            "ALTER IGNORE TABLE t MODIFY b VARCHAR(9) FIRST",
            "CREATE OR REPLACE TABLE t (b VARCHAR(9), a VARCHAR(9), id INT PRIMARY KEY, CHECK (id > 0))",
            "ALTER TABLE t ADD CONSTRAINT c CHECK (a <> 'x'), ADD COLUMN e VARCHAR(9) INVISIBLE",
            "CREATE OR REPLACE TABLE u LIKE t",
            "RENAME TABLE t TO x, u TO t, x TO u",
            "SET binlog_alter_two_phase = ON; ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a",
            "DROP TABLE t; CREATE TABLE t (id INT PRIMARY KEY, b VARCHAR(9), a VARCHAR(9))",
            "BEGIN NOT ATOMIC ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a; END",
            "EXECUTE IMMEDIATE 'ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a'",
            "ALTER TABLE t MODIFY id INT AFTER b");

    /** In swe7, } is a letter. */
    @Test
    void shouldAskTheServerBehindAChangeThatNamesTheTableInAnotherCharset() throws Exception {
        run("CREATE TABLE `t\u00e5g` (id INT PRIMARY KEY, a VARCHAR(9), b VARCHAR(9))");
        try (Captured captured = Captured.start(options(here(true))).streaming()) {
            awaitId(captured, insert("t\u00e5g"));
            run("SET character_set_client = swe7", "ALTER TABLE `t}g` RENAME COLUMN a TO b, RENAME COLUMN b TO a");
            awaitId(captured, insert("t\u00e5g"));

            captured.records().forEach(MariaDbHistoryIT::check);
        }
    }

    /** What has a table locked may stand in the log already, and not be seen yet. */
    @Test
    void shouldWaitForLockedTablesUntilTheyAreFree() throws Exception {
        run("INSERT INTO t (id) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
                + " SELECT i FROM n");
        MySqlOptions options = options(here(true));
        server.execute("SET GLOBAL lock_wait_timeout = 1");
        try (Connection connection = server.connect(database);
                Statement sql = connection.createStatement()) {
            CompletableFuture<Void> change = CompletableFuture.runAsync(() -> alterForLong(sql));
            String altering = awaitSession("INFO LIKE 'ALTER TABLE t %' AND STATE LIKE 'copy%'");
            String waiting = "STATE = 'Waiting for table metadata lock' AND ";
            try (Captured captured = Captured.start(options).streaming()) {
                server.executeIn(database, "CREATE TABLE u (id INT PRIMARY KEY)", "INSERT INTO u VALUES (1)");
                String first = awaitSession(waiting + "TIME_MS > 3000");
                server.execute("KILL QUERY " + first);
                awaitSession(waiting + "ID <> " + first);
                assertThat(captured.records()).isEmpty();

                server.execute("KILL QUERY " + altering);
                await().until(() -> captured.ids().equals(List.of(1L)));
            } finally {
                server.execute("KILL QUERY " + altering);
            }
            assertThat(change).failsWithin(Duration.ofSeconds(30));
        } finally {
            server.execute("SET GLOBAL lock_wait_timeout = DEFAULT");
        }
    }

    private static void alterForLong(Statement sql) {
        try {
            sql.execute("ALTER TABLE t ADD slow CHAR(128) AS (SHA2(CONCAT(id, REPEAT('x', 30000000)), 512)) STORED,"
                    + " ALGORITHM=COPY, LOCK=EXCLUSIVE");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String awaitSession(String condition) {
        return await().until(
                        () -> server.query("SELECT ID FROM information_schema.PROCESSLIST WHERE " + condition),
                        rows -> !rows.isEmpty())
                .get(0)
                .get(0);
    }

    private void change(String change) throws SQLException {
        boolean isBlock = change.startsWith("BEGIN");
        run(isBlock ? new String[] {change} : change.split("; "));
    }

    @ParameterizedTest
    @CsvSource({"true, ON", "false, OFF"})
    void shouldAskTheServerBehindEachChange(boolean byGtid, String compress) throws Exception {
        server.execute("SET GLOBAL log_bin_compress = " + compress);
        try (Captured captured = Captured.start(options(here(byGtid))).streaming()) {
            awaitId(captured, insert("t"));
            for (String change : CHANGES) {
                change(change);
                long id = insert("t");
                awaitId(captured, id);
            }
            captured.records().forEach(MariaDbHistoryIT::check);
        }
    }

    /** The server cannot tell what a table was like before it was changed. */
    @ParameterizedTest
    @CsvSource({"true, ON", "false, OFF"})
    void shouldStopAtRowsBehindWhichTheTableWasChanged(boolean byGtid, String compress) throws Exception {
        server.execute("SET GLOBAL log_bin_compress = " + compress);
        for (String change : CHANGES) {
            StartFrom start = here(byGtid);
            insert("t");
            change(change);
            insert("t");
            MySqlOptions options = Captured.source(server, start)
                    .schemaHistory(directory)
                    .pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                            .build())
                    .build();
            try (Captured captured = Captured.start(options)) {
                assertThatThrownBy(captured::join)
                        .as(change)
                        .isInstanceOfSatisfying(
                                SchemaUnknownException.class,
                                e -> assertThat(e.table().name()).isEqualTo("t"))
                        .hasMessageContaining("may have changed it since")
                        .hasMessageContaining("binlog_row_metadata=FULL");
                assertThat(captured.ids()).isEmpty();
            }
        }
    }

    /** By file and offset, a position names what was known there. */
    @Test
    void shouldGoOnWithWhatWasKnownBeforeAChangeWhileItWasStopped() throws Exception {
        MySqlOptions options = options(here(false));
        try (Captured captured = Captured.start(options)) {
            awaitId(captured, insert("t"));
            captured.processor().awaitDelivered(end(), Duration.ofSeconds(30));
        }
        insert("t");
        change("ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a");
        long last = insert("t");
        try (Captured captured = Captured.start(options)) {
            awaitId(captured, last);
            assertThat(captured.ids()).containsExactly(last - 1, last);
            captured.records().forEach(MariaDbHistoryIT::check);
        }
    }

    private static MySqlPosition end() throws SQLException {
        StartFrom.File end = TestServers.end(server);
        return MySqlPosition.file(TestServers.identity(server), end.file(), end.offset());
    }

    /** However late the server is asked: the right names, or none. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNeverNameColumnsWrongly(boolean byGtid) throws Exception {
        Random random = new Random(byGtid ? 1 : 2);
        Set<Long> read = new HashSet<>();
        for (int round = 0; round < 5; round++) {
            run("CREATE OR REPLACE TABLE t (id INT PRIMARY KEY, a VARCHAR(9), b VARCHAR(9))");
            MySqlOptions options = Captured.source(server, here(byGtid))
                    .schemaHistory(directory)
                    .pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                            .build())
                    .build();
            try (Captured captured = Captured.start(options)) {
                long last = 0;
                if (round % 2 == 0) {
                    // Otherwise it may be late for every row.
                    awaitId(captured, insert("t"));
                }
                for (int i = 0; i < 6; i++) {
                    for (int rows = random.nextInt(3); rows >= 0; rows--) {
                        last = insert("t");
                    }
                    if (random.nextBoolean()) {
                        change(CHANGES.get(random.nextInt(3)));
                    }
                }
                long end = last;
                await().until(() -> captured.ids().contains(end)
                        || captured.processor().status().state() == ProcessorState.FAILED);
                captured.records().forEach(MariaDbHistoryIT::check);
                read.addAll(captured.ids());
                if (captured.processor().status().state() == ProcessorState.FAILED) {
                    assertThatThrownBy(captured::join).isInstanceOf(SchemaUnknownException.class);
                }
            }
        }
        assertThat(read).isNotEmpty();
    }
}
