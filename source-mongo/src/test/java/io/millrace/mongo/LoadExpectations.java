// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.core.Change;
import io.millrace.core.Record;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is expected of a load of the documents that were there before, be the deployment a real one or a scripted one. */
@Timeout(120)
abstract class LoadExpectations {

    private static final String PEOPLE = "people";

    private final InMemoryCheckpointStore checkpoints = new InMemoryCheckpointStore();

    abstract Deployment deployment();

    private MongoOptions.Builder options(Deployment db) {
        return Captured.source(db.uri(), checkpoints)
                .watch(WatchScope.database(db.database()))
                .startFrom(StartFrom.initialLoad());
    }

    private static List<String> keys(int count, IntFunction<String> key) {
        return IntStream.range(0, count).mapToObj(key).toList();
    }

    private static List<Record> reads(Captured captured) {
        return records(captured.changes())
                .filter(record -> record.kind() == Record.Kind.READ)
                .toList();
    }

    private static Stream<Record> records(List<Change> changes) {
        return changes.stream().filter(Record.class::isInstance).map(Record.class::cast);
    }

    @Test
    void shouldReadTheDocumentsAndThenTheStream() throws Exception {
        try (Deployment db = deployment()) {
            db.insert(PEOPLE, 1, "Alek");
            db.insert(PEOPLE, 2, "Bo");
            db.insert("animals", 1, "cat");
            db.createView("everybody", PEOPLE);
            try (Captured captured = Captured.start(options(db).build())) {
                await().untilAsserted(() -> assertThat(reads(captured)).hasSize(3));
                db.setName(PEOPLE, 2, "Bob");
                await().untilAsserted(() -> assertThat(records(captured.changes()))
                        .anyMatch(record -> record.kind() == Record.Kind.UPDATE));

                assertThat(reads(captured))
                        .extracting(
                                record -> record.table().name() + record.row().getString("documentKey"))
                        .containsExactly("animals{\"_id\":1}", "people{\"_id\":1}", "people{\"_id\":2}");
                Record read = reads(captured).get(1);
                JsonNode json = new ObjectMapper().readTree(read.toJson());
                assertThat(json.get("event_type").asText()).isEqualTo("READ");
                assertThat(json.get("schema_name").asText()).isEqualTo(db.database());
                assertThat(json.get("table_name").asText()).isEqualTo(PEOPLE);
                assertThat(json.get("primary_key").asText()).isEqualTo("_id");
                assertThat(json.get("event_timestamp").asLong()).isGreaterThan(1_700_000_000L);
                assertThat(json.get("transaction_id").asText()).startsWith("load:" + db.database() + ".people:0:");
                assertThat(json.get("record"))
                        .isEqualTo(new ObjectMapper()
                                .readTree(
                                        "{\"documentKey\":{\"_id\":1},\"fullDocument\":{\"_id\":1,\"name\":\"Alek\"},\"ns\":{\"db\":\""
                                                + db.database()
                                                + "\",\"coll\":\"people\"},\"operationType\":\"read\"}"));
            }
        }
    }

    /** A server's comparison by {@code $gt} finds only keys of the same type. */
    @Test
    void shouldGoOnBehindAKeyOfAnyType() throws Exception {
        List<String> keys = Stream.of(
                        keys(700, i -> String.valueOf(i - 300)),
                        keys(700, i -> "{\"$numberDouble\": \"" + (i + 0.5) + "\"}"),
                        keys(700, i -> "\"key %04d\"".formatted(i)),
                        keys(700, i -> "{\"a\": %d, \"b\": \"x\"}".formatted(1_000 + i)),
                        keys(700, i -> "{\"$oid\": \"674d3c4778be6ac4a621%04x\"}".formatted(i)),
                        keys(700, i -> "{\"$date\": {\"$numberLong\": \"%d\"}}".formatted(1_733_114_951_000L + i)),
                        List.of("true", "false", "null", "{\"$minKey\": 1}", "{\"$maxKey\": 1}"))
                .flatMap(List::stream)
                .toList();
        try (Deployment db = deployment()) {
            db.insertAll(PEOPLE, keys);
            List<String> read = new ArrayList<>();
            for (int failAt : new int[] {50, 1_100, 1_100, 1_100, Integer.MAX_VALUE}) {
                AtomicInteger left = new AtomicInteger(failAt);
                Captured.Memory memory = new Captured.Memory();
                try (Captured captured = Captured.start(options(db).build(), memory, record -> {
                    if (left.getAndDecrement() == 0) {
                        throw new IllegalStateException("stop here");
                    }
                    return record;
                })) {
                    if (failAt < Integer.MAX_VALUE) {
                        assertThatThrownBy(captured::join).hasRootCauseMessage("stop here");
                    } else {
                        db.insert(PEOPLE, 9_999, "the end");
                        await().untilAsserted(() -> assertThat(records(captured.changes()))
                                .anyMatch(record -> record.kind() == Record.Kind.INSERT));
                    }
                    reads(captured).forEach(record -> read.add(record.row().getString("documentKey")));
                }
            }

            assertThat(read).hasSizeLessThan(keys.size() + 4 * 1_000).doesNotContainNull();
            assertThat(read.stream().distinct().filter(key -> !key.equals("{\"_id\":9999}")))
                    .hasSize(keys.size());
        }
    }

