// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A processor's state and who listens to it. Thread-safe. */
final class Status {

    private static final Logger LOG = LoggerFactory.getLogger(Processor.class);

    private final String pipeline;
    private final List<ProcessorListener> listeners = new CopyOnWriteArrayList<>();
    private volatile ProcessorStatus current = new ProcessorStatus(ProcessorState.NEW, "", 0, Instant.now());

    Status(String pipeline) {
        this.pipeline = pipeline;
    }

    ProcessorStatus current() {
        return current;
    }

    void add(ProcessorListener listener) {
        listeners.add(listener);
    }

    void become(ProcessorState state) {
        become(state, "", 0);
    }

    /** @throws IllegalStateException if the state may not follow the present one */
    void become(ProcessorState state, String reason, int attempt) {
        ProcessorStatus before;
        ProcessorStatus now;
        synchronized (this) {
            before = current;
            if (before.state() == state && attempt == 0) {
                return;
            }
            if (!before.state().mayBecome(state)) {
                throw new IllegalStateException(
                        "pipeline " + pipeline + " is " + before + "; it cannot become " + state);
            }
            now = new ProcessorStatus(state, reason, attempt, Instant.now());
            current = now;
            notifyAll();
        }
        LOG.info("{}: {}", pipeline, now);
        tell(listener -> listener.onStatus(before, now));
    }

    void tell(Consumer<ProcessorListener> event) {
        for (ProcessorListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (Throwable e) {
                LOG.warn("{}: a listener failed", pipeline, e);
            }
        }
    }

    /** {@return whether a state of that kind was reached before {@code nanos} were over and the run ended} */
    synchronized boolean await(Predicate<ProcessorState> wanted, long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        while (!wanted.test(current.state())) {
            long leftMillis = (deadline - System.nanoTime() + 999_999) / 1_000_000;
            if (leftMillis <= 0 || current.state().isFinal()) {
                return false;
            }
            wait(leftMillis);
        }
        return true;
    }
}
