// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Batch;
import io.millrace.core.PermanentException;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.Target;
import io.millrace.core.TransientException;
import io.millrace.core.checkpoint.Checkpoint;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Delivers changes to Kafka, at least once or, by {@link KafkaOptions.Builder#exactlyOnce}, exactly
 * once. Topics are named by {@link KafkaOptions#topic()}, formats make keys and values, so there is
 * nothing to override: the class is final.
 *
 * <ul>
 *   <li>The key is that of the format, by default the primary key as JSON, so that all changes of a
 *       row are in one partition, in order. Tables without a primary key have one key for all rows,
 *       <code>{"schema_name":...,"table_name":...}</code>: one partition, in order.
 *   <li>An update that changes the primary key becomes a DELETE of the old key (and its tombstone)
 *       and then an INSERT of the new.
 *   <li>The timestamp is the commit's, or where that is unknown the event's.
 *   <li>A statement goes, as JSON and keyed by table, to the topic of each table that it names, once
 *       per topic; one that names none to {@link KafkaOptions#statementTopic()}.
 * </ul>
 *
 * <p>The producer alone retries, for ever and in order. What it gives up on is final: a change that
 * cannot go is a {@link KafkaDeliveryException}, a topic that cannot be used a
 * {@link KafkaTopicException}; all else is tried again with a new producer, from the first change
 * that was not acknowledged. {@code docs/kafka.md} has the whole table.
 *
 * <p>Where delivery is exactly once, records and checkpoint go in one Kafka transaction, which may
 * hold many batches. Another instance of the same pipeline that takes over fences this one: it stores
 * nothing more and ends by a {@link io.millrace.core.FencedException}. A transaction that Kafka has
 * ended, but not in all partitions, is a {@link KafkaHangingTransactionException}.
 */
public final class KafkaTarget extends Target {

    private final KafkaOptions options;
    private @Nullable Mode mode;

    public KafkaTarget(KafkaOptions options) {
        super(options.target());
        this.options = options;
    }

    public KafkaOptions kafkaOptions() {
        return options;
    }

    /**
     * Connects.
     *
     * @throws TransientException if no broker answers within {@link KafkaOptions#connectTimeout()}
     * @throws PermanentException if the brokers do not accept the credentials, or the topic of checkpoints
     *     cannot be used
     */
    @Override
    protected void open() throws Exception {
        if (mode == null) {
            mode = options.exactlyOnce() ? new ExactlyOnce(options, pipeline()) : new AtLeastOnce(options);
        }
        mode.open();
    }

    private Mode mode() {
        if (mode == null) {
            throw new IllegalStateException("not open");
        }
        return mode;
    }

    @Override
    protected CompletionStage<@Nullable Void> saveAsync(Batch batch) throws Exception {
        return mode().deliver(batch);
    }

    /** Delivers at least once; where delivery is exactly once, batches come whole. */
    @Override
    protected void save(List<Record> records) throws Exception {
        await(atLeastOnce().send(records));
    }

    /** Delivers at least once; where delivery is exactly once, batches come whole. */
    @Override
    protected void executeDdl(Statement statement) throws Exception {
        await(atLeastOnce().send(statement));
    }

    private AtLeastOnce atLeastOnce() {
        if (mode() instanceof AtLeastOnce atLeastOnce) {
            return atLeastOnce;
        }
        throw new IllegalStateException("exactly once is for batches with their checkpoint");
    }

    private static void await(CompletionStage<@Nullable Void> stage) throws Exception {
        try {
            stage.toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    @Override
    protected void flush() {
        mode().flush();
    }

    /** Makes the target take batches again; if the failure was the producer's, with a new producer. */
    @Override
    protected void recover(Throwable failure) throws Exception {
        mode().recover();
    }

    @Override
    protected boolean keepsCheckpoint() {
        return options.exactlyOnce();
    }

    @Override
    protected @Nullable Checkpoint restore() throws Exception {
        return mode().restore();
    }

    @Override
    protected void confirmOwnership() throws Exception {
        mode().confirmOwnership();
    }

    /**
     * Closes the connections at once: the lane has waited for acknowledgements already, as long as it
     * may. What was not acknowledged by then is dropped, and comes again at the next start. The
     * clients' threads have ended when this returns.
     */
    @Override
    protected void close() {
        if (mode != null) {
            mode.close();
        }
    }
}