    @Test
    void shouldEndAsTheCollectionWhileDocumentsChange() throws Exception {
        try (Deployment db = deployment()) {
            db.insertAll(PEOPLE, keys(3_000, String::valueOf));
            AtomicInteger seen = new AtomicInteger();
            // Some of these have been read already, some not.
            Captured.Memory memory = new Captured.Memory();
            try (Captured captured = Captured.start(options(db).build(), memory, record -> {
                if (seen.incrementAndGet() == 1_500) {
                    db.setName(PEOPLE, 3, "changed");
                    db.delete(PEOPLE, 4);
                    db.setName(PEOPLE, 2_995, "changed");
                    db.delete(PEOPLE, 2_996);
                    db.insert(PEOPLE, 5_000, "new");
                }
                return record;
            })) {
                await().untilAsserted(() -> assertThat(records(captured.changes()))
                        .anyMatch(record -> record.kind() == Record.Kind.INSERT));

                Map<String, String> mirror = mirror(captured.changes());
                assertThat(mirror).hasSize(2_999).doesNotContainKeys("{\"_id\":4}", "{\"_id\":2996}");
                assertThat(mirror.get("{\"_id\":3}")).contains("changed");
                assertThat(mirror.get("{\"_id\":2995}")).contains("changed");
                assertThat(mirror.get("{\"_id\":5000}")).contains("new");
            }
        }
    }

    /** What a target that keeps the latest state of each key holds in the end. */
    private static Map<String, String> mirror(List<Change> changes) {
        Map<String, String> documents = new TreeMap<>();
        records(changes).forEach(record -> {
            String key = record.row().getString("documentKey");
            switch (record.kind()) {
                case DELETE -> documents.remove(key);
                case UPDATE -> documents.put(key, record.row().getString("updateDescription"));
                default -> documents.put(key, record.row().getString("fullDocument"));
            }
        });
        return documents;
    }

    @Test
    void shouldNotLoadAgainOnceItHasLoaded() throws Exception {
        try (Deployment db = deployment()) {
            db.insert(PEOPLE, 1, "Alek");
            try (Captured captured = Captured.start(options(db).build())) {
                captured.upTo(1);
                db.insert(PEOPLE, 2, "Bo");
                await().untilAsserted(() -> assertThat(captured.keys()).contains("{\"_id\":2}"));
            }
            db.insert(PEOPLE, 3, "Cy");

            try (Captured captured = Captured.start(options(db).build())) {
                captured.upTo(1);

                assertThat(captured.keys()).containsExactly("{\"_id\":3}");
                assertThat(captured.record(0).kind()).isEqualTo(Record.Kind.INSERT);
            }
        }
    }

    @Test
    void shouldLoadOnlyWhatIsWatchedAndWanted() throws Exception {
        try (Deployment db = deployment()) {
            db.insert("animals", 1, "cat");
            db.insert(PEOPLE, 1, "Alek");
            db.insert("plants", 1, "oak");
            TableFilter filter = TableFilter.builder().exclude("*", "plants").build();
            MongoOptions wanted = options(db)
                    .pipeline(Captured.pipeline(checkpoints).filter(filter).build())
                    .build();
            MongoOptions watched = options(db)
                    .watch(WatchScope.collection(db.database(), PEOPLE))
                    .pipeline(Captured.pipeline(new InMemoryCheckpointStore()).build())
                    .build();
            try (Captured some = Captured.start(wanted);
                    Captured one = Captured.start(watched)) {
                some.upTo(2);
                one.upTo(1);
                db.insert(PEOPLE, 2, "Bo");
                some.upTo(3);
                one.upTo(2);

                assertThat(reads(some))
                        .extracting(record -> record.table().name())
                        .containsExactly("animals", PEOPLE);
                assertThat(reads(one))
                        .extracting(record -> record.table().name())
                        .containsExactly(PEOPLE);
            }
        }
    }
}
