// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.PermanentException;
import io.millrace.core.SourceInfo;
import org.jspecify.annotations.Nullable;

/**
 * Kafka does not take a change, and will not when it is tried again: it is too large, its topic does
 * not exist or may not be written to, or no topic can have that name.
 */
public final class KafkaDeliveryException extends PermanentException {

    private static final long serialVersionUID = 1L;

    private final String topic;
    private final transient SourceInfo source;

    KafkaDeliveryException(String topic, SourceInfo source, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.topic = topic;
        this.source = source;
    }

    /** {@return the topic that the change was to go to} */
    public String topic() {
        return topic;
    }

    /** {@return where the change stands in the source's log} */
    public SourceInfo source() {
        return source;
    }
}
