// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.Batch;
import io.millrace.core.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.StreamEntryID;

/** Appends changes to streams, under ids made of the transaction's number and the change's ordinal. */
final class StreamWriter implements Writer {

    /** Streams of which the highest id is kept in mind. */
    private static final int MOST_KNOWN = 10_000;

    private final RedisOptions options;
    private final ChangeWriter changes;
    private final Function<List<String>, List<StreamEntryID>> heightsInRedis;

    /** The highest id in each stream, once all that was sent has been stored. */
    private final Map<String, StreamEntryID> heights = new LinkedHashMap<>(64, 0.75f, true);

    private record Entry(String key, StreamEntryID id, byte[] value, Change change) {}

    /** @param heightsInRedis asks for the highest id that this target has written to each of the streams */
    StreamWriter(RedisOptions options, Function<List<String>, List<StreamEntryID>> heightsInRedis) {
        this.options = options;
        this.changes = new ChangeWriter(options);
        this.heightsInRedis = heightsInRedis;
    }

    @Override
    public void forget() {
        heights.clear();
    }

    @Override
    public Request write(Batch batch, String lineage, Call call) {
        List<Entry> entries = new ArrayList<>();
        changes.write(batch, (key, value, change) -> {
            long number = change.source().transaction().number();
            entries.add(new Entry(key, new StreamEntryID(number, change.ordinal()), value, change));
        });
        learnHeights(entries);
        List<CommandArguments> additions = new ArrayList<>(entries.size());
        List<StreamEntryID> firstAndLast = new ArrayList<>();
        for (Entry entry : entries) {
            // What is not above has come before.
            if (entry.id().compareTo(heights.get(entry.key())) > 0) {
                heights.put(entry.key(), entry.id());
                int stream = call.key(entry.key(), entry.change()) - Call.FIRST_KEY;
                if (2 * stream == firstAndLast.size()) {
                    firstAndLast.add(entry.id());
                    firstAndLast.add(entry.id());
                }
                firstAndLast.set(2 * stream + 1, entry.id());
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
        CommandArguments addition =
                new CommandArguments(Protocol.Command.XADD).add(entry.key().getBytes(UTF_8));
        if (options.maxLength() > 0) {
            addition.add("MAXLEN").add("~").add(options.maxLength());
        }
        return addition.add(entry.id().toString()).add(options.streamField()).add(entry.value());
    }

    private void learnHeights(List<Entry> entries) {
        Set<String> unknown = new LinkedHashSet<>();
        for (Entry entry : entries) {
            if (!heights.containsKey(entry.key())) {
                unknown.add(entry.key());
            }
        }
        if (unknown.isEmpty()) {
            return;
        }
        List<String> keys = List.copyOf(unknown);
        List<StreamEntryID> found = heightsInRedis.apply(keys);
        if (heights.size() + keys.size() > MOST_KNOWN) {
            heights.keySet().retainAll(entries.stream().map(Entry::key).toList());
        }
        for (int i = 0; i < keys.size(); i++) {
            heights.put(keys.get(i), found.get(i));
        }
    }
}
