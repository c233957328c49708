// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.internal;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.pollinterval.IterativePollInterval;
import org.awaitility.pollinterval.PollInterval;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lets Awaitility see at once what comes soon, and wait for as long as a slow machine takes. Modules that want it name it
 * in {@code META-INF/services} of their tests.
 */
public final class Patience implements BeforeAllCallback {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration SHORTEST = Duration.ofMillis(2);
    private static final long LONGEST_MILLIS = 50;

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(LIMIT);
        Awaitility.setDefaultPollInterval(interval());
    }

    /** {@return one that grows: what takes long would take longer if it were looked at all the time} */
    private static PollInterval interval() {
        return IterativePollInterval.iterative(
                last -> Duration.ofMillis(Math.min(last.toMillis() * 2, LONGEST_MILLIS)), SHORTEST);
    }
}
