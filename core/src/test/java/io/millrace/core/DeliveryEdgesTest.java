// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.ProcessorStats.TargetStats;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Failures that meet: what one of them alone does not show. */
class DeliveryEdgesTest extends PipelineTest {

    static TargetOptions.Builder target(String name) {
        RetryOptions retry = RetryOptions.builder()
                .initialBackoff(ofMillis(1))
                .maxBackoff(ofMillis(5))
                .maxAttempts(3)
                .build();
        return TargetOptions.builder(name).retry(retry);
    }

    // ---- what was gathered when a batch fails
    @Test
    void shouldFlushAGatheringTargetAfterAFailure() throws Exception {
        log.transactions(2, 5, 1);
        List<Long> stored = Collections.synchronizedList(new ArrayList<>());
        Target gathering = new Target(target("gathering").batchSize(5).build()) {
            final List<CompletableFuture<@Nullable Void>> stages = new ArrayList<>();
            final List<Record> records = new ArrayList<>();
            boolean failed;

            @Override
            protected void save(List<Record> r) {}

            @Override
            protected CompletionStage<@Nullable Void> saveAsync(Batch batch) {
                CompletableFuture<@Nullable Void> stage = new CompletableFuture<>();
                if (!failed && stages.size() == 1) {
                    failed = true;
                    stages.remove(0).completeExceptionally(new IOException("the first could not be sent"));
                    records.clear();
                }
                stages.add(stage);
                records.addAll(batch.records());
                return stage;
            }

            @Override
            protected void flush() {
                records.forEach(r -> stored.add(id(r)));
                records.clear();
                List<CompletableFuture<@Nullable Void>> all = List.copyOf(stages);
                stages.clear();
                all.forEach(s -> s.complete(null));
            }
        };
        start(gathering).awaitDelivered(2);
    }

    // ---- what is new when a batch fails
    @Test
    void shouldLetNothingNewLeaveAfterABatchHasFailed() throws Exception {
        log.transactions(4, 5, 1);
        List<String> calls = Collections.synchronizedList(new ArrayList<>());
        List<Long> stored = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<@Nullable Void> slow = new CompletableFuture<>();
        AtomicReference<@Nullable Checkpoint> kept = new AtomicReference<>();
        Target keeper = new Target(target("keeper").batchSize(5).build()) {
            int n;

            @Override
            protected boolean keepsCheckpoint() {
                return true;
            }

            @Override
            protected @Nullable Checkpoint restore() {
                return kept.get();
            }

            @Override
            protected void save(List<Record> r) {}

            @Override
            protected void recover(Throwable f) {
                calls.add("recover");
            }

            @Override
            protected CompletionStage<@Nullable Void> saveAsync(Batch batch) throws Exception {
                n++;
                calls.add("batch " + n + " " + batch.records().size());
                if (n == 3) {
                    throw new IOException("connection lost, rolled back");
                }
                batch.records().forEach(r -> stored.add(id(r)));
                kept.set(batch.checkpoint());
                return n == 2 ? slow : CompletableFuture.completedFuture(null); // 2: stored, told late
            }
        };
        Running running = start(keeper);
        await().until(() -> List.copyOf(calls).stream().anyMatch(call -> call.startsWith("batch 3")));
        slow.complete(null);
        running.awaitDelivered(4);
        assertThat(stored).as("%s", calls).isEqualTo(ids(1, 20));
    }

    // ---- dead letters
    @Test
    void shouldFlushTheDeadLetters() throws Exception {
        log.transactions(1, 5, 1);
        Target dead = new Target(TargetOptions.named("dead")) {
            final List<CompletableFuture<@Nullable Void>> stages = new ArrayList<>();

            @Override
            protected void save(List<Record> r) {}

            @Override
            protected CompletionStage<@Nullable Void> saveAsync(Batch batch) {
                CompletableFuture<@Nullable Void> s = new CompletableFuture<>();
                stages.add(s);
                return s;
            }

            @Override
            protected void flush() {
                stages.forEach(s -> s.complete(null));
                stages.clear();
            }
        };
        Memory picky = new Memory(
                target("picky").errorPolicy(ErrorPolicy.deadLetter(dead)).build()) {
            @Override
            protected void save(List<Record> records) throws Exception {
                for (Record r : records) if (id(r) == 3) throw new ChangeRejectedException(r, "no", null);
                super.save(records);
            }
        };
        start(options().closeTimeout(ofMillis(300)).build(), r -> r, picky).awaitDelivered(1);
    }

