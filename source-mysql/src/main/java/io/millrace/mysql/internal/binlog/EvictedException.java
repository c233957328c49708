// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import io.millrace.core.TransientException;

/** The server ended the dump because another reader came with the same server id. */
public final class EvictedException extends TransientException {

    private static final long serialVersionUID = 1L;

    EvictedException(String message) {
        super(message, null);
    }
}
