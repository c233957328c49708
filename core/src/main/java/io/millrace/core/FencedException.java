// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import org.jspecify.annotations.Nullable;

/**
 * Another instance of the pipeline has taken over: this one may store nothing more, and ends as
 * {@link ProcessorState#FENCED}. Thrown by targets and checkpoint stores that can tell.
 */
public final class FencedException extends MillraceException {

    private static final long serialVersionUID = 1L;

    public FencedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
