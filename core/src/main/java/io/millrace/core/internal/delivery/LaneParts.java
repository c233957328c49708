// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.TargetOptions;

/** What a lane is made of, for its loop. */
record LaneParts(
        Outlet outlet,
        TargetOptions options,
        LaneTimes times,
        LaneEvents events,
        LaneCounters counters,
        Inbox inbox,
        Watermark watermark,
        Patience patience,
        Rejections rejections,
        Transformation transformation,
        CheckpointKeeper keeper) {}
