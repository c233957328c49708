// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch on its way, from assembly to acknowledgement, with what its acknowledgement means for the
 * lane's position. Owned by the lane's thread, but for the outcome, which the target sets.
 */
final class Flight {

    private final List<Record> records = new ArrayList<>();
    private final List<Parcel.Mark> marks = new ArrayList<>();
    private @Nullable Statement statement;
    private long bytes;
    private long releasedBytes;
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
        marks.add(mark);
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
        return !hasChanges() && marks.isEmpty() && openId == null && releasedBytes == 0;
    }

    /** {@return whether {@code record} has to wait for the next flight} */
    boolean isFullFor(Record record, int batchSize, long batchBytes) {
        return records.size() >= batchSize || (!records.isEmpty() && bytes + record.sizeBytes() > batchBytes);
    }

    List<Record> records() {
        return records;
    }

    @Nullable Statement statement() {
        return statement;
    }

    boolean endsTransaction() {
        return openId == null && !marks.isEmpty();
    }

    List<Parcel.Mark> marks() {
        return marks;
    }

    /** {@return the transaction that the flight's last change leaves open; null if it ends or has none} */
    @Nullable OpenTransaction open() {
        return openId == null ? null : new OpenTransaction(openId, openOrdinal);
    }

    long releasedBytes() {
        return releasedBytes;
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
