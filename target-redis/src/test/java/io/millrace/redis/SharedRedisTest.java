// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static io.millrace.redis.Pipelines.order;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.testkit.RedisExtension;
import io.millrace.testkit.RedisServer;
import io.millrace.testkit.ScriptedSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.clients.jedis.RedisClient;

/** What tests are made of that deliver to the server which all of them share; it is empty when one begins. */
@ExtendWith(RedisExtension.class)
@Timeout(120)
abstract class SharedRedisTest {

    private static final AtomicInteger TESTS = new AtomicInteger();

    final String pipeline = "pipeline" + TESTS.incrementAndGet();
    final ScriptedSource log = new ScriptedSource();
    RedisServer server;
    RedisClient client;

    @BeforeEach
    final void connect(RedisServer shared) {
        server = shared;
        client = RedisClient.create(server.uri());
        client.flushAll();
    }

    @AfterEach
    final void disconnect() {
        client.close();
    }

    final RedisOptions.Builder options(RedisCommand command) {
        return RedisOptions.builder(server.uri())
                .command(command)
                .target(Pipelines.target().build());
    }

    /** {@return options of a user with password {@code secret}} */
    final RedisOptions.Builder optionsOf(String user, RedisCommand command) {
        return RedisOptions.builder(server.uri().replace("redis://", "redis://" + user + ":secret@"))
                .command(command)
                .target(Pipelines.target().build());
    }

    final void deliverTo(RedisOptions.Builder options) {
        Pipelines.deliver(log, pipeline, options.build());
    }

    /** Inserts rows with ids from {@code from} to before {@code to}, in one transaction. */
    final void writeOrders(int from, int to) {
        log.transaction(tx -> {
            for (int i = from; i < to; i++) {
                tx.insert(order(i, "a", null));
            }
        });
    }

    /** {@return the checkpoint of target {@code redis}} */
    final Checkpoint stored() {
        return Checkpoint.parse(client.hget(RedisCheckpointStore.key(pipeline), "redis"));
    }

    /** As if what was stored after that checkpoint had not been, though it is there. */
    final void setBack(Checkpoint checkpoint) {
        Checkpoint back = new Checkpoint(
                checkpoint.source(),
                checkpoint.position(),
                checkpoint.transaction(),
                checkpoint.open(),
                stored().epoch(),
                checkpoint.numbering(),
                checkpoint.targets());
        client.hset(RedisCheckpointStore.key(pipeline), "redis", back.toJson());
    }
}
