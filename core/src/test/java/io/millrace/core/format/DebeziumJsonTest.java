// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import static io.millrace.core.format.FormatSamples.GTID;
import static io.millrace.core.format.FormatSamples.column;
import static io.millrace.core.format.FormatSamples.json;
import static io.millrace.core.format.FormatSamples.key;
import static io.millrace.core.format.FormatSamples.required;
import static io.millrace.core.format.FormatSamples.row;
import static io.millrace.core.format.FormatSamples.source;
import static io.millrace.core.format.FormatSamples.without;
import static io.millrace.core.format.FormatSamples.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.Geometry;
import io.millrace.core.InvalidOptionsException;
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
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Samples are those of Debezium's documentation of its MySQL connector, version 3. */
class DebeziumJsonTest {

    private static final DebeziumJson FORMAT =
            DebeziumJson.builder("mysql-server-1").build();
    private static final DebeziumJson BARE = DebeziumJson.builder("mysql-server-1")
            .keySchema(false)
            .valueSchema(false)
            .build();

    private static final TableSchema CUSTOMERS = new TableSchema(
            new TableId("inventory", "customers"),
            List.of(
                    required("id", ColumnType.INT, "int"),
                    required("first_name", ColumnType.STRING, "varchar(255)"),
                    required("last_name", ColumnType.STRING, "varchar(255)"),
                    required("email", ColumnType.STRING, "varchar(255)")),
            List.of("id"));

    private static final SourceInfo SOURCE =
            source("orders", "mysql-bin.000003", 484, null, 1_465_581_029, 1_465_581_029_100_000L);

    private static RowImage customer(String firstName) {
        return row(
                CUSTOMERS,
                Map.of("id", 1004, "first_name", firstName, "last_name", "Kretchmar", "email", "annek@noanswer.org"));
    }

    private static final String SOURCE_SCHEMA = """
            {"type": "struct", "fields": [
              {"type": "string", "optional": false, "field": "version"},
              {"type": "string", "optional": false, "field": "connector"},
              {"type": "string", "optional": false, "field": "name"},
              {"type": "int64", "optional": false, "field": "ts_ms"},
              {"type": "string", "optional": true, "name": "io.debezium.data.Enum", "version": 1,
               "parameters": {"allowed": "true,first,first_in_data_collection,last_in_data_collection,last,false,incremental"},
               "default": "false", "field": "snapshot"},
              {"type": "string", "optional": false, "field": "db"},
              {"type": "string", "optional": true, "field": "sequence"},
              {"type": "int64", "optional": true, "field": "ts_us"},
              {"type": "int64", "optional": true, "field": "ts_ns"},
              {"type": "string", "optional": true, "field": "table"},
              {"type": "int64", "optional": false, "field": "server_id"},
              {"type": "string", "optional": true, "field": "gtid"},
              {"type": "string", "optional": false, "field": "file"},
              {"type": "int64", "optional": false, "field": "pos"},
              {"type": "int32", "optional": false, "field": "row"},
              {"type": "int64", "optional": true, "field": "thread"},
              {"type": "string", "optional": true, "field": "query"}],
             "optional": false, "name": "io.debezium.connector.mysql.Source", "version": 1, "field": "source"}
            """;

    @Nested
    class Events {

        private static final String ROW_FIELDS = """
                {"type": "int32", "optional": false, "field": "id"},
                {"type": "string", "optional": false, "field": "first_name"},
                {"type": "string", "optional": false, "field": "last_name"},
                {"type": "string", "optional": false, "field": "email"}""";

