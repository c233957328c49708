// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import io.millrace.core.TransientException;

/** A statement was ended before it was done: somebody else had a lock for too long, or killed it. */
public final class StatementEndedException extends TransientException {

    private static final long serialVersionUID = 1L;

    StatementEndedException(String message) {
        super(message, null);
    }
}
