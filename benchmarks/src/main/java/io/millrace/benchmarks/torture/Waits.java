// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Waiting for time to pass, and for something to come true. */
final class Waits {

    private static final Duration POLL = Duration.ofMillis(50);

    /** What is waited for. */
    interface Condition {
        boolean holds() throws IOException;
    }

    private Waits() {}

    static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** {@return whether it came true within {@code limit}} */
    static boolean until(Duration limit, Condition condition) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                return false;
            }
            pause(POLL);
        }
        return true;
    }
}
