// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.checkpoint.Checkpoint;
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

    /**
     * A target has not acknowledged a batch for so long, see {@link TargetOptions#stallAfter()}. It is told once
     * until the target goes on.
     */
    default void onTargetStalled(String target, Duration since) {}

    /** A change was not delivered to the target: it was skipped, or went to the dead letters. */
    default void onChangeRejected(String target, Change change, Throwable failure, ErrorPolicy.Action action) {}

    /**
     * A checkpoint of the target has become durable, in a store or with the target's data: a restart does not go back
     * behind it. For those who want to know; there is nothing to be stored a second time.
     */
    default void onCheckpoint(String target, Checkpoint checkpoint) {}

    /** An optional target failed for good; the others go on without it. */
    default void onTargetDetached(String target, Throwable failure) {}
}
