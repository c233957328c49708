// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.model.changestream.FullDocument;
import com.mongodb.client.model.changestream.FullDocumentBeforeChange;
import io.millrace.core.Finding;
import io.millrace.core.LogLostException;
import io.millrace.core.PermanentException;
import io.millrace.core.ProcessorListener;
import io.millrace.core.ProcessorState;
import io.millrace.core.ProcessorStatus;
import io.millrace.core.Record;
import io.millrace.core.SourceUnavailableException;
import io.millrace.core.TargetOptions;
import io.millrace.core.TargetStart;
import io.millrace.core.UnreadableEventException;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.filter.TableFilter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a server can be made to do only by a fake: the errors are those of the manual, and of the driver's sources. */
@Timeout(120)
class ScriptedFaultsTest extends AgainstScript {

    @Nested
    class Passing {

        @ParameterizedTest
        @CsvSource({
            "11602, InterruptedDueToReplStateChange, ResumableChangeStreamError",
            "10107, NotWritablePrimary, ResumableChangeStreamError",
            "43, CursorNotFound, ''",
            "234, RetryChangeStream, ''"
        })
        void shouldGoOnAfterAnErrorThatPasses(int code, String name, String label) throws Exception {
            try (Captured captured = start(options().build())) {
                insert(0, 3);
                captured.upTo(3);
                server.failNext("getMore", code, name, label);
                insert(3, 6);
                captured.upTo(6);

                assertThat(captured.keys()).isEqualTo(keys(0, 6));
            }
        }

        @Test
        void shouldTryOnceMoreAfterAnErrorThatNobodyKnows() throws Exception {
            try (Captured captured = start(options().build())) {
                insert(0, 3);
                captured.upTo(3);
                server.failNext("getMore", 40, "ConflictingUpdateOperators");
                insert(3, 6);
                captured.upTo(6);
                server.failNext("getMore", 40, "ConflictingUpdateOperators");
                insert(6, 7);
                captured.upTo(7);

                assertThat(captured.keys()).isEqualTo(keys(0, 7));

                server.failNext("getMore", 40, "ConflictingUpdateOperators");
                server.failNext("getMore", 40, "ConflictingUpdateOperators");
                assertThatThrownBy(captured::join)
                        .isInstanceOf(PermanentException.class)
                        .hasMessageContaining("ConflictingUpdateOperators");
            }
        }

        @Test
        void shouldGoOnAfterConnectionsWereDropped() throws Exception {
            try (Captured captured = start(options().build())) {
                insert(0, 3);
                captured.upTo(3);
                server.dropNext("getMore");
                server.dropNext("aggregate");
                server.dropNext("aggregate");
                insert(3, 6);
                captured.upTo(6);

                assertThat(captured.keys()).isEqualTo(keys(0, 6));
            }
        }

        /** The driver tries a read twice. */
        @Test
        void shouldSayWhyAServerMayNotAnswerAndTryAgain() throws Exception {
            MongoOptions options = options().readTimeout(Duration.ofMillis(400)).build();
            try (Captured captured = start(options)) {
                insert(0, 3);
                captured.upTo(3);
                AtomicReference<String> reason = new AtomicReference<>("");
                captured.processor().addListener(new ProcessorListener() {
                    @Override
                    public void onStatus(ProcessorStatus before, ProcessorStatus now) {
                        if (now.state() == ProcessorState.BACKOFF) {
                            reason.set(now.reason());
                        }
                    }
                });
                server.dropNext("getMore");
                server.silenceNext("aggregate");
                server.silenceNext("aggregate");
                insert(3, 6);
                captured.upTo(6);

                assertThat(captured.keys()).isEqualTo(keys(0, 6));
                assertThat(reason.get()).contains("readTimeout");
            }
        }

