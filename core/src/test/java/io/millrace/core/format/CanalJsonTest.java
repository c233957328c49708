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
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sample is that of Apache Flink's documentation of "Canal Format". */
class CanalJsonTest {

    private static final CanalJson FORMAT = CanalJson.builder().build();
    private static final SourceInfo SOURCE = source("orders", "binlog.000007", 484, GTID, 1_589_373_560, 0);

    private static final TableSchema PRODUCTS = new TableSchema(
            new TableId("inventory", "products"),
            List.of(
                    column("id", ColumnType.INT, "int"),
                    column("name", ColumnType.STRING, "varchar(255)"),
                    column("description", ColumnType.STRING, "varchar(512)"),
                    column("weight", ColumnType.FLOAT, "float")),
            List.of("id"));

    private static RowImage product(float weight) {
        return row(
                PRODUCTS, Map.of("id", 111, "name", "scooter", "description", "Big 2-wheel scooter", "weight", weight));
    }

    @Test
    void shouldWriteAnUpdateAsDocumented() {
        long before = System.currentTimeMillis();
        JsonNode message = write(FORMAT, new Record(Record.Kind.UPDATE, product(5.15f), product(5.18f), SOURCE, 0));

        assertThat(without(message, "ts")).isEqualTo(json("""
                {
                  "data": [
                    {"id": "111", "name": "scooter", "description": "Big 2-wheel scooter", "weight": "5.18"}
                  ],
                  "database": "inventory",
                  "es": 1589373560000,
                  "id": 17,
                  "isDdl": false,
                  "mysqlType": {
                    "id": "int", "name": "varchar(255)", "description": "varchar(512)", "weight": "float"
                  },
                  "old": [{"weight": "5.15"}],
                  "pkNames": ["id"],
                  "sql": "",
                  "sqlType": {"id": 4, "name": 12, "description": 12, "weight": 7},
                  "table": "products",
                  "type": "UPDATE"
                }
                """));
        assertThat(message.get("ts").longValue()).isBetween(before, System.currentTimeMillis());
    }

    @Test
    void shouldTellOfEachEventInTurn() {
        SourceInfo next = source("orders", "binlog.000008", 4, null, 1_589_373_999, 0);
        TableFormat table = FORMAT.forTable(PRODUCTS);
        JsonBuffer out = new JsonBuffer();
        table.write(new Record(Record.Kind.INSERT, null, product(1), SOURCE, 0), out);
        out.clear();

        table.write(new Record(Record.Kind.INSERT, null, product(1), next, 0), out);

        assertThat(json(out.toString()).get("es").longValue()).isEqualTo(1_589_373_999_000L);
        out.clear();
        table.write(new Record(Record.Kind.DELETE, product(1), null, next, 0), out);
        assertThat(json(out.toString()).get("type").textValue()).isEqualTo("DELETE");
    }

    @Test
    void shouldHaveNothingOldButInUpdates() {
        JsonNode insert = write(FORMAT, new Record(Record.Kind.INSERT, null, product(1), SOURCE, 0));
        JsonNode delete = write(FORMAT, new Record(Record.Kind.DELETE, product(1), null, SOURCE, 0));
        JsonNode read = write(FORMAT, new Record(Record.Kind.READ, null, product(1), SOURCE, 0));

        assertThat(insert.get("type").textValue()).isEqualTo("INSERT");
        assertThat(insert.get("old").isNull()).isTrue();
        assertThat(delete.get("type").textValue()).isEqualTo("DELETE");
        assertThat(delete.get("data").get(0).get("weight").textValue()).isEqualTo("1.0");
        assertThat(delete.get("old").isNull()).isTrue();
        assertThat(read.get("type").textValue()).isEqualTo("INSERT");
    }

    @Test
    void shouldHaveNoKeyNamesWhereThereIsNoKey() {
        TableSchema keyless = new TableSchema(PRODUCTS.table(), PRODUCTS.columns(), List.of());
        RowImage row = row(keyless, Map.of("id", 1));

        assertThat(write(FORMAT, new Record(Record.Kind.INSERT, null, row, SOURCE, 0))
                        .get("pkNames")
                        .isNull())
                .isTrue();
        assertThat(key(FORMAT, product(1))).isEqualTo("{\"id\":111}");
    }

    @ParameterizedTest
    @CsvSource({
        "CREATE_TABLE, CREATE, true",
        "ALTER_TABLE, ALTER, true",
        "DROP_TABLE, ERASE, true",
        "RENAME_TABLE, RENAME, true",
        "TRUNCATE_TABLE, TRUNCATE, true",
        "CREATE_INDEX, CINDEX, true",
        "DROP_INDEX, DINDEX, true",
        "CREATE_DATABASE, QUERY, true",
        "UPDATE, QUERY, false",
        "OTHER, QUERY, true"
    })
    void shouldNameStatementsAsCanalDoes(Statement.Kind kind, String type, boolean isDdl) {
        Statement statement =
                new Statement(kind, "inventory", List.of(PRODUCTS.table()), "CREATE TABLE ...", SOURCE, 0);

        assertThat(without(write(FORMAT, statement), "ts")).isEqualTo(json("""
                {"data": null, "database": "inventory", "es": 1589373560000, "id": 17, "isDdl": %s,
                 "mysqlType": null, "old": null, "pkNames": null, "sql": "CREATE TABLE ...", "sqlType": null,
                 "table": "products", "type": "%s"}""".formatted(isDdl, type)));
    }

