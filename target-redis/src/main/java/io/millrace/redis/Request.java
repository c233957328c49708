// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * What is sent for a batch: a script, or a transaction of plain commands between two scripts. Either way all of it
 * happens, or nothing; and nothing if the request before it did not.
 */
final class Request {

    /** Stands in an answer before an error of a command that the script made. */
    private static final String ERROR = "ERROR ";

    private final Call call;
    private final List<CommandArguments> commands;

    private Request(Call call, List<CommandArguments> commands) {
        this.call = call;
        this.commands = commands;
    }

    static Request script(Script script, Call call) {
        return new Request(call, List.of(evaluate(Protocol.Command.EVALSHA, script.digest(), call)));
    }

    /** @param call what both scripts need */
    static Request transaction(Call call, List<CommandArguments> writes) {
        List<CommandArguments> commands = new ArrayList<>(writes.size() + 4);
        commands.add(new CommandArguments(Protocol.Command.MULTI));
        // With their text: a script that is not there would fail alone, and the commands run unguarded.
        commands.add(evaluate(Protocol.Command.EVAL, Script.ADMIT.text(), call));
        commands.addAll(writes);
        commands.add(evaluate(Protocol.Command.EVAL, Script.SETTLE.text(), call));
        commands.add(new CommandArguments(Protocol.Command.EXEC));
        return new Request(call, commands);
    }

    private static CommandArguments evaluate(Protocol.Command command, byte[] script, Call call) {
        CommandArguments arguments =
                new CommandArguments(command).add(script).add(call.keys().size());
        call.keys().forEach(arguments::add);
        call.arguments().forEach(arguments::add);
        return arguments;
    }

    /** {@return by which an answer's numbers are understood} */
    Call call() {
        return call;
    }

    /** {@return the commands; there is a reply to each, and the last is the one that counts} */
    List<CommandArguments> commands() {
        return commands;
    }

    /**
     * {@return what the scripts answered}
     *
     * @throws JedisDataException if a command failed
     */
    static String answer(Object lastReply) {
        if (!(lastReply instanceof List<?> replies)) {
            return text(lastReply);
        }
        // If that failed, it does not count what the first script said.
        String settled = text(replies.get(replies.size() - 1));
        String admitted = text(replies.get(0));
        if (admitted.startsWith(ERROR)) {
            throw new JedisDataException(admitted.substring(ERROR.length()));
        }
        if (!admitted.equals("OK")) {
            return admitted;
        }
        for (Object reply : replies) {
            if (reply instanceof JedisDataException failure) {
                throw failure;
            }
        }
        return settled;
    }

    private static String text(Object reply) {
        if (reply instanceof JedisDataException failure) {
            throw failure;
        }
        return new String((byte[]) reply, UTF_8);
    }
}
