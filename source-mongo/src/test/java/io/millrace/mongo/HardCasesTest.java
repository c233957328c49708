// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Change;
import io.millrace.core.LogLostException;
import io.millrace.core.Position;
import io.millrace.core.Record;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.checkpoint.PipelineCheckpoints;
import io.millrace.core.filter.TableFilter;
import io.millrace.testkit.ScriptedMongo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What has broken other systems, as far as a fake can be made to do it. */
@Timeout(120)
class HardCasesTest {

    private static final String PEOPLE = "people";

    private final ScriptedDeployment db = new ScriptedDeployment(false);
    private final ScriptedMongo server = db.server();
    private final InMemoryCheckpointStore checkpoints = new InMemoryCheckpointStore();

    @AfterEach
    void stop() {
        db.close();
    }

    private MongoOptions.Builder options() {
        return Captured.source(db.uri(), checkpoints).watch(WatchScope.database("test"));
    }

    private void insert(int from, int to) {
        IntStream.range(from, to).forEach(id -> db.insert(PEOPLE, id, "n" + id));
    }

    private static List<String> keys(int from, int to) {
        return IntStream.range(from, to).mapToObj(id -> "{\"_id\":" + id + "}").toList();
    }

    private String stored() throws Exception {
        return String.valueOf(checkpoints.load("memory").position());
    }

    @Nested
    class IdleStream {

        @Test
        void shouldResumeWhenAllEventsHaveLeftTheOplogMeanwhile() throws Exception {
            try (Captured captured = Captured.start(options().build()).streaming()) {
                insert(0, 2);
                captured.upTo(2);
                db.changeElsewhere();
                await().untilAsserted(() -> assertThat(stored()).contains(db.lastToken()));
            }
            server.forgetBefore(db.lastToken());
            insert(2, 3);

            try (Captured captured = Captured.start(options().build())) {
                captured.upTo(1);

                assertThat(captured.keys()).isEqualTo(keys(2, 3));
            }
        }

        @Test
        void shouldMoveOnWhileTheServerFiltersAllEventsOut() throws Exception {
            MongoOptions options = options()
                    .pipelineStages(List.of(BsonDocument.parse("{$match: {'ns.coll': 'nothing'}}")))
                    .build();
            try (Captured captured = Captured.start(options).streaming()) {
                for (int i = 0; i < 3; i++) {
                    db.changeElsewhere();
                    String token = db.lastToken();
                    await().untilAsserted(() -> assertThat(stored()).contains(token));
                }
                assertThat(captured.changes()).isEmpty();
            }
        }
    }

    @Nested
    class LostLog {

        private void lose() throws Exception {
            try (Captured captured = Captured.start(options().build()).streaming()) {
                insert(0, 2);
                captured.upTo(2);
            }
            insert(2, 5);
            server.forgetBefore(db.lastToken());
            insert(5, 6);
            try (Captured captured = Captured.start(options().build())) {
                assertThatThrownBy(captured::join).isInstanceOf(LogLostException.class);
            }
        }

        private void rewind(Position to) throws Exception {
            try (var acts = PipelineCheckpoints.open("test", checkpoints)) {
                acts.rewind("memory", to);
            }
        }

        @Test
        void shouldGoOnAtATokenThatAnOperatorSupplies() throws Exception {
            lose();
            String token = db.lastToken();
            insert(6, 8);
            rewind(MongoPosition.token("{\"_data\": \"" + token + "\"}"));

            try (Captured captured = Captured.start(options().build())) {
                captured.upTo(2);

                assertThat(captured.keys()).isEqualTo(keys(6, 8));
            }
        }

        @Test
        void shouldGoOnAtATimeThatAnOperatorSupplies() throws Exception {
            lose();
            insert(6, 8);
            rewind(MongoPosition.operationTime(Instant.ofEpochSecond(1_733_114_951 + 7)));

            try (Captured captured = Captured.start(options().build())) {
                captured.upTo(2);

                assertThat(captured.keys()).isEqualTo(keys(6, 8));
            }
        }

        @Test
        void shouldLoadAnewWhenAnOperatorResetsTheTarget() throws Exception {
            lose();
            try (var acts = PipelineCheckpoints.open("test", checkpoints)) {
                acts.reset("memory");
            }

            try (Captured captured =
                    Captured.start(options().startFrom(StartFrom.initialLoad()).build())) {
                captured.upTo(6);

                assertThat(captured.keys()).isEqualTo(keys(0, 6));
                assertThat(captured.changes()).allMatch(change -> ((Record) change).kind() == Record.Kind.READ);
            }
        }
    }

    @Nested
    class LargeEvents {

        private static final int MEGABYTES = 5;

        private void piece(int number, String text) {
            String split = "\"splitEvent\": {\"fragment\": %d, \"of\": 3}".formatted(number);
            switch (number) {
                case 1 ->
                    db.append(
                            PEOPLE,
                            "update",
                            "\"documentKey\": {\"_id\": 7}, \"updateDescription\": {\"updatedFields\": {\"x\": \""
                                    + text + "\"}}, " + split);
                case 2 -> db.appendPiece("\"fullDocument\": {\"_id\": 7, \"x\": \"" + text + "\"}, " + split);
                default ->
                    db.appendPiece("\"fullDocumentBeforeChange\": {\"_id\": 7, \"y\": \"" + text + "\"}, " + split);
            }
        }

