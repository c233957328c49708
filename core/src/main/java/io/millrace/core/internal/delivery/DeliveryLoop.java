// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Change;
import io.millrace.core.ChangeRejectedException;
import io.millrace.core.FencedException;
import io.millrace.core.MillraceException;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lane's work from its start to its end: makes batches, hands them to the target, and moves the
 * watermark over what was acknowledged. Used by the lane's thread.
 */
final class DeliveryLoop {

    /*
     * The invariant: the watermark covers exactly the changes whose flights, and all flights before
     * theirs, have been acknowledged. Flights leave in order and are settled in order, from the first
     * of those under way; one that completes early waits there for those before it.
     *
     * After a failed flight nothing new leaves until all have ended, since what succeeded behind it
     * must not stand behind what comes again: the failed one and all after it then leave once more,
     * in order. A row may so arrive twice, but the last thing that arrives of each key is the last
     * that happened to it. A target that keeps its checkpoint is asked instead what it has stored.
     *
     * Only the lane's thread comes here; inbox and watermark are where other threads come in.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private final Outlet outlet;
    private final TargetOptions options;
    private final LaneEvents events;
    private final LaneCounters counters;
    private final Inbox inbox;
    private final Watermark watermark;
    private final Patience patience;
    private final Rejections rejections;
    private final CheckpointKeeper keeper;
    private final LaneStart start;
    private final CompletableFuture<@Nullable Void> ready;

    private final UnderWay underWay = new UnderWay();
    private final Departures departures;
    private final Patience.Failures failures = new Patience.Failures();
    /** How far what has left goes. */
    private Progress dispatched;
    /** What the target has stored last, if it keeps its checkpoint. */
    private @Nullable Checkpoint settled;

    private @Nullable CompletableFuture<@Nullable Void> question;
    /** So many of the next flights go alone, to find the change that is at fault. */
    private int alone;

    private boolean flushed = true;
    private boolean stalled;

    /**
     * @param restored the checkpoint that the target was found with
     * @param ready completed once the target is known to be this instance's
     */
    DeliveryLoop(
            LaneParts parts, LaneStart start, @Nullable Checkpoint restored, CompletableFuture<@Nullable Void> ready) {
        this.outlet = parts.outlet();
        this.options = parts.options();
        this.events = parts.events();
        this.counters = parts.counters();
        this.inbox = parts.inbox();
        this.watermark = parts.watermark();
        this.patience = parts.patience();
        this.rejections = parts.rejections();
        this.keeper = parts.keeper();
        this.start = start;
        this.settled = restored;
        this.ready = ready;
        this.dispatched = start.progress(options.name());
        Progress past = start.progress(options.name());
        long progressNanos = parts.times().checkpointNanos();
        this.departures = new Departures(
                options,
                inbox,
                past,
                () -> outlet.keepsCheckpoint() && !watermark.isAwaited() ? progressNanos : 0,
                parts.transformation(),
                this::leaveOut);
        watermark.start(past);
    }

    void run() throws Exception {
        counters.state(LaneState.DELIVERING);
        if (outlet.keepsCheckpoint()) {
            // Stores this run's epoch, and so shows that the target is this instance's.
            departures.putFirst(new ArrayDeque<>(List.of(new Flight(0))));
        } else {
            if (start.unsaved()) {
                // A first start is a position too: were it stored only with the first record, a restart
                // before that would begin at another "latest", and what was written meanwhile be missed.
                keeper.hurry();
            }
            ready.complete(null);
        }
        deliver();
    }

    /** The last act: stores what the watermark covers. */
    void end() throws IOException {
        if (!outlet.keepsCheckpoint()) {
            keeper.saveLast(watermark.progress());
        }
    }

    private void deliver() throws Exception {
        while (true) {
            settle();
            if (!outlet.keepsCheckpoint()) {
                keeper.saveIfDue(watermark.progress());
            }
            answer();
            if (mustEnd()) {
                flush();
                drainInFlight();
                settleWhatSucceeded();
                break;
            }
            Flight next = mayLeave() ? next() : null;
            if (next != null && !inbox.mustEnd()) {
                leave(next);
            } else if (flushed) {
                awaitWork();
            } else {
                flush();
            }
        }
    }

