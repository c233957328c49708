// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Column;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Types of columns that only MariaDB has. */
class MariaDbColumnsIT {

    private static MySqlServer server;

    private Connection connection;
    private Statement statement;
    private Capture capture;

    @BeforeAll
    static void startServer() throws Exception {
        server = MySqlServer.builder(MySqlRelease.MARIADB_11_4).start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void begin() throws Exception {
        String database = server.createDatabase();
        connection = server.connect(database);
        statement = connection.createStatement();
        capture = new Capture(server, database);
    }

    @AfterEach
    void end() throws SQLException {
        connection.close();
        capture.close();
    }

    private List<Record> captured(String... sql) throws Exception {
        for (String one : sql) {
            statement.execute(one);
        }
        return capture.take();
    }

    /** With and without zlib's header, with values that are too short to be compressed, and that cannot be. */
    @ParameterizedTest
    @ValueSource(strings = {"column_compression_zlib_wrap = ON", "column_compression_zlib_wrap = OFF"})
    void shouldReadCompressedColumns(String setting) throws Exception {
        statement.execute("SET " + setting + ", column_compression_threshold = 20");
        statement.execute("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(100) COMPRESSED CHARACTER SET latin1,"
                + " b VARCHAR(3000) COMPRESSED CHARACTER SET utf8mb4, c VARBINARY(600) COMPRESSED,"
                + " d TINYTEXT COMPRESSED, e TEXT COMPRESSED CHARACTER SET cp1250, f MEDIUMTEXT COMPRESSED,"
                + " g BLOB COMPRESSED, h LONGBLOB COMPRESSED, plain VARCHAR(90) CHARACTER SET latin2)");
        List<String> texts = new ArrayList<>(List.of("''", "' '", "'a'", "'é'", "NULL"));
        for (int length : new int[] {19, 20, 21, 50, 84}) {
            texts.add("REPEAT('é', " + length + ")");
            texts.add("LEFT(CONCAT(UUID(), UUID(), UUID()), " + length + ")");
        }
        int id = 0;
        for (String text : texts) {
            statement.execute(
                    "INSERT INTO t VALUES (" + id++ + ", " + text + ", REPEAT(" + text + ", 30), REPEAT(" + text
                            + ", 3), " + text + ", REPEAT(" + text + ", 300), REPEAT(" + text + ", 4000), " + text
                            + ", REPEAT(" + text + ", 9000), " + text + ")");
        }
        statement.execute("UPDATE t SET b = CONCAT(b, 'x'), plain = 'č'");
        statement.execute("DELETE FROM t WHERE id = 0");
        List<Record> records = capture.take();
        assertThat(records).hasSize(2 * texts.size() + 1);
        assertThat(records.get(0).schema().columns())
                .extracting(Column::nativeType)
                .containsExactly(
                        "int",
                        "varchar(100)",
                        "varchar(3000)",
                        "varbinary(600)",
                        "tinytext",
                        "text",
                        "mediumtext",
                        "blob",
                        "longblob",
                        "varchar(90)");
        for (Record record : records.subList(texts.size(), 2 * texts.size() - 1)) {
            compare(Objects.requireNonNull(record.after()));
        }
        RowImage before = Objects.requireNonNull(records.get(texts.size() + 5).before());
        assertThat(before.getString("b")).isEqualTo("é".repeat(19 * 30));
    }

    private void compare(RowImage row) throws SQLException {
        Object id = row.get("id");
        for (Column column : row.schema().columns()) {
            String name = column.name();
            boolean isText = !"c,g,h".contains(name);
            String query = "SELECT HEX(" + (isText ? "CONVERT(" + name + " USING utf8mb4)" : name)
                    + ") FROM t WHERE id = " + id;
            try (ResultSet said = statement.executeQuery(query)) {
                if (!said.next()) {
                    return;
                }
                Object value = row.get(name);
                String actual = value == null
                        ? null
                        : HexFormat.of()
                                .withUpperCase()
                                .formatHex(
                                        value instanceof byte[] bytes
                                                ? bytes
                                                : value.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
                assertThat(actual).as("row %s, column %s", id, name).isEqualTo(said.getString(1));
            }
        }
    }

    /** They stand in the log as bytes; the charsets of the others must not move. */
    @Test
    void shouldReadUuidsAndAddressesAsBytes() throws Exception {
        Record record = captured(
                        "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9) CHARACTER SET latin2, u UUID, i INET6, j INET4,"
                                + " b VARCHAR(9) CHARACTER SET cp1251, e ENUM('č', 'ж') CHARACTER SET utf8mb4)",
                        "INSERT INTO t VALUES (1, 'č', '6ba7b810-9dad-11d1-80b4-00c04fd43000', 'fe80::', '10.0.0.0', 'ж', 'č')")
                .get(0);

        assertThat(record.row().getString("a")).isEqualTo("č");
        assertThat(record.row().getString("b")).isEqualTo("ж");
        assertThat(record.row().getString("e")).isEqualTo("č");
        assertThat(HexFormat.of().formatHex(record.row().getBytes("u"))).isEqualTo("6ba7b8109dad11d180b400c04fd43000");
        assertThat(HexFormat.of().formatHex(record.row().getBytes("i"))).isEqualTo("fe800000000000000000000000000000");
        assertThat(HexFormat.of().formatHex(record.row().getBytes("j"))).isEqualTo("0a000000");
    }

    @Test
    void shouldReadJsonAsTheTextThatItIs() throws Exception {
        Record record = captured(
                        "CREATE TABLE t (id INT PRIMARY KEY, j JSON)", "INSERT INTO t VALUES (1, ' {\"b\" : 1.50}')")
                .get(0);

        assertThat(record.row().getString("j")).isEqualTo(" {\"b\" : 1.50}");
        assertThat(record.schema().column(1).nativeType()).isEqualTo("longtext");
    }

    /** Nothing in the log tells how many digits they have, and so how long they are. */
    @ParameterizedTest
    @CsvSource({"TIMESTAMP(3)", "DATETIME(6)", "TIME(2)", "TIMESTAMP", "DATETIME", "TIME"})
    void shouldStopAtTimesInTheOldForm(String type) throws Exception {
        server.execute("SET GLOBAL mysql56_temporal_format = OFF");
        try {
            statement.execute("CREATE TABLE t (id INT PRIMARY KEY, c " + type + " NULL)");
        } finally {
            server.execute("SET GLOBAL mysql56_temporal_format = ON");
        }
        assertThatThrownBy(() -> captured("INSERT INTO t VALUES (1, '2020-01-02 03:04:05')"))
                .hasStackTraceContaining("UnreadableValueException")
                .hasStackTraceContaining("column c of ")
                .hasStackTraceContaining("mysql56_temporal_format=OFF");
        assertThatThrownBy(capture::close).hasStackTraceContaining("UnreadableValueException");
        capture = new Capture(server, server.createDatabase());
    }
}
