// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.RetryOptions;
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

    /** The failures of one thing that is being tried. */
    static final class Failures {
        private int all;
        private int unknown;

        void reset() {
            all = 0;
            unknown = 0;
        }

        private void add(Throwable failure) {
            all++;
            if (RetryOptions.isUnknown(failure)) {
                unknown++;
            }
        }
    }

    /** Something that may fail. */
    interface Act<T> {

        /** @param failure of the attempt before, null in the first */
        @Nullable T run(@Nullable Exception failure) throws Exception;
    }

    /** {@return what the act answers in the end} It is tried again as the retry options say, until the deadline. */
    <T> @Nullable T persist(long deadlineNanos, Act<T> act) throws Exception {
        Failures failures = new Failures();
        Exception last = null;
        while (true) {
            try {
                return act.run(last);
            } catch (Exception e) {
                last = e;
                if (!waits(e, failures, deadlineNanos)) {
                    throw e;
                }
            }
        }
    }

    /**
     * Counts the failure, and waits if there is to be another attempt.
     *
     * @return false if there is not
     */
    boolean waits(Throwable failure, Failures failures) throws InterruptedException {
        return waits(failure, failures, Long.MAX_VALUE);
    }

    private boolean waits(Throwable failure, Failures failures, long deadlineNanos) throws InterruptedException {
        failures.add(failure);
        Duration delay = options.retry().backoff(failures.all);
        boolean late = deadlineNanos != Long.MAX_VALUE && System.nanoTime() + delay.toNanos() - deadlineNanos > 0;
        if (late || !options.retry().mayRetry(failure, failures.unknown)) {
            return false;
        }
        counters.retrying();
        counters.state(LaneState.BACKOFF);
        events.retrying(options.name(), failure, failures.all, delay);
        if (!inbox.pause(delay.toNanos())) {
            throw new StoppedException();
        }
        return true;
    }
}
