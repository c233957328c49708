// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.Batch;
import io.millrace.core.FencedException;
import io.millrace.core.PermanentException;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.Target;
import io.millrace.core.TransientException;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.UnifiedJedis;

/**
 * Delivers changes to Redis, as {@link RedisOptions#command()} says, each of them exactly once: a batch and the
 * checkpoint are stored in one step. {@link RedisCommand#PUBLISH} alone stores nothing. All that it does is
 * in its options, so there is nothing to override: the class is final.
 *
 * <ul>
 *   <li>An instance that begins takes possession of the target: an older one stores nothing more, and ends by a
 *       {@link FencedException}.
 *   <li>Entries of streams have ids made of the transaction's number and the change's place in it. What comes again,
 *       because a checkpoint was set back, is not added again.
 *   <li>Mirrors keep beside each row, under {@code millrace:version:<key>}, the version that it has, so that an
 *       older one never replaces a newer, and a deleted row does not come back. An update that changes the key
 *       deletes the old one.
 *   <li>What another pipeline or target has written, or this one before its checkpoints were lost, is not taken for
 *       its own: a stream with higher ids, and a mirrored row, stop the target.
 *   <li>A statement goes, as JSON, to the key of each table that it names. A mirror applies TRUNCATE and DROP
 *       TABLE, which look through all keys of the server, and refuses other statements.
 *   <li>What is acknowledged is as durable as the server is set to make it. After a failover that lost writes,
 *       rows and checkpoint are older together: the target stops, and the next start delivers what is missing.
 * </ul>
 *
 * <p>{@code docs/redis.md} has the whole table.
 */
public final class RedisTarget extends Target {

    /** Of how many streams it is seen at a time whether they are still there. */
    private static final int LEAST_HEIGHTS = 100;

    private final RedisOptions options;
    private final String instance = UUID.randomUUID().toString();
    private @Nullable Connection connection;
    private @Nullable Writer writer;
    private @Nullable Publisher publisher;
    /** By which Redis knows that the target is this instance's; empty before it has taken possession. */
    private String owner = "";
    /** The checkpoint that Redis holds once all that was sent has been stored; empty for none. */
    private String stored = "";

    /** Tells what this target has written from what another has, or this one in an earlier life. */
    private String lineage = "";

    /** Up to where heights of streams were looked through. */
    private String heightsCursor = "0";

    private final Deque<Unanswered> unanswered = new ArrayDeque<>();

    private record Unanswered(Request request, CompletableFuture<@Nullable Void> stage) {}

    public RedisTarget(RedisOptions options) {
        super(options.target());
        this.options = options;
    }

    public RedisOptions redisOptions() {
        return options;
    }

    /**
     * Connects.
     *
     * @throws TransientException if the server does not answer
     * @throws PermanentException if it refuses the credentials
     */
    @Override
    protected void open() {
        if (connection == null) {
            connection = Connection.to(options.servers());
        }
        if (options.command() == RedisCommand.PUBLISH) {
            publisher = new Publisher(options, connection);
        } else {
            writer = writer();
        }
        connection().ask(UnifiedJedis::ping);
    }

    private Writer writer() {
        return switch (options.command()) {
            case LPUSH, RPUSH -> new ListWriter(options);
            case XADD -> new StreamWriter(options, this::heights);
            case HSET, SET -> new MirrorWriter(options);
            case PUBLISH -> throw new IllegalStateException("PUBLISH stores nothing");
        };
    }

    private Connection connection() {
        if (connection == null) {
            throw new IllegalStateException("not open");
        }
        return connection;
    }

    /** Sends the batch and its checkpoint; {@link #flush} at the latest takes the answer. */
    @Override
    protected CompletionStage<@Nullable Void> saveAsync(Batch batch) throws Exception {
        if (publisher != null) {
            publisher.publish(batch);
            return CompletableFuture.completedStage(null);
        }
        Statement statement = batch.statement();
        boolean hasWork = statement != null || !batch.records().isEmpty();
        if (statement != null && options.command().mirrors()) {
            new MirrorClearing(
                            options,
                            connection(),
                            lineage,
                            this::header,
                            (script, call) -> check(run(script, call), call))
                    .apply(statement);
            hasWork = false;
        }
        String checkpoint = batch.checkpoint().toJson();
        Call call = header().add(stored).add(checkpoint);
        Request request = hasWork && writer != null
                ? writer.write(batch, lineage, call)
                : Request.script(Script.CHECKPOINT, call);
        while (unanswered.size() >= Pipe.MOST_UNANSWERED) {
            takeAnswer();
        }
        connection().send(request);
        // If it does not come to that, the requests behind this one store nothing.
        stored = checkpoint;
        Unanswered sent = new Unanswered(request, new CompletableFuture<>());
        unanswered.add(sent);
        return sent.stage();
    }

    private void takeAnswer() {
        Unanswered first = unanswered.remove();
        try {
            check(connection().receive(first.request()), first.request().call());
            first.stage().complete(null);
        } catch (RuntimeException e) {
            first.stage().completeExceptionally(e);
        }
    }

    @Override
    protected void flush() {
        while (!unanswered.isEmpty()) {
            takeAnswer();
        }
    }

    @Override
    protected void recover(Throwable failure) {
        connection().reset();
        if (writer != null) {
            writer.forget();
        }
    }

