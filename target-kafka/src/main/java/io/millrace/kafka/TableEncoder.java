// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import io.millrace.core.format.Format;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.TableFormat;
import io.millrace.core.format.TableTemplate;
import io.millrace.core.format.Template;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Topic, key and value of the records of one schema. Used by one thread at a time; the buffer is
 * shared among the encoders of a target.
 */
final class TableEncoder {

    /** A buffer that one huge row has grown is let go after it. */
    private static final int LARGEST_KEPT = 1 << 20;

    private final TableFormat format;
    private final TableFormat keyFormat;
    private final TableTemplate topic;
    private final boolean keyed;
    private final int[] keyColumns;
    private final List<String> keyNames;
    private final byte[] tableKey;

    TableEncoder(TableSchema schema, Format format, Format keyFormat, Template topic) {
        this.format = format.forTable(schema);
        this.keyFormat = format == keyFormat ? this.format : keyFormat.forTable(schema);
        this.topic = topic.forTable(schema);
        this.keyColumns = schema.primaryKeyIndexes();
        this.keyNames = schema.keyColumns();
        this.keyed = keyColumns.length > 0;
        this.tableKey =
                tableKey(keyFormat, schema.table().database(), schema.table().name());
    }

    /** {@return the key of what concerns a table, or a database, as a whole} */
    static byte[] tableKey(Format keyFormat, String database, @Nullable String table) {
        JsonBuffer out = new JsonBuffer(64);
        keyFormat.writeKey(database, table, out);
        return out.toByteArray();
    }

    /** {@return whether rows have keys of their own; if not, the table is the key of them all} */
    boolean isKeyed() {
        return keyed;
    }

    String topic(Record record) {
        return topic.textFor(record);
    }

    /** {@return the key of an image that has all columns of the primary key} */
    byte[] key(RowImage row, JsonBuffer scratch) {
        if (!keyed) {
            return tableKey;
        }
        scratch.clear();
        keyFormat.writeKey(row, scratch);
        return scratch.toByteArray();
    }

    /**
     * {@return the row's key after an update, of which the log may hold only what changed}
     *
     * @param before has what {@code after} lacks
     */
    byte[] keyAfter(RowImage before, RowImage after, JsonBuffer scratch) {
        RowImage whole = after;
        for (int i = 0; i < keyColumns.length; i++) {
            if (!after.has(keyColumns[i])) {
                whole = whole.with(keyNames.get(i), before.get(keyNames.get(i)));
            }
        }
        return key(whole, scratch);
    }

    /** {@return whether the image tells the whole key} */
    boolean hasKey(RowImage row) {
        for (int i = 0; i < keyColumns.length; i++) {
            int column = row.schema().indexOf(keyNames.get(i));
            if (column < 0 || !row.has(column)) {
                return false;
            }
        }
        return true;
    }

    /** {@return the value; null where the format says that there is none, as of a delete} */
    byte @Nullable [] value(Record record, Scratch scratch) {
        JsonBuffer buffer = scratch.value;
        buffer.clear();
        format.write(record, buffer);
        byte[] value = isNull(buffer) ? null : buffer.toByteArray();
        if (buffer.array().length > LARGEST_KEPT) {
            scratch.value = new JsonBuffer();
        }
        return value;
    }

    private static boolean isNull(JsonBuffer json) {
        return json.length() == 4 && json.array()[0] == 'n';
    }

    /** Buffers that all encoders of a target use in turn. */
    static final class Scratch {
        private JsonBuffer value = new JsonBuffer();
        final JsonBuffer key = new JsonBuffer(64);
    }
}
