// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Change;
import io.millrace.core.ChangeRejectedException;
import io.millrace.core.FencedException;
import io.millrace.core.Position;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.internal.spill.Spill;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One target's way: a thread that takes parcels from its inbox, makes batches of them, hands these to
 * the target, and moves the target's position over what was acknowledged.
 */
public final class Lane implements Runnable {

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
     * Only this lane's thread touches the target and the fields below it; inbox and watermark are
     * where other threads come in.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private final Outlet outlet;
    private final TargetOptions options;
    private final CheckpointStore store;
    private final LaneTimes times;
    private final LaneEvents events;
    private final LaneCounters counters;
    private final Inbox inbox;
    private final Watermark watermark = new Watermark();
    private final Patience patience;
    private final Rejections rejections;
    private final CheckpointKeeper keeper;
    private final CompletableFuture<@Nullable Checkpoint> loaded = new CompletableFuture<>();
    private final CompletableFuture<@Nullable LaneStart> start = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();
    private volatile @Nullable Exception detachment;

    // Owned by the lane's thread.
    private final UnderWay underWay = new UnderWay();
    private @Nullable Departures departures;
    private @Nullable LaneStart begun;
    private @Nullable Progress dispatched;
    private @Nullable Checkpoint settled;
    private @Nullable CompletableFuture<@Nullable Void> question;
    private final Patience.Failures failures = new Patience.Failures();
    /** So many of the next flights go alone, to find the change that is at fault. */
    private int alone;

    private boolean flushed = true;
    private boolean stalled;

    /** @param deadLetters where rejected changes go; null unless the error policy says so */
    public Lane(
            String pipeline,
            Outlet outlet,
            @Nullable Outlet deadLetters,
            TargetOptions options,
            CheckpointStore store,
            LaneTimes times,
            LaneEvents events) {
        this.outlet = outlet;
        this.options = options;
        this.store = store;
        this.times = times;
        this.events = events;
        this.counters = new LaneCounters(options.stallAfter());
        this.inbox = new Inbox(options.queueBytes(), counters);
        this.patience = new Patience(options, inbox, counters, events);
        this.keeper = new CheckpointKeeper(options.name(), store, times.checkpointNanos());
        this.rejections =
                new Rejections(pipeline, options.name(), options.errorPolicy().action(), deadLetters, events, counters);
    }

    // ---- for other threads

    public String name() {
        return options.name();
    }

    public boolean isOptional() {
        return options.optional();
    }

    public long spillBytes() {
        return options.spillBytes();
    }

    public LaneCounters counters() {
        return counters;
    }

    Inbox inbox() {
        return inbox;
    }

    /** {@return completes with the target's checkpoint, or null, once the target is open} */
    public CompletableFuture<@Nullable Checkpoint> loaded() {
        return loaded;
    }

    /** Lets the lane begin to deliver; {@code spill} is where changes wait that it has no room for, if anywhere. */
    public void begin(LaneStart laneStart, @Nullable Spill spill) {
        inbox.spillTo(spill);
        start.complete(laneStart);
    }

    /** {@return completes once the target is known to be this instance's, or the lane has ended} */
    public CompletableFuture<@Nullable Void> ready() {
        return ready;
    }

    /** {@return completes once the target has confirmed that no other instance has it, or the lane has ended} */
    public CompletableFuture<@Nullable Void> confirmOwnership() {
        return inbox.ask();
    }

    /**
     * Ends the lane: nothing new leaves, what is under way may be acknowledged until {@code grace} is
     * over. Returns at once.
     */
    public void stop(Duration grace) {
        start.complete(null);
        inbox.end(grace, false);
    }

    /** Ends the lane once everything that it has was acknowledged, or {@code grace} is over. */
    public void finish(Duration grace) {
        start.complete(null);
        inbox.end(grace, true);
    }

    /** Ends the lane at once, as failed by {@code reason}, and lets go of what waits for it. */
    public void detach(Exception reason) {
        detachment = reason;
        stop(Duration.ZERO);
        inbox.ended();
    }

    /**
     * Waits until the target has acknowledged everything that {@code position} includes.
     *
     * @return false if it had not within {@code nanos}, or the lane ended before
     */
    public boolean awaitAcknowledged(Position position, long nanos) throws InterruptedException {
        return watermark.await(position, nanos, inbox::wake);
    }

    // ---- from start to end

    @Override
    public void run() {
        Throwable failure = null;
        try {
            settled = openTarget();
            loaded.complete(settled);
            LaneStart laneStart = start.get();
            if (laneStart != null) {
                take(laneStart);
                deliver();
            }
        } catch (Throwable t) {
            failure = t instanceof StoppedException ? null : t;
        }
        if (begun != null && !outlet.keepsCheckpoint()) {
            failure = lastly(failure, () -> keeper.saveLast(watermark.progress()));
        }
        failure = lastly(failure, outlet::close);
        failure = lastly(failure, rejections::close);
        end(failure == null ? detachment : failure);
    }

    /** One of the last acts of a lane. */
    private interface LastAct {
        void run() throws Exception;
    }

    private static @Nullable Throwable lastly(@Nullable Throwable failure, LastAct act) {
        try {
            act.run();
            return failure;
        } catch (Throwable t) {
            if (failure == null) {
                return t;
            }
            if (failure != t) {
                failure.addSuppressed(t);
            }
            return failure;
        }
    }

