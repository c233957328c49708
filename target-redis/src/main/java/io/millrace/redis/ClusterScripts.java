// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/** Runs scripts in a cluster one by one: its client finds the node, and follows the slot when it moves. */
final class ClusterScripts implements ScriptRunner {

    private final UnifiedJedis client;
    private @Nullable String answer;
    private @Nullable JedisException failure;

    ClusterScripts(UnifiedJedis client) {
        this.client = client;
    }

    @Override
    public int mostUnanswered() {
        return 1;
    }

    @Override
    public void send(Script script, Call call) {
        try {
            answer = run(script, call);
        } catch (JedisException e) {
            failure = e;
        }
    }

    private String run(Script script, Call call) {
        try {
            return evaluate(script, call);
        } catch (JedisNoScriptException e) {
            client.scriptLoad(script.text(), call.keys().get(0));
            return evaluate(script, call);
        }
    }

    private String evaluate(Script script, Call call) {
        return new String((byte[]) client.evalsha(script.digest(), call.keys(), call.arguments()), UTF_8);
    }

    @Override
    public String receive() {
        JedisException failed = failure;
        failure = null;
        if (failed != null) {
            throw failed;
        }
        if (answer == null) {
            throw new IllegalStateException("nothing was sent");
        }
        return answer;
    }

    @Override
    public void close() {
        // The client is its owner's.
    }
}
