// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.Record;
import io.millrace.core.RowImage;

/** Writes the records of one schema. Used by one thread at a time. */
public interface TableFormat {

    /**
     * Appends the key of a row. The row may be of another schema than this format's, as the image
     * before an update is once a processor has edited one of the two: columns are found by name.
     *
     * @throws IllegalArgumentException if the image's schema has no such column
     * @throws io.millrace.core.AbsentValueException if the image does not hold all columns of the key
     */
    void writeKey(RowImage row, JsonBuffer out);

    /** Appends the record. Its schema is the one that this format was made for. */
    void write(Record record, JsonBuffer out);
}
