// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.FakeLog.Offset;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.CheckpointLostException;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.checkpoint.PipelineCheckpoints;
import io.millrace.core.source.Source;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a run makes of the checkpoints that operators, added targets and losses leave it. */
@Timeout(60)
class OperatorActsTest {

    private final FakeLog log = new FakeLog();
    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
    private @Nullable Processor running;
    private CompletableFuture<Void> end = CompletableFuture.completedFuture(null);

    @BeforeEach
    void fillLog() {
        log.transactions(10, 1, 1);
    }

    @AfterEach
    void stop() {
        if (running != null) {
            running.close();
            running = null;
            end.join();
        }
    }

    @Test
    void shouldDeliverAgainFromWhereATargetWasRewoundTo() throws Exception {
        run(10, new Versions("a"), new Versions("b"));
        act(checkpoints -> checkpoints.rewind("a", new Offset(7)));

        Versions a = new Versions("a");
        Versions b = new Versions("b");
        run(10, a, b);

        assertThat(a.ids()).containsExactly(8L, 9L, 10L);
        assertThat(b.ids()).isEmpty();
    }

    @Test
    void shouldGiveATargetHigherNumbersAfterARewind() throws Exception {
        Versions before = new Versions("a");
        run(10, before);
        act(checkpoints -> checkpoints.rewind("a", new Offset(2)));

        Versions after = new Versions("a");
        run(10, after);

        assertThat(before.numbers()).isEqualTo(range(1, 10));
        assertThat(after.numbers()).isEqualTo(range(StartPlan.LEAP + 11, StartPlan.LEAP + 18));
    }

    @Test
    void shouldNotGiveNumbersTwiceWhenTheRewoundTargetOvertakesAnother() throws Exception {
        run(10, new Versions("a"), new Versions("b"));
        act(checkpoints -> checkpoints.rewind("a", new Offset(2)));
        Versions overtaking = new Versions("a");
        log.transaction(11);
        run(11, overtaking);
        long highest = Objects.requireNonNull(overtaking.versions.get(11L));

        Versions a = new Versions("a");
        Versions b = new Versions("b");
        log.transaction(12);
        run(12, a, b);

        assertThat(a.ids()).containsExactly(12L);
        assertThat(b.ids()).containsExactly(11L, 12L);
        assertThat(a.versions.get(12L)).isGreaterThan(highest);
        assertThat(b.numbers()).allMatch(number -> number > highest);
    }

    @Test
    void shouldNumberTheSameTransactionAlikeAfterAnImport() throws Exception {
        Versions before = new Versions("a");
        run(10, before);
        String export = exported();
        log.transactions(2, 1, 11);
        Versions later = new Versions("a");
        run(12, later);
        act(checkpoints -> checkpoints.importJson(export));

        Versions again = new Versions("a");
        run(12, again);

        assertThat(again.versions).isEqualTo(later.versions);
        assertThat(again.numbers()).containsExactly(11L, 12L);
    }

    @Test
    void shouldBeginAnewAfterAResetThoughCheckpointsAreExpected() throws Exception {
        run(10, new Versions("a"));
        Checkpoint before = checkpoint("a");
        act(checkpoints -> checkpoints.reset("a"));

        Versions a = new Versions("a");
        start(options().expectCheckpoint(true).build(), a);
        awaitDelivered(10);

        assertThat(a.ids()).isEqualTo(range(1, 10));
        assertThat(a.numbers()).allMatch(number -> number > 10);
        stop();
        assertThat(checkpoint("a").epoch()).isGreaterThan(before.epoch());
    }

    @Test
    void shouldMissATargetsCheckpointUntilItIsResetOrRetired() throws Exception {
        runUntil(() -> checkpoint("a").targets().contains("b"), new Versions("a"), new Versions("b"));
        store.delete("b");
        assertThatThrownBy(() -> runToItsEnd(new Versions("a"), new Versions("b")))
                .isInstanceOf(CheckpointLostException.class)
                .hasMessageContaining("target b");
        act(checkpoints -> checkpoints.retire("b"));

        Versions b = new Versions("b");
        run(log.size(), new Versions("a"), b);

        assertThat(b.ids()).isEqualTo(range(1, log.size()));
    }

    @Test
    void shouldMissTheCheckpointOfATargetThatKeepsItsOwn() {
        runUntil(() -> checkpoint("a").targets().contains("keeper"), new Versions("a"), new Keeper());

        assertThatThrownBy(() -> runToItsEnd(new Versions("a"), new Keeper()))
                .isInstanceOf(CheckpointLostException.class)
                .hasMessageContaining("target keeper");
    }

    @Test
    void shouldMissTheStoreWhenATargetKeepsItsOwnCheckpoint() {
        Keeper keeper = new Keeper();
        runUntil(() -> Objects.requireNonNull(keeper.kept).targets().contains("a"), new Versions("a"), keeper);
        store.delete("a");

        assertThatThrownBy(() -> runToItsEnd(new Versions("a"), again(keeper)))
                .isInstanceOf(CheckpointLostException.class)
                .hasMessageContaining("target a");
    }

