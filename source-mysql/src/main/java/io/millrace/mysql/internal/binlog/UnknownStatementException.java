// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import io.millrace.core.PermanentException;

/** The server does not know a statement: it is of an older or a newer version, or of another family. */
public final class UnknownStatementException extends PermanentException {

    private static final long serialVersionUID = 1L;

    UnknownStatementException(String message) {
        super(message, null);
    }
}
