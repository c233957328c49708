// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Batch;

/** Appends changes to streams. */
final class StreamWriter implements Writer {

    private final RedisOptions options;
    private final ChangeWriter changes;

    StreamWriter(RedisOptions options) {
        this.options = options;
        this.changes = new ChangeWriter(options);
    }

    @Override
    public Script script() {
        return Script.STREAM;
    }

    @Override
    public void write(Batch batch, String lineage, Call call) {
        call.add(lineage);
        call.add(options.streamField());
        call.add(options.maxLength() == 0 ? "" : Long.toString(options.maxLength()));
        changes.write(
                batch,
                (key, value, change) -> call.add(call.key(key, change))
                        .add(change.source().transaction().number() + "-" + change.ordinal())
                        .add(value));
    }
}
