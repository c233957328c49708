// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

/** What a lane is doing. */
public enum LaneState {
    OPENING,
    DELIVERING,
    /** Changes wait on disk. */
    LAGGING,
    /** A batch has been unacknowledged for long. */
    STALLED,
    BACKOFF,
    STOPPED,
    /** An optional target failed; the others go on. */
    DETACHED,
    FAILED;

    /** {@return whether the lane has ended by a failure} */
    public boolean hasFailed() {
        return this == DETACHED || this == FAILED;
    }
}
