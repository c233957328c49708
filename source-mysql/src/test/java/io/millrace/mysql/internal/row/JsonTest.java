// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(MySqlExtension.class)
class JsonTest {

    private static Session session;

    @BeforeAll
    static void connect(MySqlServer server) throws SQLException {
        session = new Session(server);
        session.run("SET SESSION cte_max_recursion_depth = 100000, group_concat_max_len = 100000000");
    }

    @AfterAll
    static void disconnect() throws SQLException {
        session.close();
    }

    private static void json(String... literals) throws SQLException {
        json(List.of(literals));
    }

    private static void json(List<String> literals) throws SQLException {
        new ColumnCase(session, "json").holds(literals);
    }

    @Test
    void shouldPrintScalars() throws SQLException {
        json(
                "'null'",
                "'true'",
                "'false'",
                "'0'",
                "'-1'",
                "'32767'",
                "'-32768'",
                "'32768'",
                "'65535'",
                "'65536'",
                "'2147483647'",
                "'-2147483648'",
                "'4294967295'",
                "'4294967296'",
                "'9223372036854775807'",
                "'-9223372036854775808'",
                "'18446744073709551615'",
                "'\"\"'",
                "'\"text\"'",
                "CAST(5 AS JSON)",
                "CAST(CAST(5 AS UNSIGNED) AS JSON)");
    }

    @Test
    void shouldPrintDoublesInTheServersNotation() throws SQLException {
        List<String> literals = new ArrayList<>(List.of(
                "'0.0'",
                "'-0.0'",
                "'-0'",
                "'1.0'",
                "'0.1'",
                "'1.5e300'",
                "'-1.7976931348623157e308'",
                "'4.9e-324'",
                "'18446744073709551616'",
                "'123456789012345678901234567890'",
                "'1e0'",
                "'9007199254740993.0'",
                "'2e-44'",
                "'2.2250738585072014e-308'",
                "'5e-324'",
                "'1.234567890123456e15'",
                "'123456789012345.6'",
                "'1234567890123456.5'",
                "'99999999999999990'"));
        for (int exponent = -20; exponent <= 22; exponent++) {
            literals.add("'1e" + exponent + "'");
            literals.add("'-1.25e" + exponent + "'");
            literals.add("'1.2345678901234567e" + exponent + "'");
        }
        json(literals);
    }

