// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import org.jspecify.annotations.Nullable;

/**
 * A failure that is expected to pass: the same is tried again with back-off, for as long as it
 * takes. Targets and sources throw it to say so; every other exception is judged by
 * {@link RetryOptions}.
 */
public class TransientException extends MillraceException {

    private static final long serialVersionUID = 1L;

    public TransientException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
