// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.formats;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.debezium.engine.ChangeEvent;
import io.millrace.core.Change;
import io.millrace.core.Record;
import io.millrace.core.format.DebeziumJson;
import io.millrace.core.format.DebeziumJson.BigintUnsignedHandling;
import io.millrace.core.format.DebeziumJson.BinaryHandling;
import io.millrace.core.format.DebeziumJson.Connector;
import io.millrace.core.format.DebeziumJson.DecimalHandling;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same changes of a real MariaDB through Debezium's connector for it and through {@link DebeziumJson}: the same
 * events. That connector does not run beside the one for MySQL, which is newer: what it wrote is kept in files. With
 * {@code -Pdebezium-mariadb} it is asked again, and the files are written anew.
 */
@Timeout(180)
class MariaDbSideBySideIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path FOLDER = Path.of("src/test/resources/io/millrace/benchmarks/formats");
    private static final String DATABASE = "shop";

    private static MySqlServer server;
    private static List<String> place;
    private static List<Record> records;

    @BeforeAll
    static void change() throws Exception {
        server = MySqlServer.builder(MySqlRelease.MARIADB_11_4).start();
        server.execute("CREATE DATABASE " + DATABASE);
        AllTypes.create(server, DATABASE);
        List<String> status = server.query("SHOW MASTER STATUS").get(0);
        String gtids = server.executedGtids();
        place = List.of(status.get(0), status.get(1), gtids);
        AllTypes.change(server, DATABASE);
        AllTypes.insertZeroDates(server, DATABASE);
        AllTypes.insertLimits(server, DATABASE);
        records = new ArrayList<>();
        for (Change change : Captured.since(gtids, server, DATABASE)) {
            records.addAll(DebeziumSideBySideIT.split((Record) change));
        }
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void shouldWriteWhatDebeziumWrites(@TempDir Path folder) throws Exception {
        DebeziumJson format =
                DebeziumJson.builder("shop").connector(Connector.MARIADB).build();

        expectSameEvents(format, events("mariadb", Map.of(), folder));
    }

    @Test
    void shouldWriteWhatDebeziumWritesWithOtherHandling(@TempDir Path folder) throws Exception {
        DebeziumJson format = DebeziumJson.builder("shop")
                .connector(Connector.MARIADB)
                .decimalHandling(DecimalHandling.STRING)
                .bigintUnsignedHandling(BigintUnsignedHandling.PRECISE)
                .binaryHandling(BinaryHandling.HEX)
                .build();
        Map<String, String> options = Map.of(
                "decimal.handling.mode", "string",
                "bigint.unsigned.handling.mode", "precise",
                "binary.handling.mode", "hex");

        expectSameEvents(format, events("mariadb-other-handling", options, folder));
    }

    private static void expectSameEvents(DebeziumJson format, JsonNode theirs) throws Exception {
        assertThat(records).hasSize(9).hasSameSizeAs(theirs.get("events"));
        for (int i = 0; i < records.size(); i++) {
            JsonNode value = JSON.readTree(Captured.value(format, records.get(i)));
            JsonNode key = JSON.readTree(Captured.key(format, records.get(i)));
            JsonNode event = theirs.get("events").get(i);
            assertThat(value.get("schema")).isEqualTo(theirs.get("schema"));
            assertThat(comparable(value.get("payload"))).as("event %d", i).isEqualTo(comparable(event.get("value")));
            assertThat(key.get("schema")).isEqualTo(theirs.get("keySchema"));
            assertThat(key.get("payload")).as("key %d", i).isEqualTo(event.get("key"));
        }
    }

    /** {@return the event without its version and place, and without what Debezium 3.5 makes of a zero TIMESTAMP} */
    private static JsonNode comparable(JsonNode payload) throws Exception {
        ObjectNode event = DebeziumSideBySideIT.comparable(payload);
        event.withObject("/source").remove(List.of("version", "file", "gtid", "ts_ms", "ts_us", "ts_ns"));
        if (event.at("/after/id").intValue() == 3) {
            event.withObject("/after").remove("ts");
        }
        return event;
    }

    private static JsonNode events(String name, Map<String, String> options, Path folder) throws Exception {
        Path file = FOLDER.resolve(name + ".json");
        boolean canBeAsked = MariaDbSideBySideIT.class
                        .getClassLoader()
                        .getResource("io/debezium/connector/mariadb/MariaDbConnector.class")
                != null;
        if (canBeAsked) {
            Files.createDirectories(FOLDER);
            Files.writeString(
                    file,
                    text(DebeziumRun.events(records.size(), server, DATABASE + ".all_types", place, options, folder)));
        }
        return JSON.readTree(file.toFile());
    }

    /** {@return the schemas, which all have, and a line for each event} */
    private static String text(List<ChangeEvent<String, String>> events) throws Exception {
        List<String> lines = new ArrayList<>();
        JsonNode schema = JSON.readTree(events.get(0).value()).get("schema");
        JsonNode keySchema = JSON.readTree(events.get(0).key()).get("schema");
        for (ChangeEvent<String, String> event : events) {
            JsonNode value = JSON.readTree(event.value());
            JsonNode key = JSON.readTree(event.key());
            assertThat(value.get("schema")).isEqualTo(schema);
            assertThat(key.get("schema")).isEqualTo(keySchema);
            lines.add("{\"key\":" + key.get("payload") + ",\"value\":" + value.get("payload") + "}");
        }
        return "{\"schema\":" + schema + ",\n\"keySchema\":" + keySchema + ",\n\"events\":[\n"
                + String.join(",\n", lines) + "\n]}\n";
    }
}
