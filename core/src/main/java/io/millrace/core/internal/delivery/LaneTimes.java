// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import java.time.Duration;

/**
 * How long things may take in a lane.
 *
 * @param startTimeout how long a target that cannot be opened is tried
 * @param checkpointInterval how old a stored checkpoint may get while records are acknowledged
 */
public record LaneTimes(Duration startTimeout, Duration checkpointInterval) {

    long checkpointNanos() {
        return checkpointInterval.toNanos();
    }
}
