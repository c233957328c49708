// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import io.millrace.core.FencedException;
import io.millrace.core.LogLostException;

/** How the all-in-one ends. */
enum ExitCode {
    /** All pipelines were stopped, or the file is valid. */
    STOPPED(0),
    /** A pipeline failed. */
    FAILED(1),
    /** The arguments or the file are wrong; nothing ran. */
    INVALID(2),
    /** The log that a pipeline needs is gone. */
    LOG_LOST(3),
    /** Another instance has taken over a pipeline. */
    FENCED(4);

    private final int status;

    ExitCode(int status) {
        this.status = status;
    }

    int status() {
        return status;
    }

    static ExitCode of(Throwable failure) {
        if (failure instanceof LogLostException) {
            return LOG_LOST;
        }
        return failure instanceof FencedException ? FENCED : FAILED;
    }
}
