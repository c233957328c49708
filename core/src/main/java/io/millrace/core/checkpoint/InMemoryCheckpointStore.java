// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.checkpoint;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints that live as long as this object: for tests, and for runs that begin at a given place
 * each time. It may serve one processor after the other. Thread-safe.
 */
public final class InMemoryCheckpointStore implements CheckpointStore {

    private final Map<String, Checkpoint> checkpoints = new ConcurrentHashMap<>();

    private @Nullable String pipeline;

    @Override
    public synchronized void open(String pipeline) {
        if (this.pipeline != null && !this.pipeline.equals(pipeline)) {
            throw new CheckpointException(
                    "this store holds checkpoints of pipeline %s, not of %s".formatted(this.pipeline, pipeline), null);
        }
        this.pipeline = pipeline;
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
    public void close() {
        // The checkpoints stay for the next run.
    }
}
