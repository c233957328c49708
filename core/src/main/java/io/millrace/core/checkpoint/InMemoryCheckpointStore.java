// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.checkpoint;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints that live as long as this object: for tests, and for runs that begin at a given place
 * each time. It may serve one processor after the other. Thread-safe.
 */
public final class InMemoryCheckpointStore implements CheckpointStore {

    private final Map<String, Checkpoint> checkpoints = new ConcurrentHashMap<>();

    private @Nullable String pipeline;
    private boolean isOpen;

    /** @throws CheckpointException if it is open, or holds checkpoints of another pipeline */
    @Override
    public synchronized void open(String pipeline) {
        if (this.pipeline != null && !this.pipeline.equals(pipeline)) {
            throw new CheckpointException(
                    "this store holds checkpoints of pipeline %s, not of %s".formatted(this.pipeline, pipeline), null);
        }
        if (isOpen) {
            throw new CheckpointException("pipeline " + pipeline + " runs already: its store is open", null);
        }
        this.pipeline = pipeline;
        this.isOpen = true;
    }

    @Override
    public @Nullable Checkpoint load(String target) {
        return checkpoints.get(target);
    }

    @Override
    public void save(String target, Checkpoint checkpoint) {
        checkpoints.put(target, checkpoint);
    }

    @Override
    public Set<String> targets() {
        return Set.copyOf(checkpoints.keySet());
    }

    @Override
    public void delete(String target) {
        checkpoints.remove(target);
    }

    /** The checkpoints stay for the next run. */
    @Override
    public synchronized void close() {
        isOpen = false;
    }
}
