// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.source.PositionTracker;
import org.jspecify.annotations.Nullable;

/**
 * Where a lane begins.
 *
 * @param source kind of the source
 * @param acknowledged stands where the target is; the lane's own
 * @param dispatched stands there too; the lane's own
 * @param from the target's checkpoint, null if it had none
 * @param epoch which start of the pipeline this is
 */
public record LaneStart(
        String source,
        PositionTracker acknowledged,
        PositionTracker dispatched,
        @Nullable Checkpoint from,
        long epoch) {

    Progress progress(PositionTracker tracker) {
        return from == null ? new Progress(tracker, 0, null) : new Progress(tracker, from.transaction(), from.open());
    }
}