    @Test
    void shouldPrintRandomDoubles() throws SQLException {
        Random random = new Random(5);
        List<String> literals = new ArrayList<>();
        while (literals.size() < 2000) {
            double value = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(value)) {
                literals.add("'" + value + "'");
            }
            literals.add("'" + random.nextGaussian() * 1000 + "'");
            literals.add("'" + random.nextInt(3000) * Double.MIN_VALUE + "'");
        }
        json(literals);
    }

    @Test
    void shouldPrintObjectsAndArraysWithTheServersSpacing() throws SQLException {
        json(
                "'{}'",
                "'[]'",
                "'[1,2,3]'",
                "'{\"a\":1,\"b\":[1,2]}'",
                "'{\"bb\":1,\"a\":2,\"\":3}'",
                "'[[],{},[[1]],{\"a\":{\"b\":{}}}]'",
                "'{\"a\":1,\"a\":2}'",
                "'[1.5,\"x\",null,true,-70000,5000000000]'",
                "'{\"ключ\":\"значение 🦆\"}'");
    }

    @Test
    void shouldEscapeAsTheServerDoes() throws SQLException {
        List<String> literals = new ArrayList<>();
        for (int c = 0; c < 0x100; c++) {
            literals.add("'[\"\\\\u%04x\"]'".formatted(c));
        }
        literals.add("'\"\\\\ud83e\\\\udd86 \\\\\" \\\\\\\\ \\\\/ \\\\b\\\\f\\\\n\\\\r\\\\t\"'");
        literals.add("'{\"\\\\u0001\\\\\"\":1}'");
        json(literals);
    }

    @Test
    void shouldPrintOpaqueValues() throws SQLException {
        json(
                "CAST(CAST('123.450' AS DECIMAL(10,3)) AS JSON)",
                "CAST(CAST('-0.5' AS DECIMAL(65,30)) AS JSON)",
                "CAST(CAST('-99999999999999999999' AS DECIMAL(20,0)) AS JSON)",
                "CAST(DATE'2024-02-29' AS JSON)",
                "CAST(DATE'0000-01-01' AS JSON)",
                "CAST(TIME'-838:59:59' AS JSON)",
                "CAST(TIME'12:34:56.789' AS JSON)",
                "CAST(TIME'-00:00:00.000001' AS JSON)",
                "CAST(CAST('-01:00:00.5' AS TIME(6)) AS JSON)",
                "CAST(TIMESTAMP'2024-12-03 03:48:55.123456' AS JSON)",
                "CAST(TIMESTAMP'9999-12-31 23:59:59' AS JSON)",
                "JSON_ARRAY(FROM_UNIXTIME(1), UTC_TIMESTAMP(3))",
                "JSON_ARRAY(b'101', x'00ff', CAST('bytes' AS BINARY))",
                "JSON_OBJECT('blob', REPEAT(x'c3', 300))",
                "JSON_ARRAY(x'', REPEAT('x', 57), CAST(REPEAT('x', 57) AS BINARY), CAST(REPEAT('x', 114) AS BINARY))");
    }

    @Test
    void shouldPrintOpaqueValuesOfColumns() throws SQLException {
        session.run("DROP TABLE IF EXISTS s");
        session.run("CREATE TABLE s (y YEAR, b BIT(9), t TIMESTAMP(2) NULL, bl BLOB, vb VARBINARY(9),"
                + " bi BINARY(3), e ENUM('x'), g DECIMAL(5,2), tb TINYBLOB, lb LONGBLOB, f FLOAT)");
        session.run("INSERT INTO s VALUES (2024, 511, '2024-01-01 01:02:03.45', 'blob', 'vb', 'bi', 'x', 1.5,"
                + " 'tb', 'lb', 0.1)");
        json("(SELECT JSON_ARRAY(y, b, t, bl, vb, bi, e, g, tb, lb, f) FROM s)");
    }

    @Test
    void shouldPrintLargeDocuments() throws SQLException {
        String numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) ";
        json(
                "(" + numbers.formatted(9000) + "SELECT JSON_OBJECTAGG(CONCAT('key', i), i * 70000) FROM n)",
                "(" + numbers.formatted(30000) + "SELECT JSON_ARRAYAGG(i) FROM n)",
                "(" + numbers.formatted(30000) + "SELECT JSON_ARRAYAGG(i * 100000) FROM n)",
                "JSON_ARRAY(REPEAT('x', 70000), 1, -70000, 3000000000, 1.5, NULL, TRUE)",
                "JSON_OBJECT('a', JSON_OBJECT('b', REPEAT('🦆', 20000)), 'c', JSON_ARRAY(1, 2))",
                "JSON_QUOTE(REPEAT('x', 127))",
                "JSON_QUOTE(REPEAT('x', 128))",
                "JSON_QUOTE(REPEAT('x', 16384))");
    }

    @Test
    void shouldPrintDocumentsOfAnyDepth() throws SQLException {
        json("'" + "[".repeat(100) + "]".repeat(100) + "'", "'" + "{\"a\":".repeat(99) + "1" + "}".repeat(99) + "'");
    }

    @Test
    void shouldPrintWhatPartialUpdatesLeft() throws SQLException {
        session.run("DROP TABLE IF EXISTS p");
        session.run("CREATE TABLE p (id INT PRIMARY KEY, c JSON)");
        session.run("INSERT INTO p VALUES (1, JSON_OBJECT('a', REPEAT('x', 200), 'b', JSON_ARRAY(1, 2, 3), 'c', 1.5))");
        List<LoggedRow> rows = session.rowsOf(
                "UPDATE p SET c = JSON_SET(c, '$.a', 'short')",
                "UPDATE p SET c = JSON_REPLACE(c, '$.b[1]', 'xx')",
                "UPDATE p SET c = JSON_REMOVE(c, '$.b[0]')",
                "UPDATE p SET c = JSON_REMOVE(c, '$.c')");

        MySqlRow last = rows.get(3).image();

        assertThat(AsServerPrints.value(last, 1))
                .isEqualTo(session.query("SELECT CAST(c AS CHAR) FROM p").get(0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void shouldPrintRandomDocuments(long seed) throws SQLException {
        Random random = new Random(seed);
        List<String> literals = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            StringBuilder document = new StringBuilder();
            append(document, random, 0);
            literals.add("'" + document.toString().replace("\\", "\\\\").replace("'", "''") + "'");
        }
        json(literals);
    }

    private static void append(StringBuilder to, Random random, int depth) {
        switch (random.nextInt(depth > 6 ? 6 : 9)) {
            case 0 -> to.append(random.nextInt());
            case 1 -> to.append(random.nextLong());
            case 2 -> to.append(random.nextInt(100_000));
            case 3 -> to.append(random.nextDouble() * Math.pow(10, random.nextInt(40) - 20));
            case 4 -> to.append(List.of("null", "true", "false").get(random.nextInt(3)));
            case 5 -> appendText(to, random);
            case 6 -> {
                to.append('[');
                for (int i = random.nextInt(6); i > 0; i--) {
                    append(to, random, depth + 1);
                    to.append(i > 1 ? "," : "");
                }
                to.append(']');
            }
            default -> {
                to.append('{');
                for (int i = random.nextInt(6); i > 0; i--) {
                    appendText(to, random);
                    to.append(':');
                    append(to, random, depth + 1);
                    to.append(i > 1 ? "," : "");
                }
                to.append('}');
            }
        }
    }

    private static void appendText(StringBuilder to, Random random) {
        to.append('"');
        for (int i = random.nextInt(random.nextInt(20) == 0 ? 300 : 12); i > 0; i--) {
            to.append(List.of("a", "ß", "🦆", "\\\"", "\\\\", "\\n", " ", "'", "日", "\\u0007")
                    .get(random.nextInt(10)));
        }
        to.append('"');
    }
}
