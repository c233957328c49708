// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.PermanentException;
import org.jspecify.annotations.Nullable;

/**
 * A topic cannot be used, whatever the change: it does not exist and may not be created, may not be
 * written to, or is not set up as it has to be. It is for an operator to mend, not a reason to leave
 * changes out.
 */
public final class KafkaTopicException extends PermanentException {

    private static final long serialVersionUID = 1L;

    private final String topic;

    KafkaTopicException(String topic, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.topic = topic;
    }

    public String topic() {
        return topic;
    }
}
