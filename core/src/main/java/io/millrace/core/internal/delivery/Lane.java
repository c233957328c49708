// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.FencedException;
import io.millrace.core.Position;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.internal.spill.Spill;
import io.millrace.core.transform.Transform;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One target's way: a thread that takes parcels from its inbox, makes batches of them, hands these to
 * the target, and moves the target's position over what was acknowledged.
 */
public final class Lane implements Runnable {

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
    private final LaneParts parts;
    private final CompletableFuture<@Nullable Checkpoint> loaded = new CompletableFuture<>();
    private final CompletableFuture<@Nullable LaneStart> start = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();
    private final AtomicBoolean isOver = new AtomicBoolean();

    /**
     * @param transforms what is done to changes before they are delivered, in order
     * @param deadLetters where rejected changes go; null unless the error policy says so
     */
    public Lane(
            String pipeline,
            List<Transform> transforms,
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
        this.rejections =
                new Rejections(pipeline, options.name(), options.errorPolicy().action(), deadLetters, events, counters);
        this.parts = new LaneParts(
                outlet,
                options,
                times,
                events,
                counters,
                inbox,
                watermark,
                patience,
                rejections,
                new Transformation(transforms),
                new CheckpointKeeper(options.name(), store, times.checkpointNanos(), events));
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

    /**
     * Ends the lane as failed by {@code reason}, at once for all who wait for it; its thread ends when the
     * target returns.
     */
    public void giveUp(Exception reason) {
        tellEnd(reason);
        stop(Duration.ZERO);
    }

    /** Tells if the target does not return from a call; the lane's thread cannot. */
    public void reportHang() {
        long nanos = counters.newHangNanos();
        if (nanos > 0) {
            events.stalled(name(), Duration.ofNanos(nanos));
        }
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
        DeliveryLoop loop = null;
        try {
            Checkpoint restored = openTarget();
            loaded.complete(restored);
            LaneStart laneStart = start.get();
            if (laneStart != null) {
                loop = new DeliveryLoop(parts, laneStart, restored, ready);
                loop.run();
            }
        } catch (StoppedException e) {
            // Asked to.
        } catch (InterruptedException e) {
            // Nothing is left behind by a target that did not even open.
            failure = loop == null && inbox.mustEnd() ? null : e;
        } catch (Throwable t) {
            failure = t;
        }
        if (loop != null) {
            failure = lastly(failure, loop::end);
        }
        failure = lastly(failure, outlet::close);
        failure = lastly(failure, rejections::close);
        inbox.close();
        tellEnd(failure);
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

    private void tellEnd(@Nullable Throwable failure) {
        if (!isOver.compareAndSet(false, true)) {
            if (failure instanceof FencedException) {
                events.failed(this, failure);
            }
            return;
        }
        inbox.ended();
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
}
