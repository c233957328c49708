// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.PermanentException;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Partitions have a transaction open that its coordinator has ended: no marker comes any more, so that
 * readers of committed records wait for ever, and whatever the same producer ends next decides over those
 * records. That is a fault of the brokers, for an operator to mend: {@code docs/kafka.md} says how.
 */
public final class KafkaHangingTransactionException extends PermanentException {

    private static final long serialVersionUID = 1L;

    private final String transactionalId;
    private final long producerId;
    private final transient Map<TopicPartition, Long> startOffsets;

    KafkaHangingTransactionException(
            String transactionalId, long producerId, Map<TopicPartition, Long> startOffsets, String message) {
        super(message, null);
        this.transactionalId = transactionalId;
        this.producerId = producerId;
        this.startOffsets = Map.copyOf(startOffsets);
    }

    public String transactionalId() {
        return transactionalId;
    }

    public long producerId() {
        return producerId;
    }

    /** {@return the partitions in which it hangs, as far as they may be asked, each with its first offset there} */
    public Map<TopicPartition, Long> startOffsets() {
        return startOffsets;
    }
}
