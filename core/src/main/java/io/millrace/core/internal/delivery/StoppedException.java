// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

/** Unwinds a lane or the capture thread that is asked to stop while it waits. Not a failure. */
public final class StoppedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StoppedException() {
        super("stopped", null, false, false);
    }
}
