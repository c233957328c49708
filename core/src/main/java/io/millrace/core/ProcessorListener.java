// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.time.Duration;

/**
 * Hears what a {@link Processor} does. Called on the thread where it happens (the capture thread, or
 * the lane of a target), so it must return quickly; what it throws is logged and otherwise ignored.
 */
public interface ProcessorListener {

    /** The processor's state has changed. */
    default void onStatus(ProcessorStatus before, ProcessorStatus now) {}

    /** A target failed in attempt number {@code attempt} and is tried again after {@code delay}. */
    default void onTargetRetry(String target, Throwable failure, int attempt, Duration delay) {}
}
