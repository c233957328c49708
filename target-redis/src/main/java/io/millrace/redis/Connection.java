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
    private @Nullable ScriptRunner scripts;

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

    /** {@return how many scripts may be sent before an answer is taken} */
    int mostUnanswered() {
        return scripts().mostUnanswered();
    }

    void send(Script script, Call call) {
        try {
            scripts().send(script, call);
        } catch (JedisException e) {
            throw RedisFailures.of(e, servers);
        }
    }

    /** {@return the answer to the first script that has not got its answer yet} */
    String receive() {
        try {
            return scripts().receive();
        } catch (JedisException e) {
            throw RedisFailures.of(e, servers);
        }
    }

    private ScriptRunner scripts() {
        ScriptRunner open = scripts;
        if (open == null) {
            try {
                open = servers.scripts(client);
            } catch (JedisException e) {
                throw RedisFailures.of(e, servers);
            }
            scripts = open;
        }
        return open;
    }

    /** Drops the connection that scripts go over, with all that is unanswered; the next one gets a new one. */
    void reset() {
        if (scripts != null) {
            scripts.close();
            scripts = null;
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
