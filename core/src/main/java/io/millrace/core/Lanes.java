// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.ProcessorStats.TargetStats;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.internal.delivery.Lane;
import io.millrace.core.internal.delivery.LaneEvents;
import io.millrace.core.internal.delivery.LaneStart;
import io.millrace.core.internal.delivery.LaneTimes;
import io.millrace.core.internal.delivery.Outlet;
import io.millrace.core.internal.delivery.StoppedException;
import io.millrace.core.internal.spill.Spill;
import io.millrace.core.source.LogCodec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The lanes of a run, with a thread each: started, asked and ended together. */
final class Lanes implements LaneEvents {

    private static final Logger LOG = LoggerFactory.getLogger(Processor.class);

    /** How long a lane that was told to stop may take beyond the grace it was given. */
    static final Duration EXTRA = Duration.ofSeconds(2);

    static final Duration FOREVER = Duration.ofDays(36_500);
    private static final Duration WAIT_STEP = Duration.ofMillis(100);

    /** How long targets may take to say that they still belong to this instance. */
    private static final Duration CONFIRMATION = Duration.ofSeconds(5);

    private final PipelineOptions options;
    private final List<Target> targets;
    private final Status status;
    private final Runnable onFailure;
    private final List<Lane> all = new ArrayList<>();
    private final List<Lane> open = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<@Nullable MillraceException> failure = new AtomicReference<>();
    /** Whether the capture thread was interrupted while it ended the lanes. */
    private boolean interrupted;

    /** Ends a wait by an exception if the run is to stop. */
    interface StopCheck {
        void check() throws InterruptedException;
    }

    /** @param onFailure called, on its thread, when a lane has failed and the run has to end */
    Lanes(PipelineOptions options, List<Target> targets, Status status, Runnable onFailure) {
        this.options = options;
        this.targets = targets;
        this.status = status;
        this.onFailure = onFailure;
        LaneTimes times = new LaneTimes(options.startTimeout(), options.checkpointInterval());
        for (Target target : targets) {
            Target deadLetters = target.options().errorPolicy().deadLetters();
            Lane lane = new Lane(
                    options.id(),
                    Stream.concat(options.transforms().stream(), target.options().transforms().stream())
                            .toList(),
                    outlet(target),
                    deadLetters == null ? null : outlet(deadLetters),
                    target.options(),
                    options.checkpoints(),
                    times,
                    this);
            all.add(lane);
            threads.add(new Thread(lane, "millrace-" + options.id() + "-" + target.name()));
        }
    }

    private Outlet outlet(Target target) {
        target.attach(options.id());
        return new TargetOutlet(target);
    }

    // ---- start, on the capture thread

    void start() {
        threads.forEach(Thread::start);
    }

    /** {@return the targets, each with its checkpoint, that could be opened} */
    List<StartTarget> found(StopCheck stop) throws InterruptedException {
        List<StartTarget> found = new ArrayList<>();
        long deadline = System.nanoTime() + options.startTimeout().plus(EXTRA).toNanos();
        for (int i = 0; i < all.size(); i++) {
            Lane lane = all.get(i);
            Target target = targets.get(i);
            if (isLoaded(lane, deadline, stop)) {
                open.add(lane);
                found.add(new StartTarget(
                        target.name(),
                        target.options().start(),
                        target.keepsCheckpoint(),
                        lane.loaded().join()));
            }
        }
        return found;
    }

    /** {@return false if the target is optional and could not be opened: the others go on} */
    private boolean isLoaded(Lane lane, long deadline, StopCheck stop) throws InterruptedException {
        boolean isLoaded = await(lane.loaded(), deadline - System.nanoTime(), stop);
        if (!isLoaded) {
            lane.giveUp(new TransientException(
                    "target %s has not opened within %s".formatted(lane.name(), options.startTimeout()), null));
        }
        // A lane that was told to stop meanwhile answers null, which must not pass for "no checkpoint".
        stop.check();
        if (!isLoaded && !lane.isOptional()) {
            throw new StoppedException();
        }
        return isLoaded;
    }

    /** {@return the lanes whose targets could be opened} */
    List<Lane> open() {
        return open;
    }

    /** Lets the open lanes begin, and waits until their targets are known to be this instance's. */
    void begin(List<LaneStart> starts, LogCodec codec, StopCheck stop) throws InterruptedException {
        for (int i = 0; i < open.size(); i++) {
            Lane lane = open.get(i);
            lane.begin(starts.get(i), spill(codec, lane));
        }
        long deadline = System.nanoTime() + options.startTimeout().toNanos();
        for (Lane lane : open) {
            long nanos = lane.isOptional() ? deadline - System.nanoTime() : Long.MAX_VALUE;
            if (!await(lane.ready(), nanos, stop)) {
                lane.giveUp(new TransientException(
                        "target %s could not store its first checkpoint within %s"
                                .formatted(lane.name(), options.startTimeout()),
                        null));
            }
        }
    }

    private @Nullable Spill spill(LogCodec codec, Lane lane) {
        Path directory = options.spillDirectory();
        return directory == null
                ? null
                : new Spill(directory, options.id() + "." + lane.name(), lane.spillBytes(), codec);
    }

    /** {@return whether {@code done} has completed within {@code nanos}} A stop ends the wait. */
    private static boolean await(CompletableFuture<?> done, long nanos, StopCheck stop) throws InterruptedException {
        long begin = System.nanoTime();
        while (done.isDone() || System.nanoTime() - begin < nanos) {
            stop.check();
            try {
                done.get(WAIT_STEP.toMillis(), TimeUnit.MILLISECONDS);
                return true;
            } catch (TimeoutException e) {
                // Looks whether it is to stop, and waits on.
            } catch (ExecutionException e) {
                if (e.getCause() instanceof FencedException) {
                    throw new StoppedException();
                }
                return false;
            }
        }
        return false;
    }