        @Test
        void shouldDescribeItselfAsDocumented() {
            JsonNode event = write(FORMAT, new Record(Record.Kind.INSERT, null, customer("Anne"), SOURCE, 0));

            assertThat(event.get("schema")).isEqualTo(json("""
                    {"type": "struct", "fields": [
                      {"type": "struct", "fields": [%1$s], "optional": true,
                       "name": "mysql-server-1.inventory.customers.Value", "field": "before"},
                      {"type": "struct", "fields": [%1$s], "optional": true,
                       "name": "mysql-server-1.inventory.customers.Value", "field": "after"},
                      %2$s,
                      {"type": "struct", "fields": [
                        {"type": "string", "optional": false, "field": "id"},
                        {"type": "int64", "optional": false, "field": "total_order"},
                        {"type": "int64", "optional": false, "field": "data_collection_order"}],
                       "optional": true, "name": "event.block", "version": 1, "field": "transaction"},
                      {"type": "string", "optional": false, "field": "op"},
                      {"type": "int64", "optional": true, "field": "ts_ms"},
                      {"type": "int64", "optional": true, "field": "ts_us"},
                      {"type": "int64", "optional": true, "field": "ts_ns"}],
                     "optional": false, "name": "mysql-server-1.inventory.customers.Envelope", "version": 2}
                    """.formatted(ROW_FIELDS, SOURCE_SCHEMA)));
        }

        @Test
        void shouldTellAnUpdateAsDocumented() {
            Record update = new Record(Record.Kind.UPDATE, customer("Anne"), customer("Anne Marie"), SOURCE, 0);

            JsonNode payload = write(FORMAT, update).get("payload");

            assertThat(without(payload, "ts_ms", "ts_us", "ts_ns")).isEqualTo(json("""
                    {"before": {"id": 1004, "first_name": "Anne", "last_name": "Kretchmar", "email": "annek@noanswer.org"},
                     "after":
                       {"id": 1004, "first_name": "Anne Marie", "last_name": "Kretchmar", "email": "annek@noanswer.org"},
                     "source": {
                       "version": "3.6.1.Final", "name": "mysql-server-1", "connector": "mysql",
                       "ts_ms": 1465581029100, "ts_us": 1465581029100000, "ts_ns": 1465581029100000000,
                       "snapshot": "false", "db": "inventory", "sequence": null, "table": "customers",
                       "server_id": 223344, "gtid": null, "file": "mysql-bin.000003", "pos": 484, "row": 0,
                       "thread": null, "query": null},
                     "transaction": null,
                     "op": "u"}
                    """));
        }

        @Test
        void shouldTellWhenItWasWritten() {
            Instant before = Instant.now();
            JsonNode payload = write(BARE, new Record(Record.Kind.INSERT, null, customer("Anne"), SOURCE, 0));
            Instant after = Instant.now();

            long nanos = payload.get("ts_ns").longValue();
            assertThat(Instant.ofEpochSecond(0, nanos)).isBetween(before, after);
            assertThat(payload.get("ts_us").longValue()).isEqualTo(nanos / 1_000);
            assertThat(payload.get("ts_ms").longValue()).isEqualTo(nanos / 1_000_000);
        }

        @Test
        void shouldTellEachKindByItsLetter() {
            JsonNode insert = write(BARE, new Record(Record.Kind.INSERT, null, customer("Anne"), SOURCE, 0));
            JsonNode delete = write(BARE, new Record(Record.Kind.DELETE, customer("Anne"), null, SOURCE, 7));
            JsonNode read = write(BARE, new Record(Record.Kind.READ, null, customer("Anne"), SOURCE, 0));

            assertThat(insert.get("op").textValue()).isEqualTo("c");
            assertThat(insert.get("before").isNull()).isTrue();
            assertThat(insert.get("after").get("first_name").textValue()).isEqualTo("Anne");
            assertThat(delete.get("op").textValue()).isEqualTo("d");
            assertThat(delete.get("before").get("id").intValue()).isEqualTo(1004);
            assertThat(delete.get("after").isNull()).isTrue();
            assertThat(delete.get("source").get("row").intValue()).isEqualTo(7);
            assertThat(read.get("op").textValue()).isEqualTo("r");
            assertThat(read.get("source").get("snapshot").textValue()).isEqualTo("true");
        }

