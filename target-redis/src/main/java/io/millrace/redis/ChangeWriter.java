// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Batch;
import io.millrace.core.Change;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.PerSchema;
import io.millrace.core.format.TableFormat;
import io.millrace.core.format.Template;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/** Turns each change into the bytes that the format makes of it, and a key. Used by the lane's thread. */
final class ChangeWriter {

    /** Takes what a change becomes, in order. */
    interface Outlet {
        void take(String key, byte[] value, Change change);
    }

    /** A buffer that one huge row has grown is let go after it. */
    static final int LARGEST_KEPT = 1 << 20;

    private record Table(TableKeys keys, TableFormat format) {}

    private final RedisOptions options;
    private final Template key;
    private final Template statementKey;
    private final PerSchema<Table> tables;
    private JsonBuffer buffer = new JsonBuffer();

    ChangeWriter(RedisOptions options) {
        this.options = options;
        this.key = Objects.requireNonNull(options.key());
        this.statementKey = Objects.requireNonNull(options.statementKey());
        this.tables = new PerSchema<>(
                schema -> new Table(new TableKeys(schema, key), options.format().forTable(schema)));
    }

    void write(Batch batch, Outlet outlet) {
        Statement statement = batch.statement();
        if (statement != null) {
            buffer.clear();
            options.format().write(statement, buffer);
            byte[] value = buffer.toByteArray();
            keys(statement).forEach(name -> outlet.take(name, value, statement));
        }
        for (Record record : batch.records()) {
            Table table = tables.get(record.schema());
            outlet.take(table.keys().of(record), value(record, table), record);
        }
    }

    private byte[] value(Record record, Table table) {
        buffer.clear();
        try {
            table.format().write(record, buffer);
        } catch (RuntimeException e) {
            throw new RedisDeliveryException(
                    record, "a row of %s at %s cannot be encoded: %s".formatted(record.table(), record.source(), e), e);
        }
        byte[] value = buffer.toByteArray();
        if (value.length == 4 && value[0] == 'n') {
            throw new RedisDeliveryException(
                    record,
                    "the format makes nothing of the delete of a row of %s at %s, so nobody could tell which. Choose one that tells deletes, such as PlainRow with deletes(MARKED)."
                            .formatted(record.table(), record.source()),
                    null);
        }
        if (buffer.array().length > LARGEST_KEPT) {
            buffer = new JsonBuffer();
        }
        return value;
    }

    /** {@return where the statement goes: once to each key that its tables have} */
    private Set<String> keys(Statement statement) {
        Set<String> keys = new LinkedHashSet<>();
        if (key.isPerTable()) {
            for (TableId table : statement.tables()) {
                keys.add(key.textFor(statement, table));
            }
        }
        if (keys.isEmpty()) {
            TableId first =
                    statement.tables().isEmpty() ? null : statement.tables().get(0);
            keys.add(statementKey.textFor(statement, first));
        }
        return keys;
    }
}
