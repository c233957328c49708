// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.formats;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.core.Change;
import io.millrace.core.Record;
import io.millrace.core.format.DebeziumJson;
import io.millrace.core.format.JsonBuffer;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Changes of a real server through {@link DebeziumJson} to readers that know Debezium. */
@Timeout(120)
@ExtendWith(MySqlExtension.class)
class ConnectDecodingIT {

    private static final DebeziumJson FORMAT = DebeziumJson.builder("shop").build();

    private static Struct decode(byte[] json, boolean isKey) {
        try (JsonConverter converter = new JsonConverter()) {
            converter.configure(Map.of("schemas.enable", "true"), isKey);
            SchemaAndValue decoded = converter.toConnectData("topic", json);
            Struct struct = (Struct) decoded.value();
            struct.validate();
            return struct;
        }
    }

    @Test
    void shouldBeReadByConnectsConverter(MySqlServer server) throws Exception {
        String database = server.createDatabase();
        AllTypes.create(server, database);
        String gtids = server.executedGtids();
        AllTypes.fill(server, database);
        List<List<String>> truth = server.query(
                "SELECT d, dd, HEX(bn), TO_DAYS(dtn) - 719528" + " FROM " + database + ".all_types ORDER BY id");

        List<Change> changes = Captured.since(gtids, server, database);

        for (int i = 0; i < 2; i++) {
            Record record = (Record) changes.get(i);
            Struct event = decode(Captured.value(FORMAT, record), false);
            Struct row = event.getStruct("after");
            assertThat(event.schema().name()).isEqualTo("shop." + database + ".all_types.Envelope");
            assertThat(event.getString("op")).isEqualTo("c");
            assertThat(event.getStruct("source").getString("gtid"))
                    .isEqualTo(record.source().globalId());
            assertThat(row.get("d")).isEqualTo(new BigDecimal(truth.get(i).get(0)));
            assertThat(row.get("dd")).isEqualTo(new BigDecimal(truth.get(i).get(1)));
            byte[] bytes = row.getBytes("bn");
            assertThat(bytes == null ? null : HexFormat.of().withUpperCase().formatHex(bytes))
                    .isEqualTo(truth.get(i).get(2));
            assertThat(row.getInt32("dtn"))
                    .isEqualTo(Integer.parseInt(truth.get(i).get(3)));
            assertThat(decode(Captured.key(FORMAT, record), true).getInt32("id"))
                    .isEqualTo(i + 1);
        }
    }

    @Test
    void shouldBeReadByConnectsConverterInItsOwnTypes(MySqlServer server) throws Exception {
        DebeziumJson connect = DebeziumJson.builder("shop")
                .timePrecision(DebeziumJson.TimePrecision.CONNECT)
                .bigintUnsignedHandling(DebeziumJson.BigintUnsignedHandling.PRECISE)
                .build();
        String database = server.createDatabase();
        AllTypes.create(server, database);
        String gtids = server.executedGtids();
        AllTypes.fill(server, database);

        Struct row = decode(
                        Captured.value(
                                connect, Captured.since(gtids, server, database).get(0)),
                        false)
                .getStruct("after");

        assertThat(row.get("biu")).isEqualTo(new BigDecimal("18446744073709551615"));
        assertThat(row.get("dt")).isEqualTo(new Date(19_782 * 86_400_000L));
        assertThat(row.get("tm3")).isEqualTo(new Date(45_296_789));
        assertThat(row.get("dtm3")).isEqualTo(new Date(1_529_476_623_120L));
    }

    @Test
    void shouldTellStatementsThatConnectReads(MySqlServer server) throws Exception {
        String database = server.createDatabase();
        String gtids = server.executedGtids();
        server.executeIn(database, "CREATE TABLE t (id INT PRIMARY KEY)", "TRUNCATE t");

        List<Change> changes = Captured.since(gtids, server, database);

        Struct created = decode(Captured.value(FORMAT, changes.get(0)), false);
        assertThat(created.schema().name()).isEqualTo("io.debezium.connector.mysql.SchemaChangeValue");
        assertThat(created.getString("ddl")).startsWith("CREATE TABLE t");
        Struct truncated = decode(Captured.value(FORMAT, changes.get(1)), false);
        assertThat(truncated.getString("op")).isEqualTo("t");
        assertThat(truncated.getStruct("source").getString("table")).isEqualTo("t");
        JsonBuffer key = new JsonBuffer();
        FORMAT.writeKey(database, "t", key);
        assertThat(decode(key.toByteArray(), true).getString("databaseName")).isEqualTo(database);
    }

    /** A script that makes a row of each field that may change, as one reads that a broker's console client prints. */
    @Test
    void shouldGiveAScriptTheFieldsThatItReads(MySqlServer server) throws Exception {
        String database = server.createDatabase();
        server.executeIn(database, """
                CREATE TABLE holding (holding_id INT PRIMARY KEY, user_id INT, holding_stock VARCHAR(8),
                  holding_quantity INT, datetime_created TIMESTAMP NULL, datetime_updated TIMESTAMP NULL)""");
        String gtids = server.executedGtids();
        server.executeIn(
                database,
                "SET time_zone = '+00:00'",
                "INSERT INTO holding VALUES (1000, 1, 'VFIAX', 10, '2021-06-26 01:02:03', NULL)",
                "UPDATE holding SET holding_quantity = 100 WHERE holding_id = 1000",
                "DELETE FROM holding WHERE user_id = 1");

        List<String> pivot = new ArrayList<>();
        for (Change change : Captured.since(gtids, server, database)) {
            pivot.addAll(changedFields(new ObjectMapper().readTree(Captured.value(FORMAT, change))));
        }

        assertThat(pivot)
                .containsExactly(
                        "1000,1,holding_stock,null,VFIAX,2021-06-26T01:02:03Z,c",
                        "1000,1,holding_quantity,null,10,2021-06-26T01:02:03Z,c",
                        "1000,1,holding_stock,VFIAX,VFIAX,updated,u",
                        "1000,1,holding_quantity,10,100,updated,u",
                        "1000,1,holding_stock,VFIAX,null,deleted,d",
                        "1000,1,holding_quantity,100,null,deleted,d");
    }

    private static List<String> changedFields(JsonNode event) {
        JsonNode payload = event.get("payload");
        String op = payload.get("op").textValue();
        JsonNode before = payload.get("before");
        JsonNode after = payload.get("after");
        JsonNode row = op.equals("d") ? before : after;
        assertThat(payload.get("ts_ms").isIntegralNumber()).isTrue();
        String when = switch (op) {
            case "c" -> after.get("datetime_created").textValue();
            case "u" -> "updated";
            default -> "deleted";
        };
        List<String> fields = new ArrayList<>();
        for (String field : List.of("holding_stock", "holding_quantity")) {
            fields.add(String.join(
                    ",",
                    row.get("holding_id").asText(),
                    row.get("user_id").asText(),
                    field,
                    before.path(field).asText("null"),
                    after.path(field).asText("null"),
                    when,
                    op));
        }
        return fields;
    }
}
