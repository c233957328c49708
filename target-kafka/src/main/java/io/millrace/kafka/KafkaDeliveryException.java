// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Change;
import io.millrace.core.ChangeRejectedException;
import io.millrace.core.SourceInfo;
import org.jspecify.annotations.Nullable;

/**
 * One change cannot go to Kafka, and will not when it is tried again, while others can: it is too
 * large, the format or a template can make nothing of it, no topic can have the name that it asks
 * for, or the broker calls it invalid. What is wrong with a topic as a whole is a
 * {@link KafkaTopicException}.
 */
public final class KafkaDeliveryException extends ChangeRejectedException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String topic;
    private final transient @Nullable SourceInfo source;

    /**
     * @param topic null if it is not known yet
     * @param change null if the broker does not tell which one of several it means
     */
    KafkaDeliveryException(@Nullable String topic, @Nullable Change change, String message, @Nullable Throwable cause) {
        super(change, message, cause);
        this.topic = topic;
        this.source = change == null ? null : change.source();
    }

    /** {@return the topic that the change was to go to; null if it could not be named} */
    public @Nullable String topic() {
        return topic;
    }

    /** {@return where the change stands in the source's log; null if {@link #change()} is} */
    public @Nullable SourceInfo source() {
        return source;
    }
}
