// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import static io.millrace.core.format.FormatSamples.GTID;
import static io.millrace.core.format.FormatSamples.column;
import static io.millrace.core.format.FormatSamples.json;
import static io.millrace.core.format.FormatSamples.key;
import static io.millrace.core.format.FormatSamples.row;
import static io.millrace.core.format.FormatSamples.source;
import static io.millrace.core.format.FormatSamples.without;
import static io.millrace.core.format.FormatSamples.write;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.Geometry;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.ZeroDate;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Samples are those of Maxwell's documentation. */
class MaxwellJsonTest {

    private static final ZoneId PACIFIC = ZoneId.of("America/Los_Angeles");
    private static final MaxwellJson FORMAT = MaxwellJson.builder().build();
    /** What the page "Data Format" shows. */
    private static final MaxwellJson DOCUMENTED = MaxwellJson.builder()
            .binlogPosition(true)
            .serverId(true)
            .zone(PACIFIC)
            .build();

    private static final TableSchema E = new TableSchema(
            new TableId("test", "e"),
            List.of(
                    column("id", ColumnType.INT, "int"),
                    column("m", ColumnType.DOUBLE, "double"),
                    column("c", ColumnType.TIMESTAMP, "timestamp(6)", 6),
                    column("comment", ColumnType.STRING, "varchar(255)")),
            List.of("id"));

    private static final SourceInfo SOURCE = source("orders", "master.000006", 800_911, GTID, 1_477_053_217, 0);

    private static RowImage sample(double m, String instant) {
        return row(E, Map.of("id", 1, "m", m, "c", Instant.parse(instant), "comment", "I am a creature of light."));
    }

    private static final RowImage OLD = sample(4.2341, "2016-10-21T12:33:37.523Z");
    private static final RowImage NEW = sample(5.444, "2016-10-21T12:33:54.631Z");

    @Test
    void shouldWriteAnInsertAsDocumented() {
        // thread_id is not in the log of rows, and commit is not known: see the class.
        assertThat(write(DOCUMENTED, new Record(Record.Kind.INSERT, null, OLD, SOURCE, 0)))
                .isEqualTo(json("""
                {
                   "database":"test",
                   "table":"e",
                   "type":"insert",
                   "ts":1477053217,
                   "xid":17,
                   "position":"master.000006:800911",
                   "server_id":223344,
                   "data":{
                      "id":1,
                      "m":4.2341,
                      "c":"2016-10-21 05:33:37.523000",
                      "comment":"I am a creature of light."
                   }
                }
                """));
    }

    @Test
    void shouldWriteWhatAnUpdateHasChangedAsDocumented() {
        JsonNode update = write(DOCUMENTED, new Record(Record.Kind.UPDATE, OLD, NEW, SOURCE, 0));

        assertThat(update.get("type").textValue()).isEqualTo("update");
        assertThat(update.get("data")).isEqualTo(json("""
                {"id":1, "m":5.444, "c":"2016-10-21 05:33:54.631000", "comment":"I am a creature of light."}"""));
        assertThat(update.get("old")).isEqualTo(json("""
                {"m":4.2341, "c":"2016-10-21 05:33:37.523000"}"""));
    }

    @Test
    void shouldFindWhatChangedInRowsOfAnotherShape() {
        RowImage before = OLD.without("c").rename("comment", "remark").with("added", "x");
        Record edited = new Record(Record.Kind.UPDATE, before, NEW, SOURCE, 0);

        assertThat(write(FORMAT, edited).get("old")).isEqualTo(json("{\"m\":4.2341}"));
    }

    @Test
    void shouldTellOfEachEventInTurn() {
        SourceInfo next = source("orders", "master.000007", 4, null, 1_477_053_299, 0);
        TableFormat table = DOCUMENTED.forTable(E);
        JsonBuffer out = new JsonBuffer();
        table.write(new Record(Record.Kind.INSERT, null, OLD, SOURCE, 0), out);
        out.clear();

        table.write(new Record(Record.Kind.INSERT, null, OLD, next, 0), out);

        assertThat(json(out.toString()).get("ts").intValue()).isEqualTo(1_477_053_299);
        assertThat(json(out.toString()).get("position").textValue()).isEqualTo("master.000007:4");
        out.clear();
        table.write(new Record(Record.Kind.DELETE, OLD, null, next, 0), out);
        assertThat(json(out.toString()).get("type").textValue()).isEqualTo("delete");
    }

    @Test
    void shouldWriteTheRowThatWasDeleted() {
        JsonNode delete = write(FORMAT, new Record(Record.Kind.DELETE, NEW, null, SOURCE, 0));

        assertThat(delete.get("type").textValue()).isEqualTo("delete");
        assertThat(delete.get("data").get("m").doubleValue()).isEqualTo(5.444);
        assertThat(delete.has("old")).isFalse();
    }