    private void end(@Nullable Throwable failure) {
        inbox.ended();
        inbox.close();
        watermark.end();
        if (failure == null) {
            loaded.complete(null);
            counters.state(LaneState.STOPPED);
        } else {
            loaded.completeExceptionally(failure);
            counters.state(isOptional() ? LaneState.DETACHED : LaneState.FAILED);
            events.failed(this, failure);
        }
        ready.complete(null);
        if (question != null) {
            question.complete(null);
        }
    }

    private @Nullable Checkpoint openTarget() throws Exception {
        long deadline = System.nanoTime() + times.startTimeout().toNanos();
        patience.persist(deadline, failure -> {
            outlet.open();
            return null;
        });
        patience.persist(deadline, failure -> {
            rejections.open();
            return null;
        });
        return patience.persist(deadline, failure -> {
            if (!outlet.keepsCheckpoint()) {
                return store.load(name());
            }
            if (failure != null) {
                outlet.recover(failure);
            }
            return outlet.restore();
        });
    }

    private void take(LaneStart laneStart) {
        begun = laneStart;
        dispatched = laneStart.progress(name());
        Progress past = laneStart.progress(name());
        departures = new Departures(
                options,
                inbox,
                past,
                () -> outlet.keepsCheckpoint() && !watermark.isAwaited() ? times.checkpointNanos() : 0);
        watermark.start(past);
        counters.state(LaneState.DELIVERING);
        if (outlet.keepsCheckpoint()) {
            // By its higher epoch this run takes possession.
            departures.putFirst(new ArrayDeque<>(List.of(new Flight())));
        } else {
            if (laneStart.unsaved()) {
                // A first start is a position too: were it stored only with the first record, a restart
                // before that would begin at another "latest", and what was written meanwhile be missed.
                keeper.hurry();
            }
            ready.complete(null);
        }
    }

    private LaneStart begun() {
        return Objects.requireNonNull(begun);
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
            Flight next = mayLeave() ? departures().next(underWay.isEmpty()) : null;
            if (next != null) {
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
        return inbox.isStopping() || (inbox.isFinishing() && (hasNothingLeft() || inbox.graceNanos() <= 0));
    }

    private boolean hasNothingLeft() {
        return departures().isEmpty() && underWay.isEmpty();
    }

    private Departures departures() {
        return Objects.requireNonNull(departures);
    }

    /** Another instance may have taken over: asks the target, once nothing is under way. */
    private void answer() {
        if (question == null) {
            question = inbox.question();
        }
        CompletableFuture<@Nullable Void> asked = question;
        if (asked != null && underWay.isEmpty()) {
            question = null;
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
        return question == null && underWay.hasRoom(alone > 0 ? 1 : options.maxInFlight());
    }

    private void leave(Flight flight) {
        if (outlet.keepsCheckpoint()) {
            Progress after = Objects.requireNonNull(dispatched);
            after.pass(flight);
            flight.setCheckpoint(after.checkpoint());
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
        inbox.release(flight.releasedBytes());
        watermark.pass(flight);
        if (outlet.keepsCheckpoint()) {
            watermark.progress().wasStored();
        }
        ready.complete(null);
    }

    /** All that is under way ends; then, after a wait, it leaves again from the failed flight on. */
    private void recover(Throwable first) throws Exception {
        drainInFlight();
        Throwable failure = first;
        while (true) {
            if (!patience.waits(failure, failures)) {
                if (failure != first || !mayGoOnWithout(failure)) {
                    throwFailure(failure);
                }
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
        departures().putFirst(underWay.takeAll());
        if (outlet.keepsCheckpoint()) {
            dispatched = begun().copy(watermark.progress());
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
        if (stored != null && stored.epoch() > begun().stamp().epoch()) {
            throw new FencedException(
                    "target %s: another instance of the pipeline has taken over (epoch %d, this one has %d)"
                            .formatted(name(), stored.epoch(), begun().stamp().epoch()),
                    null);
        }
        List<Flight> known = stored == null ? List.of() : underWay.takeThrough(stored);
        if (known.isEmpty()) {
            throw new CheckpointException(
                    "target %s holds the checkpoint %s, which this run has not stored; its last one is %s. Was the target set back, or written to by something else?"
                            .formatted(name(), stored, settled),
                    null);
        }
        known.forEach(this::acknowledge);
    }

    // ---- changes that cannot be delivered

    /** {@return whether the error policy lets the lane go on without the change that is at fault} */
    private boolean mayGoOnWithout(Throwable failure) throws Exception {
        if (!rejections.mayAccept(failure)) {
            return false;
        }
        Change culprit = failure instanceof ChangeRejectedException rejected ? rejected.change() : null;
        if (culprit == null && (alone > 0 || underWay.isStatement())) {
            culprit = underWay.onlyChange();
        }
        if (culprit == null) {
            alone = underWay.isolate();
            return alone > 0;
        }
        if (underWay.remove(culprit)) {
            putAside(culprit, failure);
            return true;
        }
        return false;
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
        boolean drained = inbox.awaitWithinGrace(underWay::areAllDone);
        if (!drained) {
            LOG.warn("{}: batches are not acknowledged in time; they come again at the next start", name());
        }
    }

    private void awaitWork() throws InterruptedException {
        boolean mayLeave = mayLeave();
        long due = outlet.keepsCheckpoint() ? departures().dueInNanos() : keeper.dueInNanos();
        inbox.await(
                () -> underWay.headIsDone()
                        || (inbox.isFinishing() && hasNothingLeft())
                        || (mayLeave && departures().hasNews())
                        || (mayLeave && departures().dueInNanos() <= 0),
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
            events.stalled(name(), Duration.ofNanos(underWay.waitingNanos()));
        }
    }
}
