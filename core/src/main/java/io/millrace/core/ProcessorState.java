// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.util.EnumSet;
import java.util.Set;

/** What a {@link Processor} is doing. Which state may follow which is kept here and nowhere else. */
public enum ProcessorState {
    /** Made, but not run yet. */
    NEW,
    /** Checks the server, opens targets, reads checkpoints, connects. */
    STARTING,
    /** Reads the log, or waits for the next event of it. */
    STREAMING,
    /** A target is full and the connection to the source was given up until it has room. */
    PAUSED,
    /** The connection to the source failed; it is made anew after a wait. */
    BACKOFF,
    /** Ended by {@link Processor#close()}. Final. */
    STOPPED,
    /** Ended because another instance of the pipeline has taken over. Final. */
    FENCED,
    /** Ended by a failure, which {@code run()} has thrown. Final. */
    FAILED;

    private Set<ProcessorState> successors() {
        return switch (this) {
            case NEW -> EnumSet.of(STARTING, STOPPED);
            case STARTING -> EnumSet.of(STREAMING, BACKOFF, STOPPED, FENCED, FAILED);
            case STREAMING -> EnumSet.of(PAUSED, BACKOFF, STOPPED, FENCED, FAILED);
            case PAUSED, BACKOFF -> EnumSet.of(STARTING, STREAMING, BACKOFF, STOPPED, FENCED, FAILED);
            case STOPPED, FENCED, FAILED -> EnumSet.noneOf(ProcessorState.class);
        };
    }

    /** {@return whether the state may follow this one} */
    public boolean mayBecome(ProcessorState next) {
        return successors().contains(next);
    }

    /** {@return whether nothing follows} */
    public boolean isFinal() {
        return this == STOPPED || this == FENCED || this == FAILED;
    }
}
