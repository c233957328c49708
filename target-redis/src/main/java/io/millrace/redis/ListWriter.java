// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Batch;
import java.util.ArrayList;
import java.util.List;

/** Pushes changes onto lists. */
final class ListWriter implements Writer {

    private final RedisCommand command;
    private final ChangeWriter changes;

    ListWriter(RedisOptions options) {
        this.command = options.command();
        this.changes = new ChangeWriter(options);
    }

    @Override
    public Script script() {
        return Script.LIST;
    }

    @Override
    public void write(Batch batch, String lineage, Call call) {
        List<List<byte[]>> values = new ArrayList<>();
        changes.write(batch, (key, value, change) -> {
            int index = call.key(key, change) - 2;
            if (index == values.size()) {
                values.add(new ArrayList<>());
            }
            values.get(index).add(value);
        });
        call.add(command.name());
        for (List<byte[]> list : values) {
            call.add(list.size());
            list.forEach(call::add);
        }
    }
}
