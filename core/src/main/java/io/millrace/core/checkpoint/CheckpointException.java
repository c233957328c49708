// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.checkpoint;

import io.millrace.core.MillraceException;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint cannot be used: it is damaged, of a newer format, of another source, or in use by
 * another instance. The processor does not start; nothing is delivered from a guess.
 */
public class CheckpointException extends MillraceException {

    private static final long serialVersionUID = 1L;

    public CheckpointException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
