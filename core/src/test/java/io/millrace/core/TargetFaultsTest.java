// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.ProcessorStats.TargetStats;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a pipeline whose targets refuse, forget, hang, fail, or belong to somebody else. */
class TargetFaultsTest extends PipelineTest {

    private static TargetOptions.Builder target(String name) {
        RetryOptions retry = RetryOptions.builder()
                .initialBackoff(ofMillis(1))
                .maxBackoff(ofMillis(5))
                .maxAttempts(3)
                .build();
        return TargetOptions.builder(name).retry(retry);
    }

    private static TargetStats stats(Running running, int target) {
        return running.processor.stats().targets().get(target);
    }

    /** Hears of what was rejected, detached and stalled. */
    private static final class Heard implements ProcessorListener {

        final List<String> events = new CopyOnWriteArrayList<>();

        @Override
        public void onTargetStalled(String target, Duration since) {
            events.add("stalled " + target);
        }

        @Override
        public void onChangeRejected(String target, Change change, Throwable failure, ErrorPolicy.Action action) {
            events.add(action + " " + target + " " + id((Record) change) + " " + failure.getMessage());
        }

        @Override
        public void onTargetDetached(String target, Throwable failure) {
            events.add("detached " + target + " " + failure.getMessage());
        }
    }

    /** Refuses the rows of some ids. */
    private static final class Picky extends Memory {

        private final List<Long> refused;
        private final boolean tellsWhich;

        Picky(TargetOptions options, boolean tellsWhich, Long... refused) {
            super(options);
            this.tellsWhich = tellsWhich;
            this.refused = List.of(refused);
        }

        @Override
        protected void save(List<Record> records) throws Exception {
            for (Record record : records) {
                if (refused.contains(id(record))) {
                    if (tellsWhich) {
                        throw new ChangeRejectedException(record, "too large", null);
                    }
                    throw new IllegalStateException("something is wrong in here");
                }
            }
            super.save(records);
        }
    }

    @Nested
    class RejectedChanges {

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void shouldGoOnWithoutThemIfTheyAreToBeSkipped(boolean targetTellsWhich) throws Exception {
            Heard heard = new Heard();
            Picky picky = new Picky(
                    target("picky").errorPolicy(ErrorPolicy.skip()).batchSize(7).build(),
                    targetTellsWhich,
                    1L,
                    33L,
                    34L,
                    100L);

            Running running = start(picky);
            running.processor.addListener(heard);
            log.transactions(20, 5, 1);
            running.awaitDelivered(20);

            List<Long> expected = new ArrayList<>(ids(1, 100));
            expected.removeAll(List.of(1L, 33L, 34L, 100L));
            assertThat(picky.ids()).isEqualTo(expected);
            assertThat(stats(running, 0).rejected()).isEqualTo(4);
            assertThat(heard.events).hasSize(4).allMatch(event -> event.startsWith("SKIP picky"));
            running.close();
            assertThat(checkpoint("picky").transaction()).isEqualTo(20);
        }

        @Test
        void shouldBeginBehindThemAtTheNextStart() throws Exception {
            log.transactions(1, 50, 1);
            Picky picky =
                    new Picky(target("picky").errorPolicy(ErrorPolicy.skip()).build(), false, 50L);
            Running first = start(picky);
            first.awaitDelivered(1);
            first.close();
            log.transaction(51);

            Memory second = new Memory(target("picky").build());
            start(second).awaitDelivered(2);

            assertThat(second.ids()).containsExactly(51L);
        }

        @Test
        void shouldStopTheProcessorUnlessSaidOtherwise() throws Exception {
            log.transactions(2, 5, 1);

            Running running = start(new Picky(target("picky").build(), true, 3L));

            assertThatThrownBy(running::join)
                    .isInstanceOf(TargetFailedException.class)
                    .hasMessageContaining("too large");
        }

        @Test
        void shouldNotBeTakenForAFailureOfTheTargetItself() throws Exception {
            log.transactions(2, 5, 1);
            Memory forbidden = new Memory(
                    target("forbidden").errorPolicy(ErrorPolicy.skip()).build()) {
                @Override
                protected void save(List<Record> records) {
                    throw new PermanentException("wrong password", null);
                }
            };

            Running running = start(forbidden);

            assertThatThrownBy(running::join)
                    .isInstanceOf(TargetFailedException.class)
                    .hasMessageContaining("wrong password");
        }

