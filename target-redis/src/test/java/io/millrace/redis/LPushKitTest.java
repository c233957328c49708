// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.RedisServer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Lists that grow at their head; connections that are cut. */
class LPushKitTest extends RedisTargetKit {

    private static FaultyProxy proxy;

    @BeforeAll
    static void startProxy(RedisServer server) throws Exception {
        proxy = FaultyProxy.before("127.0.0.1", server.port());
    }

    @AfterAll
    static void closeProxy() {
        proxy.close();
    }

    @Override
    String targetUri() {
        return "redis://127.0.0.1:" + proxy.port();
    }

    @Override
    RedisCommand command() {
        return RedisCommand.LPUSH;
    }

    @Override
    List<String> values(String key) {
        List<String> values = new ArrayList<>(client.lrange(key, 0, -1));
        Collections.reverse(values);
        return values;
    }

    /** The next answer is cut off, so that it is not known whether the script ran. */
    @Override
    protected boolean breakStorage() {
        proxy.cutAfter(1);
        proxy.refuse();
        return true;
    }

    @Override
    protected void healStorage() {
        proxy.heal();
    }

    @Override
    protected boolean isOfStorage(Thread thread) {
        return super.isOfStorage(thread) || thread.getName().startsWith("faulty-proxy");
    }
}
