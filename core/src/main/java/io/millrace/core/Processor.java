// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.source.Source;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Captures the changes of one source and delivers them to targets. A source's module has a subclass
 * to construct, or to extend:
 *
 * <pre>{@code
 * try (var processor = new MySqlBinlogProcessor(source, List.of(kafka))) {
 *     processor.run();
 * }
 * }</pre>
 *
 * <p>{@link #run()} captures on the calling thread and returns after {@link #close()}, or throws what
 * ended it. Each target is fed by a thread of its own that ends before {@code run()} does. All other
 * public methods may be called from any thread. An instance runs once.
 *
 * <p>Hooks for users are {@link #process(Record)} and {@link #processDdl(Statement)}; they are called
 * on the capture thread, in the source's order. What a hook throws ends the run: it never vanishes.
 */
public abstract class Processor implements Runnable, AutoCloseable {

    private final PipelineOptions options;
    private final List<Target> targets;
    private final Status status;
    private @Nullable Run run;

    /**
     * @param targets at least one, of different names; each belongs to this processor from here on
     * @throws InvalidOptionsException if there is none, or two share a name
     */
    protected Processor(PipelineOptions options, List<? extends Target> targets) {
        this.options = Objects.requireNonNull(options, "options");
        this.targets = List.copyOf(targets);
        this.status = new Status(options.id());
        Findings findings = new Findings();
        findings.require(!this.targets.isEmpty(), "targets", this.targets, "must hold at least one target");
        Set<String> names = new HashSet<>();
        for (Target target : this.targets) {
            findings.require(
                    names.add(target.name()),
                    "targets",
                    target.name(),
                    "must be the name of one target only: checkpoints are stored under it");
        }
        findings.throwIfAny("pipeline " + options.id());
    }

    /**
     * {@return the log to capture} Implemented by source modules; called once by {@link #run()} and
     * once by each {@link #diagnose()}.
     */
    protected abstract Source source();

    /**
     * Sees every captured record before the targets do, on the capture thread, in order.
     *
     * @return the record, an edited copy of it, or null to drop it
     */
    protected @Nullable Record process(Record record) {
        return record;
    }

    /**
     * Sees every statement before the targets do, on the capture thread, in order.
     *
     * @return the statement, or null to drop it
     */
    protected @Nullable Statement processDdl(Statement statement) {
        return statement;
    }

    public final PipelineOptions options() {
        return options;
    }

    /**
     * Captures until {@link #close()} or a failure.
     *
     * @throws InvalidOptionsException if the source is not set up for capture
     * @throws io.millrace.core.checkpoint.CheckpointException if a checkpoint cannot be used
     * @throws SourceUnavailableException if the source cannot be reached at the start
     * @throws LogLostException if the log that is needed is gone
     * @throws UnreadableEventException if the log holds what is not understood
     * @throws TargetFailedException if a target failed for good
     * @throws IllegalStateException if this processor ran before
     */
    @Override
    public final void run() {
        run(null);
    }

    /**
     * Captures until every target has acknowledged everything up to a position, and returns then, or
     * after {@link #close()}; for jobs that catch up and end. Throws what {@link #run()} throws.
     *
     * @throws IllegalArgumentException if the position is of another source or kind
     */
    public final void runUntil(Position position) {
        run(Objects.requireNonNull(position, "position"));
    }

    private void run(@Nullable Position goal) {
        Run mine;
        synchronized (this) {
            if (run != null || status.current().state() != ProcessorState.NEW) {
                throw new IllegalStateException("pipeline " + options.id()
                        + " ran before; make a new processor, with new targets, to run it again");
            }
            mine = new Run(this, targets, status, goal);
            run = mine;
            status.become(ProcessorState.STARTING);
        }
        mine.execute();
    }

    /**
     * Ends {@link #run()} and waits for it, at most {@link PipelineOptions#closeTimeout()} and a few
     * seconds; called from a hook, a listener or a target it does not wait. What the targets have
     * acknowledged by then is in the checkpoint. May be called at any time, more than once.
     */
    @Override
    public final void close() {
        Run running;
        synchronized (this) {
            running = run;
            if (running == null) {
                if (status.current().state() == ProcessorState.NEW) {
                    status.become(ProcessorState.STOPPED);
                }
                return;
            }
        }
        running.close();
    }

    public final ProcessorStatus status() {
        return status.current();
    }

    /** {@return the figures as they are now; cheap enough to ask every second} */
    public final ProcessorStats stats() {
        Run running;
        synchronized (this) {
            running = run;
        }
        return running == null ? new ProcessorStats(status.current(), 0, 0, 0, 0, 0, 0, 0, List.of()) : running.stats();
    }

    /** {@return whether it does its work, as an application's health endpoint asks it} */
    public final ProcessorHealth health() {
        return HealthCheck.of(stats());
    }

    public final void addListener(ProcessorListener listener) {
        status.add(Objects.requireNonNull(listener, "listener"));
    }

    /**
     * Waits for a state.
     *
     * @return false if it was not reached within {@code timeout}, or the run ended without it
     */
    public final boolean awaitState(ProcessorState state, Duration timeout) throws InterruptedException {
        return status.await(reached -> reached == state, timeout.toNanos());
    }

    /**
     * Waits until every target has acknowledged everything up to a position: what was written before
     * it can then be read from the targets.
     *
     * @return false if they had not within {@code timeout}, or the run ended before, or an optional target
     *     was detached
     * @throws IllegalArgumentException if the position is of another source or kind
     */
    public final boolean awaitDelivered(Position position, Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        if (!status.await(state -> state != ProcessorState.NEW, timeout.toNanos())) {
            return false;
        }
        Run running;
        synchronized (this) {
            running = run;
        }
        return running != null && running.awaitDelivered(position, deadline);
    }

    /**
     * Checks the source without capturing anything.
     *
     * @return everything that keeps it from being captured; empty if nothing does
     * @throws SourceUnavailableException if it cannot be reached
     */
    public final List<Finding> diagnose() {
        Findings findings = new Findings();
        try (Source source = source()) {
            source.check(findings);
        } catch (java.io.IOException e) {
            throw new SourceUnavailableException("pipeline " + options.id() + ": " + e.getMessage(), e);
        }
        return findings.all();
    }
}
