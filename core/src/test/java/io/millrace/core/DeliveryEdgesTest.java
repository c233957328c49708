// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.source.*;
import java.io.IOException;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

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

    static Thread lane(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals("millrace-test-" + name))
                .findFirst()
                .orElseThrow();
    }

    static boolean laneAlive(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(t -> t.getName().equals("millrace-test-" + name));
    }

    // ---- 1. a target that gathers: one of those under way fails, the others wait for a flush that never comes
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
        Running running = start(gathering);
        assertThat(running.processor.awaitDelivered(new FakeLog.Offset(2), ofSeconds(5)))
                .as("delivered; " + running.processor.stats())
                .isTrue();
    }

    // ---- 2. after a failed batch a new one comes, with rows lost for a keeper
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
        Thread.sleep(500);
        slow.complete(null);
        running.awaitDelivered(4);
        assertThat(stored).as("%s", calls).isEqualTo(ids(1, 20));
    }

    // ---- 3. dead letters to a target that completes on flush
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
        Running running = start(options().closeTimeout(ofMillis(300)).build(), r -> r, picky);
        assertThat(running.processor.awaitDelivered(new FakeLog.Offset(1), ofSeconds(4)))
                .as("delivered; " + running.processor.stats())
                .isTrue();
    }

    // ---- 6. the source is lost for good while the target is full
    private Processor processorOver(PipelineOptions options, Source source, Target... targets) {
        return new Processor(options, List.of(targets)) {
            @Override
            protected Source source() {
                return source;
            }
        };
    }

    private abstract static class Over implements Source {
        final Source s;

        Over(Source s) {
            this.s = s;
        }

        public String type() {
            return s.type();
        }

        public void check(Findings f) throws IOException {
            s.check(f);
        }

        public Position firstPosition() throws IOException {
            return s.firstPosition();
        }

        public Position parsePosition(String j) {
            return s.parsePosition(j);
        }

        public PositionTracker track(Position p) {
            return s.track(p);
        }

        public LogCodec codec() {
            return s.codec();
        }

        public SourceReader connect(Position from) throws IOException {
            return s.connect(from);
        }

        public void close() {
            s.close();
        }
    }

    // ---- 7. runUntil: goal at a boundary whose hand-over paused
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
        thread.join(5_000);
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
        thread.join(5_000);
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
                Thread.sleep(500);
                throw new PermanentException("bad", null);
            }
        };
        Processor p = log.processor(options().build(), required, optional);
        p.runUntil(new FakeLog.Offset(2));
        assertThat(p.status().state()).isEqualTo(ProcessorState.STOPPED);
    }

    // ---- 15. a hook that throws something transient
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
        running.thread.join(3_000);
        assertThat(running.thread.isAlive())
                .as("hook called %s times, %s", calls, running.processor.status())
                .isFalse();
    }

    // ---- 19. a row that cannot be read, and dead letters
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
        assertThat(running.processor.awaitDelivered(new FakeLog.Offset(1), ofSeconds(5)))
                .as(running.processor.status().toString())
                .isTrue();
        assertThat(dead.count()).isEqualTo(1);
    }
}
