// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Record;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * JSON documents of every binary form, compared with the server's own text. A failure names its seed;
 * {@code -Dmillrace.seed=N} writes the same documents again.
 */
@ExtendWith(MySqlExtension.class)
class JsonValuesIT {

    private static final long SEED = Long.getLong("millrace.seed", System.nanoTime());

    /** Changes that the server makes within the stored bytes, and so leaves holes in them. */
    private static final List<String> CHANGES = List.of(
            "JSON_REPLACE(j, '$.a', 'x')",
            "JSON_REPLACE(j, '$.a', REPEAT('y', MOD(id, 90)))",
            "JSON_SET(j, '$.b[1]', id, '$.c', NULL)",
            "JSON_REPLACE(j, '$.b[0]', CAST(id / 7 AS DECIMAL(20,5)))",
            "JSON_REMOVE(j, '$.b[0]')",
            "JSON_REPLACE(j, '$.b[0]', 4294967296 * id, '$.d.e', 'ß🦆')",
            "JSON_REMOVE(j, '$.d')",
            "JSON_SET(j, '$.b[0]', FALSE, '$.a', id)",
            "JSON_REMOVE(j, '$.a', '$.c')");

    private final Random random = new Random(SEED);
    private Connection connection;
    private Statement statement;
    private Capture capture;

    @BeforeEach
    void begin(MySqlServer server) throws Exception {
        String database = server.createDatabase();
        connection = server.connect(database);
        statement = connection.createStatement();
        statement.execute("SET sql_mode = '', SESSION cte_max_recursion_depth = 1000000,"
                + " SESSION group_concat_max_len = 100000000");
        statement.execute("CREATE TABLE t (id INT PRIMARY KEY, j JSON)");
        capture = new Capture(server, database);
        capture.take();
    }

    @AfterEach
    void end() throws SQLException {
        connection.close();
        capture.close();
    }

    private void compare(List<String> documents) throws Exception {
        List<String> rows = new ArrayList<>();
        for (String document : documents) {
            rows.add("(" + rows.size() + ", " + document + ")");
        }
        statement.execute("INSERT INTO t VALUES " + String.join(", ", rows));
        compareAll(documents.size());
        statement.execute("DELETE FROM t");
        capture.take();
    }

    /** Compares the rows that the last statement wrote, which were all. */
    private void compareAll(int rows) throws Exception {
        List<Record> records = capture.take();
        assertThat(records).hasSize(rows);
        int row = 0;
        try (ResultSet said = statement.executeQuery("SELECT id, HEX(CAST(j AS CHAR)) FROM t ORDER BY id")) {
            while (said.next()) {
                Record record = records.get(row++);
                String id = said.getString(1);
                String hex = said.getString(2);
                String expected = hex == null ? null : new String(HexFormat.of().parseHex(hex), StandardCharsets.UTF_8);
                String actual = Objects.requireNonNull(record.after()).getString("j");
                String written = JsonFields.of(record.toJson()).get("record");
                assertThat(actual).as("document %s, seed %d", id, SEED).isEqualTo(expected);
                assertThat(written)
                        .as("document %s, seed %d", id, SEED)
                        .isEqualTo("{\"id\":" + id + ",\"j\":" + expected + "}");
            }
        }
        assertThat(row).isEqualTo(rows);
    }

