// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.function.Function;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/** A client of the servers whose failures are typed. Used by one thread. */
final class Connection implements AutoCloseable {

    private final RedisServers servers;
    private final UnifiedJedis client;

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

    /** {@return what the script answers} It is loaded if the server does not know it. */
    String run(Script script, Call call) {
        return ask(redis -> {
            try {
                return evaluate(script, call, redis);
            } catch (JedisNoScriptException e) {
                redis.scriptLoad(script.text(), call.keys().get(0));
                return evaluate(script, call, redis);
            }
        });
    }

    private static String evaluate(Script script, Call call, UnifiedJedis redis) {
        return new String((byte[]) redis.evalsha(script.digest(), call.keys(), call.arguments()), UTF_8);
    }

    @Override
    public void close() {
        client.close();
    }
}