    // ---- the goal
    @Test
    void shouldSeeTheGoalThoughTheHandOverPaused() throws Throwable {
        log.transactions(2_048 * 3, 1, 1);
        Memory full = new Memory(target("full").queueBytes(1_000).build());
        full.stopAfter = 100;
        Processor p = log.processor(options().pauseAfter(ofMillis(100)).build(), full);
        Thread thread = new Thread(() -> p.runUntil(new FakeLog.Offset(2_048 * 2)), "capture");
        thread.start();
        await().until(() -> p.status().state() == ProcessorState.PAUSED);
        full.release();
        thread.join(30_000);
        boolean alive = thread.isAlive();
        int count = full.count();
        p.close();
        thread.join(10_000);
        assertThat(alive).as("runUntil has not ended; delivered " + count).isFalse();
        assertThat(count).isEqualTo(2_048 * 2);
    }

    @Test
    void shouldSeeTheGoalThoughTheHandOverPausedAtTheEndOfTheLog() throws Throwable {
        log.transactions(2_048 * 2, 1, 1);
        Memory full = new Memory(target("full").queueBytes(1_000).build());
        full.stopAfter = 100;
        Processor p = log.processor(options().pauseAfter(ofMillis(100)).build(), full);
        Thread thread = new Thread(() -> p.runUntil(new FakeLog.Offset(2_048 * 2)), "capture");
        thread.start();
        await().until(() -> p.status().state() == ProcessorState.PAUSED);
        full.release();
        thread.join(30_000);
        boolean alive = thread.isAlive();
        int count = full.count();
        p.close();
        thread.join(10_000);
        assertThat(alive).as("runUntil has not ended; delivered " + count).isFalse();
    }

    @Test
    void shouldNotFailForAnOptionalTargetOnceTheOthersAreDone() throws Throwable {
        log.transactions(2, 5, 1);
        Memory required = new Memory("required");
        Memory optional = new Memory(target("optional").optional(true).build()) {
            @Override
            protected void save(List<Record> r) throws Exception {
                await().until(() -> !hasThread("required"));
                throw new PermanentException("bad", null);
            }
        };
        Processor p = log.processor(options().build(), required, optional);
        p.runUntil(new FakeLog.Offset(2));
        assertThat(p.status().state()).isEqualTo(ProcessorState.STOPPED);
    }

    // ---- hooks
    @Test
    void shouldEndTheRunWhenAHookThrowsATransientException() throws Throwable {
        log.transactions(2, 5, 1);
        AtomicInteger calls = new AtomicInteger();
        Running running = start(
                options().build(),
                r -> {
                    calls.incrementAndGet();
                    throw new TransientException("lookup failed", null);
                },
                new Memory("m"));
        running.thread.join(30_000);
        assertThat(running.thread.isAlive())
                .as("hook called %s times, %s", calls, running.processor.status())
                .isFalse();
    }

    // ---- rows that cannot be read
    @Test
    void shouldPutAnUnreadableRowAsideAsFarAsItCanBeRead() throws Throwable {
        log.transactions(1, 5, 1);
        Memory dead = new Memory("dead");
        Memory picky = new Memory(
                target("picky").errorPolicy(ErrorPolicy.deadLetter(dead)).build()) {
            @Override
            protected void save(List<Record> records) throws Exception {
                for (Record r : records) r.row().get("pad");
                super.save(records);
            }
        };
        Running running = start(
                options().build(),
                r -> id(r) != 3
                        ? r
                        : r.withImages(null, new RowImage() {
                            public TableSchema schema() {
                                return FakeLog.TABLE;
                            }

                            public void accept(ColumnVisitor v) {
                                accept(0, v);
                                accept(1, v);
                            }

                            public void accept(int c, ColumnVisitor v) {
                                if (c == 0) v.onLong(0, 3);
                                else throw new IllegalStateException("bad bytes");
                            }

                            public int sizeBytes() {
                                return 16;
                            }

                            public boolean has(int c) {
                                return true;
                            }
                        }),
                picky);
        running.awaitDelivered(1);
        assertThat(dead.count()).isEqualTo(1);
    }

    // ---- stalls

    @Test
    void shouldReportAStallWhileAFailedBatchWaitsForTheOthers() throws Exception {
        log.transactions(2, 5, 1);
        Late late =
                new Late(target("late").batchSize(5).stallAfter(ofMillis(300)).build());
        Running running = start(options().closeTimeout(ofMillis(300)).build(), r -> r, late);
        await().until(() -> late.pending.size() == 2);
        late.pending.get(0).completeExceptionally(new IOException("no"));
        await().until(() -> state(running).equals("STALLED"));
        late.pending.get(1).complete(null);
        await().until(() -> late.pending.size() == 4);
        late.pending.forEach(stage -> stage.complete(null));
        await().until(() -> state(running).equals("DELIVERING"));
    }

