// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.checkpoint;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the checkpoints of a pipeline's targets. Thread-safe: each target's lane saves its own.
 *
 * <p>An implementation must never answer with a checkpoint older than the last that
 * {@link #save} returned for, not even after a crash in the middle of the next.
 * {@code CheckpointStoreKit} in the testkit module proves it.
 */
public interface CheckpointStore extends AutoCloseable {

    /**
     * Takes the store for a pipeline, before anything else is called.
     *
     * @throws CheckpointException if another instance has it, or the store is damaged
     */
    void open(String pipeline) throws IOException;

    /** {@return the target's checkpoint, null if none was ever saved} */
    @Nullable Checkpoint load(String target) throws IOException;

    /** Stores the target's checkpoint; returning means that it is durable. */
    void save(String target, Checkpoint checkpoint) throws IOException;

    /** Gives the store back; it may be opened again. May be called twice, and without {@link #open}. */
    @Override
    void close() throws IOException;
}
