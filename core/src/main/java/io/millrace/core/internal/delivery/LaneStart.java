// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;
import io.millrace.core.source.PositionTracker;
import org.jspecify.annotations.Nullable;

/**
 * Where a lane begins.
 *
 * @param acknowledged follows what the target has acknowledged; the lane's own
 * @param dispatched follows what was handed to a target that keeps its checkpoint; the lane's own
 * @param from how far the target was
 */
public record LaneStart(
        String source,
        PositionTracker acknowledged,
        PositionTracker dispatched,
        Progress from,
        long epoch) {

    /**
     * @param transaction number of the last completed transaction
     * @param open what was acknowledged beyond it
     */
    public record Progress(long transaction, @Nullable OpenTransaction open) {}
}
