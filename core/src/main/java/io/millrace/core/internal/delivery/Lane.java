// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Position;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One target's way: a thread that takes parcels from a queue bounded in bytes, makes batches of
 * them, hands these to the target, and moves the target's position over what was acknowledged.
 */
public final class Lane implements Runnable {

    /*
     * The invariant: `acknowledged` covers exactly the changes whose flights, and all
     * flights before theirs, have been acknowledged. Flights leave in order and are settled in
     * order, from the head of `inFlight`; one that completes early waits there for those before it.
     *
     * After a failed flight nothing new leaves until all have ended, since what succeeded behind it
     * must not stand behind what comes again: the failed one and all after it then leave once more,
     * in order. A row may so arrive twice, but the last thing that arrives of each key is the last
     * that happened to it.
     *
     * Only this lane's thread touches the target and the fields below "owned by the lane's thread".
     * The lock guards the hand-over from the capture thread, the wake-up by acknowledgements that
     * arrive on the target's threads, and the position, which others ask for.
     */
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private final Outlet outlet;
    private final TargetOptions options;
    private final CheckpointStore store;
    private final LaneTimes times;
    private final LaneEvents events;
    private final LaneCounters counters = new LaneCounters();
    private final CompletableFuture<@Nullable Checkpoint> loaded = new CompletableFuture<>();
    private final CompletableFuture<@Nullable LaneStart> start = new CompletableFuture<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wakeUp = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final Condition progress = lock.newCondition();

    // Guarded by the lock.
    private final Deque<Parcel> queue = new ArrayDeque<>();
    private long queuedBytes;
    private boolean stopping;
    private boolean finishing;
    private boolean ended;
    private long stopDeadlineNanos;
    private @Nullable Progress acknowledged;

    // Owned by the lane's thread.
    private final Deque<Flight> inFlight = new ArrayDeque<>();
    private final Deque<Flight> again = new ArrayDeque<>();
    private @Nullable Flight assembling;
    private @Nullable Assembler assembler;
    private @Nullable Progress dispatched;
    private String source = "";
    private long epoch;
    private int failedAttempts;
    private boolean unsaved;
    private long savedAtNanos;

    public Lane(Outlet outlet, TargetOptions options, CheckpointStore store, LaneTimes times, LaneEvents events) {
        this.outlet = outlet;
        this.options = options;
        this.store = store;
        this.times = times;
        this.events = events;
    }

    public String name() {
        return options.name();
    }

    public LaneCounters counters() {
        return counters;
    }

    /** {@return completes with the target's checkpoint, or null, once the target is open} */
    public CompletableFuture<@Nullable Checkpoint> loaded() {
        return loaded;
    }

    /** Lets the lane begin to deliver. */
    public void begin(LaneStart laneStart) {
        start.complete(laneStart);
    }

