// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Position;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How far the target has acknowledged everything, without a gap. Moved by the lane's thread; any
 * thread may wait for it.
 */
final class Watermark {

    private @Nullable Progress acknowledged;
    private boolean ended;

    synchronized void start(Progress progress) {
        acknowledged = progress;
        notifyAll();
    }

    synchronized void pass(Flight flight) {
        progress().pass(flight);
        notifyAll();
    }

    /** {@return the position and what is acknowledged beyond it; for the lane's thread, which alone moves it} */
    synchronized Progress progress() {
        return Objects.requireNonNull(acknowledged, "not started");
    }

    /** Nobody has to wait any more. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** {@return whether everything that {@code position} includes was acknowledged within {@code nanos}} */
    synchronized boolean await(Position position, long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        while (acknowledged == null || !acknowledged.tracker().position().includes(position)) {
            long left = deadline - System.nanoTime();
            if (ended || left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
        }
        return true;
    }
}