    private static List<String> made(int count, Supplier<String> maker) {
        List<String> documents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            documents.add(maker.get());
        }
        return documents;
    }

    @Test
    void shouldPrintRandomDocuments() throws Exception {
        compare(JsonDocuments.boundaries());
        compare(made(1500, () -> JsonDocuments.any(random)));
    }

    @Test
    @Tag("long")
    void shouldPrintAMillionRandomDocuments() throws Exception {
        for (int i = 0; i < 500; i++) {
            compare(made(2000, () -> JsonDocuments.any(random)));
        }
    }

    @Test
    void shouldPrintDoublesInEveryForm() throws Exception {
        List<String> documents = new ArrayList<>();
        for (int exponent = -325; exponent <= 308; exponent++) {
            documents.add("'[1e" + exponent + ", -1.25e" + exponent + ", 1.7976931348623157e" + exponent + "]'");
        }
        for (int digits = 1; digits <= 17; digits++) {
            for (int exponent = -8; exponent <= 20; exponent++) {
                String number = "12345678901234567".substring(0, digits);
                documents.add("'[" + number + "e" + exponent + ", -0." + number + "e" + exponent + "]'");
            }
        }
        compare(documents);
        compare(made(2000, () -> "CAST(" + NumberColumns.anyDouble(random) + " * 1e0 AS JSON)"));
    }

    @Test
    void shouldPrintEveryCharacterThatIsEscapedOrNot() throws Exception {
        List<String> documents = new ArrayList<>();
        for (int c = 0; c < 0x300; c++) {
            documents.add(JsonDocuments.quoted("{\"\\u%04x\":\"\\u%04x\"}".formatted(c, c)));
        }
        for (int i = 0; i < 500; i++) {
            int codePoint = random.nextInt(0x110000);
            if (codePoint < 0xd800 || codePoint > 0xdfff) {
                documents.add("JSON_OBJECT(%1$s, %1$s)"
                        .formatted("CONVERT(_utf32 x'%08x' USING utf8mb4)".formatted(codePoint)));
            }
        }
        compare(documents);
    }

    /** The server stores text of wide charsets as it is, calls it opaque, and prints its bytes. */
    @Test
    void shouldPrintTextThatTheServerDidNotConvert() throws Exception {
        List<String> documents = new ArrayList<>();
        for (String charset : List.of("utf16", "utf16le", "utf32", "ucs2", "utf8mb4", "latin1", "sjis")) {
            documents.add("JSON_ARRAY(_" + charset + "'', CONVERT('text', CHAR CHARACTER SET " + charset + "))");
            documents.add("JSON_OBJECT('k', CONVERT('text' USING " + charset + "))");
        }
        compare(documents);
    }

    /** What the server prints then is no text. */
    @Test
    void shouldEncodeUnconvertedTextThatIsNoUtf8() throws Exception {
        statement.execute("INSERT INTO t VALUES (1, JSON_ARRAY(_utf32 x'000e63bc'))");

        assertThat(capture.take().get(0).row().getString("j")).isEqualTo("[\"base64:type253:AA5jvA==\"]");
    }

    @Test
    void shouldPrintDuplicateKeysAsTheServerKeptThem() throws Exception {
        List<String> documents = new ArrayList<>(List.of(
                "'{\"a\":1,\"a\":2,\"a\":{\"a\":3,\"a\":[]}}'",
                "'{\"\":1,\"\":2,\" \":3}'",
                "'{\"bb\":1,\"a\":2,\"ab\":3,\"B\":4,\"A\":5,\"b\":6}'",
                "JSON_OBJECT('k', 1, 'k', 2)",
                "JSON_MERGE_PRESERVE('{\"a\":1}', '{\"a\":2}')",
                "JSON_MERGE_PATCH('{\"a\":1,\"b\":1}', '{\"a\":null}')"));
        for (int i = 0; i < 200; i++) {
            List<String> members =
                    made(random.nextInt(12), () -> "\"" + (char) ('a' + random.nextInt(4)) + "\":" + random.nextInt(9));
            documents.add("'{" + String.join(",", members) + "}'");
        }
        compare(documents);
    }

    @Test
    void shouldPrintDocumentsOfHundredLevels() throws Exception {
        List<String> documents = new ArrayList<>();
        for (int levels : new int[] {1, 50, 99, 100}) {
            documents.add("'" + "[".repeat(levels) + "]".repeat(levels) + "'");
            documents.add("'" + "{\"a\":".repeat(levels - 1) + "{}" + "}".repeat(levels - 1) + "'");
            documents.add("'" + "[1,{\"k\":".repeat(levels / 2) + "2.5" + "},\"x\"]".repeat(levels / 2) + "'");
        }
        compare(documents);
    }

    /** Above 64 KiB offsets take four bytes, and integers of 32 bits move into the container. */
    @Test
    void shouldPrintLargeForms() throws Exception {
        String numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) ";
        List<String> documents = new ArrayList<>();
        for (int length : new int[] {65_400, 65_500, 65_520, 65_530, 65_535, 65_536, 70_000}) {
            documents.add("JSON_ARRAY(REPEAT('x', " + length + "), 1, -70000, 3000000000, 1.5, NULL, TRUE)");
            documents.add(
                    "JSON_OBJECT('k', REPEAT('x', " + length + "), 'l', 70000, 'm', JSON_ARRAY(70000, 4294967295))");
            documents.add(
                    "JSON_OBJECT('k', JSON_OBJECT('l', REPEAT('x', " + length + ")), 'b', JSON_ARRAY(x'00', b'1'))");
        }
        for (int length : new int[] {127, 128, 16_383, 16_384, 2_097_151, 2_097_152}) {
            documents.add("JSON_QUOTE(REPEAT('x', " + length + "))");
            documents.add("JSON_ARRAY(CAST(REPEAT('x', " + length + ") AS BINARY))");
        }
        documents.add("(" + numbers.formatted(9000) + "SELECT JSON_OBJECTAGG(CONCAT('key', i), i * 70000) FROM n)");
        documents.add("(" + numbers.formatted(30000) + "SELECT JSON_ARRAYAGG(i * 100000 - 2000000000) FROM n)");
        documents.add("(" + numbers.formatted(20000) + "SELECT JSON_ARRAYAGG(i / 3) FROM n)");
        documents.add("JSON_OBJECT(REPEAT('k', 49000), 1, REPEAT('k', 49001), 2)");
        Collections.shuffle(documents, random);
        compare(documents);
    }

    @Test
    void shouldPrintWhatUpdatesInPlaceHaveLeft() throws Exception {
        int rows = 60;
        List<String> inserted = new ArrayList<>();
        for (int id = 0; id < rows; id++) {
            String large = id % 10 == 0 ? "REPEAT('x', 70000)" : "REPEAT('x', 100)";
            inserted.add(
                    "(" + id + ", JSON_OBJECT('a', " + large + ", 'b', JSON_ARRAY(1.5, 'two', 3, x'0405'), 'c', 1.25,"
                            + " 'd', JSON_OBJECT('e', 'eeeeeeeeeeeeeee', 'f', DATE'2024-02-29')))");
        }
        statement.execute("INSERT INTO t VALUES " + String.join(", ", inserted));
        capture.take();
        int changed = 0;
        boolean holes = false;
        for (int round = 0; round < 25; round++) {
            statement.execute("UPDATE t SET j = " + CHANGES.get(random.nextInt(CHANGES.size())));
            changed += compareChanged();
            try (ResultSet free = statement.executeQuery("SELECT SUM(JSON_STORAGE_FREE(j)) FROM t")) {
                free.next();
                holes |= free.getLong(1) > 0;
            }
        }
        assertThat(changed).isGreaterThan(rows);
        assertThat(holes).as("holes, seed %d", SEED).isTrue();
    }

    /** Rows that an update leaves as they are do not come. */
    private int compareChanged() throws Exception {
        List<Record> records = capture.take();
        for (Record record : records) {
            long id = Objects.requireNonNull(record.row().getLong("id"));
            try (ResultSet said = statement.executeQuery("SELECT HEX(CAST(j AS CHAR)) FROM t WHERE id = " + id)) {
                said.next();
                String expected = new String(HexFormat.of().parseHex(said.getString(1)), StandardCharsets.UTF_8);
                assertThat(record.row().getString("j"))
                        .as("document %d, seed %d", id, SEED)
                        .isEqualTo(expected);
            }
        }
        return records.size();
    }
}
