// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Change;
import io.millrace.core.PipelineOptions;
import io.millrace.core.ProcessorState;
import io.millrace.core.Record;
import io.millrace.core.RetryOptions;
import io.millrace.core.Statement;
import io.millrace.core.Target;
import io.millrace.core.TargetFailedException;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.testkit.ScriptedSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link Target} keeps to, proven through a real processor that reads a scripted log.
 * Extend it, and say how a target is made and what its storage holds:
 *
 * <pre>{@code
 * class AuditTargetTest extends TargetKit {
 *     @Override protected Target target(TargetOptions options) {
 *         return new AuditTarget(options, dataSource);
 *     }
 *     @Override protected List<String> stored() {
 *         return query("select json from audit order by id");
 *     }
 * }
 * }</pre>
 *
 * <p>Each test method begins with empty storage: make it in a {@code @BeforeEach} of your own.
 */
@Timeout(120)
public abstract class TargetKit {

    private static final String NAME = "kit";

    private final ScriptedSource log = new ScriptedSource();
    private final List<KitRun> runs = new ArrayList<>();
    private final KitStore store = new KitStore();
    private LeftThreads threads = LeftThreads.none();
    private KitScript script = new KitScript(log, false);

    /** For subclasses. */
    protected TargetKit() {}

    // ---- what a subclass says

    /** {@return a new target, over the same storage each time within a test} It must take the options as they are. */
    protected abstract Target target(TargetOptions options) throws Exception;

    /**
     * {@return what is stored now: one text for each time that a record was stored, repetitions
     * included, those of one key in the order in which they were stored} Each text is what
     * {@link #form} makes of its record. Called from any thread, while the target works.
     */
    protected abstract List<String> stored() throws Exception;

    /**
     * {@return the text by which {@link #stored()} tells of the record} It must differ from that of every
     * other record, as the native JSON does, which this implementation answers with.
     */
    protected String form(Record record) {
        return record.toJson();
    }

    /**
     * {@return whether the storage is a mirror, which holds the latest state of each row and not each change} False
     * unless overridden. Then {@link #stored()} has one text for each row that is there now, that of the record that
     * wrote it, and {@link #form} is not asked about deletions.
     */
    protected boolean isMirror() {
        return false;
    }

    /** {@return whether each record is stored once, even after a checkpoint was lost} False unless overridden. */
    protected boolean storesExactlyOnce() {
        return false;
    }

    /**
     * {@return the SQL of the statements that were applied, in order; null, unless overridden, if the
     * target refuses statements}
     */
    protected @Nullable List<String> appliedStatements() throws Exception {
        return null;
    }

    /**
     * Makes the storage fail in a way that passes, as a lost connection does. The target may store
     * part of a batch before it notices.
     *
     * @return false, unless overridden, if it cannot be made to; what would be proven by it is left out
     */
    protected boolean breakStorage() throws Exception {
        return false;
    }

    /** Ends what {@link #breakStorage} began. */
    protected void healStorage() throws Exception {}

    /** {@return whether the thread belongs to the storage and may outlive a target} False unless overridden. */
    protected boolean isOfStorage(Thread thread) {
        return false;
    }

    // ---- before and after

    @BeforeEach
    final void prepareScript() {
        script = new KitScript(log, isMirror());
    }

    @BeforeEach
    final void checkWhatIsStoredAtEachCheckpoint() {
        store.beforeSave(this::assertStoredUpTo);
    }

    @AfterEach
    final void shouldLeaveNoThreadBehind() {
        runs.forEach(KitRun::close);
        threads.assertEnded(this::isOfStorage);
    }

    @AfterEach
    final void shouldNeverHaveLetACheckpointPassWhatWasNotStored() {
        store.assertNoFailure();
    }

    // ---- order and completeness

    @Test
    void shouldStoreEveryRecordInTheOrderOfItsKey() throws Throwable {
        write(60, 5);

        start(options()).awaitDelivered(log);

        assertStoredOnce();
    }

    @Test
    void shouldStoreEveryRecordInBatchesOfOne() throws Throwable {
        write(10, 4);

        start(options().batchSize(1)).awaitDelivered(log);

        assertStoredOnce();
    }

    @Test
    void shouldStoreEveryRecordInSmallBatchesAcrossTransactions() throws Throwable {
        write(40, 5);

        start(options().batchSize(7)).awaitDelivered(log);

        assertStoredOnce();
    }

    @Test
    void shouldStoreRecordsThatAreLargerThanABatch() throws Throwable {
        write(5, 3);

        start(options().batchBytes(1)).awaitDelivered(log);

        assertStoredOnce();
    }

    @Test
    void shouldStoreATransactionOfManyBatches() throws Throwable {
        write(1, 1_000);

        start(options().batchSize(30)).awaitDelivered(log);

        assertStoredOnce();
    }