    /**
     * A server lets one instance read at a time, so an instance that was replaced must not connect
     * again. A target that does not answer is down, and cannot say.
     */
    void confirmOwnership(StopCheck stop) throws InterruptedException {
        long until = System.nanoTime() + CONFIRMATION.toNanos();
        List<CompletableFuture<@Nullable Void>> answers =
                all.stream().map(Lane::confirmOwnership).toList();
        for (CompletableFuture<@Nullable Void> answer : answers) {
            if (!await(answer, until - System.nanoTime(), stop)) {
                LOG.debug("{}: a target cannot say whether it is still this instance's", options.id());
            }
        }
    }

    // ---- what lanes tell, on their threads

    @Override
    public void retrying(String target, Throwable failure, int attempt, Duration delay) {
        LOG.warn(
                "{}: target {} failed (attempt {}), again in {} ms: {}",
                options.id(),
                target,
                attempt,
                delay.toMillis(),
                failure.toString());
        status.tell(listener -> listener.onTargetRetry(target, failure, attempt, delay));
    }

    @Override
    public void stored(String target, Checkpoint checkpoint) {
        status.tell(listener -> listener.onCheckpoint(target, checkpoint));
    }

    @Override
    public void stalled(String target, Duration since) {
        LOG.warn("{}: target {} has not acknowledged for {} s", options.id(), target, since.toSeconds());
        status.tell(listener -> listener.onTargetStalled(target, since));
    }

    @Override
    public void rejected(String target, Change change, Throwable failure, ErrorPolicy.Action action) {
        LOG.warn(
                "{}: target {} does not take the change at {}, ordinal {} ({}): {}",
                options.id(),
                target,
                change.source(),
                change.ordinal(),
                action,
                failure.toString());
        status.tell(listener -> listener.onChangeRejected(target, change, failure, action));
    }

    @Override
    public void failed(Lane lane, Throwable cause) {
        String target = lane.name();
        if (cause instanceof FencedException fenced) {
            failure.set(fenced);
        } else {
            String message = "pipeline %s: target %s failed: %s".formatted(options.id(), target, cause.getMessage());
            TargetFailedException failed = new TargetFailedException(target, message, cause);
            if (lane.isOptional() && othersGoOn(lane)) {
                LOG.error("{}: going on without target {}", options.id(), target, cause);
                status.tell(listener -> listener.onTargetDetached(target, cause));
                return;
            }
            failure.compareAndSet(null, failed);
        }
        onFailure.run();
    }

    private boolean othersGoOn(Lane detached) {
        return all.stream()
                .anyMatch(lane -> lane != detached && !lane.counters().state().hasFailed());
    }

    // ---- for any thread

    /** {@return why the run has to end; null while no lane has failed} */
    @Nullable MillraceException failure() {
        return failure.get();
    }

    boolean owns(Thread thread) {
        return threads.contains(thread);
    }

    /** Lets nothing new leave. Returns at once. */
    void stop(Duration grace) {
        all.forEach(lane -> lane.stop(grace));
    }

    boolean awaitDelivered(Position position, long deadlineNanos) throws InterruptedException {
        for (Lane lane : all) {
            if (!lane.awaitAcknowledged(position, deadlineNanos - System.nanoTime())) {
                return false;
            }
        }
        return true;
    }

    List<TargetStats> stats() {
        return all.stream()
                .map(lane -> new TargetStats(
                        lane.name(),
                        lane.counters().state().name(),
                        lane.counters().records(),
                        lane.counters().statements(),
                        lane.counters().retries(),
                        lane.counters().rejected(),
                        lane.counters().queuedBytes(),
                        lane.counters().spilledBytes()))
                .toList();
    }

    // ---- the end, on the capture thread

    /** @param finish whether what the lanes have is delivered first */
    void end(boolean finish) {
        for (Lane lane : all) {
            if (finish) {
                lane.finish(options.closeTimeout());
            } else {
                lane.stop(options.closeTimeout());
            }
        }
        long deadline = System.nanoTime() + options.closeTimeout().plus(EXTRA).toNanos();
        for (int i = 0; i < threads.size(); i++) {
            Thread thread = threads.get(i);
            Lane lane = all.get(i);
            if (!hasEnded(thread, deadline - System.nanoTime())) {
                LOG.warn("{}: target {} does not return in time and is interrupted", options.id(), lane.name());
                lane.stop(Duration.ZERO);
                thread.interrupt();
                if (!hasEnded(thread, EXTRA.toNanos())) {
                    LOG.error("{}: target {} does not return", options.id(), lane.name());
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets the targets take as long as they need, until somebody closes or interrupts, or one fails. */
    void awaitDelivery(BooleanSupplier closing) {
        all.forEach(lane -> lane.finish(FOREVER));
        for (Thread thread : threads) {
            while (!closing.getAsBoolean()
                    && failure.get() == null
                    && !interrupted
                    && !hasEnded(thread, WAIT_STEP.toNanos())) {
                LOG.trace("{}: waiting for {}", options.id(), thread.getName());
            }
        }
    }

    /** {@return whether the thread has ended, at the latest after {@code nanos}} An interrupt does not cut it short. */
    private boolean hasEnded(Thread thread, long nanos) {
        long deadline = System.nanoTime() + nanos;
        do {
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(deadline - System.nanoTime(), 1_000_000));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        } while (thread.isAlive() && deadline - System.nanoTime() > 0);
        return !thread.isAlive();
    }
}
