// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import io.millrace.core.PermanentException;

/** The server refuses bytes in a query that are no text of their character set. */
public final class RefusedTextException extends PermanentException {

    private static final long serialVersionUID = 1L;

    RefusedTextException(String message) {
        super(message, null);
    }
}
