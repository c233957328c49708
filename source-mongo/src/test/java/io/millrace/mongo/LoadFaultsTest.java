// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.InvalidOptionsException;
import io.millrace.core.LogLostException;
import io.millrace.core.PermanentException;
import io.millrace.core.ProcessorState;
import io.millrace.core.Record;
import io.millrace.core.TargetOptions;
import io.millrace.core.TargetStart;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.ScriptedMongo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happens to a load that a fake can be made to disturb. */
@Timeout(120)
class LoadFaultsTest {

    private static final String PEOPLE = "people";

    private final ScriptedDeployment db = new ScriptedDeployment(false);
    private final ScriptedMongo server = db.server();
    private final InMemoryCheckpointStore checkpoints = new InMemoryCheckpointStore();

    @AfterEach
    void stop() {
        db.close();
    }

    private MongoOptions.Builder options() {
        return Captured.source(db.uri(), checkpoints)
                .watch(WatchScope.database("test"))
                .startFrom(StartFrom.initialLoad());
    }

    private void fill(String collection, int count) {
        db.insertAll(
                collection, IntStream.range(0, count).mapToObj(String::valueOf).toList());
    }

    private static List<String> keys(int from, int to) {
        return IntStream.range(from, to).mapToObj(id -> "{\"_id\":" + id + "}").toList();
    }

    @Test
    void shouldReadWhatIsCommittedAtTheNotedTimeOrLater() throws Exception {
        fill(PEOPLE, 2);
        String noted = db.lastToken();
        try (Captured captured = Captured.start(options().build())) {
            captured.upTo(2);
            db.insert(PEOPLE, 2, "later");
            captured.upTo(3);

            assertThat(captured.keys()).isEqualTo(keys(0, 3));
            BsonDocument concern = server.commands("find").get(0).getDocument("readConcern");
            assertThat(concern.getString("level").getValue()).isEqualTo("majority");
            assertThat(noted)
                    .startsWith(ScriptedMongo.token(
                            concern.getTimestamp("afterClusterTime").getTime(),
                            concern.getTimestamp("afterClusterTime").getInc()));
        }
    }

    /** The target that was there before is at an older place, from which the stream is read for both. */
    @Test
    void shouldLoadForATargetThatIsAddedWhatIsNotOlderThanItsPlace() throws Exception {
        MongoOptions options = options().startFrom(StartFrom.latest()).build();
        try (Captured captured = Captured.start(options).streaming()) {
            db.insert(PEOPLE, 1, "Alek");
            captured.upTo(1);
        }
        db.insert(PEOPLE, 2, "Bo");
        Captured.Memory first = new Captured.Memory();
        Captured.Memory added = new Captured.Memory(
                TargetOptions.builder("added").start(TargetStart.bySource()).build());
        Thread capture;
        try (MongoStreamProcessor processor = new MongoStreamProcessor(options().build(), List.of(first, added))) {
            capture = new Thread(processor);
            capture.start();
            await().until(() -> first.changes().size() == 1 && added.changes().size() == 2);
            db.insert(PEOPLE, 3, "Cy");
            await().until(() -> first.changes().size() == 2 && added.changes().size() == 3);
        }
        capture.join();

        assertThat(keys(first)).isEqualTo(keys(2, 4));
        assertThat(keys(added)).isEqualTo(keys(1, 4));
        BsonDocument concern = server.commands("find").get(0).getDocument("readConcern");
        assertThat(concern.getTimestamp("afterClusterTime").getTime())
                .as("when the second document was inserted")
                .isEqualTo(1_733_114_953);
    }

