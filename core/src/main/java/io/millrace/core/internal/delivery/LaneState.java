// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

/** What a lane is doing. */
public enum LaneState {
    OPENING,
    DELIVERING,
    BACKOFF,
    STOPPED,
    FAILED
}
