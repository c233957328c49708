// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A lane's figures, readable by any thread. */
public final class LaneCounters {

    private final AtomicLong records = new AtomicLong();
    private final AtomicLong statements = new AtomicLong();
    private final AtomicLong retries = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();
    private volatile LaneState state = LaneState.OPENING;
    private volatile long queuedBytes;
    private volatile long spilledBytes;
    private final long stallNanos;
    /** When the target was called that has not returned; 0 if none is. */
    private volatile long calledAtNanos;
    /** Whether somebody was told that the call does not return. */
    private volatile boolean hangTold;

    LaneCounters(Duration stallAfter) {
        this.stallNanos = stallAfter.toNanos();
    }

    void called() {
        long now = System.nanoTime();
        hangTold = false;
        calledAtNanos = now == 0 ? 1 : now;
    }

    void returned() {
        calledAtNanos = 0;
    }

    /** The last state stays: a lane that was detached may still be inside its target. */
    synchronized void state(LaneState value) {
        if (!state.hasFailed()) {
            state = value;
        }
    }

    void acknowledged(int count, boolean statement) {
        records.addAndGet(count);
        if (statement) {
            statements.incrementAndGet();
        }
    }

    void retrying() {
        retries.incrementAndGet();
    }

    void changeRejected() {
        rejected.incrementAndGet();
    }

    void spilledBytes(long value) {
        spilledBytes = value;
    }

    void queuedBytes(long value) {
        queuedBytes = value;
    }

    /** {@return what the lane is doing; STALLED also while a call of the target does not return} */
    public LaneState state() {
        LaneState now = state;
        if (now == LaneState.DELIVERING && callNanos() > stallNanos) {
            return LaneState.STALLED;
        }
        return now == LaneState.DELIVERING && spilledBytes > 0 ? LaneState.LAGGING : now;
    }

    /** {@return for how long the target has not returned from a call; 0 if it is not being called} */
    private long callNanos() {
        long calledAt = calledAtNanos;
        return calledAt == 0 ? 0 : System.nanoTime() - calledAt;
    }

    /** {@return for how long a call has not returned, once for each that takes too long; otherwise 0} */
    long newHangNanos() {
        long nanos = callNanos();
        if (nanos <= stallNanos || hangTold) {
            return 0;
        }
        hangTold = true;
        return nanos;
    }

    public long records() {
        return records.get();
    }

    public long statements() {
        return statements.get();
    }

    public long retries() {
        return retries.get();
    }

    public long rejected() {
        return rejected.get();
    }

    public long spilledBytes() {
        return spilledBytes;
    }

    public long queuedBytes() {
        return queuedBytes;
    }
}
