// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.ProcessorStats.TargetStats;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.filter.RowFilter;
import io.millrace.core.internal.delivery.GoalReachedException;
import io.millrace.core.internal.delivery.Intake;
import io.millrace.core.internal.delivery.Lane;
import io.millrace.core.internal.delivery.Numbering;
import io.millrace.core.internal.delivery.StoppedException;
import io.millrace.core.source.Source;
import io.millrace.core.source.SourceBehindException;
import io.millrace.core.source.SourceReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of a {@link Processor}, on the thread that called {@code run()}: starts a lane per target,
 * finds where the source begins, reads, makes the connection anew where it breaks, and ends what it
 * began.
 */
final class Run implements Intake.Hooks {

    private static final Logger LOG = LoggerFactory.getLogger(Processor.class);

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
    private final Lanes lanes;
    private final @Nullable RowFilter rowFilter;
    private final Thread captureThread = Thread.currentThread();
    private final CountDownLatch ended = new CountDownLatch(1);

    private volatile boolean closing;
    private volatile @Nullable Source source;
    private volatile @Nullable SourceReader reader;
    private volatile @Nullable Intake intake;
    private final AtomicLong skipped = new AtomicLong();
    private volatile long connections;
    private boolean paused;
    private boolean ending;
    /** How long the capture waits for a target that is full. */
    private Duration patience = Lanes.FOREVER;

    private boolean storeIsOpen;

    /** @param goal where to end; null to run until closed */
    Run(Processor processor, List<Target> targets, Status status, @Nullable Position goal) {
        this.goal = goal;
        this.processor = processor;
        this.options = processor.options();
        this.rowFilter = options.filter().rowFilter();
        this.status = status;
        this.lanes = new Lanes(options, targets, status, this::wakeCapture);
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
        failure = withSuppressed(failure, endLanes(failure != null, finished));
        interrupted |= Thread.interrupted();
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
        MillraceException ofLane = lanes.failure();
        if (failure == null || ofLane instanceof FencedException) {
            return ofLane == null ? failure : ofLane;
        }
        return withSuppressed(failure, ofLane);
    }

    private static @Nullable Throwable withSuppressed(@Nullable Throwable failure, @Nullable Throwable later) {
        if (failure == null || later == null) {
            return failure == null ? later : failure;
        }
        failure.addSuppressed(later);
        return failure;
    }

    private void start(Source opened) throws InterruptedException, IOException {
        lanes.start();
        check(opened);
        List<StartTarget> found = lanes.found(this::checkStop);
        StartPlan plan = new StartPlan(
                options, opened, found, options.checkpoints().targets(), () -> persistently(opened::firstPosition));
        LOG.info("{}: starting at {}", options.id(), plan.lowest().toJson());
        if (!plan.ofAnotherFilter().isEmpty()) {
            LOG.info(
                    "{}: the filter has changed since the checkpoints of {}; what it takes in anew comes from here on only. Now it is:\n{}",
                    options.id(),
                    plan.ofAnotherFilter(),
                    options.filter());
        }
        Numbering numbering = new Numbering(plan.number(), plan.begun());
        Intake into = new Intake(lanes.open(), this, opened.track(plan.lowest()), numbering, goal);
        intake = into;
        lanes.begin(plan.laneStarts(), opened.codec(), this::checkStop);
        opened.targetsBeginAt(plan.positions());
        into.checkGoal();
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
            into.checkGoal();
            if (connections > 0) {
                lanes.confirmOwnership(this::checkStop);
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
            } catch (SourceBehindException e) {
                // It has been reached. How long it may be behind, the source decides.
                startDeadline = System.nanoTime() + options.startTimeout().toNanos();
                backOff(e, ++attempt, Long.MAX_VALUE);
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
        if (closing || lanes.failure() != null) {
            throw new StoppedException();
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    // ---- what the intake asks, on the capture thread

    @Override
    public @Nullable Record process(Record record) {
        Record captured = rowFilter == null ? record : rowFilter.apply(record);
        return captured == null ? null : processor.process(captured);
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
        if (closing || lanes.failure() != null || soFar.compareTo(patience) > 0) {
            throw new StoppedException();
        }
        if (lane.isOptional()) {
            if (soFar.compareTo(options.pauseAfter()) > 0) {
                lane.giveUp(new TransientException(
                        "target %s has been full for %d s".formatted(lane.name(), soFar.toSeconds()), null));
            }
            return;
        }
        if (!ending && !paused && soFar.compareTo(options.pauseAfter()) > 0) {
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
        if (paused && !ending) {
            paused = false;
            throw new PausedException();
        }
    }

    // ---- from any thread

    void close() {
        closing = true;
        lanes.stop(options.closeTimeout());
        wakeCapture();
        Thread current = Thread.currentThread();
        if (current == captureThread || lanes.owns(current)) {
            return;
        }
        Duration bound = options.closeTimeout().plus(Lanes.EXTRA.multipliedBy(3));
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
            lanes.stop(Duration.ZERO);
        }
    }

    private void abortReader() {
        SourceReader current = reader;
        if (current != null) {
            quietly("the connection", current::abort);
        }
    }

    private void closeSource() {
        Source current = source;
        if (current != null) {
            quietly("the source", current::close);
        }
    }

    /** One of the last acts: its failure must not keep the others from being done. */
    private interface LastAct {
        void run() throws IOException;
    }

    private void quietly(String what, LastAct act) {
        try {
            act.run();
        } catch (IOException | RuntimeException e) {
            LOG.warn("{}: {} could not be closed", options.id(), what, e);
        }
    }

    boolean awaitDelivered(Position position, long deadlineNanos) throws InterruptedException {
        return lanes.awaitDelivered(position, deadlineNanos);
    }

    ProcessorStats stats() {
        Intake from = intake;
        List<TargetStats> targets = lanes.stats();
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
    private @Nullable Throwable endLanes(boolean sourceFailed, boolean atGoal) {
        Throwable failure = null;
        Intake from = intake;
        boolean finish = (sourceFailed || atGoal) && lanes.failure() == null && from != null;
        ending = true;
        if (finish && from != null) {
            if (!atGoal) {
                patience = options.closeTimeout();
            }
            try {
                from.flush();
            } catch (StoppedException e) {
                LOG.debug("{}: ended while the last changes were handed over", options.id());
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        if (atGoal) {
            lanes.awaitDelivery(() -> closing);
        }
        lanes.end(finish);
        return failure;
    }

    private void closeStore() {
        if (!storeIsOpen) {
            // It may be open for another instance, whose lock must stay.
            return;
        }
        CheckpointStore store = options.checkpoints();
        quietly("the checkpoint store " + store, store::close);
    }
}