    @Test
    void shouldWriteRowsOfAnInitialLoadAsDocumented() {
        TableSchema bar = new TableSchema(
                new TableId("fooDB", "barTable"), List.of(column("txt", ColumnType.STRING, "varchar(255)")), List.of());
        SourceInfo source = source("orders", "master.000006", 4, null, 1_450_557_744, 0);

        assertThat(write(FORMAT, new Record(Record.Kind.READ, null, row(bar, Map.of("txt", "hello")), source, 0)))
                .isEqualTo(json("""
                        {"database":"fooDB","table":"barTable","type":"bootstrap-insert","ts":1450557744,
                         "data":{"txt":"hello"}}"""));
    }

    @Test
    void shouldSayByOptionWhereARecordStands() {
        MaxwellJson all = MaxwellJson.builder()
                .gtidPosition(true)
                .xoffset(true)
                .primaryKeys(true)
                .primaryKeyColumns(true)
                .build();
        MaxwellJson least = MaxwellJson.builder().commitInfo(false).build();
        Record record = new Record(Record.Kind.DELETE, NEW, null, SOURCE, 12);

        assertThat(without(write(all, record), "data")).isEqualTo(json("""
                {"database":"test","table":"e","type":"delete","ts":1477053217,"xid":17,"xoffset":12,
                 "gtid":"%s","primary_key":[1],"primary_key_columns":["id"]}""".formatted(GTID)));
        assertThat(without(write(least, record), "data")).isEqualTo(json("""
                {"database":"test","table":"e","type":"delete","ts":1477053217}"""));
    }

    @Test
    void shouldLeaveNullsOutByOption() {
        Map<String, Object> values = new HashMap<>(Map.of("id", 1, "m", 2.0));
        values.put("comment", null);
        MaxwellJson without = MaxwellJson.builder().nulls(false).build();
        Record record = new Record(Record.Kind.UPDATE, row(E, values), NEW, SOURCE, 0);

        assertThat(write(FORMAT, record).get("old")).isEqualTo(json("{\"m\":2.0,\"comment\":null}"));
        assertThat(write(without, record).get("old")).isEqualTo(json("{\"m\":2.0}"));
        assertThat(write(without, new Record(Record.Kind.DELETE, row(E, values), null, SOURCE, 0))
                        .get("data"))
                .isEqualTo(json("{\"id\":1,\"m\":2.0}"));
    }

    @Nested
    class Keys {

        private static final TableSchema TABLE = new TableSchema(
                new TableId("test_tb", "test_tbl"),
                List.of(column("Part2", ColumnType.STRING, "varchar(9)"), column("id", ColumnType.INT, "int")),
                List.of("id", "Part2"));
        private static final RowImage ROW = row(TABLE, Map.of("id", 4, "Part2", "hello"));

        @Test
        void shouldBeAHashAsDocumented() {
            assertThat(key(FORMAT, ROW))
                    .isEqualTo("{\"database\":\"test_tb\",\"table\":\"test_tbl\",\"pk.id\":4,\"pk.part2\":\"hello\"}");
            assertThat(key(FORMAT, "test_tb", "test_tbl"))
                    .isEqualTo("{\"database\":\"test_tb\",\"table\":\"test_tbl\"}");
        }

        @Test
        void shouldBeAnArrayByOption() {
            MaxwellJson array =
                    MaxwellJson.builder().keyFormat(MaxwellJson.KeyFormat.ARRAY).build();

            assertThat(key(array, ROW)).isEqualTo("[\"test_tb\",\"test_tbl\",[{\"id\":4},{\"part2\":\"hello\"}]]");
            assertThat(key(array, "test_tb", "test_tbl")).isEqualTo("[\"test_tb\",\"test_tbl\",[]]");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "CREATE_TABLE, table-create",
        "ALTER_TABLE, table-alter",
        "RENAME_TABLE, table-alter",
        "DROP_TABLE, table-drop",
        "CREATE_DATABASE, database-create",
        "ALTER_DATABASE, database-alter",
        "DROP_DATABASE, database-drop",
        "TRUNCATE_TABLE, sql",
        "OTHER, sql",
        "INSERT, sql"
    })
    void shouldNameStatementsAsDocumented(Statement.Kind kind, String type) {
        boolean ofTable = kind != Statement.Kind.CREATE_DATABASE;
        Statement statement = new Statement(
                kind, "test", ofTable ? List.of(E.table()) : List.of(), "alter table test.e ...", SOURCE, 0);

        assertThat(write(DOCUMENTED, statement))
                .isEqualTo(json("""
                {"type":"%s","database":"test",%s"ts":1477053217000,"sql":"alter table test.e ...",
                 "position":"master.000006:800911"}""".formatted(type, ofTable ? "\"table\":\"e\"," : "")));
    }

