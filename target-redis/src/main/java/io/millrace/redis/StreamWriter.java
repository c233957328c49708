// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.Batch;
import io.millrace.core.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.StreamEntryID;

/** Appends changes to streams, under ids made of the transaction's number and the change's place in it. */
final class StreamWriter implements Writer {

    /** Streams of which the highest id is kept in mind. */
    private static final int MOST_KNOWN = 10_000;

    private final ChangeWriter changes;
    private final Function<List<String>, List<StreamEntryID>> heightsInRedis;
    private final byte[] field;
    private final byte @Nullable [] maxLength;
    private final Map<String, Stream> streams = new HashMap<>();

    /** What is known of a stream. */
    private static final class Stream {

        private final String key;
        private final byte[] keyBytes;
        /** The highest id in it, once all that was sent has been stored; null if that is to be asked for. */
        private @Nullable StreamEntryID height;

        Stream(String key) {
            this.key = key;
            this.keyBytes = key.getBytes(UTF_8);
        }

        /** {@return whether the id is new; if so, it is the highest now} */
        boolean takes(StreamEntryID id) {
            if (height != null && id.compareTo(height) <= 0) {
                return false;
            }
            height = id;
            return true;
        }
    }

    private record Entry(Stream stream, StreamEntryID id, byte[] value, Change change) {}

    /** @param heightsInRedis asks for the highest id that this target has written to each of the streams */
    StreamWriter(RedisOptions options, Function<List<String>, List<StreamEntryID>> heightsInRedis) {
        this.changes = new ChangeWriter(options);
        this.heightsInRedis = heightsInRedis;
        this.field = options.streamField().getBytes(UTF_8);
        this.maxLength = options.maxLength() == 0
                ? null
                : Long.toString(options.maxLength()).getBytes(UTF_8);
    }

    @Override
    public void forget() {
        streams.clear();
    }

    @Override
    public Request write(Batch batch, String lineage, Call call) {
        if (streams.size() > MOST_KNOWN) {
            streams.clear();
        }
        List<Entry> entries = new ArrayList<>();
        changes.write(batch, (key, value, change) -> {
            StreamEntryID id = new StreamEntryID(change.source().transaction().number(), Sequence.of(change));
            entries.add(new Entry(streams.computeIfAbsent(key, Stream::new), id, value, change));
        });
        learnHeights(entries);
        List<CommandArguments> additions = new ArrayList<>(entries.size());
        List<StreamEntryID> firstAndLast = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.stream().takes(entry.id())) {
                int at = 2 * (call.key(entry.stream().key, entry.change()) - Call.FIRST_KEY);
                if (at == firstAndLast.size()) {
                    firstAndLast.add(entry.id());
                    firstAndLast.add(entry.id());
                }
                firstAndLast.set(at + 1, entry.id());
                additions.add(addition(entry));
            }
        }
        if (additions.isEmpty()) {
            return Request.script(Script.CHECKPOINT, call);
        }
        call.add("stream").add(lineage);
        firstAndLast.forEach(id -> call.add(id.toString()));
        return Request.transaction(call, additions);
    }

    private CommandArguments addition(Entry entry) {
        CommandArguments addition = new CommandArguments(Protocol.Command.XADD).add(entry.stream().keyBytes);
        if (maxLength != null) {
            addition.add("MAXLEN").add("~").add(maxLength);
        }
        return addition.add(entry.id().toString()).add(field).add(entry.value());
    }

    private void learnHeights(List<Entry> entries) {
        Set<Stream> unknown = new LinkedHashSet<>();
        for (Entry entry : entries) {
            if (entry.stream().height == null) {
                unknown.add(entry.stream());
            }
        }
        if (!unknown.isEmpty()) {
            List<StreamEntryID> found = heightsInRedis.apply(
                    unknown.stream().map(stream -> stream.key).toList());
            int next = 0;
            for (Stream stream : unknown) {
                stream.height = found.get(next++);
            }
        }
    }
}
