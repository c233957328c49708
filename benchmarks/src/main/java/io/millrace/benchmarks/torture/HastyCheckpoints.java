// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointStore;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@link Sabotage#CHECKPOINT_BEFORE_ACK}: stores the position of what was read instead of what was acknowledged. */
final class HastyCheckpoints implements CheckpointStore {

    private final CheckpointStore store;
    private @Nullable String read;
    private @Nullable Checkpoint last;

    HastyCheckpoints(CheckpointStore store) {
        this.store = store;
    }

    /** Everything before that position was read. */
    synchronized void read(String position) throws IOException {
        read = position;
        if (last != null) {
            save(CapturerSettings.TARGET, last);
        }
    }

    @Override
    public synchronized void save(String target, Checkpoint checkpoint) throws IOException {
        last = checkpoint;
        store.save(
                target,
                read == null
                        ? checkpoint
                        : new Checkpoint(
                                checkpoint.source(),
                                read,
                                checkpoint.transaction(),
                                null,
                                checkpoint.epoch(),
                                checkpoint.numbering(),
                                checkpoint.targets()));
    }

    @Override
    public void open(String pipeline) throws IOException {
        store.open(pipeline);
    }

    @Override
    public @Nullable Checkpoint load(String target) throws IOException {
        return store.load(target);
    }

    @Override
    public Set<String> targets() throws IOException {
        return store.targets();
    }

    @Override
    public void delete(String target) throws IOException {
        store.delete(target);
    }

    @Override
    public void close() throws IOException {
        store.close();
    }
}
