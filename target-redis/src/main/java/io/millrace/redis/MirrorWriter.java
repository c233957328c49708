// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Batch;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.TableId;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.JsonRow;
import io.millrace.core.format.PerSchema;

/** Writes the latest state of rows. Statements are not its business. */
final class MirrorWriter implements Writer {

    private static final String VERSION_PREFIX = "millrace:version:";

    private record Table(TableKeys keys, String name, JsonRow json, HashFields fields) {}

    private final RedisOptions options;
    private JsonBuffer buffer = new JsonBuffer();
    private final PerSchema<Table> tables;

    MirrorWriter(RedisOptions options) {
        this.options = options;
        this.tables = new PerSchema<>(schema -> new Table(
                new TableKeys(schema, options.key()),
                name(schema.table()),
                new JsonRow(schema),
                new HashFields(schema)));
    }

    /** {@return the table's name as versions have it: no other table has the same} */
    static String name(TableId table) {
        return "`" + table.database().replace("`", "``") + "`.`" + table.name().replace("`", "``") + "`";
    }

    /** {@return where the version of the row under that key is kept} */
    static String versionKey(String key) {
        return VERSION_PREFIX + key;
    }

    @Override
    public Request write(Batch batch, String lineage, Call call) {
        call.add(lineage);
        call.add(options.command() == RedisCommand.SET ? "string" : "hash");
        call.add(options.ttl().toMillis());
        call.add(options.tombstoneTtl().toMillis());
        for (Record record : batch.records()) {
            write(record, call);
        }
        return Request.script(Script.MIRROR, call);
    }

    private void write(Record record, Call call) {
        if (record.kind() == Record.Kind.DELETE) {
            String key = tables.get(record.schema()).keys().of(record);
            begin(key, record, call).add("D").add(0);
        } else if (record.kind() != Record.Kind.UPDATE) {
            requireWhole(record.row(), record, "a row that is new");
            store(tables.get(record.schema()).keys().of(record), record, call);
        } else if (record.before() == null) {
            store(tables.get(record.schema()).keys().of(record), record, call);
        } else {
            update(record, record.before(), call);
        }
    }

    private void update(Record record, RowImage before, Call call) {
        Record completed = record.completed();
        Record gone = new Record(Record.Kind.DELETE, before, null, record.source(), record.ordinal())
                .withSubOrdinal(record.subOrdinal());
        String oldKey = tables.get(before.schema()).keys().of(gone);
        String newKey = tables.get(completed.schema()).keys().of(completed);
        if (!oldKey.equals(newKey)) {
            requireWhole(completed.row(), record, "a row that gets another key");
            begin(oldKey, record, call).add("D").add(0);
        }
        store(newKey, completed, call);
    }

    private void store(String key, Record record, Call call) {
        Table table = tables.get(record.schema());
        RowImage row = record.row();
        if (options.command() == RedisCommand.SET) {
            requireWhole(row, record, "a string");
            buffer.clear();
            table.json().write(row, buffer);
            begin(key, record, call).add("S").add(1).add(buffer.toByteArray());
            if (buffer.array().length > ChangeWriter.LARGEST_KEPT) {
                buffer = new JsonBuffer();
            }
        } else {
            begin(key, record, call);
            table.fields().write(row, call);
        }
    }

    private Call begin(String key, Record record, Call call) {
        return call.add(call.pair(key, versionKey(key), record))
                .add(record.source().transaction().number())
                .add(Sequence.of(record))
                .add(tables.get(record.schema()).name());
    }

    private static void requireWhole(RowImage row, Record record, String what) {
        if (!row.isWhole()) {
            throw new RedisDeliveryException(
                    record,
                    "the log lacks %s of %s at %s, but %s must be known whole. Set binlog_row_image=FULL on the server; of MongoDB, mirror documents and not events, by MongoOptions.wholeEvents(false)."
                            .formatted(absent(row), record.table(), record.source(), what),
                    null);
        }
    }

    /** {@return the first column that is absent} Of documents, the log may not tell which there are. */
    private static String absent(RowImage row) {
        for (int i = 0; i < row.schema().size(); i++) {
            if (!row.has(i)) {
                return "column " + row.schema().column(i).name();
            }
        }
        return "columns";
    }
}
