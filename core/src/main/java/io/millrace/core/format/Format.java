// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.Statement;
import io.millrace.core.TableSchema;

/**
 * Turns changes into bytes. Immutable and thread-safe; what it returns for a table is neither.
 */
public interface Format {

    /**
     * {@return a writer of records of this schema} Called once per schema and user, so that names and
     * constants are encoded once; the writer is used by one thread at a time.
     */
    TableFormat forTable(TableSchema schema);

    /** Appends the statement to {@code out}. */
    void write(Statement statement, JsonBuffer out);
}
