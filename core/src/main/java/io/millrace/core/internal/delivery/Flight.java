// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.PositionTracker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch on its way, from assembly to acknowledgement, with what its acknowledgement means for the
 * lane's position. Owned by the lane's thread, but for the outcome, which the target sets.
 */
final class Flight {

    private final List<Record> records = new ArrayList<>();
    private final List<Boundary> boundaries = new ArrayList<>();
    private @Nullable Statement statement;
    private long bytes;
    private long releasedBytes;
    private long transaction = -1;
    private @Nullable String openId;
    private long openOrdinal;
    private @Nullable Checkpoint checkpoint;

    private volatile boolean done;
    private volatile @Nullable Throwable failure;

    void add(Record record) {
        records.add(record);
        bytes += record.sizeBytes();
    }

    void set(Statement value) {
        statement = value;
    }

    /** The flight takes the lane past the change, delivered or not. */
    void pass(String transactionId, long ordinal) {
        openId = transactionId;
        openOrdinal = ordinal;
    }

    /** The flight takes the lane past the boundary. */
    void pass(Parcel.Mark mark) {
        boundaries.add(mark.boundary());
        transaction = mark.transaction();
        openId = null;
    }

    /** With this flight's acknowledgement the parcel of that size is done with. */
    void release(long parcelBytes) {
        releasedBytes += parcelBytes;
    }

    boolean hasChanges() {
        return statement != null || !records.isEmpty();
    }

    boolean isEmpty() {
        return !hasChanges() && boundaries.isEmpty() && openId == null && releasedBytes == 0;
    }

    /** {@return whether {@code record} has to wait for the next flight} */
    boolean isFullFor(Record record, int batchSize, long batchBytes) {
        return records.size() >= batchSize
                || (!records.isEmpty() && bytes + record.sizeBytes() > batchBytes);
    }

    List<Record> records() {
        return records;
    }

    @Nullable Statement statement() {
        return statement;
    }

    boolean endsTransaction() {
        return openId == null && !boundaries.isEmpty();
    }

    long releasedBytes() {
        return releasedBytes;
    }

    /** {@return number of the last transaction that the flight completes, {@code otherwise} if none} */
    long transaction(long otherwise) {
        return transaction < 0 ? otherwise : transaction;
    }

    /** {@return what is open after the flight, given what was before it} */
    @Nullable OpenTransaction openAfter(@Nullable OpenTransaction before) {
        if (openId != null) {
            return new OpenTransaction(openId, openOrdinal);
        }
        return boundaries.isEmpty() ? before : null;
    }

    void advance(PositionTracker tracker) {
        for (Boundary boundary : boundaries) {
            tracker.advance(boundary);
        }
    }

    @Nullable Checkpoint checkpoint() {
        return checkpoint;
    }

    void setCheckpoint(Checkpoint value) {
        checkpoint = value;
    }

    /** A new attempt begins. */
    void reset() {
        failure = null;
        done = false;
    }

    void complete(@Nullable Throwable outcome) {
        failure = outcome;
        done = true;
    }

    boolean isDone() {
        return done;
    }

    @Nullable Throwable failure() {
        return failure;
    }
}
