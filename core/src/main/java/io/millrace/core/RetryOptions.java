// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * How a failure is answered. A {@link TransientException}, an I/O failure, or one of JDBC that is
 * transient, of the connection, or a rollback by the server, is tried again for as long as it takes, with exponential back-off and jitter; a
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

    /**
     * {@return whether another attempt is made}
     *
     * @param unknown how many failures of unknown kind there were since the last success, this one included
     */
    public boolean mayRetry(Throwable failure, int unknown) {
        return isTransient(failure) || (isUnknown(failure) && unknown < maxAttempts);
    }

    /** {@return whether nobody can say if the failure passes: it is tried {@link #maxAttempts()} times} */
    public static boolean isUnknown(Throwable failure) {
        return !isTransient(failure)
                && !(failure instanceof MillraceException)
                && !(failure instanceof Error)
                && !(failure instanceof InterruptedException);
    }

    private static boolean isTransient(Throwable failure) {
        return failure instanceof TransientException
                || failure instanceof IOException
                || failure instanceof TimeoutException
                || failure instanceof SQLTransientException
                || failure instanceof SQLRecoverableException
                || failure instanceof SQLNonTransientConnectionException
                || (failure instanceof SQLException sql && isTransientState(sql.getSQLState()));
    }

    /** SQLSTATE classes 08, connection exception, and 40, transaction rollback: ISO/IEC 9075-2, 24.1. */
    private static boolean isTransientState(@Nullable String state) {
        return state != null && (state.startsWith("08") || state.startsWith("40"));
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