        @Test
        void shouldGoToTheDeadLettersBeforeTheCheckpointPassesThem() throws Exception {
            log.transactions(3, 5, 1);
            AtomicInteger failures = new AtomicInteger(2);
            List<Record> letters = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch mayStore = new CountDownLatch(1);
            Target dead = new Target(TargetOptions.named("dead")) {
                @Override
                protected void save(List<Record> records) throws Exception {
                    mayStore.await();
                    if (failures.getAndDecrement() > 0) {
                        throw new IOException("no route to the dead letters");
                    }
                    letters.addAll(records);
                }
            };
            Picky picky = new Picky(
                    target("picky").errorPolicy(ErrorPolicy.deadLetter(dead)).build(), true, 7L);

            Running running = start(picky);
            assertThat(running.processor.awaitDelivered(new FakeLog.Offset(2), ofMillis(100)))
                    .isFalse();
            mayStore.countDown();
            running.awaitDelivered(3);

            assertThat(picky.ids()).doesNotContain(7L).hasSize(14);
            assertThat(letters).singleElement().satisfies(letter -> {
                assertThat(letter.table()).isEqualTo(new TableId("millrace", "dead_letters"));
                assertThat(letter.row().getString("pipeline")).isEqualTo("test");
                assertThat(letter.row().getString("target")).isEqualTo("picky");
                assertThat(letter.row().getString("transaction_id")).isEqualTo("tx-1");
                assertThat(letter.row().getString("ordinal")).isEqualTo("1");
                assertThat(letter.row().getString("table_name")).isEqualTo("orders");
                assertThat(letter.row().getString("problem")).isEqualTo("too large");
                assertThat(letter.row().getString("record")).contains("\"id\":7");
            });
        }
    }

    @Nested
    class Fenced {

        @Test
        void shouldEndAsFenced() throws Exception {
            log.transactions(2, 5, 1);
            Memory late = new Memory("late") {
                @Override
                protected void save(List<Record> records) {
                    throw new FencedException("another instance writes", null);
                }
            };

            Running running = start(late, new Memory("other"));

            assertThatThrownBy(running::join).isInstanceOf(FencedException.class);
            assertThat(running.processor.status().state()).isEqualTo(ProcessorState.FENCED);
            assertThat(log.connections()).isEqualTo(1);
        }

        @Test
        void shouldBeNoticedBeforeTheSourceIsConnectedAgain() throws Exception {
            log.breakAfterRows(5).transactions(2, 4, 1);
            Memory replaced = new Memory("replaced") {
                @Override
                protected void confirmOwnership() {
                    throw new FencedException("another instance writes", null);
                }
            };

            Running running = start(replaced);

            assertThatThrownBy(running::join).isInstanceOf(FencedException.class);
            assertThat(log.connections()).isEqualTo(1);
        }

        @Test
        void shouldNotKeepTheSourceFromBeingConnectedWhileATargetIsDown() throws Exception {
            log.breakAfterRows(5).transactions(2, 4, 1);
            Memory unreachable = new Memory("unreachable") {
                @Override
                protected void confirmOwnership() throws IOException {
                    throw new IOException("connection refused");
                }
            };

            start(unreachable).awaitDelivered(2);

            assertThat(unreachable.ids()).isEqualTo(ids(1, 8));
        }
    }

    /** Keeps its checkpoint, and fails as told around the moment when it stores. */
    private static final class Moody extends Memory {

        volatile @Nullable Checkpoint kept;
        volatile int failBefore;
        volatile int failAfter;
        volatile @Nullable Checkpoint foreign;
        final List<Checkpoint> claims = new CopyOnWriteArrayList<>();
        private int batchesSoFar;

        Moody() {
            super(target("moody").batchSize(3).build());
        }

        @Override
        protected boolean keepsCheckpoint() {
            return true;
        }

        @Override
        protected @Nullable Checkpoint restore() {
            return foreign != null ? foreign : kept;
        }

