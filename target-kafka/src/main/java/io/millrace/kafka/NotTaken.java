// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Change;
import java.util.Objects;

/** Carries out of the encoder why a record was not taken, apart from failures of the encoding itself. */
final class NotTaken extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String topic;
    private final transient Change change;

    NotTaken(String topic, Change change, Exception cause) {
        super(null, cause, false, false);
        this.topic = topic;
        this.change = change;
    }

    String topic() {
        return topic;
    }

    Change change() {
        return change;
    }

    Exception reason() {
        return (Exception) Objects.requireNonNull(getCause());
    }
}
