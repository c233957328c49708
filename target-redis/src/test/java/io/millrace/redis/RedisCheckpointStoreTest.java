// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.testkit.RedisExtension;
import io.millrace.testkit.RedisServer;
import io.millrace.testkit.kit.CheckpointStoreKit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A hash of checkpoints keeps to what every store of them does. */
@ExtendWith(RedisExtension.class)
class RedisCheckpointStoreTest extends CheckpointStoreKit {

    private static final AtomicInteger TESTS = new AtomicInteger();

    private final String key = "store" + TESTS.incrementAndGet();
    private String uri;

    @BeforeEach
    void useServer(RedisServer server) {
        uri = server.uri();
    }

    @Override
    protected CheckpointStore store() {
        return new RedisCheckpointStore(
                RedisOptions.builder(uri).checkpointKey(key).build());
    }

    /** There is no means to see that the first has gone. */
    @Override
    protected boolean refusesSecondInstance() {
        return false;
    }
}
