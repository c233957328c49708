// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Change;
import io.millrace.core.checkpoint.Checkpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** The flights that have left and are not settled, in the order in which they left. Used by the lane's thread. */
final class UnderWay {

    private final Deque<Flight> flights = new ArrayDeque<>();

    /** {@return where the outcome of this attempt is to be told, from any thread} */
    Flight.Outcome add(Flight flight) {
        flights.add(flight);
        return flight.leave(System.nanoTime());
    }

    boolean isEmpty() {
        return flights.isEmpty();
    }

    /** {@return whether another may leave when {@code most} may be under way} Nothing follows a statement. */
    boolean hasRoom(int most) {
        Flight last = flights.peekLast();
        return flights.size() < most && (last == null || last.statement() == null);
    }

    /** {@return whether any has failed: then nothing new may leave until all have ended} */
    boolean hasFailed() {
        return flights.stream().anyMatch(flight -> flight.isDone() && flight.failure() != null);
    }

    boolean headIsDone() {
        Flight head = flights.peek();
        return head != null && head.isDone();
    }

    boolean areAllDone() {
        return flights.stream().allMatch(Flight::isDone);
    }

    /** {@return takes out the first flight if it was acknowledged; null if it was not} */
    @Nullable Flight pollAcknowledged() {
        Flight head = flights.peek();
        return head != null && head.isDone() && head.failure() == null ? flights.remove() : null;
    }

    /** {@return the first flight, null if there is none} */
    @Nullable Flight first() {
        return flights.peek();
    }

    /** {@return why the first flight failed; null if it did not} */
    @Nullable Throwable failure() {
        Flight head = flights.peek();
        Throwable failure = head == null || !head.isDone() ? null : head.failure();
        Throwable cause = failure == null ? null : failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /** Fails all that have no outcome yet. */
    void fail(Throwable failure) {
        flights.forEach(flight -> flight.fail(failure));
    }

    /** {@return takes out all flights, in order} */
    Deque<Flight> takeAll() {
        Deque<Flight> all = new ArrayDeque<>(flights);
        flights.clear();
        return all;
    }

    /** {@return takes out the flights up to the last that carries the checkpoint; none if none does} */
    List<Flight> takeThrough(Checkpoint stored) {
        int count = 0;
        int index = 0;
        for (Flight flight : flights) {
            index++;
            if (isSame(stored, flight.checkpoint())) {
                count = index;
            }
        }
        List<Flight> taken = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            taken.add(flights.remove());
        }
        return taken;
    }

    /**
     * {@return whether two checkpoints say the same} Texts of the position may differ by white space, and a target
     * that stores the fields one by one may not know of the filter.
     */
    static boolean isSame(@Nullable Checkpoint a, @Nullable Checkpoint b) {
        return a == null || b == null ? Objects.equals(a, b) : plain(a).equals(plain(b));
    }

    private static Checkpoint plain(Checkpoint checkpoint) {
        Checkpoint parsed = Checkpoint.parse(checkpoint.toJson());
        return new Checkpoint(
                parsed.source(),
                parsed.position(),
                parsed.transaction(),
                parsed.open(),
                parsed.epoch(),
                parsed.numbering(),
                parsed.targets());
    }

    /** {@return what became of the one change that the first flight is of; empty if it is of several} */
    List<Change> onlyChange() {
        return Objects.requireNonNull(flights.peek()).onlyChange();
    }

    boolean isStatement() {
        Flight head = flights.peek();
        return head != null && head.statement() != null;
    }

    /** {@return whether a flight held the change; it does not any more} */
    boolean remove(Change change) {
        return flights.stream().anyMatch(flight -> flight.remove(change));
    }

    /** {@return how many flights of one change each the first flight has become; 0 if it has no records} */
    int isolate() {
        if (Objects.requireNonNull(flights.peek()).records().isEmpty()) {
            return 0;
        }
        List<Flight> singles = flights.remove().split();
        for (int i = singles.size() - 1; i >= 0; i--) {
            flights.addFirst(singles.get(i));
        }
        return singles.size();
    }

    /** {@return for how long the first flight without an outcome has been under way; -1 if all have one} */
    long waitingNanos() {
        for (Flight flight : flights) {
            if (!flight.isDone()) {
                return System.nanoTime() - flight.leftAtNanos();
            }
        }
        return -1;
    }
}
