// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import org.jspecify.annotations.Nullable;

/** The source could not be reached at the start of a run, within {@link PipelineOptions#startTimeout()}. */
public final class SourceUnavailableException extends MillraceException {

    private static final long serialVersionUID = 1L;

    SourceUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
