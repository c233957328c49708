// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Batch;
import io.millrace.core.Change;
import io.millrace.core.MillraceException;
import io.millrace.core.PermanentException;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.Target;
import io.millrace.core.TransientException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Delivers changes to Kafka, at least once. Topics are named by {@link KafkaOptions#topic()},
 * formats make keys and values, so there is nothing to override: the class is final.
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
 * <p>The producer alone retries, for ever and in order. What it gives up on is final: an error of
 * the change or of permissions stops the lane as {@link KafkaDeliveryException}; all else is tried
 * again with a new producer, from the first change that was not acknowledged.
 */
public final class KafkaTarget extends Target {

    /*
     * A batch is handed over by the lane's thread, record by record; send() blocks while the buffer
     * is full or metadata is missing, at most max.block.ms. If it blocks longer, the target halts: it
     * refuses batches until recover(), and the halted batch fails once what the producer has of it
     * was acknowledged. When it comes again, it goes on where it stopped, so that a broker that is
     * away for long costs neither order nor duplicates. A failure that the producer itself reports
     * ends the session instead; then batches come again from their beginning.
     */

    private final KafkaOptions options;
    private final ChangeEncoder encoder;
    private final Map<String, Object> properties;

    private @Nullable Topics topics;
    private @Nullable ProducerSession session;
    private @Nullable Delivery delivery;
    private @Nullable Throwable halted;
    private @Nullable Halt halt;

    /** Where a batch stopped. */
    private record Halt(List<Record> records, int next, Delivery delivery) {}

    /** Carries a checked exception through the encoder. */
    private static final class NotTaken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient ProducerRecord<byte[], byte[]> record;
        private final transient Change change;

        NotTaken(ProducerRecord<byte[], byte[]> record, Change change, Exception cause) {
            super(null, cause, false, false);
            this.record = record;
            this.change = change;
        }

        Throwable reason() {
            return Objects.requireNonNull(getCause());
        }
    }

    public KafkaTarget(KafkaOptions options) {
        super(options.target());
        this.options = options;
        this.properties = KafkaProperties.producer(options.bootstrapServers(), name(), options.properties());
        this.encoder = new ChangeEncoder(options, this::handOver);
    }

    public KafkaOptions kafkaOptions() {
        return options;
    }

    /**
     * Connects.
     *
     * @throws TransientException if no broker answers within {@link KafkaOptions#connectTimeout()}
     * @throws PermanentException if the brokers do not accept the credentials
     */
    @Override
    protected void open() throws Exception {
        if (topics == null) {
            topics = Topics.connect(options, KafkaProperties.admin(properties));
        }
        if (session == null) {
            session = newSession();
        }
    }

    private ProducerSession newSession() {
        try {
            return new ProducerSession(properties);
        } catch (KafkaException e) {
            throw Topics.cannotStart(options, e);
        }
    }

    @Override
    protected CompletionStage<@Nullable Void> saveAsync(Batch batch) throws Exception {
        Statement statement = batch.statement();
        return statement != null ? send(statement) : send(batch.records());
    }

    @Override
    protected void save(List<Record> records) throws Exception {
        await(send(records));
    }

    @Override
    protected void executeDdl(Statement statement) throws Exception {
        await(send(statement));
    }

    private static void await(CompletionStage<@Nullable Void> stage) throws Exception {
        try {
            stage.toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private CompletionStage<@Nullable Void> send(List<Record> records) throws InterruptedException {
        if (isHalted()) {
            return CompletableFuture.failedStage(halted);
        }
        Delivery current = begin();
        int next = resumeAt(records);
        int size = records.size();
        try {
            while (next < size && current.session().failure() == null) {
                encoder.encode(records.get(next));
                next++;
            }
            return end(current, next == size ? null : current.session().failure());
        } catch (RuntimeException e) {
            CompletionStage<@Nullable Void> stage = stop(current, e);
            halt = new Halt(records, next, current);
            return stage;
        }
    }

    private CompletionStage<@Nullable Void> send(Statement statement) throws InterruptedException {
        if (isHalted()) {
            return CompletableFuture.failedStage(halted);
        }
        Delivery current = begin();
        try {
            encoder.encode(statement);
            return end(current, null);
        } catch (RuntimeException e) {
            return stop(current, e);
        }
    }

    private boolean isHalted() {
        Throwable failure = Objects.requireNonNull(session, "not open").failure();
        if (halted == null && failure != null) {
            halted = failure;
        }
        return halted != null;
    }

    private Delivery begin() {
        Delivery current = new Delivery(
                Objects.requireNonNull(session),
                (failure, topic, change) -> KafkaFailures.of(failure, topic, change, options.bootstrapServers()));
        delivery = current;
        return current;
    }

    private CompletionStage<@Nullable Void> end(Delivery current, @Nullable Throwable reason) {
        delivery = null;
        return current.complete(reason);
    }

    /** The batch could not be handed over to its end: nothing may follow until {@link #recover}. */
    private CompletionStage<@Nullable Void> stop(Delivery current, RuntimeException failure)
            throws InterruptedException {
        Throwable sessionFailure = current.session().failure();
        Throwable cause = failure instanceof NotTaken notTaken ? notTaken.reason() : failure;
        if (cause instanceof InterruptException || cause instanceof InterruptedException) {
            halted = cause;
            end(current, cause);
            throw new InterruptedException("interrupted while handing records to Kafka's producer");
        }
        if (sessionFailure != null) {
            halted = sessionFailure;
        } else if (failure instanceof NotTaken notTaken) {
            halted = reason(notTaken, cause);
        } else {
            halted = failure;
        }
        return end(current, halted);
    }

    private RuntimeException reason(NotTaken notTaken, Throwable cause) {
        String topic = notTaken.record.topic();
        if (cause instanceof TimeoutException) {
            return new TransientException(
                    "Kafka at %s has taken nothing more for topic %s in %s ms, at %s: %s"
                            .formatted(
                                    options.bootstrapServers(),
                                    topic,
                                    properties.get("max.block.ms"),
                                    notTaken.change.source(),
                                    cause.getMessage()),
                    cause);
        }
        return cause instanceof MillraceException typed
                ? typed
                : KafkaFailures.of(cause, topic, notTaken.change, options.bootstrapServers());
    }

    /** {@return where to begin: a batch that halted goes on, if all before it has arrived} */
    private int resumeAt(List<Record> records) {
        Halt last = halt;
        halt = null;
        if (last == null || last.records() != records) {
            return 0;
        }
        boolean goesOn = last.delivery().session() == session && last.delivery().isAcknowledged();
        return goesOn ? last.next() : 0;
    }

    private void handOver(ProducerRecord<byte[], byte[]> record, Change change) {
        try {
            Objects.requireNonNull(topics).require(record.topic(), change);
            Objects.requireNonNull(delivery).handOver(record, change);
        } catch (Exception e) {
            throw new NotTaken(record, change, e);
        }
    }

    /**
     * Makes the target take batches again; if the failure was the producer's, with a new producer.
     */
    @Override
    protected void recover(Throwable failure) throws Exception {
        halted = null;
        ProducerSession old = session;
        if (old == null || old.failure() != null) {
            if (old != null) {
                session = null;
                old.close();
            }
            session = newSession();
        }
        Objects.requireNonNull(topics, "not open").forget();
    }

    /**
     * Closes the connections at once: the lane has waited for acknowledgements already, as long as it
     * may. What was not acknowledged by then is dropped, and comes again at the next start. The
     * clients' threads have ended when this returns.
     */
    @Override
    protected void close() {
        try {
            if (session != null) {
                session.close();
            }
        } finally {
            session = null;
            if (topics != null) {
                topics.close();
                topics = null;
            }
        }
    }
}
