// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import java.util.concurrent.atomic.AtomicLong;

/** A lane's figures, readable by any thread. */
public final class LaneCounters {

    private final AtomicLong records = new AtomicLong();
    private final AtomicLong statements = new AtomicLong();
    private final AtomicLong retries = new AtomicLong();
    private final AtomicLong rejected = new AtomicLong();
    private volatile LaneState state = LaneState.OPENING;
    private volatile long queuedBytes;

    void state(LaneState value) {
        state = value;
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

    void queuedBytes(long value) {
        queuedBytes = value;
    }

    public LaneState state() {
        return state;
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

    public long queuedBytes() {
        return queuedBytes;
    }
}
