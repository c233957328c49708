// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import org.jspecify.annotations.Nullable;

/**
 * The library's own JSON. A record is an object of {@code event_timestamp} (seconds since the
 * epoch), {@code event_type}, {@code global_id}, {@code position}, {@code primary_key} (names,
 * comma-separated), {@code record} (the row after; for a delete the row before),
 * {@code schema_name}, {@code service}, {@code source}, {@code table_name}, {@code transaction_id},
 * {@code before} (updates only), {@code commit_timestamp_us} and {@code ordinal}. The key is an
 * object of the primary key's columns, or the object that is the key.
 *
 * <p>A statement has {@code event_type} {@code QUERY}, {@code kind}, {@code sql} and {@code tables}
 * instead of the row; {@code schema_name} and {@code table_name} are those of its first table, or
 * the session's database and null.
 */
public final class NativeJson implements Format {

    /** Thread-safe; there is nothing to configure. */
    public static final NativeJson INSTANCE = new NativeJson();

    private NativeJson() {}

    /** {@return the record as one line of JSON text} */
    public static String toText(Record record) {
        JsonBuffer out = new JsonBuffer();
        INSTANCE.forTable(record.schema()).write(record, out);
        return out.toString();
    }

    /** {@return the statement as one line of JSON text} */
    public static String toText(Statement statement) {
        JsonBuffer out = new JsonBuffer();
        INSTANCE.write(statement, out);
        return out.toString();
    }

    @Override
    public TableFormat forTable(TableSchema schema) {
        return new NativeTable(schema);
    }

    @Override
    public void write(Statement statement, JsonBuffer out) {
        SourceInfo source = statement.source();
        TableId first = statement.tables().isEmpty() ? null : statement.tables().get(0);
        out.ascii("{\"event_timestamp\":");
        out.number(source.eventTimestamp());
        out.ascii(",\"event_type\":\"QUERY\",\"global_id\":");
        out.stringOrNull(source.globalId());
        out.ascii(",\"kind\":\"");
        out.ascii(statement.kind().name());
        out.ascii("\",\"position\":");
        out.number(source.position());
        out.ascii(",\"schema_name\":");
        out.stringOrNull(first == null ? statement.database() : first.database());
        out.ascii(",\"service\":");
        out.string(source.service());
        out.ascii(",\"source\":");
        out.stringOrNull(source.source());
        out.ascii(",\"sql\":");
        out.string(statement.sql());
        out.ascii(",\"table_name\":");
        out.stringOrNull(first == null ? null : first.name());
        out.ascii(",\"tables\":[");
        for (int i = 0; i < statement.tables().size(); i++) {
            TableId table = statement.tables().get(i);
            out.ascii(i == 0 ? "{\"schema_name\":" : ",{\"schema_name\":");
            out.string(table.database());
            out.ascii(",\"table_name\":");
            out.string(table.name());
            out.raw('}');
        }
        out.ascii("],\"transaction_id\":");
        out.stringOrNull(source.transaction().shownId());
        moments(source, statement.ordinal(), out);
    }

    private static void moments(SourceInfo source, long ordinal, JsonBuffer out) {
        commit(source, out);
        out.number(ordinal);
        out.raw('}');
    }

    private static void commit(SourceInfo source, JsonBuffer out) {
        out.ascii(",\"commit_timestamp_us\":");
        if (source.commitTimestampMicros() == 0) {
            out.nullValue();
        } else {
            out.number(source.commitTimestampMicros());
        }
        out.ascii(",\"ordinal\":");
    }

    private static final class NativeTable implements TableFormat {

        private final TableSchema schema;
        private final JsonRow row;
        private final NativeKey key;
        /** {@code ,"primary_key":...,"record":}. */
        private final byte[] keyNames;
        /** {@code ,"schema_name":...}. */
        private final byte[] schemaName;
        /** {@code ,"table_name":...,"transaction_id":}. */
        private final byte[] tableName;

        /** The images of an update may differ in shape from each other once a processor edited one. */
        private @Nullable JsonRow otherRow;

        /*
         * All rows of one event share everything before and after the row itself; it is encoded for
         * the first and copied for the others.
         */
        private final JsonBuffer head = new JsonBuffer();
        private final JsonBuffer tail = new JsonBuffer();
        private final JsonBuffer commit = new JsonBuffer();
        private @Nullable SourceInfo encodedSource;
        private Record.@Nullable Kind encodedKind;

        NativeTable(TableSchema schema) {
            this.schema = schema;
            this.row = new JsonRow(schema);
            this.key = new NativeKey(schema);
            JsonBuffer out = new JsonBuffer();
            out.ascii(",\"primary_key\":");
            out.string(String.join(",", schema.primaryKey()));
            out.ascii(",\"record\":");
            this.keyNames = out.toByteArray();
            out.clear();
            out.ascii(",\"schema_name\":");
            out.string(schema.table().database());
            this.schemaName = out.toByteArray();
            out.clear();
            out.ascii(",\"table_name\":");
            out.string(schema.table().name());
            out.ascii(",\"transaction_id\":");
            this.tableName = out.toByteArray();
        }

        @Override
        public void writeKey(RowImage image, JsonBuffer out) {
            key.write(image, out);
        }

        @Override
        public void write(Record record, JsonBuffer out) {
            if (record.source() != encodedSource || record.kind() != encodedKind) {
                encode(record.source(), record.kind());
            }
            out.raw(head);
            row.write(record.row(), out);
            out.raw(tail);
            RowImage before = record.before();
            if (record.kind() == Record.Kind.UPDATE && before != null) {
                out.ascii(",\"before\":");
                rowFor(before).write(before, out);
            }
            out.raw(commit);
            out.number(record.ordinal());
            if (record.subOrdinal() > 0) {
                out.ascii(",\"sub_ordinal\":");
                out.number(record.subOrdinal());
            }
            out.raw('}');
        }

        private JsonRow rowFor(RowImage image) {
            if (image.schema() == schema) {
                return row;
            }
            if (otherRow == null || otherRow.schema() != image.schema()) {
                otherRow = new JsonRow(image.schema());
            }
            return otherRow;
        }

        private void encode(SourceInfo source, Record.Kind kind) {
            head.clear();
            head.ascii("{\"event_timestamp\":");
            head.number(source.eventTimestamp());
            head.ascii(",\"event_type\":\"");
            head.ascii(kind.name());
            head.ascii("\",\"global_id\":");
            head.stringOrNull(source.globalId());
            head.ascii(",\"position\":");
            head.number(source.position());
            head.raw(keyNames);
            tail.clear();
            tail.raw(schemaName);
            tail.ascii(",\"service\":");
            tail.string(source.service());
            tail.ascii(",\"source\":");
            tail.stringOrNull(source.source());
            tail.raw(tableName);
            tail.stringOrNull(source.transaction().shownId());
            commit.clear();
            commit(source, commit);
            encodedSource = source;
            encodedKind = kind;
        }
    }
}
