// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Batch;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.JsonRow;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes the latest state of rows. Statements are not its business. */
final class MirrorWriter implements Writer {

    private static final String VERSION_PREFIX = "millrace:version:";

    /** Schemas of which the writers are kept; the one not used longest makes room. */
    private static final int MOST_SCHEMAS = 1_024;

    private record Table(TableKeys keys, String name, JsonRow json, HashFields fields) {}

    private final RedisOptions options;
    private final JsonBuffer buffer = new JsonBuffer();
    private final Map<TableSchema, Table> tables = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<TableSchema, Table> eldest) {
            return size() > MOST_SCHEMAS;
        }
    };
    private @Nullable Table last;

    MirrorWriter(RedisOptions options) {
        this.options = options;
    }

    /** {@return where the version of the row under that key is kept} */
    static String versionKey(String key) {
        return VERSION_PREFIX + key;
    }

    @Override
    public Script script() {
        return Script.MIRROR;
    }

    @Override
    public void write(Batch batch, Call call) {
        call.add(options.ttl().toMillis());
        call.add(options.tombstoneTtl().toMillis());
        for (Record record : batch.records()) {
            write(record, call);
        }
    }

    private void write(Record record, Call call) {
        if (record.kind() == Record.Kind.DELETE) {
            String key = table(record.schema()).keys().of(record);
            begin(key, record, call).add("D");
        } else if (record.kind() != Record.Kind.UPDATE || record.before() == null) {
            // An update without the row before it: whatever is known of the row is in it.
            boolean isWhole = record.kind() != Record.Kind.UPDATE;
            store(table(record.schema()).keys().of(record), record, isWhole, call);
        } else {
            update(record, record.before(), call);
        }
    }

    private void update(Record record, RowImage before, Call call) {
        Record completed = TableKeys.completed(record);
        Record gone = new Record(Record.Kind.DELETE, before, null, record.source(), record.ordinal());
        String oldKey = table(before.schema()).keys().of(gone);
        String newKey = table(completed.schema()).keys().of(completed);
        if (oldKey.equals(newKey)) {
            store(newKey, completed, false, call);
        } else {
            begin(oldKey, record, call).add("D");
            store(newKey, completed, true, call);
        }
    }

    private void store(String key, Record record, boolean isWhole, Call call) {
        Table table = table(record.schema());
        RowImage row = record.row();
        begin(key, record, call);
        if (options.command() == RedisCommand.SET) {
            requireWhole(row, record);
            buffer.clear();
            table.json().write(row, buffer);
            call.add("S").add(buffer.toByteArray());
        } else {
            table.fields().write(row, isWhole, call);
        }
    }

    private Call begin(String key, Record record, Call call) {
        return call.add(call.pair(key, versionKey(key), record))
                .add(record.source().transaction().number())
                .add(record.ordinal())
                .add(table(record.schema()).name());
    }

    private static void requireWhole(RowImage row, Record record) {
        for (int i = 0; i < row.schema().size(); i++) {
            if (!row.has(i)) {
                throw new RedisDeliveryException(
                        record,
                        "the row of %s at %s lacks column %s, and a string holds whole rows only. Log whole rows (binlog_row_image=FULL), or mirror with HSET."
                                .formatted(
                                        record.table(),
                                        record.source(),
                                        row.schema().column(i).name()),
                        null);
            }
        }
    }

    private Table table(TableSchema schema) {
        Table table = last;
        if (table == null || table.keys().schema() != schema) {
            // A schema is equal to itself only.
            table = tables.computeIfAbsent(
                    schema,
                    own -> new Table(
                            new TableKeys(own, options.key()),
                            own.table().toString(),
                            new JsonRow(own),
                            new HashFields(own)));
            last = table;
        }
        return table;
    }
}
