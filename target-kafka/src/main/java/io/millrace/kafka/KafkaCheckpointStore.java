// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.FencedException;
import io.millrace.core.TransientException;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointStore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps checkpoints in a compacted topic of Kafka, for targets of any kind. Each save is a Kafka
 * transaction of the {@code transactional.id} {@code <pipeline>.checkpoints}, so that a second
 * instance of the pipeline fences the first, wherever it runs: the first one's next save is a
 * {@link FencedException}.
 *
 * <p>What it holds is read when it is opened. Opening fences, so look at a pipeline's checkpoints, or
 * change them, only while it does not run. Those that {@link KafkaTarget}s which deliver exactly once
 * keep for themselves are in the same topic, so they are among them.
 */
public final class KafkaCheckpointStore implements CheckpointStore {

    private final KafkaOptions options;
    private final Map<String, String> checkpoints = new HashMap<>();
    private @Nullable CheckpointWriter writer;

    /**
     * @param options where the brokers are and how to talk to them, and of the topic its name, its replication
     *     and whether it may be created; what else they say is for targets
     */
    public KafkaCheckpointStore(KafkaOptions options) {
        this.options = options;
    }

    @Override
    public synchronized void open(String pipeline) throws IOException {
        if (writer != null) {
            throw new IllegalStateException(this + " is open");
        }
        writer = new CheckpointWriter(options, pipeline);
        boolean isOpen = false;
        try {
            trying(() -> {
                checkpoints.clear();
                checkpoints.putAll(opened().take());
            });
            isOpen = true;
        } finally {
            if (!isOpen) {
                close();
            }
        }
    }

    private CheckpointWriter opened() {
        if (writer == null) {
            throw new IllegalStateException(this + " is not open");
        }
        return writer;
    }

    @Override
    public synchronized @Nullable Checkpoint load(String target) {
        opened();
        String json = checkpoints.get(target);
        return json == null ? null : Checkpoint.parse(json);
    }

    /** @throws FencedException if another instance of the pipeline has opened a store on the same topic */
    @Override
    public synchronized void save(String target, Checkpoint checkpoint) throws IOException {
        CheckpointWriter current = opened();
        String json = checkpoint.toJson();
        trying(() -> current.writeFor(target, json));
        checkpoints.put(target, json);
    }

    @Override
    public synchronized Set<String> targets() {
        opened();
        return Set.copyOf(checkpoints.keySet());
    }

    @Override
    public synchronized void delete(String target) throws IOException {
        CheckpointWriter current = opened();
        if (checkpoints.containsKey(target)) {
            trying(() -> current.writeFor(target, null));
            checkpoints.remove(target);
        }
    }

    /** Something that is done with Kafka. */
    private interface Act {
        void run() throws InterruptedException;
    }

    /** An interrupt from before is kept for later: what is short enough is not to be broken off by it. */
    private static void trying(Act act) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            act.run();
        } catch (InterruptedException e) {
            interrupted = true;
            throw new InterruptedIOException(e.getMessage());
        } catch (TransientException | KafkaException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public synchronized void close() {
        CheckpointWriter ended = writer;
        writer = null;
        if (ended != null) {
            ended.close();
        }
    }

    @Override
    public String toString() {
        return "topic " + options.checkpointTopic() + " of Kafka at " + options.bootstrapServers();
    }
}
