// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.millrace.core.Column;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.JsonRow;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import io.millrace.testkit.MySqlServers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;

/** Tables whose shape is unusual. */
@ParameterizedClass(autoCloseArguments = false)
@MySqlServers({MySqlRelease.MYSQL_8_0, MySqlRelease.MARIADB_11_4})
class SpecialTablesIT {

    private Connection connection;
    private Statement statement;
    private Capture capture;

    @Parameter
    private MySqlServer server;

    @BeforeEach
    void begin() throws SQLException, InterruptedException {
        String database = server.createDatabase();
        connection = server.connect(database);
        statement = connection.createStatement();
        capture = new Capture(server, database, history());
    }

    /** {@return where what tables look like is kept; null if the log says it} */
    @Nullable Path history() {
        return null;
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

    private void onlyMySql() {
        assumeFalse(server.release().isMariaDb(), "MariaDB has no such tables");
    }

    private static String json(RowImage row) {
        JsonBuffer out = new JsonBuffer();
        new JsonRow(row.schema()).write(row, out);
        return out.toString();
    }

    @Test
    void shouldKnowTheInvisiblePrimaryKeyThatTheServerGenerates() throws Exception {
        onlyMySql();
        Record record = captured(
                        "SET sql_generate_invisible_primary_key = ON",
                        "CREATE TABLE t (name VARCHAR(9))",
                        "INSERT INTO t VALUES ('a'), ('b')")
                .get(1);

        assertThat(record.schema().primaryKey()).containsExactly("my_row_id");
        assertThat(record.schema().columns()).extracting(Column::name).containsExactly("my_row_id", "name");
        assertThat(json(record.row())).isEqualTo("{\"my_row_id\":2,\"name\":\"b\"}");
    }

    /** The server adds a hidden column for the expression and logs its values with the row. */
    @Test
    void shouldReadTablesWithIndexesOnExpressions() throws Exception {
        onlyMySql();
        List<Record> records = captured(
                "CREATE TABLE t (id INT PRIMARY KEY, a INT, name VARCHAR(9), j JSON, INDEX ((a * 2)),"
                        + " INDEX ((UPPER(name))), INDEX m ((CAST(j AS UNSIGNED ARRAY))))",
                "INSERT INTO t VALUES (1, 7, 'x', '[1, 2]'), (2, NULL, NULL, NULL)",
                "UPDATE t SET a = 8 WHERE id = 1");

        assertThat(json(records.get(0).row())).isEqualTo("{\"id\":1,\"a\":7,\"name\":\"x\",\"j\":[1, 2]}");
        assertThat(records.get(1).row().getString("name")).isNull();
        assertThat(records.get(2).row().getLong("a")).isEqualTo(8);
    }

    /** The most that MySQL allows, of which MariaDB takes half; only MyISAM takes them all. */
    @Test
    void shouldReadFourThousandAndNinetySixColumns() throws Exception {
        wide("MyISAM", server.release().isMariaDb() ? 2048 : 4096);
    }

    @Test
    void shouldReadAsManyColumnsAsInnoDbTakes() throws Exception {
        wide("InnoDB", 1017);
    }

    private void wide(String engine, int columns) throws Exception {
        List<String> types = List.of("TINYINT NOT NULL", "SMALLINT UNSIGNED", "BIT(9)", "CHAR(2)", "DATE", "TIME(2)");
        List<String> literals = List.of("-5", "65535", "300", "'é'", "'0000-01-02'", "'-00:00:01.25'");
        List<String> expected = List.of("-5", "65535", "300", "\"é\"", "\"0000-01-02\"", "\"-00:00:01.25\"");
        List<String> definitions = new ArrayList<>(List.of("id INT PRIMARY KEY"));
        List<String> values = new ArrayList<>(List.of("1"));
        List<String> nulls = new ArrayList<>(List.of("2"));
        StringBuilder json = new StringBuilder("{\"id\":1");
        for (int i = 1; i < columns; i++) {
            int type = i % types.size();
            definitions.add("c" + i + " " + types.get(type));
            values.add(i % 7 == 0 && type > 0 ? "NULL" : literals.get(type));
            nulls.add(type == 0 ? "0" : "NULL");
            json.append(",\"c").append(i).append("\":").append(i % 7 == 0 && type > 0 ? "null" : expected.get(type));
        }

        List<Record> records = captured(
                "SET sql_mode = ''",
                "CREATE TABLE t (" + String.join(", ", definitions) + ") ENGINE=" + engine + " CHARACTER SET latin1",
                "INSERT INTO t VALUES (" + String.join(", ", values) + "), (" + String.join(", ", nulls) + ")",
                "DELETE FROM t WHERE id = 1");

        assertThat(json(Objects.requireNonNull(records.get(0).after()))).isEqualTo(json + "}");
        assertThat(json(Objects.requireNonNull(records.get(2).before()))).isEqualTo(json + "}");
        RowImage second = records.get(1).row();
        for (int i = 1; i < columns; i++) {
            assertThat(second.get("c" + i)).isEqualTo(i % types.size() == 0 ? 0 : null);
        }
    }

    @Test
    void shouldKeepOddNamesOfColumns() throws Exception {
        List<String> names = List.of(
                "a b",
                " leading",
                "quote\"",
                "apostrophe'",
                "back`tick",
                "back\\slash",
                "dotted.name",
                "select",
                "line\nfeed",
                "tab\there",
                "$dollar",
                "%{/x}",
                "naïve",
                "列",
                "Ключ",
                "1",
                "{\"json\":1}",
                "n".repeat(64),
                "列".repeat(64));
        String definitions = String.join(
                ", ", names.stream().map(name -> quoted(name) + " INT").toList());
        String values = String.join(
                ", ",
                names.stream()
                        .map(name -> Integer.toString(names.indexOf(name)))
                        .toList());

        Record record = captured(
                        "CREATE TABLE `odd table` (" + definitions + ", PRIMARY KEY (" + quoted("a b") + ", "
                                + quoted("quote\"") + "))",
                        "INSERT INTO `odd table` VALUES (" + values + ")")
                .get(0);

        Map<String, Object> map = record.row().asMap();
        assertThat(map.keySet()).containsExactlyElementsOf(names);
        assertThat(map.values())
                .containsExactlyElementsOf(names.stream().map(names::indexOf).toList());
        assertThat(record.schema().primaryKey()).containsExactly("a b", "quote\"");
        Map<?, ?> read = new com.fasterxml.jackson.databind.ObjectMapper().readValue(json(record.row()), Map.class);
        assertThat(read).isEqualTo(map);
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }
}
