// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.InvalidOptionsException;
import io.millrace.core.LogLostException;
import io.millrace.core.PermanentException;
import io.millrace.core.Record;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.source.load.LoadPosition;
import io.millrace.mysql.internal.binlog.ServerConnection;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rows that were there before, and then the log, of MariaDB; what differs from {@link InitialLoadIT}. */
@Timeout(180)
class MariaDbLoadIT {

    private static MySqlServer server;

    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
    private String database;

    @BeforeAll
    static void startServer() throws Exception {
        server = MySqlServer.builder(MySqlRelease.MARIADB_11_4).start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createDatabase() throws Exception {
        database = server.createDatabase();
    }

    private void run(String... sql) throws SQLException {
        server.executeIn(database, sql);
    }

    private void fill(String table, int rows, String select) throws SQLException {
        run(
                "SET max_recursive_iterations = 1000000",
                "INSERT INTO " + table + " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                        + rows + ") SELECT " + select + " FROM n");
    }

    private MySqlOptions.Builder options() {
        return Captured.source(server, StartFrom.initialLoad())
                .pipeline(Captured.pipeline(database, store).build());
    }

    /** {@return all records, once there are so many} */
    private static List<Record> records(Captured captured, int count) {
        await().atMost(Duration.ofSeconds(60)).until(() -> captured.records().size() >= count);
        List<Record> records = captured.records();
        assertThat(records).hasSize(count);
        return records;
    }

    private static String json(Record record) {
        String json = record.toJson();
        int begin = json.indexOf("\"record\":");
        return json.substring(begin, json.indexOf(",\"schema_name\":", begin));
    }

    // ---- rows

    @Test
    void shouldShowRowsAsTheLogDoes() throws Exception {
        run("CREATE TABLE every_type (id INT PRIMARY KEY, marker INT NOT NULL,"
                + " c1 TINYINT, c2 SMALLINT UNSIGNED, c3 MEDIUMINT, c4 INT UNSIGNED, c5 BIGINT, c6 BIGINT UNSIGNED,"
                + " c7 INT(8) ZEROFILL, c8 FLOAT, c9 DOUBLE, c10 DECIMAL(20,6), c11 DECIMAL(8,2) ZEROFILL, c12 BIT(1),"
                + " c13 BIT(17), c14 YEAR, c15 DATE, c16 DATETIME(3), c17 TIMESTAMP(6) NULL, c18 TIME(2), c19 CHAR(10),"
                + " c20 VARCHAR(40) CHARACTER SET latin1, c21 TEXT CHARACTER SET utf8mb4 COLLATE uca1400_ai_ci,"
                + " c22 BINARY(6), c23 VARBINARY(20), c24 BLOB, c25 ENUM('a','b''c','ä') CHARACTER SET latin1,"
                + " c26 SET('x','y','z'), c27 JSON, c28 POINT, c29 GEOMETRYCOLLECTION, c30 CHAR(4) CHARACTER SET binary,"
                + " c31 VARCHAR(20) CHARACTER SET utf16, c32 INT INVISIBLE, c33 UUID, c34 INET6, c35 INET4,"
                + " c36 VARCHAR(300) COMPRESSED CHARACTER SET cp1250, c37 MEDIUMBLOB COMPRESSED,"
                + " g1 INT GENERATED ALWAYS AS (c1 + 1) STORED, g2 INT GENERATED ALWAYS AS (c1 * 2) VIRTUAL)");
        String columns = "id,marker";
        for (int i = 1; i <= 37; i++) {
            columns += ",c" + i;
        }
        List<String> rows = List.of(
                "1,0,-128,65535,-8388608,4294967295,-9223372036854775808,18446744073709551615,42,1.1,1.1,-12345.678900,7.5,"
                        + "1,b'10101010101010101',2026,'2026-02-28','2026-01-02 03:04:05.678','2026-01-02"
                        + " 03:04:05.678901','-838:59:58.99','pad','café','\ud83d\ude00 \"q\"',x'010200','\\\\',x'00ff','b''c','x,z',"
                        + "' {\"b\" : 1.50}',POINT(1,2),ST_GeomFromText('GEOMETRYCOLLECTION(POINT(0 1))',4326),'ab','utf16 €',5,"
                        + "'6ba7b810-9dad-11d1-80b4-00c04fd43000','fe80::1','10.0.0.1',REPEAT('č',200),REPEAT(x'00ff',5000)",
                "2,0" + ",NULL".repeat(37),
                "5,0" + ",NULL".repeat(7) + ",-0e0,-0e0" + ",NULL".repeat(28),
                "3,0,0,0,0,0,0,0,0,3.4028235e38,2.2250738585072014e-308,0,0,0,0,1901,'0000-00-00','0000-00-00"
                        + " 00:00:00','0000-00-00 00:00:00','00:00:00','','','','','','','','','[]',NULL,NULL,'','',0,"
                        + "'00000000-0000-0000-0000-000000000000','::','0.0.0.0','',''",
                "4,0,1,1,1,1,1,1,1,16777217,0.1,1,1,1,1,2155,'2023-02-30','9999-12-31 23:59:59.999','2038-01-19"
                        + " 03:14:07.999999','838:59:59','  x','a b  ','  ',x'000000000000','a  ',REPEAT('x',70000),3,7,"
                        + "'\"text\"',NULL,NULL,x'00','',NULL,'ffffffff-ffff-ffff-ffff-ffffffffffff','ffff::','255.0.0.0','x','x'");
        for (String row : rows) {
            run(
                    "SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+00:00'",
                    "INSERT INTO every_type (" + columns + ") VALUES (" + row + ")");
        }
        try (Captured captured = Captured.start(options().build()).streaming()) {
            records(captured, 5);
            run("UPDATE every_type SET marker = 1");
            List<Record> records = records(captured, 10);

            for (int i = 0; i < 5; i++) {
                Record read = records.get(i);
                Record update = records.get(5 + i);
                assertThat(read.kind()).isEqualTo(Record.Kind.READ);
                assertThat(read.schema().columns()).isEqualTo(update.schema().columns());
                assertThat(read.schema().primaryKey()).isEqualTo(update.schema().primaryKey());
                assertThat(json(read)).isEqualTo(json(update.withImages(null, update.before())));
            }
        }
    }

    /** Each kind of column along which a table is read on, of which MySQL has none or others. */
    @Test
    void shouldReadOnBehindEachKindOfKey() throws Exception {
        Map<String, String> types = Map.of(
                "uuids", "UUID: CAST(UNHEX(MD5(i)) AS UUID)",
                "uuids_of_times",
                        "UUID: CAST(UNHEX(CONCAT(LPAD(HEX(i * 7919), 8, 0), '9dad11d180b400c04fd43000')) AS UUID)",
                "inet6", "INET6: CAST(UNHEX(MD5(i)) AS INET6)",
                "inet4", "INET4: CAST(UNHEX(LEFT(MD5(i), 8)) AS INET4)",
                "uca", "VARCHAR(20) CHARACTER SET utf8mb4 COLLATE uca1400_ai_ci: CONV(i * 7919, 10, 36)",
                "uca_utf16", "VARCHAR(20) CHARACTER SET utf16 COLLATE utf16_uca1400_as_cs: CONV(i * 7919, 10, 36)",
                "no_pad", "VARCHAR(20) COLLATE utf8mb4_nopad_bin: CONCAT('a', REPEAT(' ', i % 3), i)",
                "times", "TIME(6): SEC_TO_TIME((i - 4096) / 3)");
        for (Map.Entry<String, String> type : types.entrySet()) {
            String[] parts = type.getValue().split(": ", 2);
            run("CREATE TABLE " + type.getKey() + " (id " + parts[0] + " PRIMARY KEY)");
            fill(type.getKey(), 5_000, parts[1]);
        }
        try (Captured captured = Captured.start(options().build()).streaming()) {
            List<Record> records = captured.upTo(server).records();

            Map<String, Set<String>> keys = new TreeMap<>();
            records.forEach(record -> keys.computeIfAbsent(record.table().name(), name -> new HashSet<>())
                    .add(json(record)));
            assertThat(keys.keySet()).isEqualTo(types.keySet());
            keys.forEach((table, rows) -> assertThat(rows.size()).as(table).isEqualTo(5_000));
            assertThat(records).hasSize(types.size() * 5_000);
            assertThat(captured.processor().stats().reconnects()).isZero();
        }
    }

    /** The log tells the first unique key without nulls for the primary one; what is not found so has none. */
    @Test
    void shouldTakeTheColumnsAndTheKeyThatTheLogTells() throws Exception {
        List<String> tables = List.of(
                "unique_keys (a INT, b INT NOT NULL, c INT NOT NULL, UNIQUE KEY z1 (a), UNIQUE KEY z3 (c, b), UNIQUE KEY a4 (b))",
                "hashed (a BLOB NOT NULL, b INT, UNIQUE KEY (a))",
                "hashed_and_more (a TEXT NOT NULL, b INT NOT NULL, UNIQUE KEY (a), UNIQUE KEY (b))",
                "prefixed (a VARCHAR(9) NOT NULL, b INT NOT NULL, UNIQUE KEY (a(3)), UNIQUE KEY (b))",
                "descending (a INT, b INT, PRIMARY KEY (a DESC))",
                "generated (a INT, b INT AS (a + 1) VIRTUAL, c INT AS (a * 2) STORED, UNIQUE KEY (b))",
                "hidden (a INT INVISIBLE DEFAULT 7, b INT PRIMARY KEY)",
                "partitioned (a INT PRIMARY KEY, b INT) PARTITION BY HASH (a) PARTITIONS 3",
                "aria (a INT PRIMARY KEY, b INT) ENGINE = Aria",
                "memory (a INT NOT NULL, b INT, UNIQUE KEY (a) USING HASH) ENGINE = MEMORY",
                "myisam (a INT, b INT) ENGINE = MyISAM",
                "periods (a INT, b INT, f DATE NOT NULL DEFAULT '2020-01-01', t DATE NOT NULL DEFAULT '2021-01-01',"
                        + " PERIOD FOR p (f, t), PRIMARY KEY (a, p WITHOUT OVERLAPS))");
        for (String table : tables) {
            run("CREATE TABLE " + table);
        }
        List<String> names = tables.stream()
                .map(table -> table.substring(0, table.indexOf(' ')))
                .toList();
        insertInto(names, 1);
        try (Captured captured = Captured.start(options().build()).streaming()) {
            records(captured, names.size());
            insertInto(names, 2);

            Map<String, List<Object>> loaded = new TreeMap<>();
            Map<String, List<Object>> logged = new TreeMap<>();
            for (Record record : records(captured, 2 * names.size())) {
                (record.kind() == Record.Kind.READ ? loaded : logged)
                        .put(
                                record.table().name(),
                                List.of(
                                        record.schema().primaryKey(),
                                        record.schema().columns()));
            }
            assertThat(loaded).hasSize(names.size());
            loaded.forEach((table, row) -> {
                // The log has a column of hashes, too, which the server does not show.
                int columns = table.startsWith("hashed") ? 0 : 1;
                assertThat(row.subList(0, 1 + columns))
                        .as(table)
                        .isEqualTo(logged.get(table).subList(0, 1 + columns));
            });
        }
    }

    private void insertInto(List<String> tables, int value) throws SQLException {
        for (String table : tables) {
            String set = " SET a = " + value + (table.equals("generated") ? "" : ", b = " + value);
            run("INSERT INTO " + table + set + (table.equals("unique_keys") ? ", c = " + value : ""));
        }
    }

    // ---- while rows change

    /** Rows are written in two domains, connections are cut, and the capture is started again. */
    @Test
    void shouldEndAsTheTablesWhileRowsChange() throws Exception {
        run(
                "CREATE TABLE words (word VARCHAR(40) CHARACTER SET utf8mb4 COLLATE uca1400_ai_ci PRIMARY KEY, n INT, KEY (n))",
                "CREATE TABLE uuids (bytes UUID PRIMARY KEY, n INT, KEY (n))",
                "CREATE TABLE z (id INT PRIMARY KEY, n INT, KEY (n))");
        fill("words", 9_000, "CONCAT(ELT(1 + i % 4, 'a', 'A', 'ä', 'ß'), LOWER(CONV(i * 7919, 10, 36))), i");
        fill("uuids", 9_000, "CAST(UNHEX(MD5(i)) AS UUID), i");
        fill("z", 9_000, "i, i");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger changes = new AtomicInteger();
        List<Thread> writers =
                List.of(new Thread(() -> change(1, stop, changes)), new Thread(() -> change(2, stop, changes)));
        writers.forEach(Thread::start);
        List<Record> all = new ArrayList<>();
        try (FaultyProxy proxy = FaultyProxy.before(server.host(), server.port())) {
            MySqlOptions options =
                    options().host(proxy.host()).port(proxy.port()).build();
            for (int run = 0; run < 3; run++) {
                Captured.Memory memory = new Captured.Memory();
                AtomicInteger seen = new AtomicInteger();
                try (Captured captured = Captured.start(options, memory, record -> {
                    int count = seen.incrementAndGet();
                    if (count % 500 == 0) {
                        // Changes happen all along the tables.
                        int before = changes.get();
                        await().until(() -> changes.get() > before + 10);
                    }
                    if (count == 3_000) {
                        proxy.cutAll();
                    }
                    if (count == 7_000) {
                        throw new IllegalStateException("stop here");
                    }
                    return record;
                })) {
                    assertThatThrownBy(captured::join).hasRootCauseMessage("stop here");
                }
                all.addAll(memory.records());
            }
            Captured.Memory memory = new Captured.Memory();
            try (Captured captured = Captured.start(options, memory, record -> record)) {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> memory.records().stream().anyMatch(record -> record.kind() != Record.Kind.READ));
                stop.set(true);
                for (Thread writer : writers) {
                    writer.join();
                }
                captured.upTo(server);
            }
            all.addAll(memory.records());
        } finally {
            stop.set(true);
        }

        assertThat(changes.get()).isGreaterThan(300);
        Map<String, String> expected = new TreeMap<>();
        expected.putAll(Rows.table(server, database, "words", "word", "n"));
        expected.putAll(Rows.table(server, database, "z", "id", "n"));
        expected.putAll(Rows.table(server, database, "uuids", "bytes", "n"));
        Map<String, String> mirror = Rows.mirror(all);
        assertThat(mirror.keySet()).isEqualTo(expected.keySet());
        mirror.forEach((key, row) -> assertThat(row).isEqualTo(expected.get(key)));
        assertThat(Objects.requireNonNull(store.load("memory")).position()).contains("1-1-", "2-1-");
    }

