// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Change;
import io.millrace.core.ChangeRejectedException;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;
import io.millrace.core.source.Transaction;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills flights from parcels: what the target wants and does not have yet, in order, a statement
 * always alone. Used by the lane's thread.
 */
final class Assembler {

    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private final TargetOptions options;
    private final Supplier<@Nullable Parcel> parcels;
    private final Progress past;
    private final Transformation transformation;
    private final Aside aside;

    private @Nullable Parcel parcel;
    private int nextChange;
    private int nextMark;

    // Whether the target has a change is asked once per transaction.
    private @Nullable Transaction skipChecked;
    private boolean skipWhole;
    private long skipThrough;

    /** What the transforms made of the next change, which had no room in the flight. */
    private @Nullable List<Record> waiting;

    /** Of which the target has a part from an earlier run, until it is known whether the rest comes. */
    private @Nullable OpenTransaction begun;

    private final long begunNumber;

    /** Takes a change that cannot be transformed. */
    interface Aside {
        /** Puts it aside for good, or throws {@code failure}: it is not to be left out. */
        void put(Change change, ChangeRejectedException failure) throws Exception;
    }

    /**
     * @param parcels answers with the next parcel, null if none waits
     * @param past what the target has acknowledged
     */
    Assembler(
            TargetOptions options,
            Supplier<@Nullable Parcel> parcels,
            Progress past,
            Transformation transformation,
            Aside aside) {
        this.options = options;
        this.parcels = parcels;
        this.past = past;
        this.transformation = transformation;
        this.aside = aside;
        this.begun = past.open();
        this.begunNumber = past.transaction() + 1;
    }

    /** {@return whether a parcel is not used up: there is something for another flight} */
    boolean hasMore() {
        return parcel != null;
    }

    /** {@return whether the flight is full: more is there than it takes} */
    boolean fill(Flight flight) throws Exception {
        while (true) {
            Parcel from = parcel;
            if (from == null) {
                from = parcels.get();
                if (from == null) {
                    return false;
                }
                parcel = from;
                nextChange = 0;
                nextMark = 0;
            }
            while (nextMark < from.markCount() && from.mark(nextMark).changesBefore() == nextChange) {
                flight.pass(from.mark(nextMark++));
            }
            if (nextChange == from.size()) {
                flight.release(from.bytes());
                parcel = null;
                if (!transformation.isNone()) {
                    // They may take long, and leave little: others want to be heard between.
                    return false;
                }
            } else if (flight.statement() != null || !take(flight, from.change(nextChange))) {
                return true;
            }
        }
    }

    /** {@return whether the flight took the change, or passed over it} */
    private boolean take(Flight flight, Change change) throws Exception {
        if (isKnown(change)) {
            nextChange++;
            return true;
        }
        boolean isTaken = true;
        if (change instanceof Record record) {
            isTaken = !options.sendData() || take(flight, record);
        } else if (change instanceof Statement statement && isWanted(statement)) {
            isTaken = take(flight, statement);
        }
        if (isTaken) {
            flight.pass(change);
            nextChange++;
        }
        return isTaken;
    }

    private boolean take(Flight flight, Record record) throws Exception {
        if (!transformation.isNone()) {
            return takeTransformed(flight, record);
        }
        // Most lanes have no transforms, and make no list of each record.
        if (flight.isFullFor(record, options.batchSize(), options.batchBytes())) {
            return false;
        }
        flight.add(record);
        return true;
    }

    private boolean takeTransformed(Flight flight, Record record) throws Exception {
        List<Record> made = waiting;
        if (made == null) {
            try {
                made = transformation.of(record);
            } catch (ChangeRejectedException e) {
                if (flight.hasChanges()) {
                    // What comes before it goes first.
                    return false;
                }
                aside.put(record, e);
                made = List.of();
            }
        }
        if (flight.isFullFor(made, options.batchSize(), options.batchBytes())) {
            waiting = made;
            return false;
        }
        waiting = null;
        flight.add(made);
        return true;
    }

    /** A statement goes alone, and so does the trouble with it. */
    private boolean take(Flight flight, Statement statement) throws Exception {
        if (flight.hasChanges()) {
            return false;
        }
        try {
            Statement made = transformation.of(statement);
            if (made != null) {
                flight.set(made);
            }
        } catch (ChangeRejectedException e) {
            aside.put(statement, e);
        }
        return true;
    }

    private boolean isWanted(Statement statement) {
        return statement.changesData() ? options.sendData() : options.executeDdl();
    }

    /** {@return whether the target has acknowledged the change in an earlier run} */
    private boolean isKnown(Change change) {
        Transaction of = change.source().transaction();
        if (of != skipChecked) {
            skipChecked = of;
            skipWhole = past.includes(of);
            skipThrough = past.lastOrdinalOf(of);
            if (!skipWhole && begun != null) {
                tellIfLeftInPart(begun, of);
                begun = null;
            }
        }
        return skipWhole || change.ordinal() <= skipThrough;
    }

    private void tellIfLeftInPart(OpenTransaction left, Transaction next) {
        if (!left.id().equals(next.id())) {
            LOG.warn(
                    "{}: the log goes on with transaction {}, but the target has a part of transaction {} (number {}) from before the restart: its changes up to ordinal {}, at most {}. They stay there; if it comes later, it comes whole. Has the server lost it, or was the position chosen?",
                    options.name(),
                    next.id(),
                    left.id(),
                    begunNumber,
                    left.ordinal(),
                    left.ordinal() + 1);
        }
    }
}