        @Test
        void shouldTellOfEachEventInTurn() {
            SourceInfo next = source("orders", "mysql-bin.000004", 900, GTID, 1_465_581_030, 0);
            TableFormat table = BARE.forTable(CUSTOMERS);
            JsonBuffer out = new JsonBuffer();
            table.write(new Record(Record.Kind.INSERT, null, customer("Anne"), SOURCE, 0), out);
            out.clear();

            table.write(new Record(Record.Kind.INSERT, null, customer("Anne"), next, 1), out);

            JsonNode source = json(out.toString()).get("source");
            out.clear();
            table.write(new Record(Record.Kind.DELETE, customer("Anne"), null, next, 1), out);
            assertThat(json(out.toString()).get("op").textValue()).isEqualTo("d");
            assertThat(source.get("file").textValue()).isEqualTo("mysql-bin.000004");
            assertThat(source.get("gtid").textValue()).isEqualTo(GTID);
            assertThat(source.get("ts_us").longValue()).isEqualTo(1_465_581_030_000_000L);
        }
    }

    @Nested
    class Keys {

        @Test
        void shouldBeAsDocumented() {
            assertThat(json(key(FORMAT, customer("Anne")))).isEqualTo(json("""
                    {"schema": {"type": "struct", "name": "mysql-server-1.inventory.customers.Key", "optional": false,
                       "fields": [{"field": "id", "type": "int32", "optional": false}]},
                     "payload": {"id": 1004}}
                    """));
            assertThat(key(BARE, customer("Anne"))).isEqualTo("{\"id\":1004}");
        }

        @Test
        void shouldBeFoundInRowsOfAnotherShape() {
            JsonBuffer out = new JsonBuffer();

            BARE.forTable(CUSTOMERS).writeKey(customer("Anne").without("email").rename("first_name", "name"), out);

            assertThat(out).hasToString("{\"id\":1004}");
        }

        @Test
        void shouldNameTheDatabaseOfWhatHasNoRow() {
            assertThat(json(key(FORMAT, "inventory", "customers"))).isEqualTo(json("""
                    {"schema": {"type": "struct",
                       "fields": [{"type": "string", "optional": false, "field": "databaseName"}],
                       "optional": false, "name": "io.debezium.connector.mysql.SchemaChangeKey", "version": 1},
                     "payload": {"databaseName": "inventory"}}
                    """));
            assertThat(key(BARE, "inventory", null)).isEqualTo("{\"databaseName\":\"inventory\"}");
        }
    }

    @Nested
    class Statements {

        @Test
        void shouldBeSchemaChanges() {
            String ddl = "ALTER TABLE customers ADD middle_name varchar(255) AFTER first_name";
            Statement alter =
                    new Statement(Statement.Kind.ALTER_TABLE, "inventory", List.of(CUSTOMERS.table()), ddl, SOURCE, 0);

            JsonNode event = write(FORMAT, alter);

            assertThat(event.get("schema").get("name").textValue())
                    .isEqualTo("io.debezium.connector.mysql.SchemaChangeValue");
            JsonNode payload = event.get("payload");
            assertThat(without(payload, "source", "ts_ms")).isEqualTo(json("""
                    {"databaseName": "inventory", "schemaName": null, "ddl": "%s", "tableChanges": []}
                    """.formatted(ddl)));
            assertThat(payload.get("source").get("table").textValue()).isEqualTo("customers");
            assertThat(payload.get("source").get("pos").intValue()).isEqualTo(484);
        }

        @Test
        void shouldTellTruncateAsAnEventOfItsTable() {
            Statement truncate = new Statement(
                    Statement.Kind.TRUNCATE_TABLE, "x", List.of(CUSTOMERS.table()), "TRUNCATE customers", SOURCE, 0);

            JsonNode payload = write(FORMAT, truncate).get("payload");

            assertThat(without(payload, "source", "ts_ms", "ts_us", "ts_ns"))
                    .isEqualTo(json("{\"before\":null,\"after\":null,\"transaction\":null,\"op\":\"t\"}"));
            assertThat(payload.get("source").get("db").textValue()).isEqualTo("inventory");
        }
    }

