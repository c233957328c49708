// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.checkpoint.Checkpoint;
import org.jspecify.annotations.Nullable;

/**
 * A target as it is found at the start of a run.
 *
 * @param name the target's name
 * @param start where it begins without a checkpoint
 * @param keepsCheckpoint whether its checkpoint comes from itself and not from the pipeline's store
 * @param checkpoint its checkpoint, null if it has none
 */
record StartTarget(
        String name,
        TargetStart start,
        boolean keepsCheckpoint,
        @Nullable Checkpoint checkpoint) {

    /** {@return the position of its checkpoint; null if it has none, or was reset} */
    @Nullable String position() {
        return checkpoint == null ? null : checkpoint.position();
    }

    /** {@return the highest number that its checkpoint tells of, 0 if it has none} */
    long transaction() {
        return checkpoint == null ? 0 : checkpoint.transaction();
    }

    /** {@return whether its checkpoint's number was counted up to its position} */
    boolean isCounted() {
        return checkpoint != null && checkpoint.position() != null && checkpoint.numbering() != 0;
    }
}