    @Nested
    class Values {

        private JsonNode shown(MaxwellJson format, Column column, Object value) {
            TableSchema schema = new TableSchema(new TableId("d", "t"), List.of(column), List.of());
            Map<String, Object> values = new LinkedHashMap<>();
            values.put(column.name(), value);
            return write(format, new Record(Record.Kind.INSERT, null, row(schema, values), SOURCE, 0))
                    .at("/data/" + column.name());
        }

        private void expect(Column column, Object value, String json) {
            assertThat(shown(FORMAT, column, value)).as("%s", column).isEqualTo(json(json));
        }

        @Test
        void shouldBeThoseOfTheDocumentation() {
            expect(
                    column("c", ColumnType.STRING, "set('a_val','b_val','c_val')"),
                    "b_val,c_val",
                    "[\"b_val\",\"c_val\"]");
            expect(column("c", ColumnType.STRING, "set('a_val')"), "", "[]");
            expect(column("c", ColumnType.STRING, "enum('a,b')"), "a,b", "\"a,b\"");
            expect(column("c", ColumnType.BYTES, "blob"), new byte[] {1, 2}, "\"AQI=\"");
            expect(
                    column("c", ColumnType.DATETIME, "datetime"),
                    new ZeroDate(0, 0, 0, 0, 0, 0, 0),
                    "\"0000-00-00 00:00:00\"");
            expect(
                    column("c", ColumnType.DATETIME, "datetime(6)", 6),
                    LocalDateTime.parse("2016-10-21T05:33:37.523"),
                    "\"2016-10-21 05:33:37.523000\"");
            expect(column("c", ColumnType.DATE, "date"), LocalDate.parse("2016-10-21"), "\"2016-10-21\"");
            expect(column("c", ColumnType.TIME, "time(3)", 3), Duration.ofMillis(-1_500), "\"-00:00:01.500\"");
            expect(column("c", ColumnType.BOOLEAN, "bit(1)"), true, "1");
            expect(column("c", ColumnType.BITS, "bit(9)"), 257L, "257");
            expect(
                    column("c", ColumnType.UNSIGNED_LONG, "bigint unsigned"),
                    BigInteger.TWO.pow(64).subtract(BigInteger.ONE),
                    "18446744073709551615");
            expect(column("c", ColumnType.DECIMAL, "decimal(5,2)", 2), new BigDecimal("1.50"), "1.50");
            expect(column("c", ColumnType.JSON, "json"), "{\"a\": [1]}", "{\"a\":[1]}");
        }

        @Test
        void shouldShowZeroDatesAsNullByOption() {
            MaxwellJson nulls = MaxwellJson.builder().nullZeroDates(true).build();
            ZeroDate zero = new ZeroDate(0, 0, 0, 0, 0, 0, 0);

            assertThat(shown(nulls, column("c", ColumnType.DATE, "date"), zero).isNull())
                    .isTrue();
            assertThat(shown(nulls, column("c", ColumnType.TIMESTAMP, "timestamp"), zero)
                            .isNull())
                    .isTrue();
            assertThat(shown(nulls, column("c", ColumnType.DATE, "date"), new ZeroDate(2020, 0, 1, 0, 0, 0, 0))
                            .textValue())
                    .isEqualTo("2020-00-01");
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "0101000000000000000000f03f000000000000f8bf | POINT (1 -1.5)",
                    "00000000013ff0000000000000bff8000000000000 | POINT (1 -1.5)",
                    "0102000000020000000000000000000000000000000000000000000000000000400000000000000840 | LINESTRING (0 0, 2 3)",
                    "01040000000200000001010000000000000000000000000000000000000001010000000000000000000040000000000000f03f"
                            + " | MULTIPOINT ((0 0), (2 1))",
                    "010300000001000000020000000000000000000000000000000000000000000000000000400000000000000840"
                            + " | POLYGON ((0 0, 2 3))",
                    "010700000001000000010100000000000000000000400000000000000840 | GEOMETRYCOLLECTION (POINT (2 3))",
                    "010700000000000000 | GEOMETRYCOLLECTION EMPTY",
                })
        void shouldShowGeometriesAsText(String wkb, String text) {
            assertThat(shown(
                                    FORMAT,
                                    column("c", ColumnType.GEOMETRY, "geometry"),
                                    new Geometry(0, HexFormat.of().parseHex(wkb)))
                            .textValue())
                    .isEqualTo(text);
        }
    }
}
