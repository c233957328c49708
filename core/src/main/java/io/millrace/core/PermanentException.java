// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import org.jspecify.annotations.Nullable;

/** A failure that trying again cannot mend: the processor stops at once. */
public class PermanentException extends MillraceException {

    private static final long serialVersionUID = 1L;

    public PermanentException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
