// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.io.IOException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;

/**
 * How a failure is answered. A {@link TransientException}, an I/O failure or one that JDBC calls
 * transient is tried again for as long as it takes, with exponential back-off and jitter; a
 * {@link PermanentException} and any {@link Error} stop the processor at once; everything else is
 * tried {@link #maxAttempts()} times and then stops it. Immutable.
 */
public final class RetryOptions {

    private static final RetryOptions DEFAULTS = builder().build();

    private final Duration initialBackoff;
    private final Duration maxBackoff;
    private final int maxAttempts;

    private RetryOptions(Builder builder) {
        this.initialBackoff = builder.initialBackoff;
        this.maxBackoff = builder.maxBackoff;
        this.maxAttempts = builder.maxAttempts;
    }

    /** {@return 200 ms doubling to 30 s, five attempts for failures of unknown kind} */
    public static RetryOptions defaults() {
        return DEFAULTS;
    }

    public static Builder builder() {
        return new Builder();
    }

    public Duration initialBackoff() {
        return initialBackoff;
    }

    public Duration maxBackoff() {
        return maxBackoff;
    }

    /** {@return attempts, the first included, at what fails in an unknown way} */
    public int maxAttempts() {
        return maxAttempts;
    }

    /** {@return how long to wait after failed attempt number {@code attempt}, from 1, with jitter of ±20 %} */
    public Duration backoff(int attempt) {
        double doubled = nanos(initialBackoff) * Math.pow(2, Math.min(attempt - 1, 62));
        double capped = Math.min(doubled, nanos(maxBackoff));
        return Duration.ofNanos(Math.round(capped * ThreadLocalRandom.current().nextDouble(0.8, 1.2)));
    }

    private static double nanos(Duration duration) {
        return duration.getSeconds() * 1e9 + duration.getNano();
    }

    /** {@return whether another attempt is made after {@code failure} of attempt number {@code attempt}} */
    public boolean mayRetry(Throwable failure, int attempt) {
        if (isTransient(failure)) {
            return true;
        }
        boolean stops = failure instanceof MillraceException
                || failure instanceof Error
                || failure instanceof InterruptedException;
        return !stops && attempt < maxAttempts;
    }

    private static boolean isTransient(Throwable failure) {
        return failure instanceof TransientException
                || failure instanceof IOException
                || failure instanceof TimeoutException
                || failure instanceof SQLTransientException
                || failure instanceof SQLRecoverableException;
    }

    @Override
    public String toString() {
        return "RetryOptions[initialBackoff=" + initialBackoff + ", maxBackoff=" + maxBackoff + ", maxAttempts="
                + maxAttempts + "]";
    }

    /** Not thread-safe. */
    public static final class Builder {

        private Duration initialBackoff = Duration.ofMillis(200);
        private Duration maxBackoff = Duration.ofSeconds(30);
        private int maxAttempts = 5;

        private Builder() {}

        /** The wait after the first failure; it doubles from there. Default 200 ms. */
        public Builder initialBackoff(Duration value) {
            this.initialBackoff = Objects.requireNonNull(value, "initialBackoff");
            return this;
        }

        /** The longest wait. Default 30 s. */
        public Builder maxBackoff(Duration value) {
            this.maxBackoff = Objects.requireNonNull(value, "maxBackoff");
            return this;
        }

        /** Attempts, the first included, at what fails in an unknown way. Default 5. */
        public Builder maxAttempts(int value) {
            this.maxAttempts = value;
            return this;
        }

        /** @throws InvalidOptionsException with everything that is wrong */
        public RetryOptions build() {
            Findings findings = new Findings();
            findings.require(
                    !initialBackoff.isNegative() && !initialBackoff.isZero(),
                    "initialBackoff",
                    initialBackoff,
                    "must be positive");
            findings.require(
                    maxBackoff.compareTo(initialBackoff) >= 0,
                    "maxBackoff",
                    maxBackoff,
                    "must not be less than initialBackoff");
            findings.require(maxAttempts >= 1, "maxAttempts", maxAttempts, "must be at least 1");
            findings.throwIfAny("RetryOptions");
            return new RetryOptions(this);
        }
    }
}
