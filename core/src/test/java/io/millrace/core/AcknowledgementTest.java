// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.checkpoint.Checkpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What targets say, and when, decides what the position may pass. */
class AcknowledgementTest extends PipelineTest {

    @Test
    void shouldOnlyPassWhatWasAcknowledgedContiguously() throws Exception {
        log.transactions(5, 1, 1);
        Late target = new Late(TargetOptions.builder("late").batchSize(1).build());
        Running running = start(target);
        await().until(() -> target.pending.size() == 5);

        target.pending.get(3).complete(null);
        target.pending.get(1).complete(null);
        target.pending.get(0).complete(null);
        await().until(() ->
                checkpointOrNull("late") != null && checkpoint("late").transaction() == 2);

        assertThat(running.processor.awaitDelivered(new FakeLog.Offset(3), ofMillis(100)))
                .isFalse();
        target.pending.get(2).complete(null);
        assertThat(running.processor.awaitDelivered(new FakeLog.Offset(4), ofSeconds(10)))
                .isTrue();
        target.pending.get(4).complete(null);
        running.awaitDelivered(5);
    }

    @Test
    void shouldTellAtOnceThatNothingIsLeftToDeliver() throws Exception {
        store.save("memory", new Checkpoint("fake", "{\"at\":3}", 3, null, 1));
        CountDownLatch gate = new CountDownLatch(1);
        Running running = start(new Memory("memory") {
            @Override
            protected void open() throws InterruptedException {
                gate.await();
            }
        });
        CompletableFuture<Void> delivered = new CompletableFuture<>();
        Thread waiting = new Thread(() -> {
            try {
                running.awaitDelivered(3);
                delivered.complete(null);
            } catch (Throwable t) {
                delivered.completeExceptionally(t);
            }
        });
        waiting.start();
        await().until(() -> waiting.getState() == Thread.State.TIMED_WAITING);

        gate.countDown();

        assertThat(delivered).succeedsWithin(ofSeconds(10));
    }

    @Test
    void shouldSendEverythingFromAFailedBatchOnOnceMoreInOrder() throws Exception {
        log.transactions(4, 1, 1);
        Late target = new Late(TargetOptions.builder("late")
                .batchSize(1)
                .retry(fastRetry("x").retry())
                .build());
        Running running = start(target);
        await().until(() -> target.pending.size() == 4);

        target.pending.get(0).complete(null);
        target.pending.get(1).completeExceptionally(new IOException("lost"));
        target.pending.get(2).complete(null);
        target.pending.get(3).complete(null);
        await().until(() -> target.pending.size() == 7);
        target.pending.subList(4, 7).forEach(stage -> stage.complete(null));
        running.awaitDelivered(4);

        assertThat(target.ids()).containsExactly(1L, 2L, 3L, 4L, 2L, 3L, 4L);
        assertThat(target.recoveries).hasValue(1);
    }

    /** Calls back as often as it is told, which no stage should. */
    private static final class Repeating extends CompletableFuture<@Nullable Void> {

        @Override
        public CompletableFuture<@Nullable Void> whenComplete(
                BiConsumer<? super @Nullable Void, ? super @Nullable Throwable> action) {
            action.accept(null, null);
            action.accept(null, new IOException("and then it failed after all"));
            action.accept(null, null);
            return this;
        }
    }

    @Test
    void shouldHearOnlyTheFirstOutcomeOfABatch() throws Exception {
        log.transactions(10, 5, 1);
        Memory twice = new Memory(TargetOptions.builder("twice").batchSize(3).build()) {
            @Override
            protected CompletionStage<@Nullable Void> saveAsync(Batch batch) throws Exception {
                save(batch);
                return new Repeating();
            }
        };

        Running running = start(twice);
        running.awaitDelivered(10);

        assertThat(twice.ids()).isEqualTo(ids(1, 50));
        assertThat(running.processor.stats().targets().get(0).retries()).isZero();
    }

    @Test
    void shouldNotHearOfAnAttemptThatWasGivenUp() throws Exception {
        log.transactions(1, 2, 1);
        List<CompletableFuture<@Nullable Void>> stages = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger flushes = new AtomicInteger();
        Memory forgetful = new Memory(fastRetry("forgetful")) {
            @Override
            protected CompletionStage<@Nullable Void> saveAsync(Batch batch) {
                stages.add(new CompletableFuture<>());
                return stages.get(stages.size() - 1);
            }

            @Override
            protected void flush() throws IOException {
                if (flushes.incrementAndGet() == 1) {
                    throw new IOException("what is under way is lost");
                }
            }
        };
        Running running = start(forgetful);
        await().until(() -> stages.size() == 2);

        stages.get(0).complete(null);
        boolean delivered = running.processor.awaitDelivered(new FakeLog.Offset(1), ofMillis(100));
        assertThat(delivered).isFalse();

        stages.get(1).complete(null);
        running.awaitDelivered(1);
    }

    @Test
    void shouldNeverPassABatchThatIsNotAcknowledged() throws Throwable {
        log.transactions(2, 2, 1);
        Late never = new Late(TargetOptions.named("never"));
        Running running = start(options().closeTimeout(ofMillis(50)).build(), record -> record, never);
        await().until(() -> never.ids().size() == 4);

        running.processor.close();
        running.join();

        assertThat(checkpoint("never").transaction()).isZero();
        Memory second = new Memory("never");
        start(second).awaitDelivered(2);
        assertThat(second.ids()).isEqualTo(ids(1, 4));
    }

    @Test
    void shouldFailATargetThatAnswersWithNoStage() {
        log.transactions(1, 2, 1);
        Running running = start(new Memory(fastRetry("silent")) {
            @Override
            @SuppressWarnings("NullAway")
            protected CompletionStage<@Nullable Void> saveAsync(Batch batch) {
                return null;
            }
        });

        assertThatThrownBy(running::join)
                .isInstanceOf(TargetFailedException.class)
                .hasMessageContaining("target silent");
    }

    @Test
    void shouldTellOfCheckpointsOnceTheyAreDurable() throws Exception {
        Memory storing = new Memory("storing");
        Keeper keeper = new Keeper();
        List<Checkpoint> stored = Collections.synchronizedList(new ArrayList<>());
        List<Checkpoint> kept = Collections.synchronizedList(new ArrayList<>());
        List<String> early = Collections.synchronizedList(new ArrayList<>());
        Running running = start(storing, keeper);
        running.processor.addListener(new ProcessorListener() {
            @Override
            public void onCheckpoint(String target, Checkpoint checkpoint) {
                boolean stores = target.equals("storing");
                (stores ? stored : kept).add(checkpoint);
                if (!checkpoint.equals(stores ? store.load(target) : keeper.restore())) {
                    early.add(target);
                }
            }
        });
        log.transactions(3, 5, 1);

        await().untilAsserted(() ->
                assertThat(stored).last().extracting(Checkpoint::transaction).isEqualTo(3L));
        await().untilAsserted(() ->
                assertThat(kept).last().extracting(Checkpoint::transaction).isEqualTo(3L));
        assertThat(early).isEmpty();
    }
}
