// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.NativeHeader;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.TableSchema;
import io.millrace.core.format.MaxwellJson.KeyFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Maxwell's rows of one schema. Used by one thread at a time. */
final class MaxwellTable implements TableFormat {

    private final MaxwellJson format;
    private final boolean isHash;
    private final PerSchema<MaxwellRow> rows;
    private final KeyColumns keyColumns;
    private final OldValues oldValues = new OldValues();
    /** {@code {"database":...,"table":...,"type":"}. */
    private final byte[] names;
    /** What stands before the key's values, and before each of them. */
    private final byte[] keyHead;

    private final byte[][] keyNames;
    /** {@code ,"primary_key_columns":[...]}, or nothing. */
    private final byte[] columnNames;

    /*
     * All rows of one event share everything before their own number; it is encoded for the first and copied for the
     * others.
     */
    private final JsonBuffer head = new JsonBuffer();
    private final JsonBuffer place = new JsonBuffer();
    private @Nullable SourceInfo encodedSource;
    private Record.@Nullable Kind encodedKind;

    MaxwellTable(MaxwellJson format, TableSchema schema) {
        this.format = format;
        this.isHash = format.keyFormat() == KeyFormat.HASH;
        this.rows = new PerSchema<>(image -> new MaxwellRow(image, format));
        this.keyColumns = new KeyColumns(schema);
        JsonBuffer out = new JsonBuffer();
        out.ascii("{\"database\":");
        out.string(schema.table().database());
        out.ascii(",\"table\":");
        out.string(schema.table().name());
        out.ascii(",\"type\":\"");
        this.names = out.toByteArray();
        this.keyHead = keyHead(schema, isHash);
        this.keyNames = keyNames(keyColumns.names(), isHash);
        this.columnNames = format.primaryKeyColumns() ? columnNames(keyColumns.names()) : new byte[0];
    }

    private static byte[] keyHead(TableSchema schema, boolean isHash) {
        JsonBuffer out = new JsonBuffer();
        out.ascii(isHash ? "{\"database\":" : "[");
        out.string(schema.table().database());
        out.ascii(isHash ? ",\"table\":" : ",");
        out.string(schema.table().name());
        out.ascii(isHash ? "" : ",[");
        return out.toByteArray();
    }

    private static byte[][] keyNames(List<String> columns, boolean isHash) {
        byte[][] names = new byte[columns.size()][];
        for (int i = 0; i < names.length; i++) {
            String name = columns.get(i).toLowerCase(Locale.ROOT);
            JsonBuffer out = new JsonBuffer();
            out.ascii(isHash || i > 0 ? "," : "");
            out.ascii(isHash ? "" : "{");
            out.string(isHash ? "pk." + name : name);
            out.raw(':');
            names[i] = out.toByteArray();
        }
        return names;
    }

    private static byte[] columnNames(List<String> columns) {
        JsonBuffer out = new JsonBuffer();
        out.ascii(",\"primary_key_columns\":[");
        for (int i = 0; i < columns.size(); i++) {
            out.ascii(i == 0 ? "" : ",");
            out.string(columns.get(i));
        }
        out.raw(']');
        return out.toByteArray();
    }

    @Override
    public void writeKey(RowImage row, JsonBuffer out) {
        int[] columns = keyColumns.in(row.schema());
        MaxwellRow writer = rows.get(row.schema());
        out.raw(keyHead);
        for (int i = 0; i < columns.length; i++) {
            out.raw(keyNames[i]);
            writer.writeValue(row, columns[i], out);
            if (!isHash) {
                out.raw('}');
            }
        }
        out.ascii(isHash ? "}" : "]]");
    }

    @Override
    public void write(Record record, JsonBuffer out) {
        if (record.source() != encodedSource || record.kind() != encodedKind) {
            encode(record.source(), record.kind());
        }
        RowImage row = record.row();
        MaxwellRow writer = rows.get(row.schema());
        out.raw(head);
        if (format.commitInfo() && format.xoffset()) {
            out.ascii(",\"xoffset\":");
            out.number(record.ordinal());
            if (record.subOrdinal() > 0) {
                out.ascii(",\"sub_ordinal\":");
                out.number(record.subOrdinal());
            }
        }
        out.raw(place);
        if (format.primaryKeys()) {
            writePrimaryKey(row, writer, out);
        }
        out.raw(columnNames);
        out.ascii(",\"data\":");
        writer.write(row, out);
        RowImage before = record.before();
        if (record.kind() == Record.Kind.UPDATE && before != null) {
            out.ascii(",\"old\":");
            oldValues.write(before, rows.get(before.schema()), row, writer, format.nulls(), out);
        }
        out.raw('}');
    }

    private void writePrimaryKey(RowImage row, MaxwellRow writer, JsonBuffer out) {
        int[] columns = keyColumns.in(row.schema());
        out.ascii(",\"primary_key\":[");
        for (int i = 0; i < columns.length; i++) {
            if (i > 0) {
                out.raw(',');
            }
            writer.writeValue(row, columns[i], out);
        }
        out.raw(']');
    }

    private void encode(SourceInfo source, Record.Kind kind) {
        head.clear();
        head.raw(names);
        head.ascii(type(kind));
        head.ascii("\",\"ts\":");
        head.number(source.eventTimestamp());
        if (format.commitInfo() && kind != Record.Kind.READ) {
            head.ascii(",\"xid\":");
            head.number(source.transaction().number());
        }
        place.clear();
        format.writePlace(source, place);
        NativeHeader header = source.nativeHeader();
        if (format.serverId() && header != null) {
            place.ascii(",\"server_id\":");
            place.number(header.serverId());
        }
        encodedSource = source;
        encodedKind = kind;
    }

    private String type(Record.Kind kind) {
        return switch (kind) {
            case INSERT -> "insert";
            case UPDATE -> "update";
            case DELETE -> "delete";
            case READ -> format.bootstrapAsInsert() ? "insert" : "bootstrap-insert";
        };
    }
}
