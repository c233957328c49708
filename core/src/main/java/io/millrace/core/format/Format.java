// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.Statement;
import io.millrace.core.TableSchema;
import org.jspecify.annotations.Nullable;

/**
 * Turns changes into bytes. Immutable and thread-safe; what it returns for a table is neither.
 */
public interface Format {

    /**
     * {@return a writer of records of this schema} Called once per schema and user, so that names and
     * constants are encoded once; the writer is used by one thread at a time.
     */
    TableFormat forTable(TableSchema schema);

    /**
     * Appends the statement to {@code out}.
     *
     * @throws io.millrace.core.ChangeRejectedException if the format has no form for it
     */
    void write(Statement statement, JsonBuffer out);

    /**
     * Appends the key of what concerns a table or a database as a whole: statements, and the rows of a table without a
     * primary key, all of which then share it and so keep their order. As the native form has it:
     * {@code {"schema_name":"shop","table_name":"orders"}}.
     *
     * @param table null for a statement that names none
     */
    default void writeKey(String database, @Nullable String table, JsonBuffer out) {
        out.ascii("{\"schema_name\":");
        out.string(database);
        out.ascii(",\"table_name\":");
        out.stringOrNull(table);
        out.raw('}');
    }
}