    @Nested
    class Values {

        /** {@return the column as the event shows it, in {@code payload} and {@code schema}} */
        private JsonNode[] shown(DebeziumJson.Builder options, Column column, Object value) {
            TableSchema schema = new TableSchema(new TableId("d", "t"), List.of(column), List.of());
            Map<String, Object> values = new LinkedHashMap<>();
            values.put(column.name(), value);
            Record record = new Record(Record.Kind.INSERT, null, row(schema, values), SOURCE, 0);
            JsonNode event = write(options.build(), record);
            return new JsonNode[] {
                event.get("payload").get("after").get(column.name()),
                without(event.at("/schema/fields/1/fields/0"), "field")
            };
        }

        private void expect(DebeziumJson.Builder options, Column column, Object value, String json, String schema) {
            JsonNode[] shown = shown(options, column, value);
            assertThat(shown[0]).as("%s %s", column, value).isEqualTo(json(json));
            assertThat(shown[1]).as("%s", column).isEqualTo(json(schema));
        }

        private DebeziumJson.Builder options() {
            return DebeziumJson.builder("s");
        }

        private static String plain(String type) {
            return "{\"type\":\"%s\",\"optional\":true}".formatted(type);
        }

        private static String named(String type, String name) {
            return "{\"type\":\"%s\",\"optional\":true,\"name\":\"%s\",\"version\":1}".formatted(type, name);
        }

        private static String decimal(int scale, int precision) {
            return """
                    {"type":"bytes","optional":true,"name":"org.apache.kafka.connect.data.Decimal","version":1,
                     "parameters":{"scale":"%d","connect.decimal.precision":"%d"}}""".formatted(scale, precision);
        }

        @Test
        void shouldMapIntegers() {
            expect(options(), column("c", ColumnType.INT, "tinyint"), -128, "-128", plain("int16"));
            expect(options(), column("c", ColumnType.INT, "tinyint unsigned"), 255, "255", plain("int16"));
            expect(options(), column("c", ColumnType.INT, "smallint"), -32768, "-32768", plain("int16"));
            expect(options(), column("c", ColumnType.INT, "smallint unsigned"), 65535, "65535", plain("int32"));
            expect(options(), column("c", ColumnType.INT, "mediumint unsigned"), 1, "1", plain("int32"));
            expect(options(), column("c", ColumnType.LONG, "int unsigned"), 4294967295L, "4294967295", plain("int64"));
            expect(
                    options(),
                    column("c", ColumnType.INT, "year"),
                    2024,
                    "2024",
                    named("int32", "io.debezium.time.Year"));
            expect(options(), column("c", ColumnType.BOOLEAN, "bit(1)"), true, "true", plain("boolean"));
        }

        @Test
        void shouldMapUnsignedBigintByOption() {
            Column column = column("c", ColumnType.UNSIGNED_LONG, "bigint unsigned");
            BigInteger most = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
            DebeziumJson.Builder precise =
                    options().bigintUnsignedHandling(DebeziumJson.BigintUnsignedHandling.PRECISE);

            expect(options(), column, most, "-1", plain("int64"));
            expect(precise, column, most, "\"AP//////////\"", decimal(0, 20));
            expect(precise, column, BigInteger.TWO.pow(63), "\"AIAAAAAAAAAA\"", decimal(0, 20));
            expect(precise, column, BigInteger.ZERO, "\"AA==\"", decimal(0, 20));
            expect(precise, column, BigInteger.valueOf(127), "\"fw==\"", decimal(0, 20));
            expect(precise, column, BigInteger.valueOf(128), "\"AIA=\"", decimal(0, 20));
        }

