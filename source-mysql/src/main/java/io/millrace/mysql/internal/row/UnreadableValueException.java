// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import io.millrace.core.ChangeRejectedException;
import io.millrace.core.TableId;
import org.jspecify.annotations.Nullable;

/** One column holds what is not understood: an unknown type, a charset without a decoder, bad bytes. */
public final class UnreadableValueException extends ChangeRejectedException {

    private static final long serialVersionUID = 1L;

    private final transient TableId table;
    private final String column;

    UnreadableValueException(TableId table, String column, String problem, @Nullable Throwable cause) {
        super(null, "column " + column + " of " + table + ": " + problem, cause);
        this.table = table;
        this.column = column;
    }

    public TableId table() {
        return table;
    }

    public String column() {
        return column;
    }
}
