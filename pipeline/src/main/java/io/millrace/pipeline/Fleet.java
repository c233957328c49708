// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import io.millrace.core.MillraceException;
import io.millrace.core.Processor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs pipelines side by side, each on a thread of its own. If one fails, the others go on, unless
 * {@code failFast}; how all of it ended is how the first that failed did. Thread-safe.
 */
final class Fleet {

    private static final Logger LOG = LoggerFactory.getLogger(Fleet.class);

    private final List<Processor> processors;
    private final boolean failFast;
    private volatile boolean stopping;
    private final CountDownLatch running;
    private final AtomicReference<ExitCode> outcome = new AtomicReference<>(ExitCode.STOPPED);

    Fleet(List<Processor> processors, boolean failFast) {
        this.processors = List.copyOf(processors);
        this.failFast = failFast;
        this.running = new CountDownLatch(processors.size());
    }

    void start() {
        processors.forEach(processor -> new Thread(
                        () -> run(processor), "pipeline-" + processor.options().id())
                .start());
    }

    private void run(Processor processor) {
        String id = processor.options().id();
        if (stopping) {
            running.countDown();
            return;
        }
        try {
            processor.run();
            LOG.info("pipeline {} has stopped", id);
        } catch (Throwable failure) {
            outcome.compareAndSet(ExitCode.STOPPED, ExitCode.of(failure));
            // A typed exception says what was wrong and what to do; where it was thrown helps nobody.
            LOG.error(
                    "pipeline {} has failed, {}: {}",
                    id,
                    failFast ? "and the others are stopped" : "the others go on",
                    failure.getMessage(),
                    isSaid(failure) ? null : failure);
            if (failFast) {
                stopping = true;
                processors.forEach(other -> closer(other).start());
            }
        } finally {
            running.countDown();
        }
    }

    /** {@return whether the message says all that there is to say} */
    private static boolean isSaid(Throwable failure) {
        return failure instanceof MillraceException
                && (failure.getCause() == null || failure.getCause() instanceof MillraceException);
    }

    private static Thread closer(Processor processor) {
        return new Thread(processor::close, "close-" + processor.options().id());
    }

    /** {@return whether all pipelines have ended within the time} */
    boolean awaitEnd(long millis) throws InterruptedException {
        return running.await(millis, TimeUnit.MILLISECONDS);
    }

    /** Stops all at once and waits for them, at most as long as their closing may take. */
    void stop() {
        stopping = true;
        List<Thread> closers = new ArrayList<>();
        for (Processor processor : processors) {
            Thread closer = closer(processor);
            closer.start();
            closers.add(closer);
        }
        try {
            for (Thread closer : closers) {
                closer.join();
            }
            running.await(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    ExitCode outcome() {
        return Objects.requireNonNull(outcome.get());
    }
}
