// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointStore;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store in memory that can be set back, and lets a test look at the target before each save. */
final class KitStore implements CheckpointStore {

    private final Map<String, Checkpoint> checkpoints = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable AssertionError> failure = new AtomicReference<>();
    private volatile Consumer<Checkpoint> beforeSave = checkpoint -> {};

    void beforeSave(Consumer<Checkpoint> check) {
        beforeSave = check;
    }

    /** As if everything that was saved after {@code old} had been lost. */
    void setBack(String target, @Nullable Checkpoint old) {
        if (old == null) {
            checkpoints.remove(target);
        } else {
            checkpoints.put(target, old);
        }
    }

    void assertNoFailure() {
        AssertionError first = failure.get();
        if (first != null) {
            throw first;
        }
    }

    @Override
    public void open(String pipeline) {
        // Belongs to one test.
    }

    @Override
    public @Nullable Checkpoint load(String target) {
        return checkpoints.get(target);
    }

    @Override
    public void save(String target, Checkpoint checkpoint) {
        try {
            beforeSave.accept(checkpoint);
        } catch (AssertionError e) {
            failure.compareAndSet(null, e);
        }
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

    @Override
    public void close() {
        // What was saved stays for the next run.
    }
}
