// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.Column;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Debezium's envelope for the rows of one schema. Used by one thread at a time. */
final class DebeziumTable implements TableFormat {

    private static final String TRANSACTION_SCHEMA = """
            {"type":"struct","fields":[{"type":"string","optional":false,"field":"id"},\
            {"type":"int64","optional":false,"field":"total_order"},\
            {"type":"int64","optional":false,"field":"data_collection_order"}],\
            "optional":true,"name":"event.block","version":1,"field":"transaction"}""";
    private static final String TIMES_SCHEMA = """
            {"type":"int64","optional":true,"field":"ts_ms"},\
            {"type":"int64","optional":true,"field":"ts_us"},\
            {"type":"int64","optional":true,"field":"ts_ns"}""";

    private final DebeziumJson format;
    private final TableSchema schema;
    private final TableId table;
    private final DebeziumSource source;
    private final PerSchema<DebeziumRow> rows;
    private final KeyColumns keyColumns;
    /** What stands before and behind a key. */
    private final byte[] keyHead;

    private final byte[] keyTail;
    /** What stands before the row before. */
    private final byte[] head;

    /*
     * All rows of one event share everything behind the images but their own numbers; it is encoded for the first and
     * copied for the others.
     */
    private final JsonBuffer sourceHead = new JsonBuffer();
    private final JsonBuffer tail = new JsonBuffer();
    private @Nullable SourceInfo encodedSource;
    /** Of a row before that was seen to have the same columns. */
    private @Nullable TableSchema lastBefore;

    private Record.@Nullable Kind encodedKind;

    DebeziumTable(DebeziumJson format, TableSchema schema) {
        this.format = format;
        this.schema = schema;
        this.table = schema.table();
        this.source = new DebeziumSource(format);
        this.rows = new PerSchema<>(image -> new DebeziumRow(image, format));
        this.keyColumns = new KeyColumns(schema);
        this.keyHead = bytes(format.keySchema() ? "{\"schema\":" + keySchema(schema) + ",\"payload\":" : "");
        this.keyTail = bytes(format.keySchema() ? "}" : "");
        this.head =
                bytes((format.valueSchema() ? "{\"schema\":" + envelopeSchema(format, schema) + ",\"payload\":" : "")
                        + "{\"before\":");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String keySchema(TableSchema schema) {
        List<Column> columns = keyColumns.names().stream()
                .map(name -> schema.column(schema.require(name)))
                .toList();
        return struct(fields(format, columns), false, name(format, schema.table(), "Key")) + "}";
    }

    private static String envelopeSchema(DebeziumJson format, TableSchema schema) {
        String row = struct(fields(format, schema.columns()), true, name(format, schema.table(), "Value"));
        String fields = row + ",\"field\":\"before\"}," + row + ",\"field\":\"after\"},"
                + new DebeziumSource(format).schema() + "," + TRANSACTION_SCHEMA
                + ",{\"type\":\"string\",\"optional\":false,\"field\":\"op\"}," + TIMES_SCHEMA;
        return struct(fields, false, name(format, schema.table(), "Envelope")) + ",\"version\":2}";
    }

    private static String fields(DebeziumJson format, List<Column> columns) {
        return columns.stream()
                .map(column -> new DebeziumColumn(column, format).schema())
                .collect(Collectors.joining(","));
    }

    /** {@return a schema that lacks what may stand behind its name, and its last brace} */
    private static String struct(String fields, boolean optional, String name) {
        return "{\"type\":\"struct\",\"fields\":[" + fields + "],\"optional\":" + optional + ",\"name\":"
                + DebeziumColumn.quoted(name);
    }

    private static String name(DebeziumJson format, TableId table, String part) {
        return format.topicPrefix() + "." + table + "." + part;
    }

    @Override
    public void writeKey(RowImage row, JsonBuffer out) {
        out.raw(keyHead);
        rows.get(row.schema()).write(row, keyColumns.in(row.schema()), out);
        out.raw(keyTail);
    }

    @Override
    public void write(Record record, JsonBuffer out) {
        if (record.source() != encodedSource || record.kind() != encodedKind) {
            encode(record.source(), record.kind());
        }
        RowImage before = record.before();
        if (before != null && before.schema() != schema && format.valueSchema()) {
            requireSameColumns(before.schema());
        }
        out.raw(head);
        image(before, out);
        out.ascii(",\"after\":");
        image(record.after(), out);
        out.raw(sourceHead);
        out.number(record.ordinal());
        DebeziumSource.writeEnd(record.subOrdinal(), out);
        out.raw(tail);
    }

    /** The envelope has one schema for both rows, so one that a transform gave other columns would be misread. */
    private void requireSameColumns(TableSchema before) {
        if (before == lastBefore) {
            return;
        }
        boolean same = before.size() == schema.size();
        for (int i = 0; same && i < schema.size(); i++) {
            Column ofBefore = before.column(i);
            Column column = schema.column(i);
            same = ofBefore.equals(column)
                    || (column.nullable()
                            && ofBefore.equals(new Column(
                                    column.name(), column.type(), column.nativeType(), column.scale(), false)));
        }
        if (!same) {
            throw new IllegalArgumentException(
                    "the row before has other columns than the row after it (%s, %s), but the envelope's schema is one for both; let transforms edit both alike"
                            .formatted(before.columns(), schema.columns()));
        }
        lastBefore = before;
    }

    private void image(@Nullable RowImage image, JsonBuffer out) {
        if (image == null) {
            out.nullValue();
        } else {
            rows.get(image.schema()).write(image, out);
        }
    }

    private void encode(SourceInfo info, Record.Kind kind) {
        sourceHead.clear();
        sourceHead.ascii(",\"source\":");
        source.write(info, kind == Record.Kind.READ, table.database(), table.name(), sourceHead);
        tail.clear();
        tail.ascii(",\"transaction\":null,\"op\":\"");
        tail.raw(operation(kind));
        tail.raw('"');
        DebeziumSource.writeTimes(tail);
        tail.ascii(format.valueSchema() ? "}}" : "}");
        encodedSource = info;
        encodedKind = kind;
    }

    private static char operation(Record.Kind kind) {
        return switch (kind) {
            case INSERT -> 'c';
            case UPDATE -> 'u';
            case DELETE -> 'd';
            case READ -> 'r';
        };
    }

    /** {@return the envelope's schema for an event that has no rows: those of a TRUNCATE} */
    static String envelopeSchemaWithoutColumns(DebeziumJson format, TableId table) {
        return envelopeSchema(format, new TableSchema(table, List.of(), List.of()));
    }
}