        @Test
        void shouldReadATransactionAgainFromItsStartWhenTheConnectionEndsInIt() throws Exception {
            server.setMaxBatch(2);
            UnaryOperator<Record> hook = record -> {
                if (record.ordinal() == 3 && server.commands("aggregate").size() < 3) {
                    server.dropNext("getMore");
                    server.dropNext("aggregate");
                    server.dropNext("aggregate");
                }
                return record;
            };
            try (Captured captured = Captured.start(options().build(), new Captured.Memory(), hook)
                    .streaming()) {
                insert(0, 1);
                captured.upTo(1);
                db.transaction(() -> insert(1, 8));
                insert(8, 9);
                captured.upTo(9);

                assertThat(captured.keys()).isEqualTo(keys(0, 9));
                assertThat(captured.changes().subList(1, 8))
                        .extracting(change -> change.ordinal())
                        .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
                assertThat(captured.changes().subList(1, 8))
                        .extracting(change -> change.source().transaction().number())
                        .containsOnly(2L);
                assertThat(captured.processor().stats().reconnects()).isPositive();
            }
        }
    }

    @Nested
    class Lost {

        @ParameterizedTest
        @CsvSource({"getMore, 136", "getMore, 222", "getMore, 280", "getMore, 286", "aggregate, 260"})
        void shouldFailOnceWithTheTokenThatIsGone(String command, int code) throws Exception {
            try (Captured captured = start(options().build())) {
                insert(0, 1);
                captured.upTo(1);
                String token = db.lastToken();
                if (command.equals("aggregate")) {
                    server.failNext("getMore", 237, "CursorKilled");
                }
                server.failNext(command, code, "Lost", "NonResumableChangeStreamError");

                assertThatThrownBy(captured::join)
                        .isInstanceOfSatisfying(
                                LogLostException.class,
                                e -> assertThat(e.missing()).contains(token))
                        .hasMessageContaining("error " + code);
            }
        }

        @Test
        void shouldFailAtTheStartWhenTheOplogHasRolledOver() throws Exception {
            try (Captured captured = start(options().build())) {
                insert(0, 1);
                captured.upTo(1);
            }
            insert(1, 5);
            server.forgetBefore(db.lastToken());

            try (Captured captured = Captured.start(options().build())) {
                assertThatThrownBy(captured::join)
                        .isInstanceOf(LogLostException.class)
                        .hasMessageContaining("oplog");
                assertThat(captured.changes()).isEmpty();
                assertThat(server.commands("aggregate").stream().filter(ScriptedFaultsTest::startsAfter))
                        .as("no endless retry")
                        .hasSize(1);
            }
        }

        /** Compared with the time at which the stream begins they would all be of before. */
        @Test
        void shouldStopWhereAServerWritesTokensThatCannotBeCompared() throws Exception {
            server.appendEncoded(List.of(RawBsonDocument.parse("""
                    {"_id": {"_data": "016278F2A8000000070100000007000226D8"}, "operationType": "insert",
                     "clusterTime": {"$timestamp": {"t": 1733115348, "i": 1}},
                     "ns": {"db": "test", "coll": "people"}, "documentKey": {"_id": 1}}""")));

            try (Captured captured = Captured.start(options().build())) {
                assertThatThrownBy(captured::join)
                        .isInstanceOf(UnreadableEventException.class)
                        .hasMessageContaining("no resume token of the form that MongoDB writes");
            }
        }

        @Test
        void shouldStopWhereThePermissionIsGone() throws Exception {
            try (Captured captured = start(options().build())) {
                server.failNext("getMore", 13, "Unauthorized");

                assertThatThrownBy(captured::join)
                        .isInstanceOf(PermanentException.class)
                        .hasMessageContaining("Unauthorized");
            }
        }

        @Test
        void shouldSayWhatToDoAboutAnEventThatIsTooLarge() throws Exception {
            try (Captured captured = start(options().build())) {
                server.failNext("getMore", 10334, "BSONObjectTooLarge");

                assertThatThrownBy(captured::join)
                        .isInstanceOf(PermanentException.class)
                        .hasMessageContaining("splitLargeEvents(true)");
            }
        }
    }

