// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Position;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.source.PositionTracker;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where a lane begins.
 *
 * @param source kind of the source
 * @param trackers makes a tracker that stands at a position
 * @param position where the target is
 * @param from the target's checkpoint, null if it had none
 * @param epoch of this start of the pipeline
 */
public record LaneStart(
        String source,
        Function<Position, PositionTracker> trackers,
        Position position,
        @Nullable Checkpoint from,
        long epoch) {

    Progress progress() {
        PositionTracker tracker = trackers.apply(position);
        return from == null ? new Progress(tracker, 0, null) : new Progress(tracker, from.transaction(), from.open());
    }

    /** {@return a copy that moves by itself} */
    Progress copy(Progress progress) {
        return progress.copy(trackers.apply(progress.tracker().position()));
    }
}
