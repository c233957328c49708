// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.checkpoint;

import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the checkpoints of a pipeline's targets. Thread-safe: each target's lane saves its own.
 *
 * <p>The contract, which {@code CheckpointStoreKit} in the testkit module proves:
 *
 * <ul>
 *   <li>It never answers with a checkpoint older than the last that {@link #save} returned for, nor
 *       with one that {@link #delete} returned for, not even after a crash in the middle of the next
 *       act.
 *   <li>It answers exactly what was saved, or throws {@link CheckpointException}: a damaged
 *       checkpoint, one of a newer format, or one of another pipeline or target is never taken for a
 *       missing one.
 *   <li>A checkpoint may be replaced by one of a lower position; which is right is not the store's
 *       to judge. Whether a position is still in the source's log is found when the source is asked
 *       for it, at the start: {@link io.millrace.core.LogLostException}.
 *   <li>Pipelines and targets are kept apart by their names, which are letters, digits, {@code -} and
 *       {@code _}, and case-sensitive.
 *   <li>While it is open for a pipeline, a second store over the same storage is refused for that
 *       pipeline, where the storage has a means to do so.
 * </ul>
 */
public interface CheckpointStore extends AutoCloseable {

    /**
     * Takes the store for a pipeline, before anything else is called.
     *
     * @throws CheckpointException if another instance has it, or the store is damaged
     */
    void open(String pipeline) throws IOException;

    /**
     * {@return the target's checkpoint, null if none was ever saved, or it was deleted}
     *
     * @throws CheckpointException if there is one that cannot be used
     */
    @Nullable Checkpoint load(String target) throws IOException;

    /** Stores the target's checkpoint; returning means that it is durable. */
    void save(String target, Checkpoint checkpoint) throws IOException;

    /** {@return the names of the targets that have a checkpoint, whether it can be used or not} */
    Set<String> targets() throws IOException;

    /**
     * Removes the target's checkpoint, whether it can be used or not; returning means that this is
     * durable. Does nothing if there is none.
     */
    void delete(String target) throws IOException;

    /** Gives the store back; it may be opened again. May be called twice, and without {@link #open}. */
    @Override
    void close() throws IOException;
}
