// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Position;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.source.PositionTracker;
import java.util.function.Function;

/**
 * Where a lane begins.
 *
 * @param stamp what the run's checkpoints have in common
 * @param trackers makes a tracker that stands at a position
 * @param position where the target is
 * @param from that position as a checkpoint, with its number
 * @param unsaved whether the target has no checkpoint that says so: it stores one at once
 */
public record LaneStart(
        RunStamp stamp,
        Function<Position, PositionTracker> trackers,
        Position position,
        Checkpoint from,
        boolean unsaved) {

    Progress progress(String target) {
        return new Progress(target, stamp, trackers.apply(position), from);
    }

    /** {@return a copy that moves by itself} */
    Progress copy(Progress progress) {
        return progress.copy(trackers.apply(progress.tracker().position()));
    }
}
