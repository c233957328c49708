// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.micro;

import io.millrace.core.Change;
import io.millrace.core.ErrorPolicy;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.internal.delivery.Lane;
import io.millrace.core.internal.delivery.LaneEvents;
import java.time.Duration;

/** Refuses whatever a lane may tell: if something fails, there is nothing to measure. */
final class NoEvents implements LaneEvents {

    @Override
    public void retrying(String target, Throwable failure, int attempt, Duration delay) {
        throw new IllegalStateException("target " + target + " has failed", failure);
    }

    @Override
    public void stalled(String target, Duration since) {
        throw new IllegalStateException("target " + target + " has stalled for " + since);
    }

    @Override
    public void rejected(String target, Change change, Throwable failure, ErrorPolicy.Action action) {
        throw new IllegalStateException("target " + target + " has rejected a change", failure);
    }

    @Override
    public void stored(String target, Checkpoint checkpoint) {
        // Part of what is measured.
    }

    @Override
    public void failed(Lane lane, Throwable failure) {
        throw new IllegalStateException("lane " + lane.name() + " has failed", failure);
    }
}