    @Test
    void shouldStoreWhatComesWhileItRuns() throws Throwable {
        KitRun run = start(options().linger(ofMillis(5)));
        for (int i = 0; i < 5; i++) {
            write(2, 3);
            run.awaitDelivered(log);

            assertStoredOnce();
        }
    }

    @Test
    void shouldStoreNothingWhenDataIsSwitchedOff() throws Throwable {
        write(5, 5);
        // Checkpoints pass records that are not to be stored.
        store.beforeSave(checkpoint -> {});

        start(options().sendData(false)).awaitDelivered(log);

        assertThat(stored()).isEmpty();
    }

    @Test
    void shouldStoreEveryRecordOverABreakingConnectionToTheSource() throws Throwable {
        write(20, 5);
        log.breakAfter(13);

        start(options()).awaitDelivered(log);

        assertStoredOnce();
    }

    // ---- restart

    @Test
    void shouldRepeatNothingAfterAnOrderlyStop() throws Throwable {
        for (int i = 0; i < 4; i++) {
            write(10, 5);
            KitRun run = start(options().batchSize(3));
            run.awaitDelivered(log);
            write(200, 5);
            run.close();
        }

        start(options()).awaitDelivered(log);

        assertStoredOnce();
    }

    @Test
    void shouldRepeatNothingAfterAnOrderlyStopInsideATransaction() throws Throwable {
        write(1, 3_000);
        start(options().batchSize(2), pipeline(), 2_500).join();

        start(options()).awaitDelivered(log);

        assertStoredOnce();
    }

    @Test
    void shouldRepeatAtMostWhatLiesBehindALostCheckpoint() throws Throwable {
        write(10, 5);
        KitRun first = start(options());
        first.awaitDelivered(log);
        first.close();
        List<Record> known = log.records();
        Checkpoint old = store.load(NAME);
        write(20, 5);
        KitRun second = start(options());
        second.awaitDelivered(log);
        second.close();
        List<Record> repeatable =
                log.records().subList(known.size(), log.records().size());
        store.setBack(NAME, old);
        write(5, 5);

        start(options()).awaitDelivered(log);

        if (storesExactlyOnce()) {
            assertStoredOnce();
        } else {
            assertStoredAtLeastOnce(repeatable);
        }
    }

    // ---- failure

    @Test
    void shouldKeepTheOrderWhenTheStorageFailsForAWhile() throws Throwable {
        write(10, 5);
        KitRun run = start(options().batchSize(4));
        run.awaitDelivered(log);
        for (int i = 0; i < 3; i++) {
            int before = log.records().size();
            long retries = run.retries();
            Assumptions.assumeTrue(breakStorage(), "the storage cannot be made to fail");
            write(20, 5);
            await().atMost(ofSeconds(60)).until(() -> run.hasFailed() || run.retries() > retries);
            healStorage();
            run.awaitDelivered(log);

            assertStoredAtLeastOnce(
                    log.records().subList(i == 0 ? before : 0, log.records().size()));
        }
    }

    @Test
    void shouldLoseNothingWhenItIsStoppedWhileTheStorageFails() throws Throwable {
        write(10, 5);
        KitRun run = start(options());
        run.awaitDelivered(log);
        Assumptions.assumeTrue(breakStorage(), "the storage cannot be made to fail");
        int before = log.records().size();
        write(20, 5);
        await().atMost(ofSeconds(60)).until(() -> run.hasFailed() || run.retries() > 0);
        run.close();
        healStorage();

        start(options()).awaitDelivered(log);

        assertStoredAtLeastOnce(log.records().subList(before, log.records().size()));
    }

    @Test
    void shouldCloseWhenTheStorageCannotBeReachedAtTheStart() throws Throwable {
        write(2, 5);
        Assumptions.assumeTrue(breakStorage(), "the storage cannot be made to fail");
        KitRun run = start(options(), pipeline().startTimeout(ofMillis(500)).closeTimeout(ofMillis(500)), 0);
        await().atMost(ofSeconds(60)).until(() -> run.hasFailed() || run.retries() > 0);
        run.close();
        healStorage();

        start(options()).awaitDelivered(log);

        assertStoredAtLeastOnce(log.records());
    }

    // ---- statements

    @Test
    void shouldPassOverDdlWhenItIsSwitchedOff() throws Throwable {
        write(3, 5);
        script.statement(Statement.Kind.ALTER_TABLE, "ALTER TABLE orders ADD COLUMN kit INT");
        write(3, 5);

        start(options()).awaitDelivered(log);

        assertStoredOnce();
        assertThat(appliedStatements()).isNullOrEmpty();
    }

    @Test
    void shouldApplyOrRefuseDdlWhenItIsSwitchedOn() throws Throwable {
        assertAppliedOrRefused(
                options().executeDdl(true), Statement.Kind.ALTER_TABLE, "ALTER TABLE orders ADD COLUMN kit INT");
    }