        /** Larger than anything that a server may send at once. */
        @Test
        void shouldPutTogetherWhatIsLargerThanAMessage() throws Exception {
            String text = "x".repeat(MEGABYTES << 20);
            MongoOptions options = options().splitLargeEvents(true).build();
            try (Captured captured = Captured.start(options).streaming()) {
                IntStream.rangeClosed(1, 3).forEach(number -> piece(number, text));
                captured.upTo(1);

                Record whole = captured.record(0);
                assertThat(whole.row().sizeBytes()).isGreaterThan(3 * MEGABYTES << 20);
                assertThat(whole.row().getString("fullDocument")).isEqualTo("{\"_id\":7,\"x\":\"" + text + "\"}");
                assertThat(whole.row().getString("fullDocumentBeforeChange"))
                        .isEqualTo("{\"_id\":7,\"y\":\"" + text + "\"}");
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void shouldReadAllPiecesAgainWhenTheConnectionEndsBehindOne(int pieces) throws Exception {
            server.setMaxBatch(1);
            MongoOptions options = options().splitLargeEvents(true).build();
            try (Captured captured = Captured.start(options).streaming()) {
                insert(0, 1);
                captured.upTo(1);
                IntStream.rangeClosed(1, pieces).forEach(number -> piece(number, "text"));
                int asked = server.commands("getMore").size();
                await().untilAsserted(() ->
                        assertThat(server.commands("getMore").size()).isGreaterThan(asked + pieces + 1));
                assertThat(stored()).doesNotContain(db.lastToken());
                // The driver resumes by itself behind the last piece; the third failure comes through.
                server.dropNext("getMore");
                server.dropNext("aggregate");
                server.dropNext("aggregate");
                IntStream.rangeClosed(pieces + 1, 3).forEach(number -> piece(number, "text"));
                captured.upTo(2);

                assertThat(captured.record(1).row().asMap())
                        .containsEntry("fullDocument", "{\"_id\":7,\"x\":\"text\"}")
                        .containsEntry("fullDocumentBeforeChange", "{\"_id\":7,\"y\":\"text\"}");
                assertThat(captured.processor().stats().reconnects()).isPositive();
            }
        }
    }

    @Nested
    class LongTransactions {

        private static final int CHANGES = 2_500;

        /** The driver resumes once by itself; what comes after that comes through, and the transaction is read anew. */
        @ParameterizedTest
        @ValueSource(ints = {0, 2})
        void shouldKeepATransactionTogetherThroughAnElection(int failedResumes) throws Exception {
            server.setMaxBatch(400);
            AtomicInteger seen = new AtomicInteger();
            Captured.Memory memory = new Captured.Memory();
            try (Captured captured = Captured.start(options().build(), memory, record -> {
                        if (seen.incrementAndGet() == 1_100) {
                            server.failNext(
                                    "getMore", 11602, "InterruptedDueToReplStateChange", "ResumableChangeStreamError");
                            for (int i = 0; i < failedResumes; i++) {
                                server.failNext("aggregate", 10107, "NotWritablePrimary");
                            }
                        }
                        return record;
                    })
                    .streaming()) {
                db.transaction(() -> insert(0, CHANGES));
                insert(CHANGES, CHANGES + 1);
                captured.upTo(CHANGES + 1);

                assertThat(captured.keys()).isEqualTo(keys(0, CHANGES + 1));
                List<Change> ofTransaction = captured.changes().subList(0, CHANGES);
                assertThat(ofTransaction)
                        .extracting(change -> change.source().transaction().number())
                        .containsOnly(1L);
                assertThat(ofTransaction)
                        .extracting(Change::ordinal)
                        .isEqualTo(IntStream.range(0, CHANGES)
                                .mapToObj(i -> (long) i)
                                .toList());
                assertThat(captured.processor().stats().reconnects()).isEqualTo(failedResumes / 2);
            }
        }

        @Test
        void shouldGoOnInATransactionAfterARestart() throws Exception {
            server.setMaxBatch(400);
            List<String> all = new ArrayList<>();
            AtomicInteger left = new AtomicInteger(1_500);
            try (Captured captured = Captured.start(options().build(), new Captured.Memory(), record -> {
                        if (left.getAndDecrement() == 0) {
                            throw new IllegalStateException("stop here");
                        }
                        return record;
                    })
                    .streaming()) {
                db.transaction(() -> insert(0, CHANGES));
                assertThatThrownBy(captured::join).hasRootCauseMessage("stop here");
                all.addAll(captured.keys());
            }
            try (Captured captured = Captured.start(options().build())) {
                captured.upTo(CHANGES - all.size());
                insert(CHANGES, CHANGES + 1);
                captured.upTo(CHANGES - all.size() + 1);
                all.addAll(captured.keys());
            }

            assertThat(all).isEqualTo(keys(0, CHANGES + 1));
        }
    }

    @Nested
    class Filters {

        @Test
        void shouldLoadNothingAnewWhenTheFilterTakesInMore() throws Exception {
            db.insert("animals", 1, "cat");
            db.insert(PEOPLE, 1, "Alek");
            TableFilter fewer = TableFilter.builder().exclude("*", "animals").build();
            MongoOptions before = options()
                    .startFrom(StartFrom.initialLoad())
                    .pipeline(Captured.pipeline(checkpoints).filter(fewer).build())
                    .build();
            try (Captured captured = Captured.start(before)) {
                captured.upTo(1);
                db.insert(PEOPLE, 2, "Bo");
                captured.upTo(2);
            }
            db.insert("animals", 2, "dog");

            try (Captured captured =
                    Captured.start(options().startFrom(StartFrom.initialLoad()).build())) {
                captured.upTo(1);
                db.insert(PEOPLE, 3, "Cy");
                captured.upTo(2);

                assertThat(captured.changes()).allMatch(change -> ((Record) change).kind() == Record.Kind.INSERT);
                assertThat(captured.keys()).containsExactly("{\"_id\":2}", "{\"_id\":3}");
            }
        }
    }
}
