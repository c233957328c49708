// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.PipelineOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.format.JsonBuffer;
import io.millrace.mongo.internal.bson.BsonFixture;
import io.millrace.mongo.internal.bson.BsonJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What docs/mongo.md says of events, values and options is what holds. */
class MongoPageTest {

    private static List<List<String>> table(String header) {
        List<String> lines;
        try {
            lines = Files.readAllLines(Path.of("..", "docs", "mongo.md"), UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        int begin = lines.indexOf(header) + 2;
        assertThat(begin).as(header).isGreaterThan(1);
        return lines.subList(begin, lines.size()).stream()
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> Arrays.stream(line.split("\\|"))
                        .skip(1)
                        .map(cell -> cell.strip().replace("`", ""))
                        .toList())
                .toList();
    }

    @Test
    void shouldTellWhatEachOperationArrivesAs() {
        Map<String, String> told = new TreeMap<>();
        for (List<String> row : table("| `operationType` | arrives as |")) {
            Arrays.stream(row.get(0).split(", ")).forEach(type -> told.put(type, row.get(1)));
        }
        told.remove("any other");

        EnumSet<Operation> events = EnumSet.complementOf(EnumSet.of(Operation.READ, Operation.UNKNOWN));
        assertThat(told).hasSize(events.size());
        told.forEach((type, kind) -> {
            Operation operation = Operation.of(type);
            assertThat(events).as(type).contains(operation);
            assertThat(kind)
                    .isEqualTo(
                            operation.record() != null
                                    ? operation.record().name()
                                    : "statement "
                                            + Objects.requireNonNull(operation.statement())
                                                    .name());
        });
    }

    @Test
    void shouldShowValuesInEachForm() {
        for (List<String> row : table("| BSON | plain | relaxed | canonical |")) {
            byte[] document = BsonFixture.bytes("{\"v\":" + row.get(3) + "}");
            for (JsonForm form : JsonForm.values()) {
                JsonBuffer text = new JsonBuffer();
                new BsonJson(form).document(document, 0, document.length, text);
                assertThat(text.toString())
                        .as(row.get(0) + " " + form)
                        .isEqualTo("{\"v\":" + row.get(1 + form.ordinal()) + "}");
            }
        }
    }

    @Test
    void shouldTellTheDefaultsOfOptions() {
        MongoOptions defaults = MongoOptions.builder()
                .uri("mongodb://localhost")
                .startFrom(StartFrom.latest())
                .pipeline(PipelineOptions.builder("p")
                        .checkpoints(new InMemoryCheckpointStore())
                        .build())
                .build();
        Map<String, String> told = new TreeMap<>();
        table("| option | default | |").forEach(row -> told.put(row.get(0), row.get(1)));

        assertThat(told)
                .containsOnly(
                        Map.entry("watch", "the " + defaults.watch()),
                        Map.entry("pipelineStages", defaults.pipelineStages().isEmpty() ? "none" : "some"),
                        Map.entry("fullDocument", defaults.fullDocument().name()),
                        Map.entry("beforeImage", defaults.beforeImage().name()),
                        Map.entry("expandedEvents", String.valueOf(defaults.expandedEvents())),
                        Map.entry("splitLargeEvents", String.valueOf(defaults.splitLargeEvents())),
                        Map.entry("jsonForm", defaults.jsonForm().name()),
                        Map.entry("wholeEvents", String.valueOf(defaults.wholeEvents())),
                        Map.entry("connectTimeout", seconds(defaults.connectTimeout())),
                        Map.entry("maxAwait", seconds(defaults.maxAwait())),
                        Map.entry("readTimeout", seconds(defaults.readTimeout())));
    }

    private static String seconds(Duration duration) {
        return duration.toSeconds() + "s";
    }
}