    /** {@return whether it is time to end} Everything is delivered, or it must stay undelivered. */
    private boolean mustEnd() {
        return inbox.mustEnd() || (inbox.isFinishing() && hasNothingLeft());
    }

    private boolean hasNothingLeft() {
        return departures.isEmpty() && underWay.isEmpty();
    }

    /** Another instance may have taken over: asks the target, once nothing is under way. */
    private void answer() {
        question = inbox.question();
        CompletableFuture<@Nullable Void> asked = question;
        if (asked != null && underWay.isEmpty()) {
            question = null;
            inbox.answered();
            try {
                outlet.confirmOwnership();
                asked.complete(null);
            } catch (FencedException e) {
                asked.completeExceptionally(e);
                throw e;
            } catch (Exception e) {
                asked.completeExceptionally(e);
            }
        }
    }

    // ---- what leaves

    private boolean mayLeave() {
        return question == null && !underWay.hasFailed() && underWay.hasRoom(alone > 0 ? 1 : options.maxInFlight());
    }

    private @Nullable Flight next() throws Exception {
        try {
            return departures.next(underWay.isEmpty());
        } catch (MillraceException | StoppedException e) {
            // What has left may still arrive.
            flush();
            drainInFlight();
            settleWhatSucceeded();
            throw e;
        }
    }

    private void leave(Flight flight) {
        if (outlet.keepsCheckpoint()) {
            dispatched.pass(flight);
            flight.setCheckpoint(dispatched.checkpoint());
        }
        Flight.Outcome outcome = underWay.add(flight);
        flushed = false;
        if (!flight.hasChanges() && !outlet.keepsCheckpoint()) {
            outcome.set(null);
            return;
        }
        counters.called();
        try {
            CompletionStage<@Nullable Void> stage =
                    outlet.deliver(flight.records(), flight.statement(), flight.endsTransaction(), flight.checkpoint());
            stage.whenComplete((nothing, failure) -> {
                if (outcome.set(failure)) {
                    inbox.wake();
                }
            });
        } catch (Throwable t) {
            outcome.set(t);
        } finally {
            counters.returned();
        }
    }

    private void flush() {
        flushed = true;
        counters.called();
        try {
            outlet.flush();
        } catch (Throwable t) {
            underWay.fail(t);
        } finally {
            counters.returned();
        }
    }

    // ---- what comes back

    private void settle() throws Exception {
        settleWhatSucceeded();
        Throwable failure = underWay.failure();
        if (failure != null) {
            recover(failure);
        }
    }

    private void settleWhatSucceeded() {
        for (Flight head = underWay.pollAcknowledged(); head != null; head = underWay.pollAcknowledged()) {
            acknowledge(head);
        }
    }

    private void acknowledge(Flight flight) {
        failures.reset();
        alone = Math.max(0, alone - 1);
        settled = flight.checkpoint();
        if (stalled) {
            stalled = false;
            counters.state(LaneState.DELIVERING);
        }
        counters.acknowledged(flight.records().size(), flight.statement() != null);
        keeper.changed();
        inbox.release(flight.takeReleasedBytes());
        watermark.pass(flight);
        if (outlet.keepsCheckpoint()) {
            watermark.progress().wasStored();
            if (settled != null) {
                events.stored(options.name(), settled);
            }
        }
        ready.complete(null);
    }

    /** All that is under way ends; then, after a wait, it leaves again from the failed flight on. */
    private void recover(Throwable first) throws Exception {
        if (!flushed) {
            // Batches that the target has gathered end no other way.
            flush();
        }
        drainInFlight();
        Flight failed = underWay.first();
        boolean isHopeless = false;
        Throwable failure = first;
        while (true) {
            if (!patience.waits(failure, failures)) {
                if (failure != first || !rejections.mayAccept(first)) {
                    throwFailure(failure);
                }
                isHopeless = true;
                failures.reset();
            }
            try {
                outlet.recover(failure);
                if (outlet.keepsCheckpoint()) {
                    settleWhatIsStored(outlet.restore());
                }
                break;
            } catch (FencedException | CheckpointException e) {
                throw e;
            } catch (Exception e) {
                failure = e;
            }
        }
        // Judged only now: that it failed need not mean that it was not stored.
        if (isHopeless && underWay.first() == failed && !mayGoOnWithout(first)) {
            throwFailure(first);
        }
        departures.putFirst(underWay.takeAll());
        if (outlet.keepsCheckpoint()) {
            dispatched = start.copy(watermark.progress());
        }
        stalled = false;
        counters.state(LaneState.DELIVERING);
    }

