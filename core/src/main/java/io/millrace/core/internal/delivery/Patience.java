// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.TargetOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a lane waits between attempts: seen from outside, and broken off when it is to stop. */
final class Patience {

    private final TargetOptions options;
    private final Inbox inbox;
    private final LaneCounters counters;
    private final LaneEvents events;

    Patience(TargetOptions options, Inbox inbox, LaneCounters counters, LaneEvents events) {
        this.options = options;
        this.inbox = inbox;
        this.counters = counters;
        this.events = events;
    }

    /** Something that may fail. */
    interface Act<T> {
        @Nullable T run() throws Exception;
    }

    /** {@return what the act answers in the end} It is tried again as the retry options say, until the deadline. */
    <T> @Nullable T persist(long deadlineNanos, Act<T> act) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                return act.run();
            } catch (Exception e) {
                Duration delay = options.retry().backoff(attempt);
                boolean late = System.nanoTime() + delay.toNanos() - deadlineNanos > 0;
                if (late || !mayRetry(e, attempt)) {
                    throw e;
                }
                backOff(e, attempt, delay);
            }
        }
    }

    boolean mayRetry(Throwable failure, int attempt) {
        return options.retry().mayRetry(failure, attempt);
    }

    void backOff(Throwable failure, int attempt) throws InterruptedException {
        backOff(failure, attempt, options.retry().backoff(attempt));
    }

    private void backOff(Throwable failure, int attempt, Duration delay) throws InterruptedException {
        counters.retrying();
        counters.state(LaneState.BACKOFF);
        events.retrying(options.name(), failure, attempt, delay);
        inbox.pause(delay.toNanos());
        if (inbox.isStopping()) {
            throw new StoppedException();
        }
    }
}
