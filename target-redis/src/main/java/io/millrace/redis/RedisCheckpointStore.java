// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.TransientException;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.CheckpointStore;
import java.io.IOException;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;

/**
 * Keeps checkpoints in Redis: those of a pipeline in the hash {@code millrace:{<pipeline>}:checkpoints}, a field
 * for each target. There is also where a {@link RedisTarget} stores its own, so this store is by which an
 * operator looks at them and changes them, while the pipeline does not run. Thread-safe.
 *
 * <p>What is saved is as durable as the server is set to make it. A second instance is not refused.
 */
public final class RedisCheckpointStore implements CheckpointStore {

    private static final String OWNER = "owner of ";
    private static final String LINEAGE = "lineage of ";

    private final RedisOptions options;
    private @Nullable Connection connection;
    private @Nullable String key;

    /** @param options say which servers, and how long to wait for them; of the rest, {@code checkpointKey} counts alone */
    public RedisCheckpointStore(RedisOptions options) {
        this.options = Objects.requireNonNull(options, "options");
    }

    static String key(String pipeline) {
        return "millrace:{" + pipeline + "}:checkpoints";
    }

    /** {@return the field that says which instance owns the target; no target has such a name} */
    static String ownerField(String target) {
        return OWNER + target;
    }

    /** {@return the field that tells one count of transactions from another; no target has such a name} */
    static String lineageField(String target) {
        return LINEAGE + target;
    }

    @Override
    public synchronized void open(String pipeline) throws IOException {
        if (connection != null) {
            throw new CheckpointException(
                    "the checkpoints in Redis at %s are open already; each processor needs a store of its own"
                            .formatted(options.servers()),
                    null);
        }
        connection = Connection.to(options.servers());
        key = options.checkpointKey(pipeline);
        try {
            ask(UnifiedJedis::ping);
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public synchronized @Nullable Checkpoint load(String target) throws IOException {
        String json = ask(redis -> redis.hget(key(), target));
        return json == null ? null : Checkpoint.parse(json);
    }

    @Override
    public synchronized void save(String target, Checkpoint checkpoint) throws IOException {
        ask(redis -> redis.hset(key(), target, checkpoint.toJson()));
    }

    @Override
    public synchronized Set<String> targets() throws IOException {
        return ask(redis -> redis.hkeys(key())).stream()
                .filter(field -> field.indexOf(' ') < 0)
                .collect(Collectors.toSet());
    }

    @Override
    public synchronized void delete(String target) throws IOException {
        ask(redis -> redis.hdel(key(), target, ownerField(target), lineageField(target)));
    }

    private String key() {
        if (key == null) {
            throw new IllegalStateException("not open");
        }
        return key;
    }

    private <T> T ask(Function<UnifiedJedis, T> command) throws IOException {
        Connection open = connection;
        if (open == null) {
            throw new IllegalStateException("not open");
        }
        try {
            return open.ask(command);
        } catch (TransientException e) {
            open.reset();
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public synchronized void close() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }
}
