// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/** A client of the servers whose failures are typed. Used by one thread. */
final class Connection implements AutoCloseable {

    private final RedisServers servers;
    private final UnifiedJedis client;
    private @Nullable Pipe pipe;

    private Connection(RedisServers servers, UnifiedJedis client) {
        this.servers = servers;
        this.client = client;
    }

    static Connection to(RedisServers servers) {
        try {
            return new Connection(servers, servers.connect());
        } catch (JedisException e) {
            throw RedisFailures.of(e, servers);
        }
    }

    /** {@return what the command answers} */
    <T> T ask(Function<UnifiedJedis, T> command) {
        try {
            return command.apply(client);
        } catch (JedisException e) {
            throw RedisFailures.of(e, servers);
        }
    }

    void send(Request request) {
        try {
            pipe(request.call().keys().get(0)).send(request);
        } catch (JedisException e) {
            throw RedisFailures.of(e, servers);
        }
    }

    /** {@return the answer to that request, the first that has not got its answer yet} */
    String receive(Request request) {
        try {
            return pipe(request.call().keys().get(0)).receive(request);
        } catch (JedisException e) {
            throw RedisFailures.of(e, servers);
        }
    }

    private Pipe pipe(byte[] key) {
        Pipe open = pipe;
        if (open == null) {
            open = servers.pipe(client, key);
            pipe = open;
        }
        return open;
    }

    /** Drops the connection that requests go over, with all that is unanswered; the next gets a new one. */
    void reset() {
        if (pipe != null) {
            pipe.close();
            pipe = null;
        }
    }

    @Override
    public void close() {
        try {
            reset();
        } finally {
            client.close();
        }
    }
}