    /** {@return the answer of a script, which runs when all that was sent before has its answer} */
    private String run(Script script, Call call) {
        flush();
        Request request = Request.script(script, call);
        connection().send(request);
        return connection().receive(request);
    }

    /**
     * {@return the highest id that this target has written to each of the streams} Heights of streams that are gone
     * are forgotten on the way: more of them are looked at than can be new, so that they do not grow in number.
     */
    private List<StreamEntryID> heights(List<String> streams) {
        Call call = header().add(lineage).add(heightsCursor).add(Math.max(LEAST_HEIGHTS, 2 * streams.size()));
        streams.forEach(call::key);
        String[] words = run(Script.HEIGHTS, call).split(" ", -1);
        heightsCursor = words[1];
        return Arrays.stream(words).skip(2).map(StreamEntryID::new).toList();
    }

    /** {@return a call with what all scripts need first} */
    private Call header() {
        return new Call(options.checkpointKey(pipeline()).getBytes(UTF_8))
                .add(name())
                .add(RedisCheckpointStore.ownerField(name()))
                .add(owner);
    }

    private void check(String answer, Call call) {
        String[] words = answer.split(" ", 4);
        switch (words[0]) {
            case "OK" -> {}
            case "FENCED" -> throw fenced();
            case "LOST" ->
                throw new CheckpointException(
                        "Redis at %s has lost the checkpoints of pipeline %s (hash %s), or holds those from before this instance began: it was flushed, evicted, restarted without its data, or a replica took over that had not got them. See what is there, then start again."
                                .formatted(options.servers(), pipeline(), options.checkpointKey(pipeline())),
                        null);
            case "MOVED" ->
                // The lane asks where the target stands, and finds out.
                throw new TransientException(
                        "Redis at %s holds another checkpoint of target %s than it has stored last: %s"
                                .formatted(options.servers(), name(), answer),
                        null);
            case "TYPE" -> {
                int index = Integer.parseInt(words[1]);
                throw new RedisDeliveryException(
                        call.change(index),
                        "%s at %s cannot go to key %s: it holds a %s. Rename the key, or set another template."
                                .formatted(
                                        options.command(), call.change(index).source(), call.keyText(index), words[2]),
                        null);
            }
            case "FOREIGN" -> {
                int index = Integer.parseInt(words[1]);
                throw new PermanentException(
                        "key %s was written by another pipeline or target, or by this one before its checkpoints were lost or deleted; so it cannot be told what is newer (%s). Use other keys, or delete the mirror, its versions (%s) included, and make it anew."
                                .formatted(
                                        call.keyText(index), call.change(index).source(), call.keyText(index + 1)),
                        null);
            }
            case "PARTIAL" -> {
                int index = Integer.parseInt(words[1]);
                throw new RedisDeliveryException(
                        call.change(index),
                        "the log tells only a part of the row of %s at %s, and the rest is not there. Load the table first, and set binlog_row_image=FULL on the server, above all with a ttl."
                                .formatted(
                                        call.keyText(index), call.change(index).source()),
                        null);
            }
            case "BEHIND" -> {
                int index = Integer.parseInt(words[1]);
                throw new PermanentException(
                        "stream %s has entries up to %s, so %s (at %s) cannot be added: something else writes to the stream, or the pipeline has lost its count. Use another key, or delete the stream."
                                .formatted(
                                        call.keyText(index),
                                        words[2],
                                        words[3],
                                        call.change(index).source()),
                        null);
            }
            case "UNWRITTEN" ->
                throw new PermanentException(
                        "key %s in Redis at %s does not hold what was just written to it"
                                .formatted(call.keyText(Integer.parseInt(words[1])), options.servers()),
                        null);
            default -> throw new IllegalStateException("a script answered " + answer);
        }
    }

    private FencedException fenced() {
        return new FencedException(
                "target %s: another instance of pipeline %s has taken over in Redis at %s"
                        .formatted(name(), pipeline(), options.servers()),
                null);
    }

    /** Not called: batches come whole. */
    @Override
    protected void save(List<Record> records) {
        throw new IllegalStateException("batches come with their checkpoint");
    }

    @Override
    protected boolean keepsCheckpoint() {
        return options.command() != RedisCommand.PUBLISH;
    }

    @Override
    protected @Nullable Checkpoint restore() {
        if (!keepsCheckpoint()) {
            return null;
        }
        Call call = header().add(instance)
                .add(RedisCheckpointStore.lineageField(name()))
                .add(Long.toHexString(UUID.randomUUID().getMostSignificantBits()))
                .add(options.command().mirrors() ? 0 : 1);
        String answer = run(Script.TAKE, call);
        check(answer, call);
        String[] words = answer.split(" ", 5);
        owner = words[1] + " " + words[2];
        lineage = words[3];
        stored = words[4];
        if (writer != null) {
            writer.forget();
        }
        return stored.isEmpty() ? null : Checkpoint.parse(stored);
    }

    @Override
    protected void confirmOwnership() {
        if (!owner.isEmpty()) {
            Call call = header();
            check(run(Script.CONFIRM, call), call);
        }
    }

    @Override
    protected void close() {
        if (connection != null) {
            connection.close();
            connection = null;
        }
    }
}
