// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.TargetOptions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What leaves next: flights that come again, in order, and then new ones, made of what waits in the
 * inbox. Used by the lane's thread.
 */
final class Departures {

    private final TargetOptions options;
    private final Inbox inbox;
    private final Assembler assembler;
    private final LongSupplier progressNanos;

    private final Deque<Flight> again = new ArrayDeque<>();
    private @Nullable Flight unfinished;
    private int recordsOfLastFlight;
    private long leftAtNanos = System.nanoTime();

    /**
     * @param past what the target has acknowledged
     * @param progressNanos how long progress without changes may wait for a flight of its own; 0 for no wait
     */
    Departures(
            TargetOptions options,
            Inbox inbox,
            Progress past,
            LongSupplier progressNanos,
            Transformation transformation,
            Assembler.Aside aside) {
        this.options = options;
        this.inbox = inbox;
        this.assembler = new Assembler(options, inbox::poll, past, transformation, aside);
        this.progressNanos = progressNanos;
    }

    /** These come before everything else, in this order. */
    void putFirst(Deque<Flight> flights) {
        for (Iterator<Flight> last = flights.descendingIterator(); last.hasNext(); ) {
            again.addFirst(last.next());
        }
    }

    /**
     * {@return the next flight, null if there is none that may leave now}
     *
     * @param nothingUnderWay a statement waits until that is so
     */
    @Nullable Flight next(boolean nothingUnderWay) throws Exception {
        Flight next = again.peek();
        if (next == null) {
            next = assemble();
            if (next == null) {
                return null;
            }
            again.add(next);
        }
        if (next.statement() != null && !nothingUnderWay) {
            return null;
        }
        leftAtNanos = System.nanoTime();
        return again.remove();
    }

    private @Nullable Flight assemble() throws Exception {
        Flight flight = unfinished == null ? new Flight(recordsOfLastFlight) : unfinished;
        unfinished = null;
        boolean full = assembler.fill(flight);
        if (!full && flight.hasChanges() && !options.linger().isZero()) {
            full = lingerFor(flight);
        }
        if (flight.isEmpty()) {
            return null;
        }
        recordsOfLastFlight = flight.records().size();
        if (!full && !flight.hasChanges() && progressDueInNanos() > 0) {
            unfinished = flight;
            // The parcels held nothing for the target, so nobody has to wait for their room.
            inbox.release(flight.takeReleasedBytes());
            return null;
        }
        return flight;
    }

    private boolean lingerFor(Flight flight) throws Exception {
        long deadline = System.nanoTime() + options.linger().toNanos();
        while (true) {
            inbox.await(inbox::hasParcel, deadline - System.nanoTime());
            if (!inbox.hasParcel()) {
                return false;
            }
            if (assembler.fill(flight)) {
                return true;
            }
        }
    }

    private long progressDueInNanos() {
        return inbox.isFinishing() ? 0 : leftAtNanos + progressNanos.getAsLong() - System.nanoTime();
    }

    /** {@return nanos until progress is due that waits for a flight; {@link Long#MAX_VALUE} if none waits} */
    long dueInNanos() {
        return unfinished == null ? Long.MAX_VALUE : progressDueInNanos();
    }

    /** {@return whether {@link #next} would look for something new, and there is something} */
    boolean hasNews() {
        return again.isEmpty() && (inbox.hasParcel() || assembler.hasMore());
    }

    boolean isEmpty() {
        return again.isEmpty() && unfinished == null && inbox.isEmpty() && !assembler.hasMore();
    }
}
