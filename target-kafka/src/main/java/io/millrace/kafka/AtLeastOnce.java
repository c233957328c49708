// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Batch;
import io.millrace.core.Change;
import io.millrace.core.MillraceException;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.TransientException;
import io.millrace.core.checkpoint.Checkpoint;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Delivers at least once, by a producer without transactions. Used by the lane's thread. */
final class AtLeastOnce implements Mode {

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

    private @Nullable Brokers brokers;
    private @Nullable Topics topics;
    private @Nullable ProducerSession session;
    private @Nullable Delivery delivery;
    private @Nullable Throwable halted;
    private @Nullable Halt halt;

    /** Where a batch stopped. */
    private record Halt(List<Record> records, int next, Delivery delivery) {

        /** {@return whether what had been handed over is also what {@code again} begins with} */
        boolean hasBegun(List<Record> again) {
            int common = Math.min(next, again.size());
            for (int i = 0; i < common; i++) {
                if (again.get(i) != records.get(i)) {
                    return false;
                }
            }
            return true;
        }
    }

    AtLeastOnce(KafkaOptions options) {
        this.options = options;
        this.properties = KafkaProperties.producer(options);
        this.encoder = new ChangeEncoder(options, this::handOver);
    }

    @Override
    public void open() throws Exception {
        if (brokers == null) {
            brokers = Brokers.connect(options, properties);
            topics = new Topics(options, brokers, topic -> {});
        }
        if (session == null) {
            session = newSession();
        }
    }

    private ProducerSession newSession() {
        try {
            return new ProducerSession(properties);
        } catch (KafkaException e) {
            throw Brokers.cannotStart(options, e);
        }
    }

    @Override
    public CompletionStage<@Nullable Void> deliver(Batch batch) throws Exception {
        Statement statement = batch.statement();
        return statement != null ? send(statement) : send(batch.records());
    }

    CompletionStage<@Nullable Void> send(List<Record> records) throws InterruptedException {
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
            CompletionStage<@Nullable Void> stage = stop(current, records.get(next), e);
            halt = new Halt(records, next, current);
            return stage;
        }
    }

    CompletionStage<@Nullable Void> send(Statement statement) throws InterruptedException {
        if (isHalted()) {
            return CompletableFuture.failedStage(halted);
        }
        Delivery current = begin();
        try {
            encoder.encode(statement);
            return end(current, null);
        } catch (RuntimeException e) {
            return stop(current, statement, e);
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
    private CompletionStage<@Nullable Void> stop(Delivery current, Change change, RuntimeException failure)
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
            halted = KafkaFailures.encoding(change, failure);
        }
        return end(current, halted);
    }

    private RuntimeException reason(NotTaken notTaken, Throwable cause) {
        String topic = notTaken.topic();
        if (cause instanceof TimeoutException) {
            return new TransientException(
                    "Kafka at %s has taken nothing more for topic %s in %s ms, at %s: %s"
                            .formatted(
                                    options.bootstrapServers(),
                                    topic,
                                    properties.get("max.block.ms"),
                                    notTaken.change().source(),
                                    cause.getMessage()),
                    cause);
        }
        return cause instanceof MillraceException typed
                ? typed
                : KafkaFailures.of(cause, topic, notTaken.change(), options.bootstrapServers());
    }

    /** {@return where to begin: a batch that halted goes on, if all before it has arrived} */
    private int resumeAt(List<Record> records) {
        Halt last = halt;
        halt = null;
        if (last == null || !last.hasBegun(records)) {
            return 0;
        }
        boolean goesOn = last.delivery().session() == session && last.delivery().isAcknowledged();
        return goesOn ? Math.min(last.next(), records.size()) : 0;
    }

    private void handOver(ProducerRecord<byte[], byte[]> record, Change change) {
        try {
            Objects.requireNonNull(topics).require(record.topic(), change);
            Objects.requireNonNull(delivery).handOver(record, change);
        } catch (Exception e) {
            throw new NotTaken(record.topic(), change, e);
        }
    }

    @Override
    public void flush() {
        // The producer sends by itself, after linger.ms.
    }

    /** Makes the target take batches again; if the failure was the producer's, with a new producer. */
    @Override
    public void recover() throws Exception {
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

    @Override
    public @Nullable Checkpoint restore() {
        return null;
    }

    @Override
    public void confirmOwnership() {
        // Nobody can take over what is stored at least once.
    }

    @Override
    public void close() {
        try {
            if (session != null) {
                session.close();
            }
        } finally {
            session = null;
            if (brokers != null) {
                brokers.close();
                brokers = null;
            }
        }
    }
}