    @Test
    void shouldApplyOrRefuseAStatementThatChangesRows() throws Throwable {
        assertAppliedOrRefused(options(), Statement.Kind.TRUNCATE_TABLE, "TRUNCATE TABLE orders");
    }

    private void assertAppliedOrRefused(TargetOptions.Builder options, Statement.Kind kind, String sql)
            throws Throwable {
        write(3, 5);
        List<Change> before = log.changes();
        script.statement(kind, sql);
        write(3, 5);

        KitRun run = start(options);
        if (isMirror() && kind == Statement.Kind.TRUNCATE_TABLE && isDelivered(run)) {
            assertStoredOnce();
        } else if (appliedStatements() == null) {
            assertThatThrownBy(() -> run.awaitDelivered(log))
                    .as("a target that does not apply a statement must refuse it")
                    .isInstanceOf(TargetFailedException.class);
            assertStored(before, List.of());
        } else {
            run.awaitDelivered(log);
            assertStoredOnce();
            assertThat(appliedStatements()).containsExactly(sql);
        }
    }

    /** {@return false if the target has refused something} What a mirror holds tells whether it has applied a TRUNCATE. */
    private boolean isDelivered(KitRun run) throws Throwable {
        try {
            run.awaitDelivered(log);
            return true;
        } catch (TargetFailedException e) {
            return false;
        }
    }

    // ---- close

    @Test
    void shouldCloseWithoutHavingRun() throws Throwable {
        KitRun run = KitRun.idle(log, pipeline().build(), target(options().build()));
        run.close();
        assertThat(run.state()).isEqualTo(ProcessorState.STOPPED);

        write(2, 2);
        start(options()).awaitDelivered(log);

        assertStoredOnce();
    }

    @Test
    void shouldCloseWithoutHavingStoredAnything() throws Throwable {
        KitRun run = start(options());
        run.awaitState(ProcessorState.STREAMING);

        run.close();

        assertThat(run.state()).isEqualTo(ProcessorState.STOPPED);
        assertThat(stored()).isEmpty();
    }

    // ---- what the tests are made of

    private void write(int transactions, int size) {
        script.write(transactions, size);
    }

    private static TargetOptions.Builder options() {
        return TargetOptions.builder(NAME).retry(quickRetry());
    }

    private static RetryOptions quickRetry() {
        return RetryOptions.builder()
                .initialBackoff(ofMillis(5))
                .maxBackoff(ofMillis(50))
                .build();
    }

    private PipelineOptions.Builder pipeline() {
        return PipelineOptions.builder("kit")
                .checkpoints(store)
                .checkpointInterval(ofMillis(20))
                .retry(quickRetry());
    }

    private KitRun start(TargetOptions.Builder options) throws Exception {
        return start(options, pipeline(), 0);
    }

    private KitRun start(TargetOptions.Builder options, PipelineOptions.Builder pipeline, int closeAtRecord)
            throws Exception {
        if (runs.isEmpty()) {
            threads = LeftThreads.since();
        }
        KitRun run = KitRun.start(log, pipeline.build(), target(options.build()), closeAtRecord);
        runs.add(run);
        return run;
    }

    private void assertStoredUpTo(Checkpoint checkpoint) {
        // Looked at first: the log goes on meanwhile.
        List<String> all = storedNow();
        if (isMirror()) {
            new KitMirror(log.changes(), this::form, change -> isPromised(change, checkpoint)).assertHoldsPromised(all);
            return;
        }
        Set<String> stored = new HashSet<>(all);
        for (Record record : log.records()) {
            if (isPromised(record, checkpoint) && !stored.contains(form(record))) {
                throw new AssertionError("the target acknowledged what it had not stored: " + form(record));
            }
        }
    }

    private static boolean isPromised(Change change, Checkpoint checkpoint) {
        Checkpoint.OpenTransaction open = checkpoint.open();
        return change.source().transaction().number() <= checkpoint.transaction()
                || (open != null
                        && change.source().transactionId().equals(open.id())
                        && change.ordinal() <= open.ordinal());
    }

    private List<String> storedNow() {
        try {
            return stored();
        } catch (Exception e) {
            throw new AssertionError("stored() failed", e);
        }
    }

    private void assertStoredOnce() throws Exception {
        assertStored(log.changes(), List.of());
    }

    private void assertStoredAtLeastOnce(List<Record> repeatable) throws Exception {
        assertStored(log.changes(), storesExactlyOnce() ? List.of() : repeatable);
    }

    private void assertStored(List<Change> expected, List<Record> repeatable) throws Exception {
        if (isMirror()) {
            new KitMirror(expected, this::form, change -> true).assertHoldsLatest(stored());
        } else {
            new KitHistory(records(expected), this::form)
                    .repeatable(repeatable, this::form)
                    .assertStored(stored());
        }
    }

    private static List<Record> records(List<Change> changes) {
        return changes.stream()
                .filter(Record.class::isInstance)
                .map(Record.class::cast)
                .toList();
    }
}
