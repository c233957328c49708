// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Change;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Carries out of the encoder why a record was not taken, apart from failures of the encoding itself. */
final class NotTaken extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient ProducerRecord<byte[], byte[]> record;
    private final transient Change change;

    NotTaken(ProducerRecord<byte[], byte[]> record, Change change, Exception cause) {
        super(null, cause, false, false);
        this.record = record;
        this.change = change;
    }

    String topic() {
        return record.topic();
    }

    Change change() {
        return change;
    }

    Exception reason() {
        return (Exception) Objects.requireNonNull(getCause());
    }
}
