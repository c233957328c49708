// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Position;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How far the target has acknowledged everything, without a gap. Moved by the lane's thread; any
 * thread may wait for it.
 */
final class Watermark {

    private @Nullable Progress acknowledged;
    private boolean ended;
    private final AtomicInteger waiting = new AtomicInteger();

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

    /** {@return whether anybody waits for it to move: then it should, though there be no change to deliver} */
    boolean isAwaited() {
        return waiting.get() > 0;
    }

    /**
     * {@return whether everything that {@code position} includes was acknowledged within {@code nanos}}
     *
     * @param hurry called once somebody waits
     */
    boolean await(Position position, long nanos, Runnable hurry) throws InterruptedException {
        if (isPast(position)) {
            return true;
        }
        long deadline = System.nanoTime() + nanos;
        waiting.incrementAndGet();
        try {
            hurry.run();
            return awaitUntil(position, deadline);
        } finally {
            waiting.decrementAndGet();
        }
    }

    private synchronized boolean isPast(Position position) {
        return acknowledged != null && acknowledged.tracker().includes(position);
    }

    private synchronized boolean awaitUntil(Position position, long deadline) throws InterruptedException {
        while (!isPast(position)) {
            long left = deadline - System.nanoTime();
            if (ended || left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
        }
        return true;
    }
}
