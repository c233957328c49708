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
import io.millrace.core.format.DebeziumJson.DecimalHandling;
import io.millrace.core.format.DebeziumJson.TimePrecision;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The same changes of a real server through Debezium itself and through {@link DebeziumJson}: the same events. */
@Timeout(180)
@ExtendWith(MySqlExtension.class)
class DebeziumSideBySideIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void shouldWriteWhatDebeziumWrites(MySqlServer server, @TempDir Path folder) throws Exception {
        expectSameEvents(server, DebeziumJson.builder("shop").build(), Map.of(), folder);
    }

    @Test
    void shouldWriteWhatDebeziumWritesWithOtherHandling(MySqlServer server, @TempDir Path folder) throws Exception {
        DebeziumJson format = DebeziumJson.builder("shop")
                .decimalHandling(DecimalHandling.STRING)
                .timePrecision(TimePrecision.CONNECT)
                .bigintUnsignedHandling(BigintUnsignedHandling.PRECISE)
                .binaryHandling(BinaryHandling.HEX)
                .build();
        Map<String, String> options = Map.of(
                "decimal.handling.mode", "string",
                "time.precision.mode", "connect",
                "bigint.unsigned.handling.mode", "precise",
                "binary.handling.mode", "hex");

        expectSameEvents(server, format, options, folder);
    }

    private static void expectSameEvents(
            MySqlServer server, DebeziumJson format, Map<String, String> options, Path folder) throws Exception {
        String database = server.createDatabase();
        AllTypes.create(server, database);
        List<String> status = server.query("SHOW MASTER STATUS").get(0);
        String gtids = server.executedGtids();
        AllTypes.change(server, database);
        AllTypes.insertZeroDates(server, database);
        List<Record> records = new ArrayList<>();
        for (Change change : Captured.since(gtids, server, database)) {
            records.addAll(split((Record) change));
        }

        List<ChangeEvent<String, String>> events = DebeziumRun.events(
                records.size(),
                server,
                database + ".all_types",
                List.of(status.get(0), status.get(1), gtids),
                options,
                folder);

        assertThat(records).hasSize(7);
        for (int i = 0; i < records.size(); i++) {
            JsonNode ours = JSON.readTree(Captured.value(format, records.get(i)));
            JsonNode theirs = JSON.readTree(events.get(i).value());
            assertThat(ours.get("schema")).as("schema").isEqualTo(theirs.get("schema"));
            assertThat(comparable(ours.get("payload"))).as("event %d", i).isEqualTo(comparable(theirs.get("payload")));
            assertThat(JSON.readTree(Captured.key(format, records.get(i))))
                    .as("key %d", i)
                    .isEqualTo(JSON.readTree(events.get(i).key()));
        }
    }

    /** {@return what a target makes of it: an update of the key is a delete and an insert} */
    static List<Record> split(Record record) {
        boolean moves = record.kind() == Record.Kind.UPDATE
                && !record.before().get("id").equals(record.after().get("id"));
        return moves
                ? List.of(
                        new Record(Record.Kind.DELETE, record.before(), null, record.source(), record.ordinal()),
                        new Record(Record.Kind.INSERT, null, record.after(), record.source(), record.ordinal()))
                : List.of(record);
    }

    /** {@return the event without what differs, as docs/formats.md says: place and time of writing, spaces in JSON} */
    static ObjectNode comparable(JsonNode payload) throws Exception {
        ObjectNode event = payload.deepCopy();
        event.remove(List.of("ts_ms", "ts_us", "ts_ns"));
        event.withObject("/source").remove(List.of("pos", "thread"));
        for (String image : List.of("before", "after")) {
            if (event.path(image).path("j").isTextual()) {
                ObjectNode row = event.withObject("/" + image);
                row.set("j", JSON.readTree(row.get("j").textValue()));
            }
        }
        return event;
    }
}
