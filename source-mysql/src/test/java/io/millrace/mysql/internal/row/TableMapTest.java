// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.PermanentException;
import io.millrace.core.TableId;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MySqlExtension.class)
class TableMapTest {

    private static final int TABLE_MAP = 19;

    private static Session session;

    @BeforeAll
    static void connect(MySqlServer server) throws SQLException {
        session = new Session(server);
    }

    @AfterAll
    static void disconnect() throws SQLException {
        session.close();
    }

    @BeforeEach
    void dropTable() throws SQLException {
        session.run("DROP TABLE IF EXISTS t");
    }

    private static BinlogFile.Event mapOf(String... sql) throws SQLException {
        return session.eventsOf(sql).stream()
                .filter(event -> event.type() == TABLE_MAP)
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    private static TableMap parse(BinlogFile.Event event) {
        return TableMap.parse(event.bytes(), event.offset(), event.end());
    }

    @Test
    void shouldTellNamesTypesNullabilityAndKey() throws SQLException {
        session.run("CREATE TABLE t (`größe` DECIMAL(10,2) UNSIGNED, a INT UNSIGNED NOT NULL,"
                + " b VARCHAR(20) NOT NULL, at TIMESTAMP(3) NULL, PRIMARY KEY (b, a))");

        TableMap map = parse(mapOf("INSERT INTO t VALUES (1, 1, '', NULL)"));

        assertThat(map.table()).isEqualTo(new TableId(session.database(), "t"));
        assertThat(map.schema().columns())
                .containsExactly(
                        new Column("größe", ColumnType.DECIMAL, "decimal(10,2) unsigned", 2, true),
                        new Column("a", ColumnType.LONG, "int unsigned", 0, false),
                        new Column("b", ColumnType.STRING, "varchar(20)", 0, false),
                        new Column("at", ColumnType.TIMESTAMP, "timestamp(3)", 3, true));
        assertThat(map.schema().primaryKey()).containsExactly("b", "a");
    }

    @Test
    void shouldTellKeyOfPrefixes() throws SQLException {
        session.run("CREATE TABLE t (id INT, a TEXT, b VARCHAR(20), PRIMARY KEY (a(5), id, b(3)))");

        TableMap map = parse(mapOf("INSERT INTO t VALUES (1, 'abcdefgh', 'xyzzy')"));

        assertThat(map.schema().primaryKey()).containsExactly("a", "id", "b");
    }

    @Test
    void shouldKeepInvisibleAndGeneratedColumns() throws SQLException {
        session.run("SET sql_generate_invisible_primary_key = ON");
        session.run("CREATE TABLE t (a INT, b INT GENERATED ALWAYS AS (a + 1) STORED,"
                + " c INT GENERATED ALWAYS AS (a + 2) VIRTUAL, d INT INVISIBLE DEFAULT 4, j JSON,"
                + " KEY f ((a * 2)), KEY m ((CAST(j AS UNSIGNED ARRAY))))");
        session.run("SET sql_generate_invisible_primary_key = OFF");

        MySqlRow row = session.rowsOf("INSERT INTO t (a, j) VALUES (1, '[1,2]')")
                .get(0)
                .image();

        assertThat(row.schema().primaryKey()).containsExactly("my_row_id");
        assertThat(row).hasToString("{my_row_id=1, a=1, b=2, c=3, d=4, j=[1, 2]}");
    }

    @Test
    void shouldKnowGeometries() throws SQLException {
        session.run("CREATE TABLE t (a POINT SRID 4326, b GEOMETRY, c MULTIPOLYGON, d GEOMETRYCOLLECTION,"
                + " e LINESTRING, f POLYGON, g MULTIPOINT, h MULTILINESTRING)");

        MySqlRow row = session.rowsOf("INSERT INTO t (a, b) VALUES"
                        + " (ST_SRID(POINT(1, 2), 4326), ST_GeomFromText('LINESTRING(0 0, 1 1)'))")
                .get(0)
                .image();

        assertThat(row.schema().columns().stream().map(Column::nativeType))
                .containsExactly(
                        "point",
                        "geometry",
                        "multipolygon",
                        "geomcollection",
                        "linestring",
                        "polygon",
                        "multipoint",
                        "multilinestring");
        assertThat(AsServerPrints.value(row, 0))
                .isEqualTo(
                        session.query("SELECT CONCAT(ST_SRID(a), ' ', HEX(ST_AsWKB(a, 'axis-order=long-lat'))) FROM t")
                                .get(0));
        assertThat(AsServerPrints.value(row, 1))
                .isEqualTo(session.query("SELECT CONCAT(ST_SRID(b), ' ', HEX(ST_AsWKB(b))) FROM t")
                        .get(0));
    }

    @Test
    void shouldRefuseMapsWithoutNamesAndSayWhatToSet() throws IOException, SQLException {
        List<BinlogFile.Event> events;
        String table;
        try (MySqlServer minimal = MySqlServer.builder()
                        .option("binlog-row-metadata", "MINIMAL")
                        .start();
                Session own = new Session(minimal)) {
            own.run("CREATE TABLE t (a INT)");
            events = own.eventsOf("INSERT INTO t VALUES (1), (2)");
            table = own.database() + ".t";
        }
        BinlogFile.Event map =
                events.stream().filter(e -> e.type() == TABLE_MAP).findFirst().orElseThrow();
        BinlogFile.Event rows =
                events.stream().filter(e -> e.type() == 30).findFirst().orElseThrow();

        assertThatThrownBy(() -> parse(map))
                .isInstanceOf(PermanentException.class)
                .hasMessageContainingAll(table, "SET PERSIST binlog_row_metadata=FULL");
        assertThat(RowLayout.parse(map.bytes(), map.offset(), map.end(), ServerFamily.MYSQL)
                        .count(RowsEventType.WRITE, rows.bytes(), rows.offset(), rows.end()))
                .isEqualTo(2);
    }

    @Test
    void shouldTellTheTableWithoutReadingTheRest() throws SQLException {
        session.run("CREATE TABLE t (a INT)");
        BinlogFile.Event event = mapOf("INSERT INTO t VALUES (1)");

        TableMap map = parse(event);

        assertThat(TableMap.peekTableNumber(event.bytes(), event.offset())).isEqualTo(map.tableNumber());
        assertThat(TableMap.peekTable(event.bytes(), event.offset(), event.end()))
                .isEqualTo(map.table());
    }

    @Test
    void shouldNameColumnAndCodeOfAnUnknownType() throws SQLException {
        session.run("CREATE TABLE t (id INT, shape YEAR)");
        BinlogFile.Event event = mapOf("INSERT INTO t VALUES (1, 2024)");
        byte[] bytes = event.bytes().clone();
        int types = event.offset() + session.database().length() + 14;
        assertThat(bytes[types + 1]).isEqualTo((byte) TypeCode.YEAR);
        bytes[types + 1] = (byte) 150;

        assertThatThrownBy(() -> TableMap.parse(bytes, event.offset(), event.end()))
                .isInstanceOf(UnreadableValueException.class)
                .hasMessageContainingAll(session.database() + ".t", "shape", "150");
    }

    @Test
    void shouldReadTablesOfManyColumns() throws SQLException {
        StringBuilder columns = new StringBuilder("c0 INT");
        for (int i = 1; i < 4095; i++) {
            columns.append(", c").append(i).append(i % 3 == 0 ? " VARCHAR(1)" : " TINYINT");
        }
        session.run("CREATE TABLE t (" + columns + ", last VARCHAR(9)) ENGINE = MyISAM");

        MySqlRow row = session.rowsOf("INSERT INTO t (c0, last, c4000, c500) VALUES (1, 'last', 8, 5)")
                .get(0)
                .image();

        assertThat(row.get("last")).isEqualTo("last");
        assertThat(row.asMap())
                .hasSize(4096)
                .containsEntry("c4000", 8)
                .containsEntry("c500", 5)
                .containsEntry("c997", null);
    }
}
