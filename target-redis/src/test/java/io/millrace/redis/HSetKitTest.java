// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Record;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.RedisServer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Rows as hashes; connections that are cut. */
class HSetKitTest extends RedisMirrorKit {

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
        return RedisCommand.HSET;
    }

    @Override
    protected String form(Record record) {
        Object id = record.row().get("id");
        return key(record.table().name(), id)
                + new TreeMap<>(Map.of("id", id, "text", record.row().get("text")));
    }

    @Override
    List<String> values(String key) {
        Map<String, String> row = client.hgetAll(key);
        return row.isEmpty() ? List.of() : List.of(key + new TreeMap<>(row));
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
