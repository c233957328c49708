// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.PipelineOptions;
import io.millrace.core.ProcessorState;
import io.millrace.core.Record;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows that were there before, and then the log. */
@ExtendWith(MySqlExtension.class)
@Timeout(180)
class InitialLoadIT {

    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
    private MySqlServer server;
    private String database;

    @BeforeEach
    void createDatabase(MySqlServer shared) throws Exception {
        server = shared;
        database = server.createDatabase();
    }

    /** {@return all records, once there are so many} */
    private static List<Record> await(Captured captured, int count) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> captured.records().size() >= count);
        List<Record> records = captured.records();
        assertThat(records).hasSize(count);
        return records;
    }

    private void run(String sql) throws Exception {
        server.executeIn(database, sql);
    }

    private MySqlOptions options(CheckpointStore checkpoints) {
        PipelineOptions pipeline = Captured.pipeline(database, checkpoints).build();
        return Captured.source(server, StartFrom.initialLoad())
                .pipeline(pipeline)
                .build();
    }

    /** So many rows with ids from 1. */
    private void fill(String table, int rows) throws Exception {
        try (Connection connection =
                        DriverManager.getConnection(server.jdbcUrl(database), server.user(), server.password());
                Statement sql = connection.createStatement()) {
            sql.execute("SET cte_max_recursion_depth = " + rows);
            sql.execute("INSERT INTO " + table + " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE"
                    + " i < " + rows + ") SELECT i, CONCAT('row ', i) FROM n");
        }
    }

    @Test
    void shouldShowRowsAsTheLogDoes() throws Exception {
        run(
                "CREATE TABLE every_type (id INT PRIMARY KEY, marker INT NOT NULL,"
                        + " c1 TINYINT, c2 SMALLINT UNSIGNED, c3 MEDIUMINT, c4 INT UNSIGNED, c5 BIGINT, c6 BIGINT UNSIGNED,"
                        + " c7 INT(8) ZEROFILL, c8 FLOAT, c9 DOUBLE, c10 DECIMAL(20,6), c11 DECIMAL(8,2) ZEROFILL, c12 BIT(1),"
                        + " c13 BIT(17), c14 YEAR, c15 DATE, c16 DATETIME(3), c17 TIMESTAMP(6) NULL, c18 TIME(2), c19 CHAR(10),"
                        + " c20 VARCHAR(40) CHARACTER SET latin1, c21 TEXT CHARACTER SET utf8mb4, c22 BINARY(6), c23"
                        + " VARBINARY(20), c24 BLOB, c25 ENUM('a','b''c','\u00e4') CHARACTER SET latin1, c26 SET('x','y','z'), c27"
                        + " JSON, c28 POINT, c29 GEOMETRY, c30 INT GENERATED ALWAYS AS (c1 + 1) STORED, c31 CHAR(4) CHARACTER"
                        + " SET binary, c32 VARCHAR(20) CHARACTER SET utf16, c33 INT INVISIBLE, c34 INT GENERATED ALWAYS AS (c1 * 2) VIRTUAL)");
        List<String> rows = List.of(
                "1,0,-128,65535,-8388608,4294967295,-9223372036854775808,18446744073709551615,42,1.1,1.1,-12345.678900,7.5,"
                        + "1,b'10101010101010101',2026,'2026-02-28','2026-01-02 03:04:05.678','2026-01-02"
                        + " 03:04:05.678901','-838:59:58.99','pad','caf\u00e9','\ud83d\ude00 \"q\"',x'010200','\\\\',x'00ff','b''c','x,z',"
                        + "'{\"b\": [1, 2.50, null, \"\u00e4\"], \"a\": {\"t\": true}}',POINT(1,2),ST_GeomFromText('LINESTRING(0 0,1"
                        + " 1)',4326),DEFAULT,'ab','utf16 \u20ac',5",
                "2,0" + ",NULL".repeat(29) + ",DEFAULT,NULL,NULL,NULL",
                "5,0" + ",NULL".repeat(7) + ",-0e0,-0e0" + ",NULL".repeat(20) + ",DEFAULT,NULL,NULL,NULL",
                "3,0,0,0,0,0,0,0,0,3.4028235e38,2.2250738585072014e-308,0,0,0,0,1901,'0000-00-00','0000-00-00"
                        + " 00:00:00','0000-00-00 00:00:00','00:00:00','','','','','','','','','[]',NULL,NULL,DEFAULT,'','',0",
                "4,0,1,1,1,1,1,1,1,16777217,0.1,1,1,1,1,2155,'9999-12-31','9999-12-31 23:59:59.999','2038-01-19"
                        + " 03:14:07.999999','838:59:59','  x','a b  ','  ',x'000000000000','a  ',REPEAT('x',70000),3,7,"
                        + "'\"text\"',NULL,NULL,DEFAULT,x'00','',NULL");
        String columns = "id,marker";
        for (int i = 1; i <= 33; i++) {
            columns += ",c" + i;
        }
        for (String row : rows) {
            try (Connection connection =
                            DriverManager.getConnection(server.jdbcUrl(database), server.user(), server.password());
                    Statement sql = connection.createStatement()) {
                sql.execute("SET sql_mode = '', time_zone = '+00:00'");
                sql.execute("INSERT INTO every_type (" + columns + ") VALUES (" + row + ")");
            }
        }
        try (Captured captured = Captured.start(options(store)).streaming()) {
            await(captured, 5);
            run("UPDATE every_type SET marker = 1");
            List<Record> records = await(captured, 10);

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

    private static String json(Record record) {
        String json = record.toJson();
        int begin = json.indexOf("\"record\":");
        return json.substring(begin, json.indexOf(",\"schema_name\":", begin));
    }

    @Test
    void shouldReadAllTablesInPiecesAndThenTheLog() throws Exception {
        run("CREATE TABLE a (id INT PRIMARY KEY, name VARCHAR(20))");
        run(
                "CREATE TABLE b (x DECIMAL(8,2), y VARCHAR(20) COLLATE utf8mb4_0900_ai_ci, z DATETIME(3), n INT, PRIMARY KEY"
                        + " (y, x, z))");
        run("CREATE TABLE c (id INT, name VARCHAR(20))");
        run("CREATE TABLE d (id INT PRIMARY KEY)");
        run("CREATE TABLE e (k VARBINARY(8) PRIMARY KEY, n INT)");
        fill("a", 10_000);
        fill("c", 9_000);
        run("INSERT INTO b SELECT id % 7 - 3, CONCAT('K', id % 13), '2026-01-01' + INTERVAL id SECOND, id FROM a");
        run("INSERT INTO e SELECT UNHEX(LPAD(HEX(id * 7919 % 65536), 8, '0')), id FROM a WHERE id < 9000");
        try (Captured captured = Captured.start(options(store)).streaming()) {
            await(captured, 37_999);
            run("INSERT INTO d VALUES (1)");
            List<Record> records = await(captured, 38_000);

            Map<String, Set<String>> keys = new TreeMap<>();
            for (Record record : records.subList(0, 37_999)) {
                assertThat(record.kind()).isEqualTo(Record.Kind.READ);
                keys.computeIfAbsent(record.table().name(), name -> new HashSet<>())
                        .add(json(record));
            }
            assertThat(keys.get("a")).hasSize(10_000);
            assertThat(keys.get("b")).hasSize(10_000);
            assertThat(keys.get("c")).hasSize(9_000);
            assertThat(keys.get("e")).hasSize(8_999);
            assertThat(records.get(37_999).kind()).isEqualTo(Record.Kind.INSERT);
        }
    }

    /** What a target that keeps the latest row of each key holds in the end. */
    private static Map<Long, String> mirror(List<Record> records) {
        Map<Long, String> rows = new TreeMap<>();
        for (Record record : records) {
            Long id = record.row().getLong("id");
            if (record.kind() == Record.Kind.DELETE) {
                rows.remove(id);
            } else {
                rows.put(id, String.valueOf(record.row().getString("name")));
            }
        }
        return rows;
    }

    private Map<Long, String> table() throws Exception {
        Map<Long, String> rows = new TreeMap<>();
        for (List<String> row : server.query("SELECT id, name FROM " + database + ".t")) {
            rows.put(Long.parseLong(row.get(0)), row.get(1));
        }
        return rows;
    }

    @Test
    void shouldEndAsTheTableWhileRowsChangeAndItIsStartedAgain() throws Exception {
        run("CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(40))");
        fill("t", 40_000);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger changes = new AtomicInteger();
        Thread writer = new Thread(() -> change(stop, changes));
        writer.start();
        List<Record> all = new ArrayList<>();
        Random random = new Random(11);
        for (int run = 0; run < 5; run++) {
            AtomicInteger left = new AtomicInteger(3_000 + random.nextInt(4_000));
            Captured.Memory memory = new Captured.Memory();
            try (Captured captured = Captured.start(options(store), memory, record -> {
                if (left.getAndDecrement() == 0) {
                    throw new IllegalStateException("stop here");
                }
                return record;
            })) {
                assertThatThrownBy(captured::join).hasRootCauseMessage("stop here");
            }
            all.addAll(memory.records());
        }
        Captured.Memory memory = new Captured.Memory();
        try (Captured captured = Captured.start(options(store), memory, record -> record)) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> changes.get() > 100
                            && memory.records().stream().anyMatch(record -> record.kind() != Record.Kind.READ));
            stop.set(true);
            writer.join();
            captured.upTo(server);
        }
        all.addAll(memory.records());

        assertThat(mirror(all)).isEqualTo(table());
        // It has gone on, and not begun anew.
        assertThat(memory.records().get(0).row().getLong("id")).isGreaterThan(4_096);
    }

    private void change(AtomicBoolean stop, AtomicInteger changes) {
        Random random = new Random(5);
        try (Connection connection =
                        DriverManager.getConnection(server.jdbcUrl(database), server.user(), server.password());
                Statement sql = connection.createStatement()) {
            while (!stop.get()) {
                int id = random.nextInt(45_000);
                int choice = random.nextInt(3);
                sql.execute(
                        choice == 0
                                ? "REPLACE INTO t VALUES (" + id + ", 'new " + changes + "')"
                                : choice == 1
                                        ? "DELETE FROM t WHERE id = " + id
                                        : "UPDATE t SET name = 'changed " + changes + "' WHERE id = " + id);
                changes.incrementAndGet();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldNotLoadAgainOnceItHasLoaded() throws Exception {
        run("CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(40))");
        fill("t", 100);
        try (Captured captured = Captured.start(options(store)).streaming()) {
            await(captured, 100);
            captured.upTo(server);
        }
        run("INSERT INTO t VALUES (101, 'later')");

        try (Captured captured = Captured.start(options(store)).streaming()) {
            List<Record> records = await(captured, 1);
            assertThat(records.get(0).kind()).isEqualTo(Record.Kind.INSERT);
        }
    }

    /** The capture is paused in the middle of a piece, more than once; a table without a key is then read anew. */
    @ParameterizedTest
    @ValueSource(strings = {"PRIMARY KEY (id)", "KEY (id)"})
    void shouldWaitForATargetThatIsSlow(String key) throws Exception {
        run("CREATE TABLE t (id BIGINT, name VARCHAR(40), " + key + ")");
        fill("t", 20_000);
        AtomicReference<Captured> running = new AtomicReference<>();
        AtomicInteger calls = new AtomicInteger();
        Captured.Memory slow =
                new Captured.Memory(TargetOptions.builder("memory")
                        .queueBytes(100_000)
                        .batchSize(50)
                        .build()) {
                    @Override
                    protected void save(List<Record> records) throws Exception {
                        if (Set.of(100, 230, 310).contains(calls.incrementAndGet())) {
                            Awaitility.await()
                                    .atMost(Duration.ofSeconds(30))
                                    .until(() -> running.get() != null
                                            && running.get()
                                                            .processor()
                                                            .status()
                                                            .state()
                                                    == ProcessorState.PAUSED);
                        }
                        super.save(records);
                    }
                };
        PipelineOptions pipeline = Captured.pipeline(database, store)
                .pauseAfter(Duration.ofMillis(300))
                .build();
        MySqlOptions options = Captured.source(server, StartFrom.initialLoad())
                .pipeline(pipeline)
                .build();
        try (Captured captured = Captured.start(options, slow, record -> record)) {
            running.set(captured);
            captured.upTo(server);

            assertThat(mirror(captured.records())).isEqualTo(table());
            if (key.startsWith("PRIMARY")) {
                assertThat(captured.records()).hasSize(20_000);
            }
        }
    }

    @Test
    void shouldGoOnAmidAPieceAfterAnOrderlyStop() throws Exception {
        run("CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(40))");
        fill("t", 9_000);
        AtomicReference<Captured> running = new AtomicReference<>();
        AtomicInteger calls = new AtomicInteger();
        Captured.Memory stopping =
                new Captured.Memory(TargetOptions.builder("memory")
                        .queueBytes(100_000)
                        .batchSize(50)
                        .build()) {
                    @Override
                    protected void save(List<Record> records) throws Exception {
                        if (calls.incrementAndGet() == 10) {
                            Awaitility.await().until(() -> running.get() != null);
                            Thread closer = new Thread(running.get()::close);
                            closer.start();
                            // It waits for the end of the run.
                            Awaitility.await()
                                    .until(() -> Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING)
                                            .contains(closer.getState()));
                        }
                        super.save(records);
                    }
                };
        Captured interrupted = Captured.start(options(store), stopping, record -> record);
        running.set(interrupted);
        Awaitility.await().until(() -> interrupted.processor().status().state() == ProcessorState.STOPPED);
        List<Long> ids = new ArrayList<>(interrupted.ids());
        assertThat(ids.size()).isBetween(500, 4_095);

        try (Captured captured = Captured.start(options(store))) {
            ids.addAll(captured.upTo(server).ids());
        }

        assertThat(ids).isEqualTo(LongStream.rangeClosed(1, 9_000).boxed().toList());
    }

    @Test
    void shouldKeepLoadedRowsOnDiskForATargetThatIsSlow(@TempDir Path folder) throws Exception {
        run("CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(40))");
        fill("t", 20_000);
        CountDownLatch isOpen = new CountDownLatch(1);
        Captured.Memory slow =
                new Captured.Memory(TargetOptions.builder("memory")
                        .queueBytes(100_000)
                        .batchSize(50)
                        .build()) {
                    @Override
                    protected void save(List<Record> records) throws Exception {
                        isOpen.await();
                        super.save(records);
                    }
                };
        PipelineOptions pipeline =
                Captured.pipeline(database, store).spillDirectory(folder).build();
        MySqlOptions options = Captured.source(server, StartFrom.initialLoad())
                .pipeline(pipeline)
                .build();
        try (Captured captured = Captured.start(options, slow, record -> record)) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> captured.processor().stats().records() == 20_000);
            run("INSERT INTO t VALUES (0, 'later')");
            isOpen.countDown();

            List<Record> records = await(captured, 20_001);
            assertThat(mirror(records)).isEqualTo(table());
        }
    }

    @Test
    void shouldLoadFromAServerWithoutGtids() throws Exception {
        try (MySqlServer plain = MySqlServer.builder()
                .without("gtid-mode")
                .without("enforce-gtid-consistency")
                .start()) {
            server = plain;
            database = plain.createDatabase();
            run("CREATE TABLE t (id BIGINT PRIMARY KEY, name VARCHAR(40))");
            fill("t", 5_000);
            try (Captured captured = Captured.start(options(store)).streaming()) {
                await(captured, 5_000);
                run("DELETE FROM t WHERE id = 7");

                List<Record> records = await(captured, 5_001);
                assertThat(mirror(records)).isEqualTo(table());
            }
        }
    }
}
