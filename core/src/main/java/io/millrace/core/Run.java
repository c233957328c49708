// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.ProcessorStats.TargetStats;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.internal.delivery.GoalReachedException;
import io.millrace.core.internal.delivery.Intake;
import io.millrace.core.internal.delivery.Lane;
import io.millrace.core.internal.delivery.LaneEvents;
import io.millrace.core.internal.delivery.LaneStart;
import io.millrace.core.internal.delivery.LaneTimes;
import io.millrace.core.internal.delivery.Outlet;
import io.millrace.core.internal.delivery.StoppedException;
import io.millrace.core.internal.spill.Spill;
import io.millrace.core.source.Source;
import io.millrace.core.source.SourceReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a {@link Processor}, on the thread that called {@code run()}: starts a lane per target,
 * finds where the source begins, reads, makes the connection anew where it breaks, and ends what it
 * began.
 */
final class Run implements Intake.Hooks, LaneEvents {

    private static final Logger LOG = LoggerFactory.getLogger(Processor.class);

    /** How long a lane that was told to stop may take beyond the grace it was given. */
    private static final Duration LANE_EXTRA = Duration.ofSeconds(2);

    private static final Duration FOREVER = Duration.ofDays(36_500);
    private static final Duration WAIT_STEP = Duration.ofMillis(100);

    /** How long targets may take to say that they still belong to this instance. */
    private static final Duration CONFIRMATION = Duration.ofSeconds(5);

    /** A connection that lasted this long was a good one: back-off begins anew after it. */
    private static final Duration GOOD_CONNECTION = Duration.ofSeconds(30);