        @Test
        void shouldMapDecimalsByOption() {
            Column column = column("c", ColumnType.DECIMAL, "decimal(12,3)", 3);
            BigDecimal value = new BigDecimal("-123456789.120");

            expect(options(), column, new BigDecimal("123456789.123"), "\"HL6ZGoM=\"", decimal(3, 12));
            expect(options(), column, new BigDecimal("-0.001"), "\"/w==\"", decimal(3, 12));
            expect(options(), column, new BigDecimal("0.000"), "\"AA==\"", decimal(3, 12));
            expect(
                    options().decimalHandling(DebeziumJson.DecimalHandling.STRING),
                    column,
                    value,
                    "\"-123456789.120\"",
                    plain("string"));
            JsonNode[] number = shown(options().decimalHandling(DebeziumJson.DecimalHandling.DOUBLE), column, value);
            assertThat(number[0].doubleValue()).isEqualTo(-123456789.12);
            assertThat(number[1]).isEqualTo(json(plain("double")));
        }

        @Test
        void shouldGiveTheBytesOfDecimalsOfAnyLength() {
            for (int digits = 1; digits <= 65; digits++) {
                for (String sign : List.of("", "-")) {
                    String text = sign + "9".repeat(digits);
                    Column column = column("c", ColumnType.DECIMAL, "decimal(" + digits + ",0)");

                    String base64 = shown(options(), column, new BigDecimal(text))[0].textValue();

                    assertThat(new BigInteger(Base64.getDecoder().decode(base64)))
                            .hasToString(text);
                }
            }
        }

        @Test
        void shouldMapTextAndMembers() {
            expect(options(), column("c", ColumnType.STRING, "varchar(9)"), "ü\"", "\"ü\\\"\"", plain("string"));
            expect(options(), column("c", ColumnType.STRING, "enum('a','c,d','it''s')"), "c,d", "\"c,d\"", """
                    {"type":"string","optional":true,"name":"io.debezium.data.Enum","version":1,
                     "parameters":{"allowed":"a,c\\\\,d,it's"}}""");
            expect(options(), column("c", ColumnType.STRING, "set('x','y')"), "x,y", "\"x,y\"", """
                    {"type":"string","optional":true,"name":"io.debezium.data.EnumSet","version":1,
                     "parameters":{"allowed":"x,y"}}""");
            expect(
                    options(),
                    column("c", ColumnType.JSON, "json"),
                    "{\"a\": [1, null]}",
                    "\"{\\\"a\\\": [1, null]}\"",
                    named("string", "io.debezium.data.Json"));
        }

        @Test
        void shouldMapBytesByOption() {
            Column column = column("c", ColumnType.BYTES, "varbinary(9)");
            byte[] bytes = {(byte) 0xfb, (byte) 0xff, 0};

            expect(options(), column, bytes, "\"+/8A\"", plain("bytes"));
            expect(
                    options().binaryHandling(DebeziumJson.BinaryHandling.BASE64),
                    column,
                    bytes,
                    "\"+/8A\"",
                    plain("string"));
            expect(
                    options().binaryHandling(DebeziumJson.BinaryHandling.BASE64_URL_SAFE),
                    column,
                    bytes,
                    "\"-_8A\"",
                    plain("string"));
            expect(
                    options().binaryHandling(DebeziumJson.BinaryHandling.HEX),
                    column,
                    bytes,
                    "\"fbff00\"",
                    plain("string"));
        }

        @Test
        void shouldMapBitsLittleEndian() {
            expect(options(), column("c", ColumnType.BITS, "bit(9)"), 0x141L, "\"QQE=\"", """
                    {"type":"bytes","optional":true,"name":"io.debezium.data.Bits","version":1,
                     "parameters":{"length":"9"}}""");
            expect(options(), column("c", ColumnType.BITS, "bit(64)"), -2L, "\"/v////////8=\"", """
                    {"type":"bytes","optional":true,"name":"io.debezium.data.Bits","version":1,
                     "parameters":{"length":"64"}}""");
        }

