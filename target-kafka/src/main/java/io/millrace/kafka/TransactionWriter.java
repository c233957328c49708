// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.Batch;
import io.millrace.core.Change;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.format.Template;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes batches into Kafka transactions, with the checkpoint as the last record of each. Every
 * failure is final: nothing after it is committed. Used by the session's thread, but for
 * {@link #close}; the producer's thread reports.
 */
final class TransactionWriter {

    private static final Logger LOG = LoggerFactory.getLogger(TransactionWriter.class);

    private final KafkaOptions options;
    private final Topics topics;
    private final String checkpointTopic;
    private final byte[] key;
    private final String instance;
    private final String transactionalId;
    private final KafkaProducer<byte[], byte[]> producer;
    private final ChangeEncoder encoder;
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

    private SourceParts parts;
    private @Nullable Checkpoint newest;
    private boolean open;
    private long openedAtNanos;
    private long bytes;
    private long sent;

    /**
     * @param key of the target's checkpoint
     * @param instance who says to have written it
     */
    TransactionWriter(
            KafkaOptions options, Topics topics, byte[] key, String instance, Map<String, Object> properties) {
        this.options = options;
        this.topics = topics;
        this.checkpointTopic = options.checkpointTopic();
        this.key = key;
        this.instance = instance;
        this.transactionalId = String.valueOf(properties.get(ProducerConfig.TRANSACTIONAL_ID_CONFIG));
        this.encoder = new ChangeEncoder(options, this::handOver);
        this.parts = new SourceParts(options, null);
        try {
            this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            throw Brokers.cannotStart(options, e);
        }
    }

    /** Takes the transactional id: what whoever had it left open is ended, and it can commit nothing more. */
    void init() throws InterruptedException {
        call("taking the transactional id " + transactionalId, producer::initTransactions);
    }

    /**
     * Goes on with what is stored.
     *
     * @param claims whether to store it once more, as this instance's own; if nothing is, that is said
     */
    void begin(@Nullable StoredCheckpoint stored, boolean claims) throws InterruptedException {
        OpenSource source = stored == null ? null : stored.open();
        parts = new SourceParts(options, source);
        if (claims) {
            beginTransaction();
            commit(stored == null ? null : stored.checkpoint(), source);
        }
    }

    boolean isOpen() {
        return open;
    }

    long openedAtNanos() {
        return openedAtNanos;
    }

    /** {@return roughly how much heap the changes hold that the open transaction has} */
    long bytes() {
        return bytes;
    }

    /** Adds a batch to the open transaction, or to a new one. */
    void append(Batch batch) throws InterruptedException {
        if (!open) {
            beginTransaction();
        }
        for (Record record : batch.records()) {
            append(record);
        }
        Statement statement = batch.statement();
        if (statement != null) {
            append(statement);
        }
        if (batch.endsTransaction()) {
            endSourceTransaction();
        }
        newest = batch.checkpoint();
    }

    private void beginTransaction() throws InterruptedException {
        call("beginning a transaction of " + transactionalId, producer::beginTransaction);
        open = true;
        openedAtNanos = System.nanoTime();
        bytes = 0;
    }

    private void append(Change change) throws InterruptedException {
        if (parts.endsBefore(change)) {
            endSourceTransaction();
        }
        sent = 0;
        try {
            if (parts.enter(change)) {
                findTransactionTopic(change);
            }
            encoder.part(parts.part());
            encoder.encode(change);
        } catch (NotTaken e) {
            throwReason(e.reason());
        } catch (RuntimeException e) {
            throw KafkaFailures.encoding(change, e);
        }
        parts.count(sent);
        bytes += change.sizeBytes();
    }

    private static void throwReason(Exception reason) throws InterruptedException {
        if (reason instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        throw (RuntimeException) reason;
    }

    private void findTransactionTopic(Change change) {
        Template template = options.transactionTopic();
        if (template != null) {
            try {
                topics.require(parts.topic(), change, template);
            } catch (InterruptedException | RuntimeException e) {
                throw new NotTaken(parts.topic(), change, e);
            }
        }
    }

    private void handOver(ProducerRecord<byte[], byte[]> record, Change change) {
        try {
            topics.require(record.topic(), change);
            send(record, change);
            sent++;
        } catch (InterruptedException | RuntimeException e) {
            throw new NotTaken(record.topic(), change, e);
        }
    }

    private void endSourceTransaction() throws InterruptedException {
        ProducerRecord<byte[], byte[]> end = parts.end();
        if (end != null) {
            send(end, null);
        }
    }

    /** @param change null if the record tells of none */
    private void send(ProducerRecord<byte[], byte[]> record, @Nullable Change change) throws InterruptedException {
        String topic = record.topic();
        try {
            var unused = producer.send(record, (metadata, reported) -> {
                if (reported != null) {
                    failure.compareAndSet(null, failed(reported, topic, change));
                }
            });
        } catch (InterruptException e) {
            throw CheckpointTopic.interrupted();
        } catch (KafkaException e) {
            failure.compareAndSet(null, failed(e, topic, change));
        }
        throwFailure();
    }

    private RuntimeException failed(Exception reported, String topic, @Nullable Change change) {
        return change == null
                ? KafkaFailures.of(reported, "a record to topic " + topic, topic, options.bootstrapServers())
                : KafkaFailures.of(reported, topic, change, options.bootstrapServers());
    }

    private void throwFailure() {
        RuntimeException first = failure.get();
        if (first != null) {
            throw first;
        }
    }

    /** Makes the open transaction durable and visible, together with the checkpoint of its newest batch. */
    void commit() throws InterruptedException {
        commit(Objects.requireNonNull(newest), parts.nextPart());
    }

    private void commit(@Nullable Checkpoint checkpoint, @Nullable OpenSource source) throws InterruptedException {
        byte[] value = checkpoint == null ? null : checkpoint.toJson().getBytes(UTF_8);
        List<Header> headers = StoredCheckpoint.headers(instance, source);
        send(new ProducerRecord<>(checkpointTopic, 0, null, key, value, headers), null);
        String what = "committing a transaction of " + transactionalId;
        // What fails for a record is told by the record's callback, and that before flush() returns.
        call(what, producer::flush);
        call(what, () -> {
            while (!isCommitted()) {
                LOG.debug("{}: still {}", options.target().name(), what);
            }
        });
        open = false;
    }

    /** {@return false if the producer is still trying: then it may be asked again, and nothing else} */
    private boolean isCommitted() {
        try {
            producer.commitTransaction();
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    private void call(String what, Runnable call) throws InterruptedException {
        try {
            call.run();
        } catch (InterruptException e) {
            throw CheckpointTopic.interrupted();
        } catch (KafkaException | IllegalStateException e) {
            failure.compareAndSet(null, KafkaFailures.of(e, what, checkpointTopic, options.bootstrapServers()));
        }
        throwFailure();
    }

    /** Tries to end an open transaction, so that nobody who reads has to wait until it times out. */
    void abort() {
        if (open) {
            open = false;
            try {
                producer.abortTransaction();
            } catch (KafkaException | IllegalStateException e) {
                // It ends when the transactional id is taken again, or by its timeout.
            }
        }
    }

    /** Drops what is under way and ends the producer's thread, even if this thread is interrupted. */
    void close() {
        ProducerSession.close(producer);
    }
}
