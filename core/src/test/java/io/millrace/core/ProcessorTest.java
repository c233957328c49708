// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.CheckpointLostException;
import io.millrace.core.checkpoint.FileCheckpointStore;
import io.millrace.core.filter.TableFilter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorTest extends PipelineTest {

    @Nested
    class Order {

        @Test
        void shouldDeliverEveryRecordInOrder() throws Exception {
            log.transactions(100, 37, 1);
            Memory target = new Memory("memory");

            start(target).awaitDelivered(100);

            assertThat(target.ids()).isEqualTo(ids(1, 3_700));
        }

        @Test
        void shouldHonourBatchSize() throws Exception {
            log.transactions(10, 100, 1);
            Memory target =
                    new Memory(TargetOptions.builder("memory").batchSize(7).build());

            start(target).awaitDelivered(10);

            assertThat(target.ids()).isEqualTo(ids(1, 1_000));
            assertThat(target.batches).allSatisfy(batch -> assertThat(batch).hasSizeLessThanOrEqualTo(7));
        }

        @Test
        void shouldLetTheHookDropAndEditRecords() throws Exception {
            log.transactions(1, 10, 1);
            Memory target = new Memory("memory");

            start(options().build(), record -> id(record) % 2 == 0 ? null : edited(record), target)
                    .awaitDelivered(1);

            assertThat(target.ids()).containsExactly(101L, 103L, 105L, 107L, 109L);
        }

        private Record edited(Record record) {
            return record.withImages(null, record.row().with("id", id(record) + 100));
        }
    }

    @Nested
    class Failure {

        @Test
        void shouldTryAFailedBatchAgain() throws Exception {
            log.transactions(10, 10, 1);
            AtomicInteger calls = new AtomicInteger();
            Memory target = new Memory(fastRetry("memory")) {
                @Override
                protected void save(List<Record> records) throws Exception {
                    if (calls.incrementAndGet() % 2 == 1) {
                        throw new IOException("not now");
                    }
                    super.save(records);
                }
            };

            Running running = start(target);
            running.awaitDelivered(10);

            assertThat(target.ids()).isEqualTo(ids(1, 100));
            assertThat(running.processor.stats().targets().get(0).retries()).isPositive();
        }

        @Test
        void shouldStopAtAPermanentFailureAndNameTheTarget() {
            log.transactions(3, 10, 1);
            Target broken = new Memory("broken") {
                @Override
                protected void save(List<Record> records) {
                    throw new PermanentException("disk is full of bees", null);
                }
            };

            Running running = start(broken);

            assertThatThrownBy(running::join)
                    .isInstanceOfSatisfying(
                            TargetFailedException.class,
                            e -> assertThat(e.target()).isEqualTo("broken"))
                    .hasMessageContaining("disk is full of bees");
            assertThat(running.processor.status().state()).isEqualTo(ProcessorState.FAILED);
        }

        @Test
        void shouldGiveUpAnUnknownFailureAfterItsAttempts() {
            log.transactions(1, 1, 1);
            AtomicInteger calls = new AtomicInteger();
            Target broken = new Memory(fastRetry("broken")) {
                @Override
                protected void save(List<Record> records) {
                    calls.incrementAndGet();
                    throw new IllegalStateException("a bug");
                }
            };

            assertThatThrownBy(() -> start(broken).join()).hasMessageContaining("a bug");
            assertThat(calls).hasValue(3);
        }

        @Test
        void shouldDeliverWhatLiesBeforeAnUnreadableEvent() {
            log.transactions(50, 20, 1).poison(new UnreadableEventException("strange bytes", "log:51", null));
            Memory target = new Memory("memory");

            assertThatThrownBy(() -> start(target).join())
                    .isInstanceOf(UnreadableEventException.class)
                    .hasMessageContaining("log:51");

            assertThat(target.ids()).isEqualTo(ids(1, 1_000));
            assertThat(checkpoint("memory").transaction()).isEqualTo(50);
        }

        @Test
        void shouldStopWhenAHookThrows() {
            log.transactions(1, 3, 1);
            Memory target = new Memory("memory");

            Running running = start(
                    options().build(),
                    record -> {
                        throw new IllegalStateException("hook is broken");
                    },
                    target);

            assertThatThrownBy(running::join)
                    .isInstanceOf(PermanentException.class)
                    .hasMessageContaining("hook is broken");
        }

        @Test
        void shouldFailWhenTheSourceIsNotThereAtTheStart() {
            log.checkFails(Integer.MAX_VALUE);

            Running running = start(options().startTimeout(ofMillis(300)).build(), record -> record, new Memory("m"));

            assertThatThrownBy(running::join)
                    .isInstanceOf(SourceUnavailableException.class)
                    .hasMessageContaining("nothing answers at fake:1");
        }

        @Test
        void shouldWaitLongerForASourceThatIsBehindThanForOneThatIsNotThere() throws Exception {
            log.transactions(1, 3, 1).behindFor(ofMillis(900));

            start(options().startTimeout(ofMillis(300)).build(), record -> record, new Memory("m"))
                    .awaitDelivered(1);

            assertThat(log.connections()).isOne();
        }

        @Test
        void shouldFailWhenATargetCannotBeOpenedAtTheStart() {
            Target closed = new Memory(fastRetry("closed")) {
                @Override
                protected void open() throws IOException {
                    throw new IOException("nothing answers at broker:9092");
                }
            };

            Running running = start(options().startTimeout(ofMillis(300)).build(), record -> record, closed);

            assertThatThrownBy(running::join)
                    .isInstanceOf(TargetFailedException.class)
                    .hasMessageContaining("nothing answers at broker:9092");
        }
    }

    @Nested
    class Reconnect {

        @Test
        void shouldGoOnInsideATransactionWithoutLossOrRepetition() throws Exception {
            log.transactions(20, 50, 1).breakAfterRows(73);
            Memory target = new Memory("memory");

            start(target).awaitDelivered(20);

            assertThat(target.ids()).isEqualTo(ids(1, 1_000));
            assertThat(log.connections()).isGreaterThan(5);
        }

        @Test
        void shouldPauseWhenATargetIsFullAndGoOnWhenItHasRoom() throws Exception {
            log.transactions(40, 25, 1).padding(10_000);
            CountDownLatch gate = new CountDownLatch(1);
            Memory target =
                    new Memory(TargetOptions.builder("slow").queueBytes(100_000).build()) {
                        @Override
                        protected void save(List<Record> records) throws Exception {
                            gate.await();
                            super.save(records);
                        }
                    };
            Running running = start(options().pauseAfter(ofMillis(50)).build(), record -> record, target);

            assertThat(running.processor.awaitState(ProcessorState.PAUSED, ofSeconds(10)))
                    .isTrue();
            gate.countDown();
            running.awaitDelivered(40);

            assertThat(target.ids()).isEqualTo(ids(1, 1_000));
        }
    }

    @Nested
    class Restart {

        @Test
        void shouldNotRepeatAnythingAfterAnOrderlyStopInsideATransaction() throws Exception {
            log.transactions(1, 10_000, 1);
            Memory first =
                    new Memory(TargetOptions.builder("memory").batchSize(100).build());
            first.stopAfter = 2_345;
            Running running = start(first);
            await().until(() -> first.count() >= 2_300);
            first.closeDuringNextSave = running.processor;
            first.release();
            running.close();
            assertThat(checkpoint("memory").open()).isNotNull();

            Memory second = new Memory("memory");
            start(second).awaitDelivered(1);

            List<Long> all = new ArrayList<>(first.ids());
            all.addAll(second.ids());
            assertThat(first.ids()).hasSizeLessThan(10_000);
            assertThat(all).isEqualTo(ids(1, 10_000));
        }

        @Test
        void shouldFeedATargetThatIsAheadOnlyWhatIsNewToIt() throws Exception {
            log.transactions(10, 10, 1);
            store.save("behind", new Checkpoint("fake", "{\"at\":2}", 2, null, 1));
            store.save("ahead", new Checkpoint("fake", "{\"at\":6}", 6, new Checkpoint.OpenTransaction("tx-6", 4), 1));
            Memory behind = new Memory("behind");
            Memory ahead = new Memory("ahead");

            start(behind, ahead).awaitDelivered(10);

            assertThat(behind.ids()).isEqualTo(ids(21, 100));
            assertThat(ahead.ids()).isEqualTo(ids(66, 100));
            started.forEach(Running::close);
            Checkpoint last = checkpoint("ahead");
            assertThat(last.epoch()).isGreaterThan(1);
            assertThat(last)
                    .isEqualTo(new Checkpoint(
                            "fake",
                            "{\"at\":10}",
                            6 + StartPlan.LEAP + 8,
                            null,
                            last.epoch(),
                            last.epoch(),
                            Set.of("behind", "ahead"),
                            TableFilter.includeAll().fingerprint()));
        }

        @Test
        void shouldNotMoveTheCheckpointOfATargetThatIsAheadBackwards() throws Exception {
            log.transactions(5, 10, 1);
            Checkpoint ahead = new Checkpoint("fake", "{\"at\":6}", 6, new Checkpoint.OpenTransaction("tx-6", 4), 1);
            store.save("behind", new Checkpoint("fake", "{\"at\":2}", 2, null, 1));
            store.save("ahead", ahead);
            Memory behind = new Memory("behind");

            start(behind, new Memory("ahead"));
            await().until(() -> behind.count() == 30);
            started.forEach(Running::close);

            assertThat(checkpoint("ahead").transaction()).isEqualTo(6);
            assertThat(checkpoint("ahead").open()).isEqualTo(ahead.open());
        }

        @Test
        void shouldGiveTheCheckpointToATargetThatKeepsItsOwn() throws Exception {
            log.transactions(10, 10, 1);
            Keeper first = new Keeper();
            start(first).awaitDelivered(10);
            started.forEach(Running::close);

            log.transactions(1, 5, 101);
            Keeper second = new Keeper();
            second.kept = first.kept;
            start(second).awaitDelivered(11);

            assertThat(Objects.requireNonNull(first.kept).transaction()).isEqualTo(10);
            assertThat(second.ids()).isEqualTo(ids(101, 105));
            assertThat(store.load("keeper")).isNull();
        }

        @Test
        void shouldRememberWhereItBeganThoughNothingCame() {
            Keeper keeper = new Keeper();
            start(new Memory("memory"), keeper);

            await().until(() -> checkpointOrNull("memory") != null && keeper.kept != null);

            assertThat(checkpoint("memory").position()).isEqualTo("{\"at\":0}");
            assertThat(checkpoint("memory").epoch()).isPositive();
            assertThat(Objects.requireNonNull(keeper.kept).position()).isEqualTo("{\"at\":0}");
        }

        @Test
        void shouldRefuseACheckpointOfAnotherSource() {
            store.save("memory", new Checkpoint("mysql", "{}", 1, null, 1));

            assertThatThrownBy(() -> start(new Memory("memory")).join())
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("mysql");
        }

        @Test
        void shouldLeaveTheStoreOfAnotherInstanceOpen(@TempDir Path directory) throws Exception {
            FileCheckpointStore files = new FileCheckpointStore(directory);
            Running first = start(options().checkpoints(files).build(), record -> record, new Memory("memory"));
            first.processor.awaitState(ProcessorState.STREAMING, ofSeconds(10));

            Running second = start(options().checkpoints(files).build(), record -> record, new Memory("memory"));
            assertThatThrownBy(second::join).isInstanceOf(CheckpointException.class);

            Running third = start(
                    options().checkpoints(new FileCheckpointStore(directory)).build(),
                    record -> record,
                    new Memory("memory"));
            assertThatThrownBy(third::join)
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("runs already");
        }

        @Test
        void shouldMissACheckpointThatIsExpected() {
            Running running = start(options().expectCheckpoint(true).build(), record -> record, new Memory("memory"));

            assertThatThrownBy(running::join).isInstanceOf(CheckpointLostException.class);
        }

        @Test
        void shouldRefuseToRunTwice() throws Exception {
            Running running = start(new Memory("memory"));
            running.processor.awaitState(ProcessorState.STREAMING, ofSeconds(10));
            running.close();

            assertThatThrownBy(running.processor::run).isInstanceOf(IllegalStateException.class);
        }
    }

    @Nested
    class Close {

        @Test
        void shouldEndWhileTheLogIsIdle() throws Exception {
            Running running = start(new Memory("memory"));
            running.processor.awaitState(ProcessorState.STREAMING, ofSeconds(10));

            running.close();

            assertThat(running.processor.status().state()).isEqualTo(ProcessorState.STOPPED);
        }

        @Test
        void shouldEndWhileATargetBacksOff() throws Exception {
            log.transactions(1, 1, 1);
            CountDownLatch failed = new CountDownLatch(1);
            Running running = start(new Memory("memory") {
                @Override
                protected void save(List<Record> records) throws IOException {
                    failed.countDown();
                    throw new IOException("down");
                }
            });
            failed.await();

            running.close();

            assertThat(running.processor.status().state()).isEqualTo(ProcessorState.STOPPED);
        }

        @Test
        void shouldEndWhenTheRunningThreadIsInterrupted() throws Throwable {
            Running running = start(new Memory("memory"));
            running.processor.awaitState(ProcessorState.STREAMING, ofSeconds(10));

            running.thread.interrupt();
            running.join();

            assertThat(running.processor.status().state()).isEqualTo(ProcessorState.STOPPED);
        }

        @Test
        void shouldInterruptATargetThatDoesNotReturnInTime() throws Exception {
            log.transactions(1, 1, 1);
            CountDownLatch saving = new CountDownLatch(1);
            Running running =
                    start(options().closeTimeout(ofMillis(100)).build(), record -> record, new Memory("stuck") {
                        @Override
                        protected void save(List<Record> records) throws InterruptedException {
                            saving.countDown();
                            new CountDownLatch(1).await();
                        }
                    });
            saving.await();

            running.processor.close();

            assertThatThrownBy(running::join).isInstanceOf(TargetFailedException.class);
        }
    }
}
