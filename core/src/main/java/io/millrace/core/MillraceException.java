// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything the library throws. A message says what was wrong, where, and what to do;
 * subclasses carry what a caller may act on.
 */
public abstract class MillraceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    protected MillraceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
