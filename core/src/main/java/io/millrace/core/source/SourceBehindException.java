// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source;

import io.millrace.core.TransientException;

/**
 * The server was reached, but does not have yet what was read before, as a replica that lags. A source throws it for
 * as long as it waits, and something else in the end: {@code startTimeout}, which is for servers that cannot be
 * reached, does not end that wait.
 */
public final class SourceBehindException extends TransientException {

    private static final long serialVersionUID = 1L;

    public SourceBehindException(String message) {
        super(message, null);
    }
}
