// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Transaction;
import org.jspecify.annotations.Nullable;

/** How far a lane is: the position, and what lies beyond it of a transaction that is open. */
final class Progress {

    private final PositionTracker tracker;
    private long transaction;
    private @Nullable OpenTransaction open;

    Progress(PositionTracker tracker, long transaction, @Nullable OpenTransaction open) {
        this.tracker = tracker;
        this.transaction = transaction;
        this.open = open;
    }

    /** Takes in what the flight holds. Boundaries that were passed in an earlier run change nothing. */
    void pass(Flight flight) {
        for (Parcel.Mark mark : flight.marks()) {
            if (tracker.advance(mark.boundary())) {
                transaction = mark.transaction();
                open = null;
            }
        }
        OpenTransaction left = flight.open();
        if (left != null) {
            open = left;
        }
    }

    boolean includes(Transaction other) {
        return tracker.includes(other);
    }

    /** {@return the last change of the transaction that is past, -1 if none of it is} */
    long lastOrdinalOf(Transaction other) {
        return open != null && open.id().equals(other.id()) ? open.ordinal() : -1;
    }

    /** @param at stands where this one's tracker stands */
    Progress copy(PositionTracker at) {
        return new Progress(at, transaction, open);
    }

    PositionTracker tracker() {
        return tracker;
    }

    Checkpoint checkpoint(String source, long epoch) {
        return new Checkpoint(source, tracker.position().toJson(), transaction, open, epoch);
    }
}
