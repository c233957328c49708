// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;

/** Sends scripts over a connection of its own without waiting, so that the server works while the lane encodes. */
final class PipelinedScripts implements ScriptRunner {

    private static final int MOST_UNANSWERED = 4;

    private final FlushableConnection connection;

    PipelinedScripts(HostAndPort server, JedisClientConfig config) {
        connection = new FlushableConnection(server, config);
        try {
            for (Script script : Script.values()) {
                connection.sendCommand(Protocol.Command.SCRIPT, "LOAD".getBytes(UTF_8), script.text());
                connection.getBinaryBulkReply();
            }
        } catch (JedisException e) {
            close();
            throw e;
        }
    }

    @Override
    public int mostUnanswered() {
        return MOST_UNANSWERED;
    }

    @Override
    public void send(Script script, Call call) {
        List<byte[]> words =
                new ArrayList<>(2 + call.keys().size() + call.arguments().size());
        words.add(script.digest());
        words.add(Integer.toString(call.keys().size()).getBytes(UTF_8));
        words.addAll(call.keys());
        words.addAll(call.arguments());
        connection.sendCommand(Protocol.Command.EVALSHA, words.toArray(new byte[0][]));
        connection.flush();
    }

    @Override
    public String receive() {
        return new String((byte[]) connection.getUnflushedObject(), UTF_8);
    }

    @Override
    public void close() {
        try {
            connection.disconnect();
        } catch (JedisConnectionException e) {
            // It is broken already, and says so when what is left to send cannot be sent.
        }
    }

    private static final class FlushableConnection extends Connection {

        FlushableConnection(HostAndPort server, JedisClientConfig config) {
            super(server, config);
        }

        @Override
        protected void flush() {
            super.flush();
        }
    }
}
