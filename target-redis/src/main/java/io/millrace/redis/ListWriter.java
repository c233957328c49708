// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Batch;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;

/** Pushes changes onto lists. */
final class ListWriter implements Writer {

    /** Redis takes about a million words in a command. */
    private static final int MOST_VALUES = 10_000;

    private final Protocol.Command command;
    private final ChangeWriter changes;

    ListWriter(RedisOptions options) {
        this.command = options.command() == RedisCommand.LPUSH ? Protocol.Command.LPUSH : Protocol.Command.RPUSH;
        this.changes = new ChangeWriter(options);
    }

    @Override
    public Request write(Batch batch, String lineage, Call call) {
        List<List<byte[]>> lists = new ArrayList<>();
        changes.write(batch, (key, value, change) -> {
            int list = call.key(key, change) - Call.FIRST_KEY;
            if (list == lists.size()) {
                lists.add(new ArrayList<>());
            }
            lists.get(list).add(value);
        });
        List<CommandArguments> pushes = new ArrayList<>();
        call.add("list").add("");
        for (int i = 0; i < lists.size(); i++) {
            call.add(lists.get(i).size());
            push(call.keys().get(i + 1), lists.get(i), pushes);
        }
        return Request.transaction(call, pushes);
    }

    private void push(byte[] key, List<byte[]> values, List<CommandArguments> pushes) {
        for (int from = 0; from < values.size(); from += MOST_VALUES) {
            CommandArguments push = new CommandArguments(command).add(key);
            values.subList(from, Math.min(from + MOST_VALUES, values.size())).forEach(push::add);
            pushes.add(push);
        }
    }
}
