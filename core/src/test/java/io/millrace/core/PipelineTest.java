// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.source.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** What tests of whole pipelines over a log in memory are made of. */
@Timeout(60)
abstract class PipelineTest {

    static {
        // What these tests wait for comes at once, if the machine has time for it.
        Awaitility.setDefaultTimeout(ofSeconds(30));
        Awaitility.setDefaultPollInterval(ofMillis(5));
    }

    final FakeLog log = new FakeLog();
    final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
    final List<Running> started = new ArrayList<>();
    private Set<Thread> threadsBefore = Set.of();

    @BeforeEach
    void rememberThreads() {
        threadsBefore = millraceThreads();
    }

    @AfterEach
    void shouldLeaveNoThreadBehind() {
        started.forEach(Running::close);
        Set<Thread> left = millraceThreads();
        left.removeAll(threadsBefore);
        assertThat(left).isEmpty();
    }

    private static Set<Thread> millraceThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("millrace-"))
                .collect(Collectors.toSet());
    }

    // ---- what the tests are made of

    static boolean hasThread(String target) {
        return millraceThreads().stream().anyMatch(thread -> thread.getName().equals("millrace-test-" + target));
    }

    static List<Long> ids(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    static long id(Record record) {
        return Objects.requireNonNull(record.row().getLong("id"));
    }

    static TargetOptions fastRetry(String name) {
        RetryOptions retry = RetryOptions.builder()
                .initialBackoff(ofMillis(1))
                .maxBackoff(ofMillis(5))
                .maxAttempts(3)
                .build();
        return TargetOptions.builder(name).retry(retry).build();
    }

    PipelineOptions.Builder options() {
        RetryOptions retry = RetryOptions.builder()
                .initialBackoff(ofMillis(1))
                .maxBackoff(ofMillis(5))
                .build();
        return PipelineOptions.builder("test")
                .checkpoints(store)
                .checkpointInterval(ofMillis(20))
                .closeTimeout(ofSeconds(5))
                .retry(retry);
    }

    Checkpoint checkpoint(String target) {
        return Objects.requireNonNull(store.load(target));
    }

    @Nullable Checkpoint checkpointOrNull(String target) {
        return store.load(target);
    }

    Running start(Target... targets) {
        return start(options().build(), record -> record, targets);
    }

    Running start(PipelineOptions options, Hook hook, Target... targets) {
        Processor processor = new Processor(options, Arrays.asList(targets)) {
            @Override
            protected Source source() {
                return log.source();
            }

            @Override
            protected @Nullable Record process(Record record) {
                return hook.process(record);
            }
        };
        Running running = new Running(processor);
        started.add(running);
        return running;
    }

    interface Hook {
        @Nullable Record process(Record record);
    }

    /** A processor on a thread of its own. */
    static final class Running {

        final Processor processor;
        final Thread thread;
        private final CompletableFuture<Void> end = new CompletableFuture<>();

        Running(Processor processor) {
            this.processor = processor;
            this.thread = new Thread(
                    () -> {
                        try {
                            processor.run();
                            end.complete(null);
                        } catch (Throwable t) {
                            end.completeExceptionally(t);
                        }
                    },
                    "capture");
            thread.start();
        }

        void awaitDelivered(long transactions) throws InterruptedException {
            assertThat(processor.awaitDelivered(new FakeLog.Offset(transactions), ofSeconds(30)))
                    .as("delivered %s transactions; %s", transactions, processor.stats())
                    .isTrue();
        }

        void join() throws Throwable {
            try {
                end.get(30, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw e.getCause();
            }
        }

        void close() {
            processor.close();
            try {
                thread.join(30_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            assertThat(thread.isAlive()).isFalse();
        }
    }

    /** Keeps what it gets. */
    static class Memory extends Target {

        final List<List<Record>> batches = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch released = new CountDownLatch(1);
        private final AtomicInteger saved = new AtomicInteger();
        int stopAfter = Integer.MAX_VALUE;
        volatile @Nullable Processor closeDuringNextSave;

        Memory(String name) {
            this(TargetOptions.named(name));
        }

        Memory(TargetOptions options) {
            super(options);
        }

        @Override
        protected void save(List<Record> records) throws Exception {
            if (saved.get() + records.size() > stopAfter) {
                released.await();
                Processor processor = closeDuringNextSave;
                if (processor != null) {
                    processor.close();
                }
            }
            saved.addAndGet(records.size());
            batches.add(records);
        }

        void release() {
            released.countDown();
        }

        int count() {
            return saved.get();
        }

        List<Long> ids() {
            return batches.stream().flatMap(List::stream).map(PipelineTest::id).toList();
        }
    }

    /** Acknowledges when the test says so. */
    static final class Late extends Target {

        final List<CompletableFuture<@Nullable Void>> pending = Collections.synchronizedList(new ArrayList<>());
        final AtomicInteger recoveries = new AtomicInteger();
        private final List<Long> sent = Collections.synchronizedList(new ArrayList<>());

        Late(TargetOptions options) {
            super(options);
        }

        @Override
        protected void save(List<Record> records) {
            throw new AssertionError("saveAsync is overridden");
        }

        @Override
        protected CompletionStage<@Nullable Void> saveAsync(Batch batch) {
            batch.records().forEach(record -> sent.add(id(record)));
            CompletableFuture<@Nullable Void> stage = new CompletableFuture<>();
            pending.add(stage);
            return stage;
        }

        @Override
        protected void recover(Throwable failure) {
            recoveries.incrementAndGet();
        }

        List<Long> ids() {
            return List.copyOf(sent);
        }
    }

    /** Keeps its checkpoint with its data. */
    static final class Keeper extends Memory {

        volatile @Nullable Checkpoint kept;

        Keeper() {
            super("keeper");
        }

        Keeper(TargetOptions options) {
            super(options);
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
            super.save(batch);
            kept = batch.checkpoint();
        }
    }
}
