// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.transform;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.Findings;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns changes of rows into a history of fields: one row per field that changed, with its value before
 * and after, so that questions such as "how often has this been changed" become plain SQL.
 *
 * <pre>{@code
 * FieldChangePivot.builder()
 *     .carry("holding_id", "user_id")
 *     .fields("holding_stock", "holding_quantity")
 *     .into("bank", "holding_pivot")
 *     .build()
 *     .onlyFor(TableFilter.builder().exclude("*", "*").include("bank", "holding").build())
 * }</pre>
 *
 * <p>A row has the carried columns as they are and then {@code change_field}, {@code old_value} and
 * {@code new_value} (text; null before an insert and after a delete), {@code datetime_created},
 * {@code datetime_updated} and {@code datetime_deleted} (when the change was committed, in the one that
 * says what it was; the others are null) and {@code op_type} ({@code c}, {@code u} or {@code d}). It is a
 * record of kind INSERT and has no primary key. Initial rows are dropped: nothing happened to them. A
 * row of which the log lacks a value that is needed fails.
 */
public final class FieldChangePivot implements Transform {

    private final List<String> carried;
    private final List<String> fields;
    private final TableId into;
    private final boolean unchangedToo;

    private FieldChangePivot(Builder builder, TableId into) {
        this.carried = List.copyOf(builder.carried);
        this.fields = List.copyOf(builder.fields);
        this.into = into;
        this.unchangedToo = builder.unchangedToo;
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    public void apply(Record record, Consumer<Record> out) {
        if (record.kind() == Record.Kind.READ) {
            return;
        }
        RowImage row = record.row();
        TableSchema schema = row.schema().derived(this, this::pivoted);
        Instant when = moment(record.source());
        for (String field : fields) {
            if (record.kind() == Record.Kind.UPDATE && !row.has(field)) {
                // A log of changed columns only: this one did not.
                continue;
            }
            String before = record.kind() == Record.Kind.INSERT ? null : text(record.before(), field, record);
            String after = record.kind() == Record.Kind.DELETE ? null : text(record.after(), field, record);
            if (unchangedToo || !Objects.equals(before, after)) {
                Map<String, @Nullable Object> values = new LinkedHashMap<>();
                carried.forEach(column -> values.put(column, row.get(column)));
                values.put("change_field", field);
                values.put("old_value", before);
                values.put("new_value", after);
                values.put("datetime_created", record.kind() == Record.Kind.INSERT ? when : null);
                values.put("datetime_updated", record.kind() == Record.Kind.UPDATE ? when : null);
                values.put("datetime_deleted", record.kind() == Record.Kind.DELETE ? when : null);
                values.put("op_type", operation(record.kind()));
                RowImage change = RowImage.of(schema, values);
                out.accept(new Record(Record.Kind.INSERT, null, change, record.source(), record.ordinal()));
            }
        }
    }

    private static @Nullable String text(@Nullable RowImage row, String field, Record record) {
        if (row == null || !row.has(field)) {
            throw new IllegalArgumentException(
                    "the log lacks a value of %s.%s; its server has to log whole rows (MySQL: binlog_row_image=FULL)"
                            .formatted(record.table(), field));
        }
        return ValueText.of(row, row.schema().require(field));
    }

    private static String operation(Record.Kind kind) {
        return switch (kind) {
            case INSERT -> "c";
            case UPDATE -> "u";
            case DELETE -> "d";
            case READ -> "r";
        };
    }

    private static Instant moment(SourceInfo source) {
        return source.commitTimestampMicros() == 0
                ? Instant.ofEpochSecond(source.eventTimestamp())
                : Instant.EPOCH.plus(source.commitTimestampMicros(), ChronoUnit.MICROS);
    }

    private TableSchema pivoted(TableSchema schema) {
        List<Column> columns = new ArrayList<>();
        carried.forEach(column -> columns.add(schema.column(schema.require(column))));
        columns.add(new Column("change_field", ColumnType.STRING, "", 0, false));
        columns.add(Column.of("old_value", ColumnType.STRING));
        columns.add(Column.of("new_value", ColumnType.STRING));
        columns.add(new Column("datetime_created", ColumnType.TIMESTAMP, "", 6, true));
        columns.add(new Column("datetime_updated", ColumnType.TIMESTAMP, "", 6, true));
        columns.add(new Column("datetime_deleted", ColumnType.TIMESTAMP, "", 6, true));
        columns.add(new Column("op_type", ColumnType.STRING, "", 0, false));
        return new TableSchema(into, columns, List.of());
    }

    @Override
    public String toString() {
        return "pivot of " + fields + " into " + into;
    }

    /** Not thread-safe. */
    public static final class Builder {

        private static final List<String> OWN = List.of(
                "change_field",
                "old_value",
                "new_value",
                "datetime_created",
                "datetime_updated",
                "datetime_deleted",
                "op_type");

        private final List<String> carried = new ArrayList<>();
        private final List<String> fields = new ArrayList<>();
        private @Nullable TableId into;
        private boolean unchangedToo;

        private Builder() {}

        /** Columns that each row of the history has as well, such as those of the primary key. */
        public Builder carry(String... columns) {
            carried.addAll(List.of(columns));
            return this;
        }

        /** The columns whose changes are told. Required. */
        public Builder fields(String... columns) {
            fields.addAll(List.of(columns));
            return this;
        }

        /** The table that the rows of the history are of. Required. */
        public Builder into(String database, String table) {
            into = new TableId(database, table);
            return this;
        }

        /** Whether fields that did not change have a row as well. Default false. */
        public Builder unchangedToo(boolean value) {
            unchangedToo = value;
            return this;
        }

        /** @throws io.millrace.core.InvalidOptionsException with everything that is wrong */
        public FieldChangePivot build() {
            Findings findings = new Findings();
            findings.require(!fields.isEmpty(), "fields", fields, "must name at least one column");
            TableId table = into;
            if (table == null) {
                findings.add("into", "not set", "is required", "name the table that the history is of");
            }
            findings.require(
                    new HashSet<>(fields).size() == fields.size(), "fields", fields, "must name each column once");
            Set<String> names = new HashSet<>(OWN);
            for (String column : carried) {
                findings.require(names.add(column), "carry", column, "must not be named twice, nor be one of " + OWN);
            }
            findings.throwIfAny("FieldChangePivot");
            return new FieldChangePivot(this, Objects.requireNonNull(table));
        }
    }
}
