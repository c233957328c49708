// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import org.jspecify.annotations.Nullable;

/** A target failed for good and the processor stopped. The cause is what the target threw. */
public final class TargetFailedException extends MillraceException {

    private static final long serialVersionUID = 1L;

    private final String target;

    TargetFailedException(String target, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.target = target;
    }

    /** {@return the target's name} */
    public String target() {
        return target;
    }
}