    private static String state(Running running) {
        return figure(running, TargetStats::state, "NEW");
    }

    private static long spilledBytes(Running running) {
        return figure(running, TargetStats::spilledBytes, 0L);
    }

    /** {@return a figure of the first target; {@code before} until the run has begun} */
    private static <T> T figure(Running running, Function<TargetStats, T> figure, T before) {
        return running.processor.stats().targets().stream()
                .findFirst()
                .map(figure)
                .orElse(before);
    }

    // ---- budgets

    @Test
    void shouldGiveBackTheRoomOfWhatATargetHasAlready() throws Exception {
        log.padding(1_000).transactions(40, 200, 1);
        Keeper ahead =
                new Keeper(target("ahead").optional(true).queueBytes(1_000_000).build());
        ahead.kept = new Checkpoint("fake", new FakeLog.Offset(40).toJson(), 40, null, 1);
        Memory behind = new Memory(target("behind").build());
        Running running = start(
                options()
                        .checkpointInterval(ofSeconds(100))
                        .pauseAfter(ofSeconds(20))
                        .build(),
                r -> r,
                ahead,
                behind);
        await().until(() -> behind.count() == 8_000);
        assertThat(state(running)).isEqualTo("DELIVERING");
    }

    @Test
    void shouldShowNothingOnDiskOnceNothingIs(@TempDir Path directory) throws Exception {
        for (int i = 0; i < 30; i++) {
            Memory memory = new Memory(target("memory").queueBytes(1_000).build());
            log.padding(1_000).transactions(40, 10, 1);
            Running running = start(
                    options()
                            .checkpoints(new InMemoryCheckpointStore())
                            .spillDirectory(directory)
                            .build(),
                    r -> r,
                    memory);
            running.awaitDelivered(40L * (i + 1));
            await().until(() -> spilledBytes(running) == 0);
            running.close();
        }
    }

    @Test
    void shouldEndInOrderWhenInterruptedWhileItWritesToTheDisk(@TempDir Path directory) throws Throwable {
        log.padding(1_000).transactions(400, 100, 1);
        for (int i = 0; i < 20; i++) {
            Memory full = new Memory(target("full").queueBytes(100_000).build());
            full.stopAfter = 100;
            PipelineOptions options = options()
                    .checkpoints(new InMemoryCheckpointStore())
                    .spillDirectory(directory)
                    .build();
            Running running = start(options, r -> r, full);
            await().pollInterval(ofMillis(1)).until(() -> spilledBytes(running) > 2_000_000);
            running.thread.interrupt();
            full.release();
            running.join();
        }
    }

    // ---- batches that are stored though they fail

    /** Answers some calls with a failure, stored or not. */
    private static final class Doubtful extends Memory {

        private final Set<Integer> notStored;
        private final Set<Integer> stored;
        private volatile @Nullable Checkpoint kept;
        private int calls;

        Doubtful(Set<Integer> notStored, Set<Integer> stored) {
            super(DeliveryEdgesTest.target("doubtful")
                    .retry(RetryOptions.builder()
                            .initialBackoff(ofMillis(1))
                            .maxBackoff(ofMillis(5))
                            .maxAttempts(1)
                            .build())
                    .batchSize(5)
                    .errorPolicy(ErrorPolicy.skip())
                    .build());
            this.notStored = notStored;
            this.stored = stored;
        }

        @Override
        protected boolean keepsCheckpoint() {
            return true;
        }

        @Override
        protected @Nullable Checkpoint restore() {
            return kept;
        }

        @Override
        protected void save(Batch batch) throws Exception {
            calls++;
            if (notStored.contains(calls)) {
                throw new IllegalStateException("not stored");
            }
            super.save(batch);
            kept = batch.checkpoint();
            if (stored.contains(calls)) {
                throw new IllegalStateException("stored, but the answer is garbled");
            }
        }
    }

    @Test
    void shouldNotJudgeABatchBeforeItIsKnownToBeMissing() throws Throwable {
        log.transactions(3, 5, 1);
        Doubtful doubtful = new Doubtful(Set.of(), Set.of(3));
        start(doubtful).awaitDelivered(3);
        assertThat(doubtful.ids()).isEqualTo(ids(1, 15));
    }

    @Test
    void shouldNotPutAsideAChangeThatIsStored() throws Throwable {
        log.transactions(1, 5, 1);
        Doubtful doubtful = new Doubtful(Set.of(2), Set.of(4));
        Running running = start(doubtful);
        running.awaitDelivered(1);
        assertThat(doubtful.ids()).isEqualTo(ids(1, 5));
        assertThat(running.processor.stats().targets().get(0).rejected()).isZero();
    }
}
