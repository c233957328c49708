// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.time.Instant;
import java.util.Objects;

/**
 * A processor's state, and why it is in it. Immutable.
 *
 * @param reason why, for people; empty where the state says it all
 * @param attempt number of the failed attempt in BACKOFF, otherwise 0
 * @param since when the state began
 */
public record ProcessorStatus(ProcessorState state, String reason, int attempt, Instant since) {

    public ProcessorStatus {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(since, "since");
    }

    @Override
    public String toString() {
        return state + (attempt == 0 ? "" : " (attempt " + attempt + ")") + (reason.isEmpty() ? "" : ": " + reason);
    }
}
