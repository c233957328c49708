// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One transaction of a source's log, shared by all its changes. Sources extend it by what their
 * positions need to recognise it. Immutable.
 */
public abstract class Transaction {

    private final long number;
    private final String id;
    private final @Nullable String globalId;
    private final long commitTimestampMicros;

    /**
     * @param number what {@link Capture#begin} answered for it
     * @param id unique in the source's log, known at the transaction's begin
     * @param globalId the same on every replica (a GTID), null where there is none
     * @param commitTimestampMicros microseconds since the epoch, 0 where the source does not tell
     */
    protected Transaction(long number, String id, @Nullable String globalId, long commitTimestampMicros) {
        this.number = number;
        this.id = Objects.requireNonNull(id, "id");
        this.globalId = globalId;
        this.commitTimestampMicros = commitTimestampMicros;
    }

    /**
     * {@return the number that the pipeline gave it: from 1, rising by one, the same after a restart}
     * Where a target begins at a place that was not reached by counting (see
     * {@link io.millrace.core.checkpoint.Checkpoint}), numbers leap up, and transactions that come again
     * have new ones; none stands for two transactions.
     */
    public final long number() {
        return number;
    }

    public final String id() {
        return id;
    }

    /**
     * {@return the id as JSON shows it; null for a change that no one put into a transaction, where the source
     * tells that} This is {@link #id()} unless a source overrides it.
     */
    public @Nullable String shownId() {
        return id;
    }

    public final @Nullable String globalId() {
        return globalId;
    }

    /** {@return microseconds since the epoch of the original commit, 0 where the source does not tell} */
    public final long commitTimestampMicros() {
        return commitTimestampMicros;
    }

    @Override
    public final String toString() {
        return id;
    }
}