    /**
     * Waits until the queue takes another parcel.
     *
     * @return false if it still does not after {@code nanos}, or the lane has ended
     */
    boolean awaitRoom(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (!ended && queuedBytes >= options.queueBytes()) {
                if (left <= 0) {
                    return false;
                }
                left = room.awaitNanos(left);
            }
            return !ended;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the parcel, whether there is room or not. */
    void put(Parcel next) {
        lock.lock();
        try {
            queue.add(next);
            queuedBytes += next.bytes();
            counters.queuedBytes(queuedBytes);
            wakeUp.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Ends the lane: nothing new leaves, what is under way may be acknowledged until {@code grace} is
     * over. Returns at once.
     */
    public void stop(Duration grace) {
        end(grace, false);
    }

    /** Ends the lane once everything that it has was acknowledged, or {@code grace} is over. */
    public void finish(Duration grace) {
        end(grace, true);
    }

    private void end(Duration grace, boolean finishFirst) {
        start.complete(null);
        lock.lock();
        try {
            stopDeadlineNanos = System.nanoTime() + grace.toNanos();
            stopping |= !finishFirst;
            finishing = !stopping;
            wakeUp.signal();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the target has acknowledged everything that {@code position} includes.
     *
     * @return false if it had not within {@code nanos}, or the lane ended before
     */
    public boolean awaitAcknowledged(Position position, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (acknowledged == null || !acknowledged.tracker().position().includes(position)) {
                if (ended || left <= 0) {
                    return false;
                }
                left = progress.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void run() {
        Throwable failure = null;
        try {
            loaded.complete(openTarget());
            LaneStart laneStart = start.get();
            if (laneStart != null) {
                take(laneStart);
                deliver();
            }
        } catch (Throwable t) {
            failure = t instanceof StoppedException ? null : t;
        }
        failure = lastly(failure, () -> saveCheckpoint(true));
        failure = lastly(failure, outlet::close);
        end();
        if (failure != null) {
            loaded.completeExceptionally(failure);
            counters.state(LaneState.FAILED);
            events.failed(name(), failure);
        } else {
            loaded.complete(null);
            counters.state(LaneState.STOPPED);
        }
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

    private void end() {
        lock.lock();
        try {
            ended = true;
            queue.clear();
            room.signalAll();
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Checkpoint openTarget() throws Exception {
        long deadline = System.nanoTime() + times.startTimeout().toNanos();
        for (int attempt = 1; ; attempt++) {
            try {
                outlet.open();
                return outlet.keepsCheckpoint() ? outlet.restore() : store.load(name());
            } catch (Exception e) {
                Duration delay = options.retry().backoff(attempt);
                boolean late = System.nanoTime() + delay.toNanos() > deadline;
                if (late || !options.retry().mayRetry(e, attempt)) {
                    throw e;
                }
                backOff(e, attempt, delay);
            }
        }
    }

    private void take(LaneStart laneStart) {
        source = laneStart.source();
        epoch = laneStart.epoch();
        dispatched = laneStart.progress(laneStart.dispatched());
        savedAtNanos = System.nanoTime();
        if (laneStart.from() == null) {
            rememberStart();
        }
        counters.state(LaneState.DELIVERING);
        lock.lock();
        try {
            Progress past = laneStart.progress(laneStart.acknowledged());
            acknowledged = past;
            assembler = new Assembler(options, this::poll, past);
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * A first start is a position too: were it stored only with the first record, a restart before
     * that would begin at another "latest", and what was written meanwhile would never be seen.
     */
    private void rememberStart() {
        if (outlet.keepsCheckpoint()) {
            again.add(new Flight());
        } else {
            unsaved = true;
            savedAtNanos -= times.checkpointNanos();
        }
    }

    private void deliver() throws Exception {
        while (true) {
            settle();
            saveCheckpoint(false);
            if (mustEnd()) {
                drainInFlight();
                break;
            }
            Flight next = mayLeave() ? nextFlight() : null;
            if (next == null) {
                awaitWork();
            } else {
                leave(next);
            }
        }
    }

    // ---- what leaves

    private boolean mayLeave() {
        Flight last = inFlight.peekLast();
        return inFlight.size() < options.maxInFlight() && (last == null || last.statement() == null);
    }

    private @Nullable Flight nextFlight() throws InterruptedException {
        Flight next = again.peek();
        if (next == null) {
            next = assemble();
            if (next == null) {
                return null;
            }
        }
        if (next.statement() != null && !inFlight.isEmpty()) {
            if (again.isEmpty()) {
                again.add(next);
            }
            return null;
        }
        again.poll();
        return next;
    }

    private @Nullable Flight assemble() throws InterruptedException {
        Flight flight = assembling == null ? new Flight() : assembling;
        assembling = null;
        boolean full = assembler().fill(flight);
        if (!full && flight.hasChanges() && !options.linger().isZero()) {
            full = lingerFor(flight);
        }
        if (flight.isEmpty()) {
            return null;
        }
        boolean onlyProgress = !flight.hasChanges() && outlet.keepsCheckpoint();
        if (onlyProgress && !full && System.nanoTime() - savedAtNanos < times.checkpointNanos()) {
            assembling = flight;
            return null;
        }
        return flight;
    }

    private boolean lingerFor(Flight flight) throws InterruptedException {
        long deadline = System.nanoTime() + options.linger().toNanos();
        while (true) {
            lock.lock();
            try {
                long left = deadline - System.nanoTime();
                while (queue.isEmpty() && !stopping && left > 0) {
                    left = wakeUp.awaitNanos(left);
                }
                if (queue.isEmpty()) {
                    return false;
                }
            } finally {
                lock.unlock();
            }
            if (assembler().fill(flight)) {
                return true;
            }
        }
    }

    private Assembler assembler() {
        return Objects.requireNonNull(assembler);
    }

    private boolean isAssemblerBusy() {
        return assembler != null && assembler.hasMore();
    }

    private @Nullable Parcel poll() {
        lock.lock();
        try {
            return queue.poll();
        } finally {
            lock.unlock();
        }
    }

    private void leave(Flight flight) {
        if (outlet.keepsCheckpoint() && flight.checkpoint() == null) {
            Progress after = Objects.requireNonNull(dispatched);
            after.pass(flight);
            flight.setCheckpoint(after.checkpoint(source, epoch));
        }
        inFlight.add(flight);
        flight.reset();
        if (!flight.hasChanges() && !outlet.keepsCheckpoint()) {
            flight.complete(null);
            return;
        }
        CompletionStage<@Nullable Void> stage;
        try {
            stage = outlet.deliver(flight.records(), flight.statement(), flight.endsTransaction(), flight.checkpoint());
        } catch (Throwable t) {
            flight.complete(t);
            return;
        }
        stage.whenComplete((nothing, failure) -> {
            flight.complete(failure);
            lock.lock();
            try {
                wakeUp.signal();
            } finally {
                lock.unlock();
            }
        });
    }

    // ---- what comes back

    private void settle() throws Exception {
        Flight head = inFlight.peek();
        while (head != null && head.isDone()) {
            Throwable failure = head.failure();
            if (failure != null) {
                recover(cause(failure));
                return;
            }
            inFlight.poll();
            acknowledge(head);
            head = inFlight.peek();
        }
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof java.util.concurrent.CompletionException && cause != null ? cause : failure;
    }

    private void acknowledge(Flight flight) {
        failedAttempts = 0;
        counters.acknowledged(flight.records().size(), flight.statement() != null);
        unsaved = true;
        if (outlet.keepsCheckpoint()) {
            savedAtNanos = System.nanoTime();
        }
        lock.lock();
        try {
            Objects.requireNonNull(acknowledged).pass(flight);
            queuedBytes -= flight.releasedBytes();
            counters.queuedBytes(queuedBytes);
            if (flight.releasedBytes() > 0) {
                room.signalAll();
            }
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** All that is under way ends; then, after a wait, it leaves again from the failed flight on. */
    private void recover(Throwable first) throws Exception {
        drainInFlight();
        Throwable failure = first;
        while (true) {
            failedAttempts++;
            if (!options.retry().mayRetry(failure, failedAttempts)) {
                throwFailure(failure);
            }
            backOff(failure, failedAttempts, options.retry().backoff(failedAttempts));
            try {
                outlet.recover(failure);
                break;
            } catch (Exception e) {
                failure = e;
            }
        }
        for (Iterator<Flight> last = inFlight.descendingIterator(); last.hasNext(); ) {
            again.addFirst(last.next());
        }
        inFlight.clear();
        counters.state(LaneState.DELIVERING);
    }

    private static void throwFailure(Throwable failure) throws Exception {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (Exception) failure;
    }

    private void backOff(Throwable failure, int attempt, Duration delay) throws InterruptedException {
        counters.retrying();
        counters.state(LaneState.BACKOFF);
        events.retrying(name(), failure, attempt, delay);
        lock.lock();
        try {
            long left = delay.toNanos();
            while (!stopping && left > 0) {
                left = wakeUp.awaitNanos(left);
            }
            if (stopping) {
                throw new StoppedException();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until everything under way has ended; while stopping, until the deadline. */
    private void drainInFlight() throws Exception {
        lock.lock();
        try {
            while (inFlight.stream().anyMatch(flight -> !flight.isDone())) {
                if (!stopping && !finishing) {
                    wakeUp.await();
                } else if (wakeUp.awaitNanos(stopDeadlineNanos - System.nanoTime()) <= 0) {
                    LOG.warn("{}: batches are not acknowledged in time; they come again at the next start", name());
                    break;
                }
            }
        } finally {
            lock.unlock();
        }
        if (mustEnd()) {
            Flight head = inFlight.peek();
            while (head != null && head.isDone() && head.failure() == null) {
                inFlight.poll();
                acknowledge(head);
                head = inFlight.peek();
            }
        }
    }

    // ---- checkpoint and waiting

    private void saveCheckpoint(boolean last) throws IOException {
        boolean due = last || System.nanoTime() - savedAtNanos >= times.checkpointNanos();
        if (!unsaved || !due || outlet.keepsCheckpoint()) {
            return;
        }
        Checkpoint checkpoint = Objects.requireNonNull(acknowledged).checkpoint(source, epoch);
        savedAtNanos = System.nanoTime();
        try {
            store.save(name(), checkpoint);
            unsaved = false;
        } catch (IOException e) {
            if (last) {
                throw e;
            }
            LOG.warn("{}: the checkpoint could not be stored; trying again", name(), e);
        }
    }

    private boolean mustEnd() {
        lock.lock();
        try {
            return stopping || (finishing && (hasNothingLeft() || stopDeadlineNanos - System.nanoTime() <= 0));
        } finally {
            lock.unlock();
        }
    }

    private boolean hasNothingLeft() {
        return queue.isEmpty() && !isAssemblerBusy() && again.isEmpty() && inFlight.isEmpty();
    }

    private void awaitWork() throws InterruptedException {
        boolean saveDue = unsaved || assembling != null;
        long left = saveDue ? savedAtNanos + times.checkpointNanos() - System.nanoTime() : TimeUnit.HOURS.toNanos(1);
        lock.lock();
        try {
            boolean canAssemble = mayLeave() && again.isEmpty();
            if (finishing) {
                left = Math.min(left, stopDeadlineNanos - System.nanoTime());
            }
            while (!stopping
                    && left > 0
                    && !(finishing && hasNothingLeft())
                    && !(canAssemble && (!queue.isEmpty() || isAssemblerBusy()))
                    && !headIsDone()) {
                left = wakeUp.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean headIsDone() {
        Flight head = inFlight.peek();
        return head != null && head.isDone();
    }
}