    private static boolean startsAfter(BsonDocument aggregate) {
        return changeStream(aggregate).containsKey("startAfter");
    }

    @Nested
    class Restarts {

        @Test
        void shouldStartAfterTheTokenThatIsStored() throws Exception {
            try (Captured captured = start(options().build())) {
                insert(0, 2);
                captured.upTo(2);
            }

            try (Captured captured = start(options().build())) {
                BsonDocument last = changeStream(server.commands("aggregate")
                        .get(server.commands("aggregate").size() - 1));
                assertThat(last.getDocument("startAfter").getString("_data").getValue())
                        .isEqualTo(db.lastToken());
                assertThat(captured.changes()).isEmpty();
            }
        }

        @Test
        void shouldRefuseACheckpointOfAnotherStreamAndNameTheDifference() throws Exception {
            try (Captured captured = start(options().build())) {
                insert(0, 1);
                captured.upTo(1);
            }
            MongoOptions other = options()
                    .pipelineStages(List.of(BsonDocument.parse("{$match: {operationType: 'insert'}}")))
                    .fullDocument(FullDocument.UPDATE_LOOKUP)
                    .build();

            try (Captured captured = Captured.start(other)) {
                assertThatThrownBy(captured::join)
                        .isInstanceOf(CheckpointException.class)
                        .hasMessageContaining("pipeline was none and is sha256:")
                        .hasMessageContaining("fullDocument was default and is updateLookup")
                        .hasMessageNotContaining("watch was");
            }
        }

        @Test
        void shouldStartAtATimeOfTheCluster() throws Exception {
            insert(0, 3);
            MongoOptions options = options()
                    .startFrom(StartFrom.operationTime(Instant.ofEpochSecond(1_733_114_953)))
                    .build();

            try (Captured captured = start(options)) {
                captured.upTo(2);

                assertThat(captured.keys()).isEqualTo(keys(1, 3));
            }
        }

        @Test
        void shouldStartBehindAToken() throws Exception {
            insert(0, 1);
            String token = db.lastToken();
            insert(1, 3);

            try (Captured captured = start(options()
                    .startFrom(StartFrom.token("{\"_data\": \"" + token + "\"}"))
                    .build())) {
                captured.upTo(2);

                assertThat(captured.keys()).isEqualTo(keys(1, 3));
            }
        }
    }

    @Nested
    class Shards {

        private MongoOptions options;

        @BeforeEach
        void shard() {
            server.setSharded();
            options = options()
                    .uri(db.uri().replace("replicaSet=scripted", "directConnection=true"))
                    .build();
        }

        /** Waits until the stream has been idle since now. */
        private void awaitIdle() {
            int before = server.commands("getMore").size();
            await().until(() -> server.commands("getMore").size() >= before + 3);
        }

        /** Otherwise a target that has the first part would not get the other, if it came as one for another target. */
        @Test
        void shouldWaitForTheRestOfATransactionOfWhichAShardIsLateWithItsPart() throws Exception {
            try (Captured captured = start(options)) {
                db.transaction(() -> {
                    insert(0, 2);
                    db.showPart();
                    captured.upTo(2);
                    awaitIdle();
                    assertThat(captured.processor().stats().transactions()).isZero();
                    insert(2, 4);
                });
                captured.upTo(4);
                db.changeElsewhere();
                await().until(() -> captured.processor().stats().transactions() == 1);

                assertThat(captured.changes())
                        .extracting(change -> change.source().transaction().number() + " " + change.ordinal())
                        .containsExactly("1 0", "1 1", "1 2", "1 3");
            }
        }