        @Test
        void shouldMapTimesAdaptively() {
            LocalDateTime time = LocalDateTime.parse("2018-06-20T06:37:03.123456");
            expect(
                    options(),
                    column("c", ColumnType.DATE, "date"),
                    LocalDate.parse("2024-02-29"),
                    "19782",
                    named("int32", "io.debezium.time.Date"));
            expect(
                    options(),
                    column("c", ColumnType.DATETIME, "datetime"),
                    LocalDateTime.parse("2018-06-20T06:37:03"),
                    "1529476623000",
                    named("int64", "io.debezium.time.Timestamp"));
            expect(
                    options(),
                    column("c", ColumnType.DATETIME, "datetime(3)", 3),
                    LocalDateTime.parse("1969-12-31T23:59:59.999"),
                    "-1",
                    named("int64", "io.debezium.time.Timestamp"));
            expect(
                    options(),
                    column("c", ColumnType.DATETIME, "datetime(4)", 4),
                    LocalDateTime.parse("2018-06-20T06:37:03.1234"),
                    "1529476623123400",
                    named("int64", "io.debezium.time.MicroTimestamp"));
            expect(
                    options(),
                    column("c", ColumnType.DATETIME, "datetime(6)", 6),
                    time,
                    "1529476623123456",
                    named("int64", "io.debezium.time.MicroTimestamp"));
            expect(
                    options(),
                    column("c", ColumnType.TIME, "time(6)", 6),
                    Duration.ofHours(-838).minusNanos(1_000),
                    "-3016800000001",
                    named("int64", "io.debezium.time.MicroTime"));
            expect(
                    options(),
                    column("c", ColumnType.TIMESTAMP, "timestamp(3)", 3),
                    Instant.parse("2018-06-20T06:37:03.120Z"),
                    "\"2018-06-20T06:37:03.120Z\"",
                    named("string", "io.debezium.time.ZonedTimestamp"));
        }

        @Test
        void shouldCountDaysAsTheCalendarDoes() {
            Column column = required("c", ColumnType.DATE, "date");
            for (String day :
                    List.of("0001-01-01", "1900-02-28", "1900-03-01", "2000-02-29", "2023-12-31", "9999-12-31")) {
                LocalDate date = LocalDate.parse(day);
                assertThat(shown(options(), column, date)[0].longValue()).isEqualTo(date.toEpochDay());
            }
            ZeroDate invalid = new ZeroDate(1900, 2, 29, 0, 0, 0, 0);
            assertThat(shown(options(), column("c", ColumnType.DATE, "date"), invalid)[0].isNull())
                    .isTrue();
        }

        @Test
        void shouldMapTimesForConnect() {
            DebeziumJson.Builder connect = options().timePrecision(DebeziumJson.TimePrecision.CONNECT);
            Column time = column("c", ColumnType.TIME, "time(6)", 6);
            expect(
                    connect,
                    column("c", ColumnType.DATE, "date"),
                    LocalDate.EPOCH,
                    "0",
                    named("int32", "org.apache.kafka.connect.data.Date"));
            expect(
                    connect,
                    time,
                    Duration.ofDays(1).minusNanos(1_000),
                    "86399999",
                    named("int32", "org.apache.kafka.connect.data.Time"));
            expect(
                    connect,
                    column("c", ColumnType.DATETIME, "datetime(6)", 6),
                    LocalDateTime.parse("2018-06-20T06:37:03.123456"),
                    "1529476623123",
                    named("int64", "org.apache.kafka.connect.data.Timestamp"));
            for (Duration beyond : List.of(Duration.ofDays(1), Duration.ofNanos(-1_000))) {
                assertThatThrownBy(() -> shown(connect, time, beyond))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("d.t.c is")
                        .hasMessageContaining("ADAPTIVE_TIME_MICROSECONDS");
            }
        }