    private static List<String> keys(Captured.Memory target) {
        return target.changes().stream()
                .map(change -> ((Record) change).row().getString("documentKey"))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "getMore, 11602, InterruptedDueToReplStateChange",
        "getMore, 43, CursorNotFound",
        "getMore, 175, QueryPlanKilled",
        "find, 10107, NotWritablePrimary"
    })
    void shouldGoOnAfterAnErrorThatPasses(String command, int code, String name) throws Exception {
        fill(PEOPLE, 3_500);
        server.failNext(command, code, name);
        // The driver itself tries a read once more.
        server.failNext(command, code, name);
        try (Captured captured = Captured.start(options().build())) {
            captured.upTo(3_500);

            assertThat(captured.keys()).isEqualTo(keys(0, 3_500));
            assertThat(captured.processor().stats().reconnects()).isPositive();
        }
    }

    @Test
    void shouldStopWhereACollectionMayNotBeRead() {
        fill(PEOPLE, 3);
        server.failNext("find", 13, "Unauthorized");
        try (Captured captured = Captured.start(options().build())) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(PermanentException.class)
                    .hasMessageContaining("test.people")
                    .hasMessageContaining("Unauthorized");
        }
    }

    @Test
    void shouldStopBeforeTheNextDocumentsWhenTheLogIsGoneMeanwhile() throws Exception {
        fill("animals", 10);
        fill(PEOPLE, 10_000);
        AtomicInteger seen = new AtomicInteger();
        Captured.Memory memory = new Captured.Memory();
        try (Captured captured = Captured.start(options().build(), memory, record -> {
            int count = seen.incrementAndGet();
            if (count == 1_000) {
                rollOver();
            }
            if (count >= 1_000 && count % 1_000 == 0) {
                // The log is looked at once a second at most.
                long next = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(600);
                await().until(() -> System.nanoTime() - next > 0);
            }
            return record;
        })) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(LogLostException.class)
                    .hasMessageContaining("oplog")
                    .hasMessageContaining("error 286");
            assertThat(captured.changes()).hasSizeLessThan(10_000);
        }
    }

    @Test
    void shouldStopAtOnceWhenTheLogIsGoneAtARestart() throws Exception {
        fill(PEOPLE, 3_000);
        failAt(1_500);
        rollOver();

        try (Captured captured = Captured.start(options().build())) {
            assertThatThrownBy(captured::join).isInstanceOf(LogLostException.class);
            assertThat(captured.changes()).isEmpty();
        }
    }

    /** The oplog begins behind all that was there before. */
    private void rollOver() {
        db.changeElsewhere();
        server.forgetBefore(db.lastToken());
    }

    /** {@return keys of what was delivered before} */
    private List<String> failAt(int count) {
        AtomicInteger left = new AtomicInteger(count);
        Captured.Memory target = new Captured.Memory();
        try (Captured captured = Captured.start(options().build(), target, record -> {
            if (left.getAndDecrement() == 0) {
                throw new IllegalStateException("stop here");
            }
            return record;
        })) {
            assertThatThrownBy(captured::join).hasRootCauseMessage("stop here");
        }
        return keys(target);
    }

    /** Also in the middle of a piece. */
    @Test
    void shouldGoOnBehindTheLastDocumentAfterARestart() throws Exception {
        fill("animals", 10);
        fill(PEOPLE, 3_000);
        List<String> all = new ArrayList<>(failAt(2_500));
        assertThat(all.size()).isBetween(2_010, 2_500);

        try (Captured captured = Captured.start(options().build())) {
            captured.upTo(3_010 - all.size());
            all.addAll(captured.keys());
        }

        List<String> expected = new ArrayList<>(keys(0, 10));
        expected.addAll(keys(0, 3_000));
        assertThat(all).isEqualTo(expected);
    }

    @Test
    void shouldRefuseToGoOnWithAStreamThatIsAskedForOtherwise() throws Exception {
        fill(PEOPLE, 3_000);
        failAt(1_500);

        try (Captured captured =
                Captured.start(options().watch(WatchScope.deployment()).build())) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("watch was test and is deployment");
        }
    }

    /** A capture is paused in the middle of a piece. */
    @Test
    void shouldWaitForATargetThatIsSlow() throws Exception {
        fill(PEOPLE, 5_000);
        CountDownLatch room = new CountDownLatch(1);
        TargetOptions small = TargetOptions.builder("memory")
                .queueBytes(64 << 10)
                .spillBytes(1)
                .build();
        MongoOptions options = options()
                .pipeline(Captured.pipeline(checkpoints)
                        .pauseAfter(Duration.ofMillis(200))
                        .build())
                .build();
        try (Captured captured = Captured.start(options, new Slow(small, room), record -> record)) {
            assertThat(captured.processor().awaitState(ProcessorState.PAUSED, Duration.ofSeconds(20)))
                    .isTrue();
            await().untilAsserted(() -> assertThat(server.openCursors()).isZero());
            room.countDown();
            captured.upTo(5_000);

            assertThat(captured.keys()).isEqualTo(keys(0, 5_000));
        }
    }

    @Test
    void shouldKeepLoadedDocumentsOnDiskForATargetThatIsSlow(@TempDir Path folder) throws Exception {
        fill(PEOPLE, 5_000);
        CountDownLatch room = new CountDownLatch(1);
        TargetOptions small =
                TargetOptions.builder("memory").queueBytes(64 << 10).build();
        MongoOptions options = options()
                .pipeline(Captured.pipeline(checkpoints).spillDirectory(folder).build())
                .build();
        try (Captured captured = Captured.start(options, new Slow(small, room), record -> record)) {
            await().untilAsserted(() ->
                    assertThat(captured.processor().stats().records()).isEqualTo(5_000));
            db.insert(PEOPLE, 5_000, "later");
            await().untilAsserted(() ->
                    assertThat(captured.processor().stats().records()).isEqualTo(5_001));
            room.countDown();
            captured.upTo(5_001);

            assertThat(captured.keys()).isEqualTo(keys(0, 5_001));
            assertThat(captured.record(4_999).kind()).isEqualTo(Record.Kind.READ);
            assertThat(captured.record(4_999).source().transactionId()).startsWith("load:test.people:4000:");
        }
    }

    private static final class Slow extends Captured.Memory {

        private final CountDownLatch room;

        Slow(TargetOptions options, CountDownLatch room) {
            super(options);
            this.room = room;
        }

        @Override
        protected void save(List<Record> records) throws Exception {
            room.await(30, TimeUnit.SECONDS);
            super.save(records);
        }
    }

    @Test
    void shouldGoOnWithTheNextCollectionWhenOneIsDroppedMeanwhile() throws Exception {
        fill("animals", 2_500);
        fill(PEOPLE, 5);
        AtomicInteger seen = new AtomicInteger();
        Captured.Memory memory = new Captured.Memory();
        try (Captured captured = Captured.start(options().build(), memory, record -> {
            if (seen.incrementAndGet() == 500) {
                db.drop("animals");
            }
            return record;
        })) {
            await().untilAsserted(() ->
                    assertThat(captured.changes()).anyMatch(change -> change instanceof io.millrace.core.Statement));

            assertThat(captured.changes().stream()
                            .filter(change -> change instanceof Record record
                                    && record.table().name().equals(PEOPLE)))
                    .hasSize(5);
        }
    }

    @Test
    void shouldRefuseAShardedCluster() {
        server.setSharded();
        try (Captured captured = Captured.start(options().uri(directUri()).build())) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(PermanentException.class)
                    .hasMessageContaining("sharded")
                    .hasMessageContaining("StartFrom.operationTime");
            assertThat(server.commands("find")).isEmpty();
        }
    }

    private String directUri() {
        return db.uri().replace("replicaSet=scripted", "directConnection=true");
    }

    /** What was needed for the load alone is not asked for any more. */
    @Test
    void shouldGoOnWithTheStreamOfAShardedClusterOnceTheLoadIsOver() throws Exception {
        fill(PEOPLE, 2);
        try (Captured captured = Captured.start(options().build()).upTo(2)) {
            db.insert(PEOPLE, 2, "later");
            captured.upTo(3);
        }
        server.setSharded();
        server.failNext("listCollections", 13, "Unauthorized");
        MongoOptions options = options().uri(directUri()).build();
        try (Captured captured = Captured.start(options).streaming()) {
            db.insert(PEOPLE, 3, "later");
            captured.upTo(1);

            assertThat(captured.processor().diagnose()).isEmpty();
            assertThat(captured.keys()).isEqualTo(keys(3, 4));
        }
    }

    @Test
    void shouldStopWhereCollectionsMayNotBeListed() {
        server.failNext("listCollections", 13, "Unauthorized");
        try (Captured captured = Captured.start(options().build())) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(PermanentException.class)
                    .hasMessageContaining("Grant find and listCollections");
        }
    }

    /** It has none of the collections yet: without them the load would be over at once. */
    @Test
    void shouldNotAskForCollectionsOfAServerThatIsBehindTheLog() throws Exception {
        fill(PEOPLE, 3_000);
        List<String> all = new ArrayList<>(failAt(1_500));
        int asked = server.commands("listCollections").size();
        server.drop("test.people");
        server.moveOn(ScriptedMongo.token(1_733_114_952, 1));

        try (Captured captured = Captured.start(options().build())) {
            await().until(() -> captured.processor().status().reason().contains("lags"));
            assertThat(server.commands("listCollections")).hasSize(asked);
            server.put("test.people", documents(3_000));
            server.moveOn(db.lastToken());
            captured.upTo(3_000 - all.size());
            all.addAll(captured.keys());
        }

        assertThat(all).isEqualTo(keys(0, 3_000));
    }

    private static String[] documents(int count) {
        return IntStream.range(0, count)
                .mapToObj("{\"_id\": %d, \"name\": \"one of many\"}"::formatted)
                .toArray(String[]::new);
    }

    /** Members that lag may answer for documents, since the session says how far they must be, but not for the list. */
    @Test
    void shouldAskThePrimaryForCollectionsWhoeverIsAskedForDocuments() throws Exception {
        fill(PEOPLE, 2);
        try (Captured captured = Captured.start(
                options().uri(db.uri() + "&readPreference=secondaryPreferred").build())) {
            captured.upTo(2);

            assertThat(server.commands("find"))
                    .isNotEmpty()
                    .allMatch(command -> command.containsKey("$readPreference")
                            && command.getDocument("readConcern").containsKey("afterClusterTime"));
            assertThat(server.commands("listCollections"))
                    .isNotEmpty()
                    .noneMatch(command -> command.containsKey("$readPreference"));
            assertThat(server.commands("ping"))
                    .isNotEmpty()
                    .noneMatch(command -> command.containsKey("$readPreference"));
        }
    }

    @Test
    void shouldRefuseStagesThatAreForEvents() {
        assertThatThrownBy(() -> options()
                        .pipelineStages(List.of(BsonDocument.parse("{$match: {operationType: 'insert'}}")))
                        .build())
                .isInstanceOf(InvalidOptionsException.class)
                .hasMessageContaining("pipelineStages")
                .hasMessageContaining("initialLoad()");
    }
}
