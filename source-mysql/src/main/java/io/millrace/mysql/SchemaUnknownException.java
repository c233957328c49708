// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.TableId;
import io.millrace.core.UnreadableEventException;

/**
 * The log has rows of a table without the names of its columns, and the schema history does not know them for sure.
 * The message says why, and what to do.
 */
public final class SchemaUnknownException extends UnreadableEventException {

    private static final long serialVersionUID = 1L;

    private final transient TableId table;

    /**
     * @param why the schema is not known
     * @param where the place of the rows in the log
     */
    public SchemaUnknownException(TableId table, String why, String where) {
        super(
                "the columns of %s are not known for certain: %s. Let the server log them from now on (binlog_row_metadata=FULL, MySQL 8.0.1 or MariaDB 10.5 or later), bring the targets up to date with this table by other means, and rewind each target to a position behind these rows; or leave the table out of the filter. The rows are"
                        .formatted(table, why),
                where,
                null);
        this.table = table;
    }

    public TableId table() {
        return table;
    }
}
