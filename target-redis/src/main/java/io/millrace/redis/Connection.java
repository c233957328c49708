// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/** A client of the servers whose failures are typed. Used by one thread. */
final class Connection implements AutoCloseable {

    /** Where both lead that are open, so that they never speak to different servers. */
    private record Way(HostAndPort server, UnifiedJedis client) {}

    private final RedisServers servers;
    private @Nullable Way way;
    private @Nullable Pipe pipe;

    private Connection(RedisServers servers) {
        this.servers = servers;
    }

    static Connection to(RedisServers servers) {
        Connection connection = new Connection(servers);
        try {
            connection.way();
            return connection;
        } catch (JedisException e) {
            throw RedisFailures.of(e, servers);
        }
    }

    /** {@return what the command answers} */
    <T> T ask(Function<UnifiedJedis, T> command) {
        try {
            return command.apply(way().client());
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

    private Way way() {
        Way open = way;
        if (open == null) {
            HostAndPort server = servers.locate();
            open = new Way(server, servers.connect(server));
            way = open;
        }
        return open;
    }

    private Pipe pipe(byte[] key) {
        Pipe open = pipe;
        if (open == null) {
            open = servers.pipe(way().server(), way().client(), key);
            pipe = open;
        }
        return open;
    }

    /**
     * Drops the connection that requests go over, with all that is unanswered; the next gets a new one, maybe to
     * another server. A client of a cluster stays: it knows more nodes than it was told of.
     */
    void reset() {
        if (pipe != null) {
            pipe.close();
            pipe = null;
        }
        if (!servers.isCluster()) {
            closeClient();
        }
    }

    private void closeClient() {
        if (way != null) {
            way.client().close();
            way = null;
        }
    }

    @Override
    public void close() {
        try {
            reset();
        } finally {
            closeClient();
        }
    }
}