        @Override
        protected void save(Batch batch) throws Exception {
            if (batch.records().isEmpty() && batchesSoFar == 0) {
                claims.add(batch.checkpoint());
            }
            batchesSoFar++;
            if (batchesSoFar == failBefore) {
                throw new IOException("connection lost before the commit");
            }
            super.save(batch);
            kept = Checkpoint.parse(batch.checkpoint().toJson());
            if (batchesSoFar == failAfter) {
                throw new IOException("connection lost after the commit");
            }
        }
    }

    @Nested
    class OwnCheckpoints {

        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3, 7})
        void shouldStoreEachRowOnceWhenTheOutcomeOfABatchIsUnknown(int batch) throws Exception {
            log.transactions(6, 5, 1);
            Moody lost = new Moody();
            lost.failAfter = batch;

            start(lost).awaitDelivered(6);

            assertThat(lost.ids()).isEqualTo(ids(1, 30));
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2, 3, 7})
        void shouldStoreEachRowOnceWhenABatchWasNotStored(int batch) throws Exception {
            log.transactions(6, 5, 1);
            Moody lost = new Moody();
            lost.failBefore = batch;

            start(lost).awaitDelivered(6);

            assertThat(lost.ids()).isEqualTo(ids(1, 30));
        }

        @Test
        void shouldTakePossessionByAHigherEpochBeforeTheSourceIsRead() throws Exception {
            Moody target = new Moody();
            target.kept = new Checkpoint("fake", "{\"at\":0}", 0, null, 41);

            start(target).processor.awaitState(ProcessorState.STREAMING, ofSeconds(10));

            assertThat(target.claims)
                    .singleElement()
                    .satisfies(claim -> assertThat(claim.epoch()).isGreaterThan(41));
        }

        @Test
        void shouldEndAsFencedWhenTheStoredEpochIsHigher() throws Exception {
            log.transactions(6, 5, 1);
            Moody target = new Moody();
            target.failBefore = 4;

            Running running = start(
                    options().build(),
                    record -> {
                        target.foreign = new Checkpoint("fake", "{\"at\":3}", 3, null, Long.MAX_VALUE);
                        return record;
                    },
                    target);

            assertThatThrownBy(running::join).isInstanceOf(FencedException.class);
            assertThat(running.processor.status().state()).isEqualTo(ProcessorState.FENCED);
        }

        @Test
        void shouldRefuseACheckpointThatItHasNotStored() throws Exception {
            log.transactions(6, 5, 1);
            Moody target = new Moody();
            target.failBefore = 4;
            Running running = start(
                    options().build(),
                    record -> {
                        target.foreign = new Checkpoint("fake", "{\"at\":99}", 99, null, 1);
                        return record;
                    },
                    target);

            assertThatThrownBy(running::join)
                    .rootCause()
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("which this run has not stored");
        }
    }

    /** Acknowledges only when it is flushed. */
    private static final class Gathering extends Target {

        final List<Long> ids = Collections.synchronizedList(new ArrayList<>());
        final AtomicInteger flushes = new AtomicInteger();
        volatile int failedFlushes;
        private final List<Record> records = new ArrayList<>();
        private final List<CompletableFuture<@Nullable Void>> stages = new ArrayList<>();

        Gathering(TargetOptions options) {
            super(options);
        }

        @Override
        protected void save(List<Record> unused) {
            throw new AssertionError("saveAsync is overridden");
        }

        @Override
        protected CompletionStage<@Nullable Void> saveAsync(Batch batch) {
            CompletableFuture<@Nullable Void> stage = new CompletableFuture<>();
            records.addAll(batch.records());
            stages.add(stage);
            return stage;
        }

        @Override
        protected void flush() throws Exception {
            List<CompletableFuture<@Nullable Void>> ended = List.copyOf(stages);
            List<Record> stored = List.copyOf(records);
            stages.clear();
            records.clear();
            flushes.incrementAndGet();
            if (failedFlushes-- > 0) {
                throw new IOException("the commit failed");
            }
            stored.forEach(record -> ids.add(id(record)));
            ended.forEach(stage -> stage.complete(null));
        }
    }

    @Nested
    class Retries {

        @Test
        void shouldCountFailuresOfUnknownKindOnTheirOwn() throws Exception {
            log.transactions(1, 5, 1);
            AtomicInteger attempts = new AtomicInteger();
            Memory target = new Memory(target("target").build()) {
                @Override
                protected void save(List<Record> records) throws Exception {
                    int attempt = attempts.incrementAndGet();
                    if (attempt <= 10) {
                        throw new IOException("connection refused");
                    }
                    if (attempt <= 12) {
                        throw new IllegalStateException("not ready");
                    }
                    super.save(records);
                }
            };

            start(target).awaitDelivered(1);

            assertThat(target.ids()).isEqualTo(ids(1, 5));
        }

        @Test
        void shouldNotOpenATargetTwiceWhenItsCheckpointCannotBeRead() throws Exception {
            AtomicInteger opened = new AtomicInteger();
            AtomicInteger recovered = new AtomicInteger();
            AtomicInteger failures = new AtomicInteger(2);
            Memory target = new Memory(target("target").build()) {
                @Override
                protected void open() {
                    opened.incrementAndGet();
                }

                @Override
                protected boolean keepsCheckpoint() {
                    return true;
                }

                @Override
                protected @Nullable Checkpoint restore() throws IOException {
                    if (failures.getAndDecrement() > 0) {
                        throw new IOException("connection reset");
                    }
                    return null;
                }

                @Override
                protected void recover(Throwable failure) {
                    recovered.incrementAndGet();
                }
            };

            start(target).processor.awaitState(ProcessorState.STREAMING, ofSeconds(10));

            assertThat(opened).hasValue(1);
            assertThat(recovered).hasValue(2);
        }
    }

    @Nested
    class Flush {

        @Test
        void shouldComeWheneverNothingFollows() throws Exception {
            log.transactions(50, 5, 1);
            Gathering target = new Gathering(target("gathering").batchSize(4).build());
            Running running = start(target);
            running.awaitDelivered(50);
            log.transactions(1, 1, 251);
            running.awaitDelivered(51);

            assertThat(target.ids).isEqualTo(ids(1, 251));
        }

        @Test
        void shouldComeWhenAsManyBatchesAreUnderWayAsMayBe() throws Exception {
            log.transactions(50, 5, 1);
            Gathering target = new Gathering(
                    target("gathering").batchSize(5).maxInFlight(2).build());

            start(target).awaitDelivered(50);

            assertThat(target.ids).isEqualTo(ids(1, 250));
            assertThat(target.flushes.get()).isGreaterThanOrEqualTo(25);
        }

        @Test
        void shouldFailWhatIsUnderWayIfItFails() throws Exception {
            log.transactions(50, 5, 1);
            Gathering target = new Gathering(target("gathering").batchSize(4).build());
            target.failedFlushes = 2;

            Running running = start(target);
            running.awaitDelivered(50);

            assertThat(target.ids).isEqualTo(ids(1, 250));
            assertThat(stats(running, 0).retries()).isEqualTo(2);
        }
    }

    @Nested
    class Optional {

        private final Heard heard = new Heard();

        @Test
        void shouldBeDetachedWhenItFailsForGoodAndGoOnAtTheNextStart() throws Exception {
            Memory required = new Memory("required");
            Picky failing =
                    new Picky(target("failing").optional(true).batchSize(5).build(), true, 23L);
            Running running = start(required, failing);
            running.processor.addListener(heard);
            log.transactions(10, 5, 1);

            await().until(() -> stats(running, 1).state().equals("DETACHED"));
            log.transactions(10, 5, 51);
            await().until(() -> required.count() == 100);
            running.close();

            assertThat(running.processor.status().state()).isEqualTo(ProcessorState.STOPPED);
            assertThat(failing.ids()).isEqualTo(ids(1, 20));
            Memory again = new Memory(target("failing").build());
            Memory ahead = new Memory("required");
            start(ahead, again).awaitDelivered(20);
            assertThat(again.ids()).isEqualTo(ids(21, 100));
            assertThat(ahead.ids()).isEmpty();
        }

        @Test
        void shouldBeDetachedWhenItIsFullForTooLong() throws Exception {
            log.padding(1_000).transactions(100, 50, 1);
            Memory required = new Memory("required");
            Memory stuck = new Memory(
                    target("stuck").optional(true).queueBytes(100_000).build());
            stuck.stopAfter = 0;

            Running running = start(
                    options()
                            .pauseAfter(ofMillis(200))
                            .closeTimeout(ofMillis(100))
                            .build(),
                    record -> record,
                    required,
                    stuck);
            running.processor.addListener(heard);
            await().until(() -> required.count() == 5_000);

            await().until(() -> stats(running, 1).queuedBytes() == 0);
            stuck.release();
            await().until(() -> heard.events.contains("detached stuck target stuck has been full for 0 s"));
        }

        @Test
        void shouldBeDetachedWhenItCannotBeOpened() throws Exception {
            log.transactions(10, 5, 1);
            Memory required = new Memory("required");
            Memory unreachable = new Memory(target("unreachable").optional(true).build()) {
                @Override
                protected void open() {
                    throw new PermanentException("wrong password", null);
                }
            };

            Running running = start(unreachable, required);
            await().until(() -> required.count() == 50);

            assertThat(stats(running, 0).state()).isEqualTo("DETACHED");
            assertThat(running.processor.status().state()).isEqualTo(ProcessorState.STREAMING);
        }

        @Test
        void shouldEndTheProcessorWhenNoneIsLeft() throws Exception {
            log.transactions(10, 5, 1);

            Running running = start(
                    new Picky(target("a").optional(true).build(), true, 1L),
                    new Picky(target("b").optional(true).build(), true, 2L));

            assertThatThrownBy(running::join).isInstanceOf(TargetFailedException.class);
        }
    }

    @Nested
    class Lagging {

        @TempDir
        private Path directory;

        private TargetOptions.Builder small(String name) {
            return target(name).queueBytes(50_000).batchSize(10);
        }

        @Test
        void shouldHoldNobodyUpWhileChangesCanWaitOnDisk() throws Exception {
            log.padding(1_000).transactions(200, 25, 1);
            Memory fast = new Memory("fast");
            Memory slow = new Memory(small("slow").build());
            slow.stopAfter = 20;

            Running running = start(options().spillDirectory(directory).build(), record -> record, fast, slow);
            await().until(() -> fast.count() == 5_000);
            // The other target may have been handed the last of them first.
            await().until(() -> stats(running, 1).spilledBytes() > 4_000_000);
            assertThat(stats(running, 1).state()).isEqualTo("LAGGING");
            assertThat(running.processor.health().problems()).containsExactly("target slow is LAGGING");

            slow.release();
            log.transactions(10, 25, 5_001);
            running.awaitDelivered(210);
            log.transactions(10, 25, 5_251);
            running.awaitDelivered(220);

            assertThat(slow.ids()).isEqualTo(ids(1, 5_500));
            await().until(() -> stats(running, 1).state().equals("DELIVERING"));
            await().until(() -> stats(running, 1).spilledBytes() == 0);
            assertThat(directory).isEmptyDirectory();
        }

        @Test
        void shouldHoldTheSourceBackWhenTheDiskIsFullToo() throws Exception {
            log.padding(1_000).transactions(400, 25, 1);
            Memory slow = new Memory(small("slow").spillBytes(2_000_000).build());
            slow.stopAfter = 20;

            Running running = start(
                    options().spillDirectory(directory).pauseAfter(ofMillis(20)).build(), record -> record, slow);
            assertThat(running.processor.awaitState(ProcessorState.PAUSED, ofSeconds(10)))
                    .isTrue();
            slow.release();
            running.awaitDelivered(400);

            assertThat(slow.ids()).isEqualTo(ids(1, 10_000));
        }

        @Test
        void shouldNotRepeatOrLoseWhatWaitedOnDiskAtAStop() throws Throwable {
            log.padding(1_000).transactions(200, 25, 1);
            Memory slow = new Memory(small("slow").build());
            slow.stopAfter = 1_000;
            PipelineOptions options = options().spillDirectory(directory).build();
            Running running = start(options, record -> record, slow);
            await().until(() -> stats(running, 0).spilledBytes() > 1_000_000);
            slow.closeDuringNextSave = running.processor;
            slow.release();
            running.join();

            Memory second = new Memory(small("slow").build());
            start(options, record -> record, second).awaitDelivered(200);

            assertThat(Stream.concat(slow.ids().stream(), second.ids().stream()))
                    .containsExactlyElementsOf(ids(1, 5_000));
        }
    }

    @Nested
    class Stalled {

        @Test
        void shouldBeReportedOnceAndEndWithTheAcknowledgement() throws Exception {
            Late late = new Late(target("late").stallAfter(ofMillis(30)).build());
            Heard heard = new Heard();
            Running running = start(late);
            running.processor.addListener(heard);
            log.transactions(1, 5, 1);

            await().until(() -> stats(running, 0).state().equals("STALLED"));
            await().until(() -> !heard.events.isEmpty());
            late.pending.get(0).complete(null);
            running.awaitDelivered(1);

            assertThat(stats(running, 0).state()).isEqualTo("DELIVERING");
            assertThat(heard.events).containsExactly("stalled late");
        }
    }

    @Nested
    class Health {

        @Test
        void shouldBeUpOnlyWhileEverythingIsAsItShouldBe() throws Exception {
            log.transactions(1, 5, 1);
            Memory memory = new Memory(target("memory").stallAfter(ofMillis(20)).build());
            memory.stopAfter = 5;
            Processor idle = log.processor(options().build(), new Memory("memory"));
            assertThat(idle.health().level()).isEqualTo(ProcessorHealth.Level.DOWN);

            Running running = start(memory);
            running.awaitDelivered(1);
            assertThat(running.processor.health()).isEqualTo(new ProcessorHealth(ProcessorHealth.Level.UP, List.of()));

            Heard heard = new Heard();
            running.processor.addListener(heard);
            log.transactions(1, 5, 6);
            await().until(() -> running.processor.health().level() == ProcessorHealth.Level.DEGRADED);
            log.transactions(1, 5, 11);
            await().until(() -> heard.events.equals(List.of("stalled memory")));
            assertThat(running.processor.health().problems()).containsExactly("target memory is STALLED");
            memory.release();
            running.awaitDelivered(3);
            assertThat(running.processor.health().level()).isEqualTo(ProcessorHealth.Level.UP);

            running.close();
            assertThat(running.processor.health())
                    .isEqualTo(new ProcessorHealth(ProcessorHealth.Level.DOWN, List.of("STOPPED")));
        }

        @Test
        void shouldTellOfATargetThatWasDetached() throws Exception {
            log.transactions(1, 5, 1);
            Running running = start(
                    new Memory("required"),
                    new Picky(target("optional").optional(true).build(), true, 1L));

            await().until(() -> running.processor.health().problems().contains("target optional is DETACHED"));

            assertThat(running.processor.health().level()).isEqualTo(ProcessorHealth.Level.DEGRADED);
        }
    }

    @Nested
    class RunUntil {

        @Test
        void shouldReturnOnceEverythingUpToThePositionIsDelivered() throws Exception {
            log.transactions(100, 5, 1);
            Memory slow = new Memory(target("slow").batchSize(1).build());
            Processor processor =
                    log.processor(options().closeTimeout(ofMillis(1)).build(), slow);

            processor.runUntil(new FakeLog.Offset(60));

            assertThat(slow.ids()).isEqualTo(ids(1, 300));
            assertThat(processor.status().state()).isEqualTo(ProcessorState.STOPPED);
            assertThat(checkpoint("slow").transaction()).isEqualTo(60);
        }

        @Test
        void shouldReturnAtOnceIfItIsPastThePosition() throws Exception {
            log.transactions(3, 5, 1);
            log.processor(options().build(), new Memory("memory")).runUntil(new FakeLog.Offset(3));
            Memory second = new Memory("memory");

            log.processor(options().build(), second).runUntil(new FakeLog.Offset(2));

            assertThat(second.ids()).isEmpty();
        }

        @Test
        void shouldThrowWhatATargetFailsWith() {
            log.transactions(3, 5, 1);
            Processor processor =
                    log.processor(options().build(), new Picky(target("picky").build(), true, 15L));

            assertThatThrownBy(() -> processor.runUntil(new FakeLog.Offset(3)))
                    .isInstanceOf(TargetFailedException.class);
        }
    }
}
