// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.source.Capture;
import io.millrace.core.source.LogCodec;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Source;
import io.millrace.core.source.SourceReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A run ends in bounded time, in a final state and without a thread left, whatever hangs or throws meanwhile. */
class RunEndTest extends PipelineTest {

    private static final Duration CLOSE_TIMEOUT = ofMillis(300);

    @Override
    PipelineOptions.Builder options() {
        return super.options()
                .closeTimeout(CLOSE_TIMEOUT)
                .startTimeout(ofSeconds(1))
                .pauseAfter(ofMillis(300));
    }

    private static TargetOptions.Builder target(String name) {
        return TargetOptions.builder(name).retry(fastRetry(name).retry());
    }

    private static String state(Running running, int target) {
        return running.processor.stats().targets().stream()
                .skip(target)
                .map(ProcessorStats.TargetStats::state)
                .findFirst()
                .orElse("NEW");
    }

    /** Lets a call of a target last, however often its thread is interrupted; {@return how often it was} */
    private static int last(Duration time) {
        int interrupts = 0;
        long until = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = until - System.nanoTime()) {
            try {
                TimeUnit.NANOSECONDS.sleep(left);
            } catch (InterruptedException e) {
                interrupts++;
            }
        }
        return interrupts;
    }

    /** Does not come back from {@link #open}. */
    private static final class NeverOpen extends Memory {

        final CountDownLatch entered = new CountDownLatch(1);

        NeverOpen(TargetOptions options) {
            super(options);
        }

        @Override
        protected void open() throws Exception {
            entered.countDown();
            new CountDownLatch(1).await();
        }
    }

    // ---- targets that do not open

    @Test
    void shouldEndByCloseWhileATargetOpens() throws Throwable {
        NeverOpen opening = new NeverOpen(TargetOptions.named("opening"));
        Running running = start(opening);
        opening.entered.await();
        running.processor.close();
        running.join();
        assertThat(running.processor.status().state()).isEqualTo(ProcessorState.STOPPED);
    }

    @Test
    void shouldEndByTheFailureOfOneTargetWhileAnotherOpens() {
        Memory broken = new Memory("broken") {
            @Override
            protected void open() {
                throw new PermanentException("wrong password", null);
            }
        };
        Running running = start(new NeverOpen(TargetOptions.named("opening")), broken);
        assertThatThrownBy(running::join)
                .isInstanceOf(TargetFailedException.class)
                .hasMessageContaining("wrong password");
    }

    @Test
    void shouldFailWhenATargetDoesNotOpenInTime() {
        Running running = start(new NeverOpen(TargetOptions.named("opening")));
        assertThatThrownBy(running::join)
                .isInstanceOf(TargetFailedException.class)
                .hasMessageContaining("target opening has not opened within PT1S");
    }

    @Test
    void shouldStartWithoutAnOptionalTargetThatDoesNotOpenInTime() throws Throwable {
        log.transactions(2, 5, 1);
        Memory required = new Memory("required");
        Running running =
                start(required, new NeverOpen(target("opening").optional(true).build()));
        await().until(() -> required.count() == 10);
        assertThat(state(running, 1)).isEqualTo("DETACHED");
    }

    @Test
    void shouldStartWithoutAnOptionalTargetThatCannotStoreItsFirstCheckpoint() throws Throwable {
        log.transactions(2, 5, 1);
        Memory required = new Memory("required");
        Memory down = new Memory(target("down").optional(true).build()) {
            @Override
            protected boolean keepsCheckpoint() {
                return true;
            }

            @Override
            protected void save(Batch batch) throws Exception {
                throw new IOException("connection refused");
            }
        };
        Running running = start(required, down);
        await().until(() -> required.count() == 10);
        assertThat(state(running, 1)).isEqualTo("DETACHED");
    }

    @Test
    void shouldStartThoughAListenerFailsWithAnError() throws Throwable {
        log.transactions(2, 5, 1);
        Memory required = new Memory("required");
        CountDownLatch listening = new CountDownLatch(1);
        Memory broken = new Memory(target("broken").optional(true).build()) {
            @Override
            protected void open() throws Exception {
                listening.await();
                throw new PermanentException("no", null);
            }
        };
        Running running = start(required, broken);
        running.processor.addListener(new ProcessorListener() {
            @Override
            public void onTargetDetached(String target, Throwable failure) {
                throw new AssertionError("of the listener");
            }
        });
        listening.countDown();
        await().until(() -> required.count() == 10);
    }

    // ---- failures while a target is full

    /** The log, with something done otherwise. */
    private abstract class OtherSource implements Source {

        final Source inner = log.source();

        @Override
        public String type() {
            return inner.type();
        }

        @Override
        public void check(Findings findings) throws IOException {
            inner.check(findings);
        }

        @Override
        public Position firstPosition() throws IOException {
            return inner.firstPosition();
        }

        @Override
        public Position parsePosition(String json) {
            return inner.parsePosition(json);
        }

        @Override
        public PositionTracker track(Position position) {
            return inner.track(position);
        }

        @Override
        public LogCodec codec() {
            return inner.codec();
        }

        @Override
        public SourceReader connect(Position from) throws IOException {
            return inner.connect(from);
        }

        @Override
        public void close() {
            inner.close();
        }
    }

    private Running start(PipelineOptions options, Source source, Target... targets) {
        Running running = new Running(new Processor(options, List.of(targets)) {
            @Override
            protected Source source() {
                return source;
            }
        });
        started.add(running);
        return running;
    }

    private static Memory full() {
        Memory full =
                new Memory(target("full").queueBytes(100_000).batchSize(10).build());
        full.stopAfter = 10;
        return full;
    }

    @Test
    void shouldTellThatTheLogIsLostThoughATargetIsFull() {
        log.padding(1_000).breakAfterRows(700).transactions(1, 5_000, 1);
        AtomicInteger connects = new AtomicInteger();
        Source source = new OtherSource() {
            @Override
            public SourceReader connect(Position from) throws IOException {
                if (connects.incrementAndGet() > 1) {
                    throw new LogLostException("purged", "x", null);
                }
                return super.connect(from);
            }
        };
        Running running = start(options().build(), source, full());
        assertThatThrownBy(running::join).isInstanceOf(LogLostException.class);
        assertThat(hasThread("full")).isFalse();
    }

    @Test
    void shouldTellTheFailureOfAHookThoughATargetIsFull() {
        log.padding(1_000).transactions(1, 700, 1);
        PipelineOptions options = options().pauseAfter(ofSeconds(30)).build();
        Running running = start(
                options,
                record -> {
                    if (id(record) == 690) {
                        throw new IllegalStateException("of the hook");
                    }
                    return record;
                },
                full());
        assertThatThrownBy(running::join).isInstanceOf(PermanentException.class).hasMessageContaining("of the hook");
    }

    @Test
    void shouldNotWaitForProgressThatHasNothingToWaitFor() {
        log.transactions(2, 5, 1);
        Keeper keeper = new Keeper();
        Source source = new OtherSource() {
            @Override
            public SourceReader connect(Position from) throws IOException {
                SourceReader reader = super.connect(from);
                return new SourceReader() {
                    private int rows;

                    @Override
                    public void readNext(Capture capture) throws IOException {
                        if (rows++ < 10) {
                            reader.readNext(capture);
                        } else if (rows == 11) {
                            capture.flush();
                            await().until(() -> keeper.count() == 10);
                            capture.idle(new FakeLog.End(3));
                            capture.flush();
                        } else {
                            throw new UnreadableEventException("poison", "x", null);
                        }
                    }

                    @Override
                    public void abort() {
                        reader.abort();
                    }

                    @Override
                    public void close() {
                        reader.close();
                    }
                };
            }
        };
        PipelineOptions options = options()
                .checkpointInterval(ofSeconds(100))
                .closeTimeout(ofSeconds(100))
                .build();
        Running running = start(options, source, keeper);
        assertThatThrownBy(running::join).isInstanceOf(UnreadableEventException.class);
        Checkpoint kept = keeper.kept;
        assertThat(kept).isNotNull();
        assertThat(kept.position()).isEqualTo(new FakeLog.Offset(3).toJson());
    }

    // ---- the last acts

    @Test
    void shouldNotFailForAnOptionalTargetThatFailsToClose() throws Throwable {
        log.transactions(2, 5, 1);
        Memory optional = new Memory(target("optional").optional(true).build()) {
            @Override
            protected void close() throws Exception {
                await().until(() -> !hasThread("required"));
                throw new IOException("close failed");
            }
        };
        Running running = start(options().closeTimeout(ofSeconds(5)).build(), r -> r, new Memory("required"), optional);
        running.awaitDelivered(2);
        running.processor.close();
        running.join();
    }

    @Test
    void shouldEndInAFinalStateThoughStoreAndSourceFailToClose() throws Throwable {
        CheckpointStore failing = new CheckpointStore() {
            @Override
            public void open(String pipeline) {
                store.open(pipeline);
            }

            @Override
            public @Nullable Checkpoint load(String target) {
                return store.load(target);
            }

            @Override
            public void save(String target, Checkpoint checkpoint) {
                store.save(target, checkpoint);
            }

            @Override
            public Set<String> targets() {
                return store.targets();
            }

            @Override
            public void delete(String target) {
                store.delete(target);
            }

            @Override
            public void close() {
                store.close();
                throw new IllegalStateException("broker gone");
            }
        };
        Source source = new OtherSource() {
            @Override
            public void close() {
                super.close();
                throw new IllegalStateException("socket gone");
            }
        };
        Running running = start(options().checkpoints(failing).build(), source, new Memory("memory"));
        running.processor.awaitState(ProcessorState.STREAMING, ofSeconds(5));
        running.processor.close();
        running.join();
        assertThat(running.processor.status().state()).isEqualTo(ProcessorState.STOPPED);
    }

    // ---- interrupts

    @Test
    void shouldEndItsLanesThoughItIsInterruptedTwice() throws Throwable {
        log.transactions(1, 5, 1);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch mayReturn = new CountDownLatch(1);
        Memory slow = new Memory("slow") {
            @Override
            protected void save(List<Record> records) throws Exception {
                entered.countDown();
                mayReturn.await();
                super.save(records);
            }
        };
        Running running = start(options().closeTimeout(ofSeconds(40)).build(), r -> r, slow);
        entered.await();
        for (int i = 0; i < 2; i++) {
            running.thread.interrupt();
            await().until(() ->
                    !running.thread.isInterrupted() && running.thread.getState() == Thread.State.TIMED_WAITING);
        }
        mayReturn.countDown();
        running.join();
        assertThat(hasThread("slow")).isFalse();
        assertThat(slow.count()).isEqualTo(5);
    }

    @Test
    void shouldNotInterruptATargetForAnInterruptOfRunUntil() throws Throwable {
        log.transactions(1, 5, 1);
        CountDownLatch entered = new CountDownLatch(1);
        AtomicInteger interrupts = new AtomicInteger();
        Memory slow = new Memory("slow") {
            @Override
            protected void save(List<Record> records) throws Exception {
                entered.countDown();
                interrupts.addAndGet(last(ofSeconds(1)));
                super.save(records);
            }
        };
        Processor processor = log.processor(options().closeTimeout(ofSeconds(5)).build(), slow);
        Thread thread = new Thread(() -> processor.runUntil(new FakeLog.Offset(1)), "capture");
        thread.start();
        entered.await();
        thread.interrupt();
        thread.join(30_000);
        assertThat(thread.isAlive()).isFalse();
        assertThat(processor.status().state()).isEqualTo(ProcessorState.STOPPED);
        assertThat(interrupts).hasValue(0);
        assertThat(slow.count()).isEqualTo(5);
    }

    // ---- detached targets

    @Test
    void shouldNotWaitForADetachedTargetThatHangs() throws Throwable {
        Memory hung =
                new Memory(target("hung").optional(true).queueBytes(100_000).build());
        hung.stopAfter = 0;
        CountDownLatch told = new CountDownLatch(1);
        Memory required = new Memory("required");
        Running running = start(required, hung);
        running.processor.addListener(new ProcessorListener() {
            @Override
            public void onTargetDetached(String target, Throwable failure) {
                told.countDown();
            }
        });
        log.padding(1_000).transactions(20, 200, 1);
        boolean delivered = running.processor.awaitDelivered(new FakeLog.Offset(20), ofSeconds(30));
        assertThat(delivered).isFalse();
        assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(state(running, 1)).isEqualTo("DETACHED");
        await().until(() -> required.count() == 4_000);
        await().until(() -> running.processor.stats().targets().get(1).queuedBytes() == 0);
    }
}