    private void change(int domain, AtomicBoolean stop, AtomicInteger changes) {
        Random random = new Random(domain);
        try (Connection connection = server.connect(database);
                Statement sql = connection.createStatement()) {
            sql.execute("SET gtid_domain_id = " + domain);
            while (!stop.get()) {
                String table = List.of("words", "uuids", "z").get(random.nextInt(3));
                // Domains do not tell which of two changes of a row came first: each has rows of its own.
                int n = 2 * random.nextInt(4_500) + domain - 1;
                String key = switch (table) {
                    case "words" -> "word = CONCAT(UPPER(word), ' ')";
                    case "uuids" -> "bytes = CAST(UNHEX(MD5(n + 20000)) AS UUID)";
                    default -> "id = id + 20000";
                };
                sql.execute(
                        switch (random.nextInt(3)) {
                            case 0 -> "DELETE FROM " + table + " WHERE n = " + n + " LIMIT 1";
                            case 1 -> "UPDATE IGNORE " + table + " SET n = n + 100000 WHERE n = " + n;
                            default -> "UPDATE IGNORE " + table + " SET " + key + " WHERE n = " + n;
                        });
                changes.incrementAndGet();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Rows that the log has before the place from which it is read have to be seen in the tables. */
    @RepeatedTest(3)
    void shouldMissNoRowThatIsCommittedWhileItBegins() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY)");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger last = new AtomicInteger();
        List<Thread> writers = Stream.generate(() -> new Thread(() -> insert(last, stop)))
                .limit(4)
                .toList();
        writers.forEach(Thread::start);
        try (Captured captured = Captured.start(options().build())) {
            await().until(() -> captured.records().stream().anyMatch(record -> record.kind() == Record.Kind.INSERT));
            stop.set(true);
            for (Thread writer : writers) {
                writer.join();
            }
            captured.upTo(server);

            assertThat(captured.ids().stream().distinct().sorted())
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, last.get()).boxed().toList());
        } finally {
            stop.set(true);
        }
    }

    private void insert(AtomicInteger last, AtomicBoolean stop) {
        try (Connection connection = server.connect(database);
                Statement sql = connection.createStatement()) {
            while (!stop.get()) {
                sql.execute("INSERT INTO t VALUES (" + last.incrementAndGet() + ")");
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** It is logged a moment before its rows are seen. */
    @Test
    void shouldCountAnXaCommitOnlyWhenItsRowsAreSeen() throws Exception {
        server.execute("SET GLOBAL sync_binlog = 1", "SET GLOBAL innodb_flush_log_at_trx_commit = 1");
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> writers = new ArrayList<>();
        for (int domain = 11; domain <= 16; domain++) {
            run("CREATE TABLE t" + domain + " (id INT PRIMARY KEY)");
            int own = domain;
            writers.add(new Thread(() -> commitXa(own, stop)));
        }
        writers.forEach(Thread::start);
        try (ServerConnection connection = new ServerConnection(options().build())) {
            connection.open();
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < Duration.ofSeconds(4).toNanos()) {
                for (Map.Entry<Long, MariaDbGtids.Last> last :
                        ServerStatus.committedGtids(connection).domains().entrySet()) {
                    if (last.getKey() > 10 && last.getKey() < 17) {
                        String rows = connection.query("SELECT COUNT(*) FROM " + database + ".t" + last.getKey())
                                .get(0)[0];
                        // Of two transactions, one is the commit.
                        assertThat(Long.parseLong(rows))
                                .isGreaterThanOrEqualTo(last.getValue().number() / 2);
                    }
                }
            }
        } finally {
            stop.set(true);
            for (Thread writer : writers) {
                writer.join();
            }
            server.execute("SET GLOBAL sync_binlog = 0", "SET GLOBAL innodb_flush_log_at_trx_commit = 0");
        }
    }

    private void commitXa(int domain, AtomicBoolean stop) {
        try (Connection connection = server.connect(database);
                Statement sql = connection.createStatement()) {
            sql.execute("SET gtid_domain_id = " + domain);
            for (int row = 1; !stop.get(); row++) {
                String id = "'" + domain + "-" + row + "'";
                sql.execute("XA START " + id);
                sql.execute("INSERT INTO t" + domain + " VALUES (" + row + ")");
                sql.execute("XA END " + id);
                sql.execute("XA PREPARE " + id);
                sql.execute("XA COMMIT " + id);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- the log

    private Captured startedAt(String gtids) throws Exception {
        store.open("test");
        store.save(
                "memory",
                new Checkpoint(
                        "mysql",
                        new LoadPosition(MySqlPosition.gtids(gtids), null).toJson(),
                        1,
                        null,
                        1,
                        1,
                        Set.of("memory")));
        store.close();
        return Captured.start(options().catchUpTimeout(Duration.ofMillis(300)).build());
    }

    /** Rows of a server that is behind the place from which the log is read would stay old. */
    @Test
    void shouldNotLoadFromAServerThatIsBehind() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        for (String ahead : List.of("0-1-1000000", server.executedGtids() + ",77-1-1")) {
            try (Captured captured = startedAt(ahead)) {
                assertThatThrownBy(captured::join)
                        .isInstanceOf(LogLostException.class)
                        .hasMessageContaining("does not have transactions that were read before");
                assertThat(captured.records()).isEmpty();
            }
        }
    }

    @Test
    void shouldNotLoadOnceTheLogIsPurged() throws Exception {
        String before = server.executedGtids();
        run("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        server.execute("FLUSH BINARY LOGS");
        String file = server.query("SHOW MASTER STATUS").get(0).get(0);
        await().until(() -> {
            // A file is kept until it is sure that no recovery needs it.
            server.execute("PURGE BINARY LOGS TO '" + file + "'");
            return server.query("SHOW BINARY LOGS").get(0).get(0).equals(file);
        });
        try (Captured captured = startedAt(before)) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(LogLostException.class)
                    .hasMessageContaining("purged");
            assertThat(captured.records()).isEmpty();
        }
    }

    @Test
    void shouldNotBeginWithWhatItDoesNotLoad() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY) WITH SYSTEM VERSIONING");
        try (Captured captured = Captured.start(options().build())) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(PermanentException.class)
                    .hasMessageContaining("such as " + database + ".t");
        }
        assertThat(store.load("memory")).isNull();
    }

    @Test
    void shouldStopAmidALoadBeforeATableThatHasBecomeVersioned() throws Exception {
        run("CREATE TABLE a (id INT PRIMARY KEY)", "CREATE TABLE z (id INT PRIMARY KEY)");
        fill("a", 9_000, "i");
        run("INSERT INTO z VALUES (1)");
        String[] change = {"ALTER TABLE z ADD SYSTEM VERSIONING"};
        AfterRows hook = new AfterRows(2_000, () -> {
            run(change);
            return change;
        });
        for (int start = 1; start <= 2; start++) {
            try (Captured captured = Captured.start(options().build(), new Captured.Memory(), hook)) {
                assertThatThrownBy(captured::join)
                        .isInstanceOf(PermanentException.class)
                        .hasMessageContaining("such as " + database + ".z");
            }
        }
    }

    /** The log has their rows. */
    @Test
    void shouldNotMindWhatComesAfterTheLoad() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        try (Captured captured = Captured.start(options().build())) {
            captured.upTo(server);
        }
        run("CREATE TABLE v (id INT PRIMARY KEY) WITH SYSTEM VERSIONING", "CREATE SEQUENCE s");
        run("INSERT INTO v VALUES (2)");
        try (Captured captured = Captured.start(options().build())) {
            await().until(() -> captured.ids().equals(List.of(2L)));
        }
    }

    @Test
    void shouldNeedTheRightToReadBesidesThoseForTheLog() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)");
        server.execute(
                "CREATE USER loader IDENTIFIED BY 'secret'",
                "GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO loader");
        MySqlOptions options = options().user("loader").password("secret").build();
        try (Captured captured = Captured.start(options)) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(InvalidOptionsException.class)
                    .hasMessageContaining("privilege SELECT");
        }
        server.execute("GRANT SELECT ON " + database + ".* TO loader");
        try (Captured captured = Captured.start(options).streaming()) {
            records(captured, 1);
        }
    }
}
