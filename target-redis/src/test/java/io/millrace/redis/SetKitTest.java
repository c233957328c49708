// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Record;
import java.util.List;

/** Rows as strings; a server without memory for more. */
class SetKitTest extends RedisMirrorKit {

    @Override
    RedisCommand command() {
        return RedisCommand.SET;
    }

    @Override
    protected String form(Record record) {
        Object id = record.row().get("id");
        return "%s{\"id\":%s,\"text\":\"%s\"}"
                .formatted(key(record.table().name(), id), id, record.row().get("text"));
    }

    @Override
    List<String> values(String key) {
        String row = client.get(key);
        return row == null ? List.of() : List.of(key + row);
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
