// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.PermanentException;
import io.millrace.core.TableId;

/** A row is larger than {@link MySqlOptions#maxRowBytes()}; it was not put in memory. */
public final class RowTooLargeException extends PermanentException {

    private static final long serialVersionUID = 1L;

    private final long bytes;

    RowTooLargeException(long bytes, long limit, String where) {
        super(
                "a rows event of %d bytes at %s is larger than maxRowBytes=%d. Raise it with MySqlOptions.maxRowBytes, and the heap to about eight times that. It holds for tables that are left out, too."
                        .formatted(bytes, where, limit),
                null);
        this.bytes = bytes;
    }

    private RowTooLargeException(long bytes, String message) {
        super(message, null);
        this.bytes = bytes;
    }

    /** @param bytes that the row has at least */
    static RowTooLargeException loaded(long bytes, long limit, TableId table) {
        return new RowTooLargeException(
                bytes,
                "a row of %s of %d bytes or more is larger than maxRowBytes=%d. Raise it with MySqlOptions.maxRowBytes, and the heap to about eight times that."
                        .formatted(table, bytes, limit));
    }

    /** {@return size of the event that holds the row; of a row that was loaded, what it has at least} */
    public long bytes() {
        return bytes;
    }
}
