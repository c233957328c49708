// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointStore;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores a lane's checkpoints now and then, for a target that does not itself. Used by the lane's thread. */
final class CheckpointKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private final String target;
    private final CheckpointStore store;
    private final long intervalNanos;
    private final LaneEvents events;
    private boolean unsaved;
    private long savedAtNanos = System.nanoTime();

    CheckpointKeeper(String target, CheckpointStore store, long intervalNanos, LaneEvents events) {
        this.target = target;
        this.store = store;
        this.intervalNanos = intervalNanos;
        this.events = events;
    }

    /** There is something new to store. */
    void changed() {
        unsaved = true;
    }

    /** The next checkpoint is stored at once. */
    void hurry() {
        unsaved = true;
        savedAtNanos = System.nanoTime() - intervalNanos;
    }

    /** {@return nanos until a checkpoint is to be stored; {@link Long#MAX_VALUE} if there is nothing new} */
    long dueInNanos() {
        return unsaved ? savedAtNanos + intervalNanos - System.nanoTime() : Long.MAX_VALUE;
    }

    /** Stores the checkpoint if it is time; a failure is tried again after the next interval. */
    void saveIfDue(Progress progress) {
        if (dueInNanos() <= 0) {
            try {
                save(progress);
            } catch (IOException e) {
                LOG.warn("{}: the checkpoint could not be stored; trying again", target, e);
            }
        }
    }

    /** Stores the checkpoint if there is anything new. */
    void saveLast(Progress progress) throws IOException {
        if (unsaved) {
            save(progress);
        }
    }

    private void save(Progress progress) throws IOException {
        savedAtNanos = System.nanoTime();
        Checkpoint checkpoint = progress.checkpoint();
        store.save(target, checkpoint);
        progress.wasStored();
        unsaved = false;
        events.stored(target, checkpoint);
    }
}
