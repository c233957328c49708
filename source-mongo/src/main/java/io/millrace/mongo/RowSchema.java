// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.TableSchema;

/**
 * The schema of an event's rows.
 *
 * @param schema shared with the events to come, if they are of the same shape
 * @param isNew whether it was made for this event
 */
record RowSchema(TableSchema schema, boolean isNew) {

    /** {@return bytes that the event has to answer for} The next one may have another schema. */
    int ownBytes() {
        return isNew ? schema.sizeBytes() : 0;
    }

    /** {@return the same for another row of the event: it is counted once} */
    RowSchema again() {
        return new RowSchema(schema, false);
    }
}