    private static void expect(CanalJson format, Column column, Object value, String text, int sqlType) {
        TableSchema schema = new TableSchema(new TableId("d", "t"), List.of(column), List.of());
        Map<String, Object> values = new LinkedHashMap<>();
        values.put(column.name(), value);
        JsonNode message = write(format, new Record(Record.Kind.INSERT, null, row(schema, values), SOURCE, 0));
        assertThat(message.get("data").get(0).get(column.name()).textValue())
                .as("%s", column)
                .isEqualTo(text);
        assertThat(message.get("sqlType").get(column.name()).intValue())
                .as("%s", column)
                .isEqualTo(sqlType);
    }

    private static void expect(Column column, Object value, String text, int sqlType) {
        expect(FORMAT, column, value, text, sqlType);
    }

    @Test
    void shouldShowAllValuesAsStrings() {
        BigInteger most = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
        expect(column("c", ColumnType.INT, "tinyint"), -1, "-1", Types.TINYINT);
        expect(column("c", ColumnType.INT, "tinyint unsigned"), 255, "255", Types.SMALLINT);
        expect(column("c", ColumnType.INT, "smallint unsigned"), 65535, "65535", Types.INTEGER);
        expect(column("c", ColumnType.LONG, "int unsigned"), 4294967295L, "4294967295", Types.BIGINT);
        expect(column("c", ColumnType.UNSIGNED_LONG, "bigint unsigned"), most, most.toString(), Types.DECIMAL);
        expect(column("c", ColumnType.DECIMAL, "decimal(5,2)", 2), new BigDecimal("-1.50"), "-1.50", Types.DECIMAL);
        expect(column("c", ColumnType.DOUBLE, "double"), 1e100, "1.0E100", Types.DOUBLE);
        expect(column("c", ColumnType.BOOLEAN, "bit(1)"), true, "1", Types.BIT);
        expect(column("c", ColumnType.BITS, "bit(64)"), -1L, most.toString(), Types.BIT);
        expect(column("c", ColumnType.INT, "year"), 0, "0000", Types.VARCHAR);
        expect(column("c", ColumnType.STRING, "char(3)"), "ü\"", "ü\"", Types.CHAR);
        expect(column("c", ColumnType.STRING, "mediumtext"), "t", "t", Types.CLOB);
        expect(column("c", ColumnType.BYTES, "blob"), new byte[] {0, 'a', (byte) 0xff, '"'}, "\0aÿ\"", Types.BLOB);
        expect(column("c", ColumnType.JSON, "json"), "{\"a\": 1}", "{\"a\": 1}", Types.VARCHAR);
        expect(
                column("c", ColumnType.GEOMETRY, "point"),
                new Geometry(4326, new byte[] {1, 2}),
                "\u00e6\u0010\0\0\u0001\u0002",
                Types.BLOB);
    }

    @Test
    void shouldShowTimesAsTheServerDoes() {
        CanalJson shanghai =
                CanalJson.builder().zone(ZoneId.of("Asia/Shanghai")).build();
        ZeroDate zero = new ZeroDate(0, 0, 0, 0, 0, 0, 0);
        expect(column("c", ColumnType.DATE, "date"), LocalDate.parse("2024-02-29"), "2024-02-29", Types.DATE);
        expect(column("c", ColumnType.DATE, "date"), zero, "0000-00-00", Types.DATE);
        expect(
                column("c", ColumnType.DATETIME, "datetime(3)", 3),
                LocalDateTime.parse("2024-02-29T01:02:03.120"),
                "2024-02-29 01:02:03.120",
                Types.TIMESTAMP);
        expect(
                column("c", ColumnType.TIMESTAMP, "timestamp"),
                Instant.parse("2024-02-29T23:00:00Z"),
                "2024-02-29 23:00:00",
                Types.TIMESTAMP);
        expect(
                shanghai,
                column("c", ColumnType.TIMESTAMP, "timestamp"),
                Instant.parse("2024-02-29T23:00:00Z"),
                "2024-03-01 07:00:00",
                Types.TIMESTAMP);
        expect(column("c", ColumnType.TIMESTAMP, "timestamp"), zero, "0000-00-00 00:00:00", Types.TIMESTAMP);
        expect(column("c", ColumnType.TIME, "time"), Duration.ofHours(-838), "-838:00:00", Types.TIME);
    }

    @Test
    void shouldShowMembersByNumberOrElseByName() {
        CanalJson names = CanalJson.builder().membersAsText(true).build();
        Column anEnum = column("c", ColumnType.STRING, "enum('a','it''s')");
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < 64; i++) {
            all.append(i == 0 ? "m" : ",m").append(i);
        }
        Column aSet = column("c", ColumnType.STRING, "set('" + all.toString().replace(",", "','") + "')");

        expect(anEnum, "it's", "2", Types.INTEGER);
        expect(anEnum, "", "0", Types.INTEGER);
        expect(column("c", ColumnType.STRING, "enum('a','')"), "", "2", Types.INTEGER);
        expect(anEnum, "masked", "masked", Types.INTEGER);
        expect(names, anEnum, "it's", "it's", Types.INTEGER);
        expect(aSet, "", "0", Types.BIT);
        expect(aSet, "m0,m2", "5", Types.BIT);
        expect(aSet, all.toString(), "18446744073709551615", Types.BIT);
        expect(aSet, "m0,other", "m0,other", Types.BIT);
    }
}
