// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * One producer, from its making to its first failure. The producer retries by itself for ever, so a
 * failure that it reports is final: what it still holds must not reach the broker behind the gap.
 * It is closed on the spot, by which all that is not acknowledged fails too, and comes again in
 * order through the next session.
 */
final class ProducerSession {

    private final KafkaProducer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    ProducerSession(Map<String, Object> properties) {
        this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** {@return the first failure, null while there was none} From any thread. */
    @Nullable Throwable failure() {
        return failure.get();
    }

    /** Ends the session; only the first failure counts. From any thread, the producer's own included. */
    void fail(Throwable first) {
        if (failure.compareAndSet(null, first)) {
            try {
                producer.close(Duration.ZERO);
            } catch (KafkaException e) {
                first.addSuppressed(e);
            }
        }
    }

    void send(ProducerRecord<byte[], byte[]> record, Callback callback) {
        // The callback is told what the future would tell.
        var unused = producer.send(record, callback);
    }

    /**
     * Drops what is not acknowledged and waits for the end of the producer's thread, even if this
     * thread is interrupted; may be called again after {@link #fail}.
     */
    void close() {
        failure.compareAndSet(null, new IllegalStateException("the target is closed"));
        close(producer);
    }

    /** Drops what a producer holds and waits for the end of its thread, even if this thread is interrupted. */
    static void close(KafkaProducer<byte[], byte[]> producer) {
        boolean interrupted = Thread.interrupted();
        try {
            producer.close(Duration.ZERO);
        } catch (InterruptException e) {
            interrupted = true;
            Thread.interrupted();
            producer.close(Duration.ZERO);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