    /** Ends a connection that was given up because a target is full. Not a failure. */
    private static final class PausedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        PausedException() {
            super("paused", null, false, false);
        }
    }

    private final @Nullable Position goal;
    private final Processor processor;
    private final PipelineOptions options;
    private final Status status;
    private final List<Target> targets;
    private final List<Lane> lanes = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Thread captureThread = Thread.currentThread();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable MillraceException> laneFailure = new AtomicReference<>();

    private volatile boolean closing;
    private volatile @Nullable Source source;
    private volatile @Nullable SourceReader reader;
    private volatile @Nullable Intake intake;
    private final AtomicLong skipped = new AtomicLong();
    private volatile long connections;
    private boolean paused;
    private boolean storeIsOpen;

    /** @param goal where to end; null to run until closed */
    Run(Processor processor, List<Target> targets, Status status, @Nullable Position goal) {
        this.goal = goal;
        this.processor = processor;
        this.options = processor.options();
        this.status = status;
        this.targets = targets;
        LaneTimes times = new LaneTimes(options.startTimeout(), options.checkpointInterval());
        for (Target target : targets) {
            Target deadLetters = target.options().errorPolicy().deadLetters();
            Lane lane = new Lane(
                    options.id(),
                    outlet(target),
                    deadLetters == null ? null : outlet(deadLetters),
                    target.options(),
                    options.checkpoints(),
                    times,
                    this);
            lanes.add(lane);
            threads.add(new Thread(lane, "millrace-" + options.id() + "-" + target.name()));
        }
    }

    private Outlet outlet(Target target) {
        target.attach(options.id());
        return new TargetOutlet(target);
    }

    // ---- the run, on the capture thread

    void execute() {
        Throwable failure = null;
        boolean finished = false;
        try {
            Source opened = processor.source();
            source = opened;
            options.checkpoints().open(options.id());
            storeIsOpen = true;
            start(opened);
            capture(opened);
        } catch (GoalReachedException e) {
            finished = true;
        } catch (StoppedException e) {
            // Asked to stop, or a lane has failed, which is looked at below.
        } catch (InterruptedException e) {
            captureThread.interrupt();
        } catch (IOException e) {
            failure = new CheckpointException(
                    "the checkpoint store " + options.checkpoints() + " cannot be used: " + e.getMessage(), e);
        } catch (Throwable t) {
            failure = t;
        }
        boolean interrupted = Thread.interrupted();
        endLanes(failure != null, finished);
        closeStore();
        closeSource();
        failure = withLaneFailure(failure);
        if (interrupted) {
            captureThread.interrupt();
        }
        if (failure == null) {
            status.become(ProcessorState.STOPPED);
        } else {
            boolean fenced = failure instanceof FencedException;
            status.become(
                    fenced ? ProcessorState.FENCED : ProcessorState.FAILED, String.valueOf(failure.getMessage()), 0);
        }
        ended.countDown();
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    private @Nullable Throwable withLaneFailure(@Nullable Throwable failure) {
        MillraceException ofLane = laneFailure.get();
        if (failure == null || ofLane instanceof FencedException) {
            return ofLane == null ? failure : ofLane;
        }
        if (ofLane != null) {
            failure.addSuppressed(ofLane);
        }
        return failure;
    }

    private void start(Source opened) throws InterruptedException, IOException {
        threads.forEach(Thread::start);
        check(opened);
        List<Lane> loaded = new ArrayList<>();
        List<StartTarget> found = new ArrayList<>();
        for (int i = 0; i < lanes.size(); i++) {
            Lane lane = lanes.get(i);
            Target target = targets.get(i);
            if (isLoaded(lane)) {
                loaded.add(lane);
                found.add(new StartTarget(
                        target.name(),
                        target.options().start(),
                        target.keepsCheckpoint(),
                        lane.loaded().join()));
            }
        }
        StartPlan plan = new StartPlan(
                options, opened, found, options.checkpoints().targets(), () -> persistently(opened::firstPosition));
        LOG.info("{}: starting at {}", options.id(), plan.lowest().toJson());
        Intake into = new Intake(loaded, this, opened.track(plan.lowest()), plan.number(), goal);
        intake = into;
        List<LaneStart> starts = plan.laneStarts();
        for (int i = 0; i < loaded.size(); i++) {
            Lane lane = loaded.get(i);
            lane.begin(starts.get(i), spill(opened, lane));
        }
        for (Lane lane : lanes) {
            await(lane.ready(), Long.MAX_VALUE);
        }
        into.checkGoal();
    }

    /** {@return whether {@code done} has completed within {@code nanos}} A stop ends the wait. */
    private boolean await(CompletableFuture<@Nullable Void> done, long nanos) throws InterruptedException {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < nanos) {
            checkStop();
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
    private void confirmOwnership() throws InterruptedException {
        long until = System.nanoTime() + CONFIRMATION.toNanos();
        List<CompletableFuture<@Nullable Void>> answers =
                lanes.stream().map(Lane::confirmOwnership).toList();
        for (CompletableFuture<@Nullable Void> answer : answers) {
            if (!await(answer, until - System.nanoTime())) {
                LOG.debug("{}: a target cannot say whether it is still this instance's", options.id());
            }
        }
    }

    private @Nullable Spill spill(Source opened, Lane lane) {
        Path directory = options.spillDirectory();
        return directory == null
                ? null
                : new Spill(directory, options.id() + "." + lane.name(), lane.spillBytes(), opened.codec());
    }

    /** {@return false if the target is optional and could not be opened: the others go on} */
    private boolean isLoaded(Lane lane) throws InterruptedException {
        try {
            lane.loaded().get();
            // A lane that was told to stop meanwhile answers null, which must not pass for "no checkpoint".
            checkStop();
            return true;
        } catch (ExecutionException e) {
            checkStop();
            if (lane.isOptional()) {
                return false;
            }
            throw new StoppedException();
        }
    }

    /** An act at the start that is worth more than one attempt. */
    private interface StartAct<T> {
        T run() throws IOException;
    }

    private void check(Source opened) throws InterruptedException {
        Findings findings = persistently(() -> {
            Findings fresh = new Findings();
            opened.check(fresh);
            return fresh;
        });
        findings.throwIfAny("pipeline " + options.id() + ", " + opened.type() + " source");
    }

    private <T> T persistently(StartAct<T> act) throws InterruptedException {
        long deadline = System.nanoTime() + options.startTimeout().toNanos();
        for (int attempt = 1; ; attempt++) {
            checkStop();
            try {
                return act.run();
            } catch (IOException | TransientException e) {
                backOff(e, attempt, deadline);
            }
        }
    }

    private void capture(Source opened) throws InterruptedException {
        Intake into = Objects.requireNonNull(intake);
        long startDeadline = System.nanoTime() + options.startTimeout().toNanos();
        int attempt = 0;
        while (true) {
            checkStop();
            if (connections > 0) {
                confirmOwnership();
            }
            long connectedAt = System.nanoTime();
            long transactions = into.transactions();
            try (SourceReader connected = opened.connect(into.position())) {
                reader = connected;
                connections = connections + 1;
                status.become(ProcessorState.STREAMING);
                while (true) {
                    checkStop();
                    connected.readNext(into);
                }
            } catch (PausedException e) {
                LOG.debug("{}: targets have room again", options.id());
            } catch (IOException | TransientException e) {
                boolean wasGood = into.transactions() > transactions
                        || System.nanoTime() - connectedAt > GOOD_CONNECTION.toNanos();
                attempt = wasGood ? 1 : attempt + 1;
                backOff(e, attempt, connections == 0 ? startDeadline : Long.MAX_VALUE);
            } finally {
                reader = null;
                into.connectionEnded();
            }
        }
    }

    /** @param deadline nanos after which the failure is final; {@link Long#MAX_VALUE} for never */
    private void backOff(Exception failure, int attempt, long deadline) throws InterruptedException {
        checkStop();
        Duration delay = options.retry().backoff(attempt);
        if (deadline != Long.MAX_VALUE && System.nanoTime() + delay.toNanos() - deadline > 0) {
            throw new SourceUnavailableException(
                    "pipeline %s: the source could not be reached within %s: %s"
                            .formatted(options.id(), options.startTimeout(), failure.getMessage()),
                    failure);
        }
        LOG.debug("{}: attempt {} failed", options.id(), attempt, failure);
        status.become(ProcessorState.BACKOFF, String.valueOf(failure.getMessage()), attempt);
        long until = System.nanoTime() + delay.toNanos();
        for (long left = delay.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            checkStop();
        }
    }

    private void checkStop() throws InterruptedException {
        if (closing || laneFailure.get() != null) {
            throw new StoppedException();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    // ---- what the intake asks, on the capture thread

    @Override
    public @Nullable Record process(Record record) {
        return processor.process(record);
    }

    @Override
    public @Nullable Statement processDdl(Statement statement) {
        return processor.processDdl(statement);
    }

    @Override
    public boolean isSkipped(String id) {
        String reason = options.skippedTransactions().get(id);
        if (reason != null) {
            LOG.warn("{}: transaction {} is left out: {}", options.id(), id, reason);
            skipped.incrementAndGet();
        }
        return reason != null;
    }

    @Override
    public void waiting(Lane lane, Duration soFar) {
        if (closing || laneFailure.get() != null) {
            throw new StoppedException();
        }
        if (lane.isOptional()) {
            if (soFar.compareTo(options.pauseAfter()) > 0) {
                lane.detach(new TransientException(
                        "target %s has been full for %d s".formatted(lane.name(), soFar.toSeconds()), null));
            }
            return;
        }
        if (!paused && soFar.compareTo(options.pauseAfter()) > 0) {
            paused = true;
            abortReader();
            status.become(
                    ProcessorState.PAUSED,
                    "target %s has been full for %d s".formatted(lane.name(), soFar.toSeconds()),
                    0);
        }
    }

    @Override
    public void waited() {
        if (paused) {
            paused = false;
            throw new PausedException();
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
    public void failed(Lane lane, Throwable failure) {
        String target = lane.name();
        if (failure instanceof FencedException fenced) {
            laneFailure.set(fenced);
        } else {
            String message = "pipeline %s: target %s failed: %s".formatted(options.id(), target, failure.getMessage());
            TargetFailedException failed = new TargetFailedException(target, message, failure);
            if (lane.isOptional() && othersGoOn(lane)) {
                LOG.error("{}: going on without target {}", options.id(), target, failure);
                status.tell(listener -> listener.onTargetDetached(target, failure));
                return;
            }
            laneFailure.compareAndSet(null, failed);
        }
        wakeCapture();
    }

    private boolean othersGoOn(Lane detached) {
        return lanes.stream()
                .anyMatch(lane -> lane != detached && !lane.counters().state().hasEnded());
    }

    // ---- from any thread

    void close() {
        closing = true;
        lanes.forEach(lane -> lane.stop(options.closeTimeout()));
        wakeCapture();
        Thread current = Thread.currentThread();
        if (current == captureThread || threads.contains(current)) {
            return;
        }
        Duration bound = options.closeTimeout().plus(LANE_EXTRA.multipliedBy(3));
        try {
            if (!ended.await(bound.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("{}: run() has not ended {} after close()", options.id(), bound);
            }
        } catch (InterruptedException e) {
            current.interrupt();
        }
    }

    private void wakeCapture() {
        closeSource();
        abortReader();
        LockSupport.unpark(captureThread);
        if (intake == null) {
            lanes.forEach(lane -> lane.stop(Duration.ZERO));
        }
    }

    private void abortReader() {
        SourceReader current = reader;
        if (current != null) {
            current.abort();
        }
    }

    private void closeSource() {
        Source current = source;
        if (current != null) {
            current.close();
        }
    }

    boolean awaitDelivered(Position position, long deadlineNanos) throws InterruptedException {
        for (Lane lane : lanes) {
            if (!lane.awaitAcknowledged(position, deadlineNanos - System.nanoTime())) {
                return false;
            }
        }
        return true;
    }

    ProcessorStats stats() {
        Intake from = intake;
        List<TargetStats> targets = lanes.stream()
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
        return from == null
                ? new ProcessorStats(status.current(), 0, 0, 0, 0, 0, 0, 0, targets)
                : new ProcessorStats(
                        status.current(),
                        from.records(),
                        from.statements(),
                        from.transactions(),
                        skipped.get(),
                        from.bytes(),
                        Math.max(0, connections - 1),
                        from.lastEventTimestamp(),
                        targets);
    }

    // ---- the end, on the capture thread

    /** After a failure of the source, and at the goal, what lies before it is still delivered. */
    private void endLanes(boolean sourceFailed, boolean atGoal) {
        Intake from = intake;
        boolean finish = (sourceFailed || atGoal) && laneFailure.get() == null && from != null;
        if (finish && from != null) {
            try {
                from.flush();
            } catch (StoppedException | PausedException e) {
                LOG.debug("{}: closed while the last changes were handed over", options.id());
            }
        }
        if (atGoal) {
            awaitDelivery();
        }
        for (Lane lane : lanes) {
            if (finish) {
                lane.finish(options.closeTimeout());
            } else {
                lane.stop(options.closeTimeout());
            }
        }
        long deadline =
                System.nanoTime() + options.closeTimeout().plus(LANE_EXTRA).toNanos();
        for (int i = 0; i < threads.size(); i++) {
            Thread thread = threads.get(i);
            if (!joined(thread, deadline - System.nanoTime())) {
                lanes.get(i).stop(Duration.ZERO);
                thread.interrupt();
                if (!joined(thread, LANE_EXTRA.toNanos())) {
                    LOG.error(
                            "{}: target {} does not return",
                            options.id(),
                            lanes.get(i).name());
                }
            }
        }
    }

    /** Lets the targets take as long as they need, until somebody closes or one fails. */
    private void awaitDelivery() {
        lanes.forEach(lane -> lane.finish(FOREVER));
        for (Thread thread : threads) {
            while (!closing && laneFailure.get() == null && !joined(thread, WAIT_STEP.toNanos())) {
                LOG.trace("{}: waiting for {}", options.id(), thread.getName());
            }
        }
    }

    private static boolean joined(Thread thread, long nanos) {
        if (thread.getState() == Thread.State.NEW) {
            return true;
        }
        try {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    private void closeStore() {
        if (!storeIsOpen) {
            // It may be open for another instance, whose lock must stay.
            return;
        }
        CheckpointStore store = options.checkpoints();
        try {
            store.close();
        } catch (IOException e) {
            LOG.warn("{}: closing the checkpoint store failed", options.id(), e);
        }
    }
}
