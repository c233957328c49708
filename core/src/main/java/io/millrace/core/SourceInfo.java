// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.source.Transaction;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a change comes from. One instance serves all changes of one native event. Immutable.
 *
 * <p>There are two moments: {@link #eventTimestamp()} is the native event's own (whole seconds in
 * MySQL), {@link #commitTimestampMicros()} that of the commit, where the source tells it.
 */
public final class SourceInfo {

    private final String service;
    private final @Nullable String source;
    private final long position;
    private final Transaction transaction;
    private final long eventTimestamp;
    private final @Nullable NativeHeader nativeHeader;

    /**
     * @param service the pipeline's service name
     * @param source binlog file or cluster, null where there is none
     * @param position the native event's end offset in {@code source}; 0 where there is none
     * @param eventTimestamp seconds since the epoch
     * @param nativeHeader null where the source has none
     */
    public SourceInfo(
            String service,
            @Nullable String source,
            long position,
            Transaction transaction,
            long eventTimestamp,
            @Nullable NativeHeader nativeHeader) {
        this.service = Objects.requireNonNull(service, "service");
        this.source = source;
        this.position = position;
        this.transaction = Objects.requireNonNull(transaction, "transaction");
        this.eventTimestamp = eventTimestamp;
        this.nativeHeader = nativeHeader;
    }

    public String service() {
        return service;
    }

    /** {@return binlog file or cluster; null where the source has no such thing} */
    public @Nullable String source() {
        return source;
    }

    /** {@return end offset of the native event in {@link #source()}} */
    public long position() {
        return position;
    }

    public Transaction transaction() {
        return transaction;
    }

    /** {@return the transaction's id that is the same on every replica (a GTID), or null} */
    public @Nullable String globalId() {
        return transaction.globalId();
    }

    /** {@return the transaction's id in this source} */
    public String transactionId() {
        return transaction.id();
    }

    /** {@return seconds since the epoch at which the source says the event happened} */
    public long eventTimestamp() {
        return eventTimestamp;
    }

    /** {@return microseconds since the epoch of the original commit; 0 where the source does not tell} */
    public long commitTimestampMicros() {
        return transaction.commitTimestampMicros();
    }

    public @Nullable NativeHeader nativeHeader() {
        return nativeHeader;
    }

    /** {@return {@code file:position (transaction id)}, for messages} */
    @Override
    public String toString() {
        return (source == null ? "" : source + ":") + position + " (transaction " + transaction.id() + ")";
    }
}
