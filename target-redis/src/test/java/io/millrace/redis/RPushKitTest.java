// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import java.util.List;

/** Lists that grow at their tail; a server without memory for more. */
class RPushKitTest extends RedisTargetKit {

    @Override
    RedisCommand command() {
        return RedisCommand.RPUSH;
    }

    @Override
    List<String> values(String key) {
        return client.lrange(key, 0, -1);
    }

    @Override
    protected boolean breakStorage() {
        client.configSet("maxmemory", "1");
        return true;
    }

    @Override
    protected void healStorage() {
        client.configSet("maxmemory", "0");
    }
}