        @Test
        void shouldShowZeroDatesAsNullOrElseAsTheEpoch() {
            ZeroDate zero = new ZeroDate(0, 0, 0, 0, 0, 0, 0);
            ZeroDate partial = new ZeroDate(2020, 0, 10, 0, 0, 0, 0);
            ZeroDate invalid = new ZeroDate(2023, 2, 29, 0, 0, 0, 0);
            for (ZeroDate date : List.of(zero, partial, invalid)) {
                assertThat(shown(options(), column("c", ColumnType.DATE, "date"), date)[0].isNull())
                        .isTrue();
                assertThat(shown(options(), required("c", ColumnType.DATE, "date"), date)[0].intValue())
                        .isZero();
                assertThat(shown(options(), column("c", ColumnType.DATETIME, "datetime"), date)[0].isNull())
                        .isTrue();
                assertThat(shown(options(), required("c", ColumnType.DATETIME, "datetime"), date)[0].intValue())
                        .isZero();
            }
            assertThat(shown(options(), column("c", ColumnType.TIMESTAMP, "timestamp"), zero)[0].isNull())
                    .isTrue();
            assertThat(shown(options(), required("c", ColumnType.TIMESTAMP, "timestamp"), zero)[0].textValue())
                    .isEqualTo("1970-01-01T00:00:00Z");
        }

        @Test
        void shouldMapGeometries() {
            byte[] point = HexFormat.of().parseHex("010100000000000000000008400000000000001040");
            String wkb = Base64.getEncoder().encodeToString(point);
            expect(
                    options(),
                    column("c", ColumnType.GEOMETRY, "point"),
                    new Geometry(0, point),
                    "{\"x\":3.0,\"y\":4.0,\"wkb\":\"" + wkb + "\",\"srid\":null}",
                    """
                    {"type":"struct","fields":[
                      {"type":"double","optional":false,"field":"x"},
                      {"type":"double","optional":false,"field":"y"},
                      {"type":"bytes","optional":true,"field":"wkb"},
                      {"type":"int32","optional":true,"field":"srid"}],
                     "optional":true,"name":"io.debezium.data.geometry.Point","version":1,"doc":"Geometry (POINT)"}""");
            expect(
                    options(),
                    column("c", ColumnType.GEOMETRY, "geometry"),
                    new Geometry(4326, point),
                    "{\"wkb\":\"" + wkb + "\",\"srid\":4326}",
                    """
                    {"type":"struct","fields":[
                      {"type":"bytes","optional":false,"field":"wkb"},
                      {"type":"int32","optional":true,"field":"srid"}],
                     "optional":true,"name":"io.debezium.data.geometry.Geometry","version":1,"doc":"Geometry"}""");
        }

        @Test
        void shouldMapVectors() {
            expect(options(), column("c", ColumnType.VECTOR, "vector(2)"), new float[] {1, -2.5f}, "[1.0,-2.5]", """
                    {"type":"array","items":{"type":"float","optional":false},"optional":true,
                     "name":"io.debezium.data.FloatVector","version":1}""");
        }

        @Test
        void shouldTellNullFromAbsent() {
            TableSchema schema = new TableSchema(
                    new TableId("d", "t"),
                    List.of(Column.of("id", ColumnType.INT), Column.of("c", ColumnType.STRING)),
                    List.of("id"));
            RowImage partial = row(schema, Map.of("id", 1));

            assertThat(write(BARE, new Record(Record.Kind.INSERT, null, partial, SOURCE, 0))
                            .get("after"))
                    .isEqualTo(json("{\"id\":1}"));
            assertThat(shown(options(), column("c", ColumnType.STRING, ""), null)[0].isNull())
                    .isTrue();
        }
    }

    @Test
    void shouldRefuseToHaveNoName() {
        DebeziumJson.Builder nameless = DebeziumJson.builder(" ");

        assertThatThrownBy(nameless::build)
                .isInstanceOf(InvalidOptionsException.class)
                .hasMessageContaining("topicPrefix");
    }
}
