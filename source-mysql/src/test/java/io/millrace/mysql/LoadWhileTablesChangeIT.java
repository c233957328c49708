// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Record;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rows, and the tables themselves, change while they are loaded. */
@ExtendWith(MySqlExtension.class)
@Timeout(180)
class LoadWhileTablesChangeIT {

    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
    private MySqlServer server;
    private String database;

    @BeforeEach
    void createDatabase(MySqlServer shared) throws Exception {
        server = shared;
        database = server.createDatabase();
    }

    private void run(String... sql) throws Exception {
        server.executeIn(database, sql);
    }

    private static String numbers(int count) {
        return " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + count + ") ";
    }

    private void fill(String table, int count, String select) throws Exception {
        run("SET cte_max_recursion_depth = 1000000", "INSERT INTO " + table + numbers(count) + select + " FROM n");
    }

    private MySqlOptions options() {
        return Captured.source(server, StartFrom.initialLoad())
                .pipeline(Captured.pipeline(database, store).build())
                .build();
    }

    /** {@return all records of a load, with statements run when so many rows were handed on} */
    private List<Record> load(int rows, String... statements) throws Exception {
        AfterRows hook = new AfterRows(rows, () -> {
            run(statements);
            return statements;
        });
        try (Captured captured = Captured.start(options(), new Captured.Memory(), hook)) {
            hook.awaitDone();
            return captured.upTo(server).records();
        }
    }

    private void stopAfter(int rows) {
        AtomicInteger left = new AtomicInteger(rows);
        try (Captured captured = Captured.start(options(), new Captured.Memory(), record -> {
            if (left.getAndDecrement() == 0) {
                throw new IllegalStateException("stop here");
            }
            return record;
        })) {
            assertThatThrownBy(captured::join).hasRootCauseMessage("stop here");
        }
    }

    /** The bytes of the next piece are of another charset. */
    @Test
    void shouldReadEachPieceByTheDefinitionThatItHas() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(20) CHARACTER SET latin1)");
        fill("t", 9_000, "SELECT i, 'caf\u00e9'");

        List<Record> records = load(
                2_000,
                "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4",
                "ALTER TABLE t ADD COLUMN more INT NOT NULL DEFAULT 7 FIRST");

        assertThat(records).hasSize(9_000);
        assertThat(records)
                .allSatisfy(record -> assertThat(record.row().getString("name")).isEqualTo("caf\u00e9"));
        assertThat(records.get(8_999).row().getLong("more")).isEqualTo(7L);
    }

    @Test
    void shouldReadATableAnewWhoseKeyHasChanged() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY, other INT NOT NULL)");
        fill("t", 9_000, "SELECT i, 10000 - i");

        List<Record> records = load(2_000, "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (other)");

        assertThat(records.stream().map(record -> record.row().getLong("id")).distinct())
                .hasSize(9_000);
    }

    /** As a number 9 comes before 10, as text behind it. */
    @Test
    void shouldReadATableAnewWhoseKeyIsOrderedOtherwise() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY)");
        fill("t", 9_000, "SELECT i");

        List<Record> records = load(2_000, "ALTER TABLE t MODIFY id VARCHAR(20) COLLATE utf8mb4_bin");

        assertThat(records.stream()
                        .map(record -> String.valueOf(record.row().get("id")))
                        .distinct())
                .hasSize(9_000);
    }

    @Test
    void shouldReadATableAnewWhoseKeyHasChangedWhileItWasStopped() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY, other INT NOT NULL)");
        fill("t", 9_000, "SELECT i, 10000 - i");
        stopAfter(5_000);

        run("ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (other)");

        assertThat(load(1)).hasSize(9_000);
    }

    @Test
    void shouldWarnOfATableThatIsRenamedWhileItWasStoppedAmidIt() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY)", "CREATE TABLE u (id INT PRIMARY KEY)", "INSERT INTO u VALUES (1)");
        fill("t", 9_000, "SELECT i");
        stopAfter(5_000);

        run("RENAME TABLE t TO a");

        try (Warnings warnings = new Warnings()) {
            assertThat(load(1)).hasSize(1);
            assertThat(warnings.messages()).anyMatch(message -> message.contains(database + ".t is gone"));
        }
    }

    @Test
    void shouldLoadATableThatIsRenamedBeforeItIsItsTurn() throws Exception {
        run("CREATE TABLE a (id INT PRIMARY KEY)", "CREATE TABLE k (id INT PRIMARY KEY)");
        fill("a", 5_000, "SELECT i");
        fill("k", 500, "SELECT i");

        List<Record> records = load(4_500, "RENAME TABLE k TO z");

        assertThat(records.stream().filter(record -> record.table().name().equals("z")))
                .hasSize(500);
    }

    @Test
    void shouldPassOverATableThatIsDroppedBeforeItIsItsTurn() throws Exception {
        run("CREATE TABLE a (id INT PRIMARY KEY)", "CREATE TABLE k (id INT PRIMARY KEY)");
        run("CREATE TABLE z (id INT PRIMARY KEY)");
        fill("a", 5_000, "SELECT i");
        fill("z", 500, "SELECT i");

        assertThat(load(4_500, "DROP TABLE k")).hasSize(5_500);
    }

    @Test
    void shouldGoOnWhereTheTableThatIsBeingReadIsTruncatedOrDropped() throws Exception {
        run("CREATE TABLE a (id INT PRIMARY KEY)", "CREATE TABLE b (id INT PRIMARY KEY)");
        fill("a", 9_000, "SELECT i");
        fill("b", 9_000, "SELECT i");

        List<Record> records = load(4_000, "TRUNCATE TABLE a", "INSERT INTO a VALUES (5000)");
        assertThat(records.stream().filter(record -> record.table().name().equals("a")))
                .hasSize(4_096 + 1 + 1);
        assertThat(records.stream().filter(record -> record.table().name().equals("b")))
                .hasSize(9_000);
    }

    @Test
    void shouldLoadTablesByTheirExactNames() throws Exception {
        run("CREATE TABLE `T` (`a``b` INT PRIMARY KEY)", "CREATE TABLE t (id INT PRIMARY KEY, more INT)");
        run("CREATE TABLE `caf\u00e9 'x' \"y\"` (`gr\u00f6\u00dfe` INT PRIMARY KEY)", "CREATE TABLE `cafe` (n INT)");
        run("CREATE VIEW v AS SELECT * FROM t");
        run("INSERT INTO `T` VALUES (1)", "INSERT INTO t VALUES (2, 3)", "INSERT INTO cafe VALUES (5)");
        run("INSERT INTO `caf\u00e9 'x' \"y\"` VALUES (4)");

        List<Record> records = load(4);

        assertThat(records.stream()
                        .map(record -> record.table().name() + " "
                                + record.schema().columns().size()))
                .containsExactlyInAnyOrder("T 1", "t 2", "caf\u00e9 'x' \"y\" 1", "cafe 1");
        assertThat(records.get(0).row().getLong("a`b")).isEqualTo(1L);
    }

    /** The log tells the first unique key without nulls for the primary one. */
    @Test
    void shouldTakeTheKeyThatTheLogTells() throws Exception {
        run(
                "CREATE TABLE t (a INT, b INT NOT NULL, c INT NOT NULL, d VARCHAR(9) NOT NULL, UNIQUE KEY z1 (a),"
                        + " UNIQUE KEY z2 (d(3)), UNIQUE KEY z3 (c, b), UNIQUE KEY a4 (b), KEY z0 (c))",
                "CREATE TABLE u (a INT, UNIQUE KEY (a))",
                "CREATE TABLE w (a VARCHAR(9), b INT, PRIMARY KEY (a(3)), UNIQUE KEY (b))");
        fill("t", 5_000, "SELECT i, i, i, LPAD(CONV(i, 10, 36), 3, '0')");
        run("INSERT INTO u VALUES (1)", "INSERT INTO w VALUES ('x', 1)");
        Captured.Memory memory = new Captured.Memory();
        try (Captured captured =
                Captured.start(options(), memory, record -> record).streaming()) {
            captured.upTo(server);
            run("INSERT INTO t VALUES (0, 0, 0, '---')", "INSERT INTO u VALUES (2)", "INSERT INTO w VALUES ('y', 2)");
            captured.upTo(server);

            Map<String, List<String>> loaded = new TreeMap<>();
            Map<String, List<String>> logged = new TreeMap<>();
            for (Record record : captured.records()) {
                (record.kind() == Record.Kind.READ ? loaded : logged)
                        .put(record.table().name(), record.schema().primaryKey());
            }
            assertThat(loaded).hasSize(3).isEqualTo(logged);
            assertThat(captured.records()).hasSize(5_005);
        }
    }

    // ---- keys

    /** Keys whose order is not that of their bytes, and that are equal though they look different. */
    @Test
    void shouldEndAsTheTablesWhileRowsOfEachKindOfKeyChange() throws Exception {
        run(
                "CREATE TABLE words (word VARCHAR(40) COLLATE utf8mb4_general_ci PRIMARY KEY, n INT, KEY (n))",
                "CREATE TABLE german (word CHAR(40) CHARACTER SET latin1 COLLATE latin1_german2_ci PRIMARY KEY, n INT, KEY (n))",
                "CREATE TABLE pairs (a VARCHAR(9) COLLATE utf8mb4_0900_ai_ci, b INT, n INT, KEY (n), PRIMARY KEY (a, b DESC))",
                "CREATE TABLE uuids (bytes BINARY(16) PRIMARY KEY, n INT, KEY (n))",
                "CREATE TABLE parts (a INT, bytes VARBINARY(8), n INT, KEY (n), PRIMARY KEY (a, bytes)) PARTITION BY KEY (a)"
                        + " PARTITIONS 3");
        String word = "CONCAT(ELT(1 + i % 5, 'a', 'A', '\u00e4', '\u00c4b', '\u00df'), LOWER(CONV(i * 7919, 10, 36)))";
        fill("words", 10_000, "SELECT " + word + ", i");
        fill("german", 10_000, "SELECT " + word + ", i");
        fill("pairs", 10_000, "SELECT ELT(1 + i % 7, 'a', 'A', '\u00c1', 'b ', 'B  ', '', 'z'), i, i");
        fill("uuids", 10_000, "SELECT UNHEX(MD5(i)), i");
        fill("parts", 10_000, "SELECT i % 11 - 5, UNHEX(LEFT(MD5(i), 10 + 2 * (i % 3))), i");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger changes = new AtomicInteger();
        Thread writer = new Thread(() -> change(stop, changes));
        writer.start();
        Captured.Memory memory = new Captured.Memory();
        AtomicInteger seen = new AtomicInteger();
        try (Captured captured = Captured.start(options(), memory, record -> {
            if (record.kind() == Record.Kind.READ && seen.incrementAndGet() % 1_000 == 0) {
                // Changes happen all along the tables.
                int before = changes.get();
                Awaitility.await().until(() -> changes.get() > before + 20);
            }
            return record;
        })) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> memory.records().stream().anyMatch(record -> record.kind() != Record.Kind.READ));
            stop.set(true);
            writer.join();
            captured.upTo(server);
        } finally {
            stop.set(true);
        }

        assertThat(changes.get()).isGreaterThan(1_000);
        Map<String, String> expected = new TreeMap<>();
        expected.putAll(Rows.table(server, database, "words", "word", "n"));
        expected.putAll(Rows.table(server, database, "german", "word", "n"));
        expected.putAll(Rows.table(server, database, "pairs", "a", "b", "n"));
        expected.putAll(Rows.table(server, database, "uuids", "bytes", "n"));
        expected.putAll(Rows.table(server, database, "parts", "a", "bytes", "n"));
        assertThat(Rows.mirror(memory.records())).isEqualTo(expected);
    }

    private void change(AtomicBoolean stop, AtomicInteger changes) {
        Random random = new Random(7);
        try (Connection connection = server.connect(database);
                Statement sql = connection.createStatement()) {
            while (!stop.get()) {
                int n = random.nextInt(10_000);
                String table =
                        List.of("words", "german", "uuids", "pairs", "parts").get(random.nextInt(5));
                String key = switch (table) {
                    case "words", "german" -> "word = CONCAT(UPPER(word), ' ')";
                    case "uuids" -> "bytes = UNHEX(MD5(n + 20000))";
                    case "pairs" -> "a = UPPER(a), b = b + 20000";
                    default -> "a = -a, bytes = LEFT(MD5(n), 8)";
                };
                sql.execute(
                        switch (random.nextInt(3)) {
                            case 0 -> "DELETE FROM " + table + " WHERE n = " + n + " LIMIT 1";
                            case 1 -> "UPDATE IGNORE " + table + " SET n = -1 WHERE n = " + n;
                            default -> "UPDATE IGNORE " + table + " SET " + key + " WHERE n = " + n;
                        });
                changes.incrementAndGet();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Each kind of column along which a table is read on, with its lowest and oddest values in front. */
    @Test
    void shouldReadOnBehindEachKindOfKey() throws Exception {
        Map<String, String> types = Map.ofEntries(
                Map.entry("tiny_int", "INT: i - 4000"),
                Map.entry("unsigned_long", "BIGINT UNSIGNED: 18446744073709551615 - i"),
                Map.entry("zero_filled", "INT(8) ZEROFILL: i"),
                Map.entry("decimals", "DECIMAL(30,10): (i - 4096) / 7"),
                Map.entry("datetimes", "DATETIME(6): '2026-01-01' + INTERVAL i * 7 MICROSECOND"),
                Map.entry("timestamps", "TIMESTAMP(3): '2026-03-29 00:30:00' + INTERVAL i SECOND"),
                Map.entry("times", "TIME(6): SEC_TO_TIME((i - 4096) / 3)"),
                Map.entry("empty_bytes", "VARBINARY(9): IF(i = 1, '', LPAD(i, 8, 0))"));
        for (Map.Entry<String, String> type : types.entrySet()) {
            String[] parts = type.getValue().split(": ", 2);
            run("CREATE TABLE " + type.getKey() + " (id " + parts[0] + " PRIMARY KEY)");
            fill(type.getKey(), 5_000, "SELECT " + parts[1]);
        }
        for (String charset : List.of("utf8mb3", "utf16", "utf32", "ucs2", "gbk", "sjis", "euckr", "cp1251", "ascii")) {
            run("CREATE TABLE text_" + charset + " (id VARCHAR(20) CHARACTER SET " + charset + " PRIMARY KEY)");
            fill("text_" + charset, 5_000, "SELECT CONV(i * 7919, 10, 36)");
        }
        run("CREATE TABLE years (y YEAR, i INT, PRIMARY KEY (y, i))");
        fill("years", 5_000, "SELECT IF(i < 4200, 0, 2000 + i % 50), i");
        run("CREATE TABLE odd_dates (d DATE, i INT, PRIMARY KEY (d, i))");
        run(
                "SET sql_mode = 'ALLOW_INVALID_DATES'",
                "SET cte_max_recursion_depth = 10000",
                "INSERT INTO odd_dates" + numbers(9_000)
                        + "SELECT IF(i < 4200, '0000-00-00', IF(i < 8500, '2023-02-30', '2024-00-00')), i FROM n");

        List<Record> records = load(1);

        Map<String, Integer> counts = new TreeMap<>();
        records.forEach(record -> counts.merge(record.table().name(), 1, Integer::sum));
        assertThat(counts.remove("odd_dates")).isEqualTo(9_000);
        assertThat(counts)
                .hasSize(18)
                .allSatisfy((table, count) -> assertThat(count).as(table).isEqualTo(5_000));
        assertThat(Rows.mirror(records)).hasSize(records.size());
    }

    /**
     * The server orders by such keys, but does not take them in a query: the first piece is read once more. A target
     * that is still amid it then does not get again what it has.
     */
    @Test
    void shouldReadATableWhoseKeysAreNoText() throws Exception {
        createTableWhoseKeysAreNoText();
        run("CREATE TABLE z (id INT PRIMARY KEY)", "INSERT INTO z VALUES (1)");
        MySqlOptions options = Captured.source(server, StartFrom.initialLoad())
                .pipeline(Captured.pipeline(database, store).build())
                .invalidText(InvalidText.BYTES)
                .build();
        Captured.Memory prompt = new Captured.Memory();
        AfterRows again = new AfterRows(4_096 + 1, () -> awaitTransactions(1, prompt.name()));
        AfterRows all = new AfterRows(4_096 + 5_000 + 1, () -> "captured");
        Captured.Memory late =
                new Captured.Memory(TargetOptions.builder("late").batchSize(100).build()) {
                    @Override
                    protected void save(List<Record> records) throws Exception {
                        all.awaitDone();
                        super.save(records);
                    }
                };

        try (Captured captured = Captured.start(options, prompt, record -> all.apply(again.apply(record)), late)) {
            again.awaitDone();
            all.awaitDone();
            captured.upTo(server);

            assertThat(keysThatAreNoText(prompt)).hasSize(5_000);
            assertThat(prompt.records()).hasSize(4_096 + 5_000 + 1);
            assertThat(keysThatAreNoText(late)).hasSize(5_000);
            assertThat(late.records()).hasSize(4_096 + 5_000 - 4_000 + 1);
            assertThat(captured.processor().stats().reconnects()).isZero();
        }
    }

    /**
     * Such bytes get into a column of text only by the table's file. It is one of MyISAM: InnoDB exports a file only
     * once its purge has stopped, which it awaits without limit.
     */
    private void createTableWhoseKeysAreNoText() throws Exception {
        run("CREATE TABLE t (id VARBINARY(80) PRIMARY KEY) ENGINE=MyISAM");
        fill("t", 5_000, "SELECT CONCAT(x'e9', i)");
        run("FLUSH TABLES t");
        Path file = server.dataFolder().resolve(database).resolve("t.MYD");
        byte[] rows = Files.readAllBytes(file);
        run(
                "DROP TABLE t",
                "CREATE TABLE t (id VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PRIMARY KEY) ENGINE=MyISAM",
                "FLUSH TABLES t");
        Files.write(file, rows);
        run("REPAIR TABLE t USE_FRM");
    }

    /** Waits until the target's checkpoint stands behind so many transactions. */
    private boolean awaitTransactions(long count, String target) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> store.load(target).transaction() == count);
        return true;
    }

    private static Set<String> keysThatAreNoText(Captured.Memory target) {
        return target.records().stream()
                .filter(record -> record.table().name().equals("t"))
                .map(record -> HexFormat.of().formatHex((byte[]) record.row().get("id")))
                .collect(Collectors.toSet());
    }
}