        @Test
        void shouldMissNothingOfATransactionThatComesWholeForATargetThatIsBehind() throws Exception {
            Captured first = start(options);
            db.transaction(() -> {
                insert(0, 2);
                db.showPart();
                first.upTo(2);
                awaitIdle();
                first.close();
                insert(2, 4);
            });

            assertThat(keysOfTheNextRunWithATargetThatIsBehind()).isEqualTo(keys(2, 4));
        }

        /** Behind the first part the stream may have been idle, or not. */
        @Test
        void shouldMissNothingOfATransactionThatShardsCommitAtTimesOfTheirOwn() throws Exception {
            Captured first = start(options);
            db.transaction(() -> {
                insert(0, 2);
                db.nextShard();
                db.changeElsewhere();
                first.upTo(2);
                await().until(() -> first.processor().stats().transactions() == 1);
                first.close();
                insert(2, 4);
            });

            assertThat(keysOfTheNextRunWithATargetThatIsBehind()).isEqualTo(keys(2, 4));
        }

        private List<String> keysOfTheNextRunWithATargetThatIsBehind() throws InterruptedException {
            Captured.Memory same = new Captured.Memory();
            Captured.Memory behind = new Captured.Memory(TargetOptions.builder("behind")
                    .start(TargetStart.at(MongoPosition.operationTime(Instant.ofEpochSecond(1_733_114_951))))
                    .build());
            Thread capture;
            try (MongoStreamProcessor processor = new MongoStreamProcessor(options, List.of(same, behind))) {
                capture = new Thread(processor);
                capture.start();
                await().untilAsserted(() -> assertThat(behind.changes()).hasSize(4));
                await().untilAsserted(() -> assertThat(same.changes()).hasSize(2));
            }
            capture.join();
            return same.changes().stream()
                    .map(change -> ((Record) change).row().getString("documentKey"))
                    .toList();
        }

        @Test
        void shouldReadATransactionAgainFromItsStartWhenTheRunEndedBetweenItsParts() throws Exception {
            Captured first = start(options);
            db.transaction(() -> {
                insert(0, 2);
                db.showPart();
                first.upTo(2);
                awaitIdle();
                first.close();
                insert(2, 4);
            });
            try (Captured second = Captured.start(options)) {
                second.upTo(2);

                assertThat(second.keys()).isEqualTo(keys(2, 4));
                assertThat(second.changes())
                        .extracting(change -> change.source().transaction().number() + " " + change.ordinal())
                        .containsExactly("1 2", "1 3");
            }
        }
    }

    @Nested
    class BackPressure {

        @Test
        void shouldCloseTheCursorWhileATargetIsFullAndGoOnLater() throws Exception {
            CountDownLatch room = new CountDownLatch(1);
            TargetOptions small = TargetOptions.builder("memory")
                    .queueBytes(64 << 10)
                    .spillBytes(1)
                    .build();
            Captured.Memory slow = new Captured.Memory(small) {
                @Override
                protected void save(List<Record> records) throws Exception {
                    room.await(30, TimeUnit.SECONDS);
                    super.save(records);
                }
            };
            MongoOptions options = options()
                    .pipeline(Captured.pipeline(checkpoints)
                            .pauseAfter(Duration.ofMillis(200))
                            .build())
                    .build();
            int count = 2_000;
            try (Captured captured =
                    Captured.start(options, slow, record -> record).streaming()) {
                insert(0, count);
                assertThat(captured.processor().awaitState(ProcessorState.PAUSED, Duration.ofSeconds(20)))
                        .isTrue();
                await().untilAsserted(() -> assertThat(server.openCursors()).isZero());

                room.countDown();
                captured.upTo(count);

                assertThat(captured.keys()).isEqualTo(keys(0, count));
            }
        }
    }

    @Nested
    class Ends {

        @Test
        void shouldLeaveNoThreadOfTheDriverBehind() throws Exception {
            Set<Thread> before = Thread.getAllStackTraces().keySet();
            try (Captured captured = start(options().build())) {
                insert(0, 1);
                captured.upTo(1);
            }

            await().untilAsserted(() -> assertThat(
                            Thread.getAllStackTraces().keySet().stream().filter(thread -> !before.contains(thread)))
                    .extracting(Thread::getName)
                    .allMatch(name -> name.startsWith("scripted-mongo") || name.startsWith("awaitility")));
        }