    @Test
    void shouldNotMissATargetThatFailedBeforeItsFirstCheckpoint() {
        Keeper failing = new Keeper() {
            @Override
            protected void save(Batch batch) {
                throw new PermanentException("refused", null);
            }
        };
        assertThatThrownBy(() -> runToItsEnd(new Versions("a"), failing)).isInstanceOf(TargetFailedException.class);
        assertThat(store.load("a")).isNotNull();

        Keeper mended = new Keeper();
        run(10, new Versions("a"), mended);

        assertThat(mended.ids()).isEqualTo(range(1, 10));
    }

    @Test
    void shouldLetAnAddedTargetBeginWithTheOthers() {
        run(10, new Versions("a"));
        log.transactions(3, 1, 11);

        Versions added = new Versions(
                TargetOptions.builder("b").start(TargetStart.withOthers()).build());
        run(13, new Versions("a"), added);

        assertThat(added.ids()).containsExactly(11L, 12L, 13L);
        assertThat(added.numbers()).containsExactly(11L, 12L, 13L);
    }

    @Test
    void shouldRememberTheStartOfAnAddedTarget() {
        run(10, new Versions("a"));
        TargetOptions from9 =
                TargetOptions.builder("b").start(TargetStart.at(new Offset(9))).build();
        run(10, new Versions("a"), new Versions(from9));

        Versions b = new Versions("b");
        log.transaction(11);
        run(11, new Versions("a"), b);

        assertThat(b.ids()).containsExactly(11L);
    }

    /** It reads from the lowest only, and a server may lack what another target has. */
    @Test
    void shouldTellTheSourceWhereEachTargetBegins() {
        run(10, new Versions("a"));
        log.transactions(3, 1, 11);
        TargetOptions from12 =
                TargetOptions.builder("b").start(TargetStart.at(new Offset(12))).build();

        run(13, new Versions("a"), new Versions(from12));

        assertThat(log.begins()).containsExactly(new Offset(10), new Offset(12));
    }

    @Test
    void shouldRefuseToActWhileThePipelineRuns() {
        start(options().build(), new Versions("a"));
        awaitDelivered(10);

        assertThatThrownBy(() -> PipelineCheckpoints.open("test", store))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("runs already");
    }

    // ---- runs

    private interface Act {
        void on(PipelineCheckpoints checkpoints) throws Exception;
    }

    private void act(Act act) throws Exception {
        try (PipelineCheckpoints checkpoints = PipelineCheckpoints.open("test", store, "the test")) {
            act.on(checkpoints);
        }
    }

    private String exported() throws Exception {
        try (PipelineCheckpoints checkpoints = PipelineCheckpoints.open("test", store)) {
            return checkpoints.exportJson();
        }
    }

    private PipelineOptions.Builder options() {
        return PipelineOptions.builder("test").checkpoints(store).checkpointInterval(ofMillis(20));
    }

    /** Runs until everything up to the transaction is acknowledged. */
    private void run(long transactions, Target... targets) {
        start(options().build(), targets);
        awaitDelivered(transactions);
        stop();
    }

    private void runToItsEnd(Target... targets) throws Throwable {
        start(options().build(), targets);
        try {
            end.join();
        } catch (CompletionException e) {
            throw e.getCause();
        } finally {
            running = null;
        }
    }

    /** Runs, with more and more transactions, until the condition holds. */
    private void runUntil(Callable<Boolean> condition, Target... targets) {
        start(options().build(), targets);
        awaitDelivered(log.size());
        await().atMost(ofSeconds(30)).until(() -> {
            log.transaction(log.size() + 1);
            awaitDelivered(log.size());
            return condition.call();
        });
        stop();
    }

    private void start(PipelineOptions options, Target... targets) {
        Processor processor = new Processor(options, List.of(targets)) {
            @Override
            protected Source source() {
                return log.source();
            }
        };
        running = processor;
        end = CompletableFuture.runAsync(processor);
    }

    private void awaitDelivered(long transactions) {
        try {
            assertThat(Objects.requireNonNull(running).awaitDelivered(new Offset(transactions), ofSeconds(30)))
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Checkpoint checkpoint(String target) {
        return Objects.requireNonNull(store.load(target));
    }

    private static Keeper again(Keeper before) {
        Keeper keeper = new Keeper();
        keeper.kept = before.kept;
        return keeper;
    }

    private static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    /** Keeps each row under its id, with the number of its transaction. */
    private static class Versions extends Target {

        final Map<Long, Long> versions = Collections.synchronizedMap(new TreeMap<>());

        Versions(String name) {
            this(TargetOptions.named(name));
        }

        Versions(TargetOptions options) {
            super(options);
        }

        @Override
        protected void save(List<Record> records) {
            for (Record record : records) {
                versions.put(
                        Objects.requireNonNull(record.row().getLong("id")),
                        record.source().transaction().number());
            }
        }

        List<Long> ids() {
            return List.copyOf(versions.keySet());
        }

        List<Long> numbers() {
            return List.copyOf(versions.values());
        }
    }

    /** Keeps its checkpoint with its data. */
    private static class Keeper extends Versions {

        volatile @Nullable Checkpoint kept;

        Keeper() {
            super("keeper");
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
