// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import org.jspecify.annotations.Nullable;

/**
 * One change cannot be delivered, and will not be when it is tried again, while others can: it is too
 * large, holds a value that is not understood, or is refused for what it is. Whether the processor
 * stops or goes on without it is for the target's error policy to say.
 */
public class ChangeRejectedException extends PermanentException {

    private static final long serialVersionUID = 1L;

    private final transient @Nullable Change change;

    /** @param change the one; null if whoever throws does not know it: it is then searched for in the batch */
    public ChangeRejectedException(@Nullable Change change, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.change = change;
    }

    /** {@return the change that is refused, null if that is not known} */
    public final @Nullable Change change() {
        return change;
    }
}