        @Test
        void shouldOpenANewStreamAtOnceWhereTheServerEndsOne() throws Exception {
            try (ScriptedDeployment collection = new ScriptedDeployment(true);
                    Captured captured = start(Captured.source(collection.uri(), checkpoints)
                            .watch(WatchScope.collection("test", PEOPLE))
                            .build())) {
                collection.drop(PEOPLE);
                collection.insert(PEOPLE, 1, "Alek");
                captured.upTo(3);

                assertThat(captured.processor().stats().reconnects()).isZero();
                await().until(() -> collection.server().openCursors() == 1);
            }
        }

        /** The driver resumes by {@code resumeAfter}, which a server does not take there. */
        @Test
        void shouldGoOnWhereTheConnectionIsDroppedBehindAnInvalidate() throws Exception {
            try (ScriptedDeployment collection = new ScriptedDeployment(true);
                    Captured captured = start(Captured.source(collection.uri(), checkpoints)
                            .watch(WatchScope.collection("test", PEOPLE))
                            .build())) {
                collection.drop(PEOPLE);
                captured.upTo(2);
                collection.server().dropNext("getMore");
                await().until(() -> captured.processor().stats().reconnects() == 1);
                collection.insert(PEOPLE, 1, "Alek");
                captured.upTo(3);

                assertThat(captured.keys()).isEqualTo(keys(1, 2));
            }
        }

        @Test
        void shouldEndSoonWhileTheStreamIsIdle() throws Throwable {
            Captured captured = start(options().maxAwait(Duration.ofSeconds(1)).build());
            long began = System.nanoTime();

            captured.close();

            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
            captured.join();
            await().until(() -> server.openCursors() == 0);
        }
    }

    @Nested
    class Transactions {

        private static final String CHANGE = """
                {"_id": {"_data": "82674D3DD40000000%d"}, "operationType": "insert",
                 "clusterTime": {"$timestamp": {"t": 1733115348, "i": 1}},
                 "lsid": {"id": {"$uuid": "2f1c0f4e-6f0e-4d0b-9d4e-1f2a3b4c5d6e"}}, "txnNumber": {"$numberLong": "%d"},
                 "ns": {"db": "test", "coll": "people"}, "documentKey": {"_id": %d}}""";

        @Test
        void shouldTakeATransactionForEndedWhenNothingFollows() throws Exception {
            try (Captured captured = start(options().build())) {
                db.transaction(() -> insert(0, 3));

                await().untilAsserted(() ->
                        assertThat(captured.processor().stats().transactions()).isEqualTo(1));
                await().untilAsserted(() ->
                        assertThat(checkpoints.load("memory").position()).contains(db.lastToken()));
                assertThat(captured.keys()).isEqualTo(keys(0, 3));
            }
        }

        /** Transactions that commit at one time on several shards are merged by the order of their tokens. */
        @Test
        void shouldDeliverTheChangesOfTransactionsThatStandBetweenEachOther() throws Exception {
            try (Captured captured = start(options().build())) {
                server.append(
                        CHANGE.formatted(1, 4, 1),
                        CHANGE.formatted(2, 4, 2),
                        CHANGE.formatted(3, 5, 3),
                        CHANGE.formatted(4, 4, 4));
                captured.upTo(4);

                assertThat(captured.keys()).isEqualTo(keys(1, 5));
                assertThat(captured.changes())
                        .extracting(change -> change.source().transaction().shownId())
                        .extracting(id -> id.substring(id.indexOf(':')))
                        .containsExactly(":4", ":4", ":5", ":4");
                assertThat(captured.changes())
                        .extracting(change -> change.source().transaction().number())
                        .containsExactly(1L, 1L, 2L, 3L);
                assertThat(captured.changes())
                        .extracting(change -> change.source().transactionId())
                        .containsExactly(
                                "82674D3DD400000001", "82674D3DD400000001", "82674D3DD400000003", "82674D3DD400000004");
            }
        }
    }

