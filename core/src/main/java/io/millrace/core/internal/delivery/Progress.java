// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Transaction;
import org.jspecify.annotations.Nullable;

/** How far a lane is: the position, and what lies beyond it of a transaction that is open. */
final class Progress {

    private final String target;
    private final RunStamp stamp;
    private final PositionTracker tracker;
    private long transaction;
    private long numbering;
    private @Nullable OpenTransaction open;

    Progress(String target, RunStamp stamp, PositionTracker tracker, Checkpoint from) {
        this.target = target;
        this.stamp = stamp;
        this.tracker = tracker;
        this.transaction = from.transaction();
        this.numbering = from.numbering();
        this.open = from.open();
    }

    /** Takes in what the flight holds. Boundaries that were passed in an earlier run change nothing. */
    void pass(Flight flight) {
        for (Parcel.Mark mark : flight.marks()) {
            if (tracker.advance(mark.boundary())) {
                transaction = mark.transaction();
                numbering = stamp.numbering();
                open = null;
            }
        }
        Transaction left = flight.openTransaction();
        if (left != null) {
            open = new OpenTransaction(left.id(), flight.openOrdinal());
            // The next number is that of the open one, also where one before it was passed over.
            transaction = left.number() - 1;
            numbering = stamp.numbering();
        }
    }

    boolean includes(Transaction other) {
        return tracker.includes(other);
    }

    /** {@return the last change of the transaction that is past, -1 if none of it is} */
    long lastOrdinalOf(Transaction other) {
        return open != null && open.id().equals(other.id()) ? open.ordinal() : -1;
    }

    /** {@return the transaction of which a part is past; null if there is none} */
    @Nullable OpenTransaction open() {
        return open;
    }

    /** {@return the number of the last transaction that is past as a whole} */
    long transaction() {
        return transaction;
    }

    private Progress(Progress other, PositionTracker at) {
        this.target = other.target;
        this.stamp = other.stamp;
        this.tracker = at;
        this.transaction = other.transaction;
        this.numbering = other.numbering;
        this.open = other.open;
    }

    /** @param at stands where this one's tracker stands */
    Progress copy(PositionTracker at) {
        return new Progress(this, at);
    }

    PositionTracker tracker() {
        return tracker;
    }

    Checkpoint checkpoint() {
        return new Checkpoint(
                stamp.source(),
                tracker.position().toJson(),
                transaction,
                open,
                stamp.epoch(),
                numbering,
                stamp.targetsWith(target),
                stamp.filter());
    }

    /** A {@link #checkpoint()} is durable. */
    void wasStored() {
        stamp.stored(target);
    }
}
