// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Change;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * One batch under way: counts what the broker has acknowledged of it. Its stage completes when all
 * that was handed over has ended, one way or the other.
 *
 * <p>The lane's thread hands records over and then calls {@link #complete}; acknowledgements come on
 * the producer's thread.
 */
final class Delivery {

    /** Translates what Kafka reports of a change. */
    interface FailureReport {
        RuntimeException of(Throwable failure, String topic, Change change);
    }

    private final ProducerSession session;
    private final FailureReport report;
    private final Thread lane = Thread.currentThread();
    private final CompletableFuture<@Nullable Void> stage = new CompletableFuture<>();

    /** Below zero until {@link #complete} has added the number of records handed over. */
    private final AtomicLong unacknowledged = new AtomicLong();

    private volatile boolean failed;
    private @Nullable Throwable halt;

    // Owned by the lane's thread.
    private long handedOver;
    private @Nullable Exception refusal;

    Delivery(ProducerSession session, FailureReport report) {
        this.session = session;
        this.report = report;
    }

    ProducerSession session() {
        return session;
    }

    /**
     * Hands a record to the producer, which may block as long as {@code max.block.ms} says.
     *
     * @throws ApiException if the producer does not take it
     * @throws org.apache.kafka.common.errors.InterruptException if the thread is interrupted
     */
    void handOver(ProducerRecord<byte[], byte[]> record, Change change) throws Exception {
        session.send(record, new Acknowledgement(record.topic(), change));
        Exception refused = refusal;
        if (refused != null) {
            refusal = null;
            throw refused;
        }
        handedOver++;
    }

    /**
     * Says that nothing more is handed over.
     *
     * @param reason what stopped it before the end of the batch, null if nothing did
     */
    CompletionStage<@Nullable Void> complete(@Nullable Throwable reason) {
        halt = reason;
        if (unacknowledged.addAndGet(handedOver) == 0) {
            end();
        }
        return stage;
    }

    /** {@return whether all that was handed over has been acknowledged} */
    boolean isAcknowledged() {
        return stage.isDone() && !failed;
    }

    private void ended() {
        if (unacknowledged.decrementAndGet() == 0) {
            end();
        }
    }

    private void end() {
        if (failed) {
            stage.completeExceptionally(Objects.requireNonNull(session.failure()));
        } else if (halt != null) {
            stage.completeExceptionally(halt);
        } else {
            stage.complete(null);
        }
    }

    /** The fate of one record. It keeps the change, so that a failure can name it. */
    private final class Acknowledgement implements Callback {

        private final String topic;
        private final Change change;

        Acknowledgement(String topic, Change change) {
            this.topic = topic;
            this.change = change;
        }

        @Override
        public void onCompletion(RecordMetadata metadata, @Nullable Exception failure) {
            if (failure == null) {
                ended();
            } else if (Thread.currentThread() == lane) {
                // Within send(): the producer has not taken the record at all.
                refusal = failure;
            } else {
                try {
                    if (session.failure() == null) {
                        session.fail(report.of(failure, topic, change));
                    }
                } finally {
                    failed = true;
                    ended();
                }
            }
        }
    }
}