    private static void throwFailure(Throwable failure) throws Exception {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (Exception) failure;
    }

    /** Whether batches were stored may have been left open by the failure; the checkpoint tells. */
    private void settleWhatIsStored(@Nullable Checkpoint stored) {
        if (UnderWay.isSame(stored, settled)) {
            return;
        }
        if (stored != null && stored.epoch() > start.stamp().epoch()) {
            throw new FencedException(
                    "target %s: another instance of the pipeline has taken over (epoch %d, this one has %d)"
                            .formatted(
                                    options.name(),
                                    stored.epoch(),
                                    start.stamp().epoch()),
                    null);
        }
        List<Flight> known = stored == null ? List.of() : underWay.takeThrough(stored);
        if (known.isEmpty()) {
            throw new CheckpointException(
                    "target %s holds the checkpoint %s, which this run has not stored; its last one is %s. Was the target set back, or written to by something else?"
                            .formatted(options.name(), stored, settled),
                    null);
        }
        known.forEach(this::acknowledge);
    }

    // ---- changes that cannot be delivered

    /** {@return whether the error policy lets the lane go on without the change that is at fault} */
    private boolean mayGoOnWithout(Throwable failure) throws Exception {
        Change named = failure instanceof ChangeRejectedException rejected ? rejected.change() : null;
        List<Change> culprits = named == null ? List.of() : List.of(named);
        if (culprits.isEmpty() && (alone > 0 || underWay.isStatement())) {
            culprits = underWay.onlyChange();
        }
        if (culprits.isEmpty()) {
            alone = underWay.isolate();
            return alone > 0;
        }
        for (Change culprit : culprits) {
            if (!underWay.remove(culprit)) {
                return false;
            }
            putAside(culprit, failure);
        }
        return true;
    }

    /** A change that cannot be transformed is left out, if the error policy says so. */
    private void leaveOut(Change change, ChangeRejectedException failure) throws Exception {
        if (!rejections.mayAccept(failure)) {
            throw failure;
        }
        putAside(change, failure);
        counters.state(LaneState.DELIVERING);
    }

    private void putAside(Change change, Throwable failure) throws Exception {
        patience.persist(Long.MAX_VALUE, obstacle -> {
            if (obstacle != null) {
                rejections.recover(obstacle);
            }
            rejections.accept(change, failure);
            return null;
        });
    }

    // ---- waiting

    /** Waits until everything under way has ended; while stopping, until the grace is over. */
    private void drainInFlight() throws InterruptedException {
        while (!inbox.awaitWithinGrace(underWay::areAllDone, stallDueInNanos())) {
            if (inbox.graceNanos() <= 0) {
                LOG.warn("{}: batches are not acknowledged in time; they come again at the next start", options.name());
                return;
            }
            reportStall();
        }
    }

    private void awaitWork() throws InterruptedException {
        boolean mayLeave = mayLeave();
        long due = outlet.keepsCheckpoint() ? departures.dueInNanos() : keeper.dueInNanos();
        inbox.await(
                () -> underWay.headIsDone()
                        || (inbox.isFinishing() && hasNothingLeft())
                        || (mayLeave && departures.hasNews())
                        || (mayLeave && departures.dueInNanos() <= 0),
                Math.min(Math.min(due, stallDueInNanos()), inbox.graceNanos()));
        reportStall();
    }

    private long stallDueInNanos() {
        long waiting = underWay.waitingNanos();
        return stalled || waiting < 0
                ? TimeUnit.HOURS.toNanos(1)
                : options.stallAfter().toNanos() - waiting;
    }

    private void reportStall() {
        if (stallDueInNanos() <= 0) {
            stalled = true;
            counters.state(LaneState.STALLED);
            events.stalled(options.name(), Duration.ofNanos(underWay.waitingNanos()));
        }
    }
}
