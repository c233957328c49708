// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import io.millrace.mysql.RandomColumn.Kind;
import io.millrace.mysql.internal.row.AsServerPrints;
import io.millrace.testkit.MySqlServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Every value of every column of random tables is what the server itself says of it: for rows that are
 * inserted, updated and deleted. A seed is printed with each failure; {@code -Dmillrace.seed=N} runs it again.
 */
@Timeout(1_800)
class ValuesIT {

    private static final int COLUMNS = 12;

    private static MySqlServer server;

    private final long seed = Long.getLong("millrace.seed", System.nanoTime());
    private String database;

    @BeforeAll
    static void startServer() throws Exception {
        server = MySqlServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createDatabase() throws Exception {
        database = server.createDatabase();
    }

    /** One value, as it was delivered and as the server says. */
    private record Value(
            Kind kind,
            String declaration,
            String charset,
            long row,
            @Nullable String delivered,
            @Nullable String said) {

        boolean isSame() {
            return Objects.equals(delivered, said);
        }
    }

    // ---- the runs

    @Test
    void shouldDeliverWhatTheServerSays() throws Exception {
        Tally tally = new Tally();
        values(20, 100, tally);
        tally.assertSame(seed);
    }

    @Test
    @Tag("long")
    void shouldDeliverWhatTheServerSaysOfManyValues() throws Exception {
        Tally tally = new Tally();
        values(240, 300, tally);
        tally.assertSame(seed);
        assertThat(tally.charsets).as("-Dmillrace.seed=%d", seed).containsAll(RandomColumn.charsets());
        Files.writeString(Path.of("target", "values.md"), tally.table());
    }

    /** Counts values, and keeps those that differ. */
    private static final class Tally implements Consumer<Value> {

        private final Map<Kind, Integer> values = new EnumMap<>(Kind.class);
        private final Map<Kind, Set<Long>> distinct = new EnumMap<>(Kind.class);
        private final Set<String> charsets = new HashSet<>();
        private final List<Value> differences = new ArrayList<>();

        @Override
        public void accept(Value value) {
            values.merge(value.kind, 1, Integer::sum);
            charsets.add(value.charset);
            CRC32C crc = new CRC32C();
            String said = String.valueOf(value.said);
            crc.update(said.getBytes(StandardCharsets.UTF_8));
            distinct.computeIfAbsent(value.kind, kind -> new HashSet<>()).add(crc.getValue() << 32 | said.length());
            if (!value.isSame()) {
                differences.add(value);
            }
        }

        void assertSame(long seed) {
            assertThat(differences.stream().limit(20).toList())
                    .as("%d differences of %s values, -Dmillrace.seed=%d", differences.size(), values, seed)
                    .isEmpty();
            assertThat(values).containsOnlyKeys(Kind.values());
        }

        String table() {
            StringBuilder table = new StringBuilder("| type | values | distinct | differences |\n|---|---|---|---|\n");
            for (Kind kind : Kind.values()) {
                long different =
                        differences.stream().filter(value -> value.kind == kind).count();
                table.append("| %s | %,d | %,d | %d |%n"
                        .formatted(kind, values.get(kind), distinct.get(kind).size(), different));
            }
            return table.toString();
        }
    }

    /** The comparison sees what a decoder may do wrong. */
    @Test
    void shouldNoticeBugsOfADecoder() throws Exception {
        List<Value> values = new ArrayList<>();
        values(4, 100, values::add);
        Map<String, Function<Value, @Nullable String>> bugs = new LinkedHashMap<>();
        bugs.put(
                "a TIME without its sign",
                value -> value.kind == Kind.TIME ? text(value).replace("-", "") : text(value));
        bugs.put(
                "unsigned read as signed",
                value ->
                        value.declaration.startsWith("int unsigned") || value.declaration.startsWith("tinyint unsigned")
                                ? signed(value)
                                : text(value));
        bugs.put(
                "BINARY without its padding",
                value -> value.kind == Kind.BINARY ? text(value).replaceAll("(00)+$", "") : text(value));
        bugs.put("CHAR with its padding", value -> value.kind == Kind.CHAR ? text(value) + " " : text(value));
        bugs.put("NULL as an empty text", ValuesIT::text);

        bugs.forEach((bug, reading) -> assertThat(values)
                .as(bug)
                .anyMatch(value -> !Objects.equals(
                        bug.startsWith("NULL") || value.delivered != null ? reading.apply(value) : null, value.said)));
    }

    private static String text(Value value) {
        return Objects.requireNonNullElse(value.delivered, "");
    }

    private static String signed(Value value) {
        long number = Long.parseLong(text(value));
        return Long.toString(value.declaration.startsWith("tiny") ? (byte) number : (int) number);
    }

    // ---- random tables

    private void values(int tables, int rows, Consumer<Value> to) throws Exception {
        Random random = new Random(seed);
        int next = 0;
        try (Connection connection = server.connect(database);
                Statement sql = connection.createStatement()) {
            sql.execute("SET time_zone = '+00:00', sql_mode = ''");
            for (int t = 0; t < tables; t++) {
                List<RandomColumn> columns = new ArrayList<>();
                for (int i = 0; i < COLUMNS; i++) {
                    columns.add(RandomColumn.of(Kind.values()[next++ % Kind.values().length], random));
                }
                String table = "t" + t;
                create(sql, table, columns, random);
                try (Captured captured = Captured.from(server, database)) {
                    change(sql, captured, table, columns, rows, random, to);
                }
                sql.execute("DROP TABLE " + table);
            }
        }
    }

    private static void create(Statement sql, String table, List<RandomColumn> columns, Random random)
            throws SQLException {
        StringBuilder create = new StringBuilder("CREATE TABLE " + table + " (id INT PRIMARY KEY");
        for (int i = 0; i < columns.size(); i++) {
            create.append(", c").append(i).append(' ').append(columns.get(i).declaration());
            create.append(random.nextInt(8) == 0 ? " NULL INVISIBLE" : " NULL");
        }
        create.append(", twice BIGINT AS (id * 2) ").append(random.nextBoolean() ? "STORED" : "VIRTUAL");
        sql.execute(create.append(", last INT NOT NULL DEFAULT 7)").toString());
    }

    private void change(
            Statement sql,
            Captured captured,
            String table,
            List<RandomColumn> columns,
            int rows,
            Random random,
            Consumer<Value> to)
            throws Exception {
        String names = IntStream.range(0, columns.size()).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
        for (int id = 1; id <= rows; id += 50) {
            List<String> lines = new ArrayList<>();
            for (int i = id; i < Math.min(id + 50, rows + 1); i++) {
                String literals =
                        columns.stream().map(column -> literal(column, random)).collect(Collectors.joining(", "));
                lines.add("(" + i + ", " + literals + ")");
            }
            sql.execute("INSERT INTO " + table + " (id, " + names + ") VALUES " + String.join(", ", lines));
        }
        Map<Long, List<@Nullable String>> inserted = said(sql, columns, table);
        for (int i = 0; i < rows / 10; i++) {
            int column = random.nextInt(columns.size());
            sql.execute("UPDATE %s SET c%d = %s, last = last + 1 WHERE id = %d"
                    .formatted(table, column, literal(columns.get(column), random), 1 + i * 10));
        }
        Map<Long, List<@Nullable String>> updated = said(sql, columns, table);
        sql.execute("DELETE FROM " + table + " WHERE id % 7 = 1");
        Map<Record.Kind, Integer> counts = new EnumMap<>(Record.Kind.class);
        for (Record record : captured.upTo(server).records()) {
            counts.merge(record.kind(), 1, Integer::sum);
            compare(columns, record.before(), record.kind() == Record.Kind.UPDATE ? inserted : updated, to);
            compare(columns, record.after(), record.kind() == Record.Kind.INSERT ? inserted : updated, to);
        }
        assertThat(counts)
                .as("-Dmillrace.seed=%d", seed)
                .isEqualTo(Map.of(
                        Record.Kind.INSERT, rows,
                        Record.Kind.UPDATE, rows / 10,
                        Record.Kind.DELETE, (rows + 6) / 7));
    }

    private static String literal(RandomColumn column, Random random) {
        return random.nextInt(12) == 0 ? "NULL" : column.literal().apply(random);
    }

    /** {@return for each row what the server says of its columns} */
    private static Map<Long, List<@Nullable String>> said(Statement sql, List<RandomColumn> columns, String table)
            throws SQLException {
        StringBuilder query = new StringBuilder("SELECT id");
        for (int i = 0; i < columns.size(); i++) {
            query.append(", ").append(columns.get(i).oracle().replaceAll("\\bc\\b", "c" + i));
        }
        Map<Long, List<@Nullable String>> said = new TreeMap<>();
        try (ResultSet result = sql.executeQuery(query + " FROM " + table)) {
            while (result.next()) {
                List<@Nullable String> row = new ArrayList<>();
                for (int i = 0; i < columns.size(); i++) {
                    String value = result.getString(i + 2);
                    row.add(value == null ? null : columns.get(i).reading().apply(value));
                }
                said.put(result.getLong(1), row);
            }
        }
        return said;
    }

    private static void compare(
            List<RandomColumn> columns,
            @Nullable RowImage image,
            Map<Long, List<@Nullable String>> said,
            Consumer<Value> to) {
        if (image == null) {
            return;
        }
        long id = Objects.requireNonNull(image.getLong("id"));
        assertThat(image.getLong("twice")).isEqualTo(2 * id);
        List<@Nullable String> row = Objects.requireNonNull(said.get(id));
        for (int i = 0; i < columns.size(); i++) {
            RandomColumn column = columns.get(i);
            String delivered = AsServerPrints.value(image, i + 1);
            to.accept(new Value(column.kind(), column.declaration(), column.charset(), id, delivered, row.get(i)));
        }
    }

    // ---- special tables

    @Test
    void shouldKnowAPrimaryKeyThatTheServerGenerated() throws Exception {
        try (Captured captured = Captured.from(server, database)) {
            server.executeIn(
                    database,
                    "SET sql_generate_invisible_primary_key = ON",
                    "CREATE TABLE g (v INT)",
                    "INSERT INTO g VALUES (5), (6)");
            List<Record> records = captured.upTo(server).records();

            TableSchema schema = records.get(0).schema();
            assertThat(schema.primaryKey()).containsExactly("my_row_id");
            assertThat(records)
                    .extracting(record -> record.row().asMap().toString())
                    .containsExactly("{my_row_id=1, v=5}", "{my_row_id=2, v=6}");
        }
    }

    @Test
    void shouldReadATableOfAsManyColumnsAsThereMayBe() throws Exception {
        int count = 4_096;
        String columns =
                IntStream.range(1, count).mapToObj(i -> "c" + i + " BIT(1)").collect(Collectors.joining(", "));
        server.executeIn(database, "CREATE TABLE wide (id INT PRIMARY KEY, " + columns + ") ENGINE = MyISAM");
        try (Captured captured = Captured.from(server, database)) {
            server.executeIn(
                    database,
                    "INSERT INTO wide (id, c1, c4095) VALUES (1, b'1', b'0')",
                    "UPDATE wide SET c4000 = b'1'");
            List<Record> records = captured.upTo(server).records();

            assertThat(records.get(0).schema().size()).isEqualTo(count);
            assertThat(records.get(0).row().get("c1")).isEqualTo(true);
            assertThat(records.get(0).row().get("c2")).isNull();
            assertThat(records.get(0).row().get("c4095")).isEqualTo(false);
            assertThat(records.get(1).row().get("c4000")).isEqualTo(true);
            assertThat(records.get(1).toJson()).contains("\"c4095\":false");
        }
    }

    /** The server keeps the values of an index over an expression in a column that it hides. */
    @Test
    void shouldNotShowTheColumnsOfIndexesOverExpressions() throws Exception {
        server.executeIn(
                database,
                "CREATE TABLE f (id INT PRIMARY KEY, v VARCHAR(20), j JSON, INDEX ((UPPER(v))),"
                        + " INDEX ((CAST(j->'$.a' AS UNSIGNED ARRAY))))");
        try (Captured captured = Captured.from(server, database)) {
            server.executeIn(
                    database,
                    "INSERT INTO f VALUES (1, 'x', '{\"a\": [1, 2]}')",
                    "UPDATE f SET v = 'y'",
                    "DELETE FROM f");
            List<Record> records = captured.upTo(server).records();

            assertThat(records)
                    .extracting(record -> record.row().asMap().toString())
                    .containsExactly(
                            "{id=1, v=x, j={\"a\": [1, 2]}}",
                            "{id=1, v=y, j={\"a\": [1, 2]}}",
                            "{id=1, v=y, j={\"a\": [1, 2]}}");
            assertThat(records.get(0).toJson()).contains("\"record\":{\"id\":1,\"v\":\"x\",\"j\":{");
        }
    }
}