    @Nested
    class Filters {

        @Test
        void shouldPassOverCollectionsThatAreNotWanted() throws Exception {
            TableFilter filter = TableFilter.builder().exclude("test", "pets").build();
            MongoOptions options = options()
                    .pipeline(Captured.pipeline(checkpoints).filter(filter).build())
                    .build();
            try (Captured captured = start(options)) {
                db.insert("pets", 1, "Rex");
                db.drop("pets");
                db.insert(PEOPLE, 2, "Bo");
                captured.upTo(1);

                assertThat(captured.keys()).containsExactly("{\"_id\":2}");
                assertThat(captured.changes()).hasSize(1);
            }
        }

        @Test
        void shouldLeaveOutATransactionOnRecord() throws Exception {
            insert(0, 1);
            String token = db.lastToken();
            insert(1, 2);
            MongoOptions options = options()
                    .startFrom(StartFrom.operationTime(Instant.EPOCH))
                    .pipeline(Captured.pipeline(checkpoints)
                            .skipTransaction(token, "tested")
                            .build())
                    .build();

            try (Captured captured = start(options)) {
                captured.upTo(1);

                assertThat(captured.keys()).isEqualTo(keys(1, 2));
            }
        }
    }

    @Nested
    class Checks {

        @Test
        void shouldFindThatAServerIsInNoReplicaSet() {
            server.setStandalone();
            String alone = db.uri().replace("replicaSet=scripted", "directConnection=true");

            assertThat(diagnose(Captured.source(alone, checkpoints).build()))
                    .extracting(Finding::setting)
                    .containsExactly("uri");
        }

        @Test
        void shouldFindAllThatAnOldServerDoesNotHave() {
            server.setMaxWireVersion(13);
            MongoOptions options = options()
                    .fullDocument(FullDocument.REQUIRED)
                    .beforeImage(FullDocumentBeforeChange.WHEN_AVAILABLE)
                    .expandedEvents(true)
                    .splitLargeEvents(true)
                    .build();

            assertThat(diagnose(options))
                    .extracting(Finding::setting)
                    .containsExactly("fullDocument", "beforeImage", "expandedEvents", "splitLargeEvents");
        }

        @Test
        void shouldAskAnOldServerByWhatItKnows() {
            server.setMaxWireVersion(8);

            assertThat(diagnose(options().build())).isEmpty();
        }

        @Test
        void shouldFindThatAUserMayNotWatch() {
            server.failNext("aggregate", 13, "Unauthorized");

            assertThat(diagnose(options().build()))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.toString()).contains("grant find and changeStream"));
        }

        @Test
        void shouldFindThatTheServerDoesNotTakeThePipeline() {
            server.failNext("aggregate", 40324, "Location40324");

            assertThat(diagnose(options().build()))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.toString())
                            .contains("pipelineStages")
                            .contains("Location40324"));
        }

        /** The driver tries a read twice. */
        @Test
        void shouldNotBlameThePipelineForAnErrorThatPasses() {
            server.failNext("aggregate", 134, "ReadConcernMajorityNotAvailableYet");
            server.failNext("aggregate", 134, "ReadConcernMajorityNotAvailableYet");

            assertThatThrownBy(() -> diagnose(options().build()))
                    .isInstanceOf(SourceUnavailableException.class)
                    .hasMessageContaining("ReadConcernMajorityNotAvailableYet");
        }

        private List<Finding> diagnose(MongoOptions options) {
            try (MongoStreamProcessor processor = new MongoStreamProcessor(options, List.of(new Captured.Memory()))) {
                return processor.diagnose();
            }
        }
    }
}
