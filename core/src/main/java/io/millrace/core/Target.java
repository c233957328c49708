// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.checkpoint.Checkpoint;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where records go. {@link #save(List)} is all that has to be written:
 *
 * <pre>{@code
 * class PrintTarget extends Target {
 *     @Override protected void save(List<Record> records) {
 *         records.forEach(System.out::println);
 *     }
 * }
 * }</pre>
 *
 * <p>All methods are called by the target's own lane, one thread, never two at once: a target needs
 * no locks, and a slow one holds nobody else up until {@link TargetOptions#queueBytes()} wait for it.
 * A target belongs to one processor and one run of it.
 *
 * <p>The steps above {@code save}, each by overriding: {@link #executeDdl} for statements,
 * {@link #save(Batch)} with {@link #keepsCheckpoint()} and {@link #restore()} for a target that
 * stores the checkpoint together with its data and so has each row exactly once, {@link #saveAsync}
 * for one that acknowledges later.
 */
public abstract class Target {

    private final TargetOptions options;
    private volatile @Nullable String pipeline;

    /** A target with default options, named after its class. */
    protected Target() {
        this.options = TargetOptions.named(defaultName(getClass()));
    }

    protected Target(TargetOptions options) {
        this.options = options;
    }

    private static String defaultName(Class<?> type) {
        String name = type.getSimpleName();
        return name.isEmpty() ? "target" : name;
    }

    public final TargetOptions options() {
        return options;
    }

    public final String name() {
        return options.name();
    }

    /**
     * {@return the id of the pipeline that the target belongs to}
     *
     * @throws IllegalStateException before the processor runs
     */
    protected final String pipeline() {
        String id = pipeline;
        if (id == null) {
            throw new IllegalStateException("target " + name() + " belongs to no running processor yet");
        }
        return id;
    }

    /** @throws IllegalStateException if a processor had it already */
    final synchronized void attach(String pipelineId) {
        if (pipeline != null) {
            throw new IllegalStateException("target %s ran in pipeline %s before; make a new one for pipeline %s"
                    .formatted(name(), pipeline, pipelineId));
        }
        pipeline = pipelineId;
    }

    /**
     * Makes the target ready, before anything else is called. A failure is answered as
     * {@link TargetOptions#retry()} says, by calling this again.
     */
    protected void open() throws Exception {}

    /**
     * Stores records, in the source's order. Returning means that they are durable: the checkpoint
     * may pass them. Throwing means that none or some of them were stored; whether the same batch
     * comes again is up to {@link TargetOptions#retry()}, so storing a record twice must do no harm
     * or be noticed by the target.
     *
     * @param records never empty, at most {@link TargetOptions#batchSize()}, but what transforms made of one change
     *     is never apart; the list may be kept
     */
    protected abstract void save(List<Record> records) throws Exception;

    /**
     * Applies a statement, after everything before it was acknowledged and before anything behind it
     * comes. DDL comes only with {@link TargetOptions#executeDdl()}; statements that change rows
     * without records of it, such as TRUNCATE, with {@link TargetOptions#sendData()}. Returning and
     * throwing mean what they mean for {@link #save(List)}.
     *
     * <p>This implementation refuses, so that no statement is lost unnoticed.
     */
    protected void executeDdl(Statement statement) throws Exception {
        throw new PermanentException(
                "target %s does not apply statements, but the log holds %s at %s: %s. Override executeDdl, or leave the table out by a filter."
                        .formatted(name(), statement.kind(), statement.source(), statement.sql()),
                null);
    }

    /**
     * Stores a batch. Override it instead of relying on {@link #save(List)} to see where a
     * transaction ends, or to store {@link Batch#checkpoint()} together with the data.
     */
    protected void save(Batch batch) throws Exception {
        Statement statement = batch.statement();
        if (statement != null) {
            executeDdl(statement);
        } else if (!batch.records().isEmpty()) {
            save(batch.records());
        }
    }

    /**
     * Begins to store a batch; the stage's completion acknowledges it, from any thread, and in any
     * order among batches. Up to {@link TargetOptions#maxInFlight()} batches are under way; nothing
     * else is called with a statement under way. After a failed batch no new one comes until all have
     * ended; then {@link #recover} is called and all from the failed one on come again, in order. Those
     * under way behind it have to fail, too, unless they were stored before: stored after it, they would
     * stand before records that come earlier.
     */
    protected CompletionStage<@Nullable Void> saveAsync(Batch batch) throws Exception {
        save(batch);
        return CompletableFuture.completedStage(null);
    }

    /**
     * Brings what is under way to its end: called when no batch follows for the moment, because none
     * waits or {@link TargetOptions#maxInFlight()} are under way. A target that gathers batches, such as
     * one that commits several at once, completes their stages here, or soon after. What it throws is the
     * failure of every batch that is not completed.
     */
    protected void flush() throws Exception {}

    /** Makes the target ready for another attempt, after {@code failure} and the wait that followed. */
    protected void recover(Throwable failure) throws Exception {}

    /**
     * {@return whether the target stores {@link Batch#checkpoint()} itself, in one step with the data}
     * Then {@link #restore()} is asked where it stands, and no checkpoint store is used for it. Always
     * the same; also asked by the capture thread, after {@link #open} and before anything is delivered.
     *
     * <p>The contract, by which each row is there exactly once:
     *
     * <ul>
     *   <li>Records and checkpoint become visible and durable together, or not at all. A batch may have
     *       no records: only the checkpoint moves.
     *   <li>{@link #restore()} takes possession, in the step that reads: whatever an older instance had under
     *       way is decided by then, and from there on it stores nothing more, but gets a
     *       {@link FencedException}. Where the storage has no such thing as Kafka's transactional id, a mark
     *       that each instance makes for itself, stored beside the checkpoint and compared within every
     *       transaction, does it.
     *   <li>The first batch of a run has no records: it stores the run's {@link Checkpoint#epoch()}, which is
     *       higher than any before.
     *   <li>After a failure that leaves open whether a batch was stored, {@link #recover} makes the target
     *       ready, and {@link #restore()} then tells what is stored: batches that it covers do not come again.
     * </ul>
     */
    protected boolean keepsCheckpoint() {
        return false;
    }

    /**
     * {@return the checkpoint stored last, null if there is none} Takes possession. Called after {@link #open},
     * and after each {@link #recover}, when nothing is under way.
     *
     * @throws FencedException if another instance has taken possession since this one did
     */
    protected @Nullable Checkpoint restore() throws Exception {
        return null;
    }

    /**
     * Makes sure that no other instance has taken over. Called before the connection to the source is made
     * anew, while nothing is being stored: an instance that was replaced while it had nothing to do learns
     * of it before it disturbs its successor.
     *
     * @throws FencedException if another instance has taken over
     */
    protected void confirmOwnership() throws Exception {}

    /** Frees what the target holds. Called once, last, and also after {@link #open} failed. */
    protected void close() throws Exception {}
}
