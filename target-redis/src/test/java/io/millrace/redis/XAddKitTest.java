// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import java.net.URI;
import java.util.List;
import java.util.Map;
import redis.clients.jedis.Jedis;

/** Streams; a server that becomes a replica for a while. */
class XAddKitTest extends RedisTargetKit {

    @Override
    RedisCommand command() {
        return RedisCommand.XADD;
    }

    @Override
    List<String> values(String key) {
        return client.xrange(key, "-", "+").stream()
                .map(entry -> entry.getFields())
                .map(Map::values)
                .flatMap(values -> values.stream())
                .toList();
    }

    @Override
    protected boolean breakStorage() {
        try (Jedis server = new Jedis(URI.create(uri()))) {
            server.replicaof("127.0.0.1", 1);
        }
        return true;
    }

    @Override
    protected void healStorage() {
        try (Jedis server = new Jedis(URI.create(uri()))) {
            server.replicaofNoOne();
        }
    }
}
