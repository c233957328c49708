// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Change;
import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.internal.delivery.Transformation.UntransformedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a record of a change that could not be delivered, and why. */
final class DeadLetter {

    private static final List<String> KEY = List.of("pipeline", "target", "transaction_id", "ordinal", "sub_ordinal");
    private static final List<String> OTHERS =
            List.of("source", "position", "event_type", "schema_name", "table_name", "record", "problem", "exception");
    private static final TableSchema SCHEMA = new TableSchema(
            new TableId("millrace", "dead_letters"),
            java.util.stream.Stream.concat(KEY.stream(), OTHERS.stream())
                    .map(name -> Column.of(name, ColumnType.STRING))
                    .toList(),
            KEY);

    private DeadLetter() {}

    static Record of(String pipeline, String target, Change change, Throwable failure) {
        SourceInfo source = change.source();
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("pipeline", pipeline);
        values.put("target", target);
        values.put("transaction_id", source.transactionId());
        values.put("ordinal", Long.toString(change.ordinal()));
        values.put("sub_ordinal", change instanceof Record record ? Integer.toString(record.subOrdinal()) : "0");
        values.put("source", source.source());
        values.put("position", Long.toString(source.position()));
        if (change instanceof Record record) {
            values.put("event_type", record.kind().name());
            values.put("schema_name", record.table().database());
            values.put("table_name", record.table().name());
        } else if (change instanceof Statement statement) {
            values.put("event_type", statement.kind().name());
            values.put("schema_name", statement.database());
            values.put("table_name", null);
        }
        values.put("record", failure instanceof UntransformedException ? identity(change) : readable(change));
        values.put("problem", String.valueOf(failure.getMessage()));
        values.put("exception", failure.getClass().getName());
        Record letter = new Record(Record.Kind.INSERT, null, RowImage.of(SCHEMA, values), source, change.ordinal());
        return change instanceof Record record ? letter.withSubOrdinal(record.subOrdinal()) : letter;
    }

    /** {@return the change as JSON, of a row the primary key only; null for a statement} */
    private static @Nullable String identity(Change change) {
        return change instanceof Record record
                ? record.withImages(key(record.before()), key(record.after())).toJson()
                : null;
    }

    private static @Nullable RowImage key(@Nullable RowImage row) {
        if (row == null) {
            return null;
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (String column : row.schema().keyColumns()) {
            if (row.has(column)) {
                values.put(column, row.get(column));
            }
        }
        return RowImage.of(row.schema(), values);
    }

    /** {@return the change as JSON, without the columns that cannot be read} */
    private static String readable(Change change) {
        try {
            return change.toJson();
        } catch (RuntimeException e) {
            if (change instanceof Record record) {
                return record.withImages(readable(record.before()), readable(record.after()))
                        .toJson();
            }
            throw e;
        }
    }

    private static @Nullable RowImage readable(@Nullable RowImage row) {
        if (row == null) {
            return null;
        }
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        List<Column> columns = row.schema().columns();
        for (int i = 0; i < columns.size(); i++) {
            if (row.has(i)) {
                try {
                    values.put(columns.get(i).name(), row.get(i));
                } catch (RuntimeException e) {
                    // Left out: to a reader the column is absent, and the problem names it.
                }
            }
        }
        return RowImage.of(row.schema(), values);
    }
}
