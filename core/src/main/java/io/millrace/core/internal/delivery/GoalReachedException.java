// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

/** Ends the capture at the position that it was to run to. Not a failure. */
public final class GoalReachedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    GoalReachedException() {
        super("the position is reached", null, false, false);
    }
}
