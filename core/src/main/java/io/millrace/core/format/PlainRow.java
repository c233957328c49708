// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.ChangeRejectedException;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.Statement;
import io.millrace.core.TableSchema;
import java.util.Objects;

/**
 * The row alone, as an object of its columns with the values of {@link NativeJson}: for readers that know rows, not
 * changes. There is no form for statements; they are refused. Immutable and thread-safe.
 */
public final class PlainRow implements Format {

    /** What a delete is. */
    public enum Deletes {
        /**
         * {@code null}. Kafka's target sends it as a record without a value, which is the tombstone. Of a table without a
         * primary key it would not say which row is gone: such deletes are refused.
         */
        NULL,
        /** The row as it was, which looks like one that is there. */
        ROW,
        /** The row as it was. All rows get a field {@code __deleted}, which is {@code "true"} or {@code "false"}. */
        MARKED
    }

    private final Deletes deletes;

    private PlainRow(Builder builder) {
        this.deletes = builder.deletes;
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    public TableFormat forTable(TableSchema schema) {
        return new PlainTable(schema, deletes);
    }

    @Override
    public void write(Statement statement, JsonBuffer out) {
        throw new ChangeRejectedException(
                statement,
                "a plain row cannot tell of the statement " + statement.kind() + " at " + statement.source()
                        + "; choose another format, keep statements from the target, or let its error policy skip them",
                null);
    }

    @Override
    public String toString() {
        return "PlainRow[deletes=" + deletes + "]";
    }

    private static final class PlainTable implements TableFormat {

        private final Deletes deletes;
        private final NativeKey key;
        private final PerSchema<JsonRow> rows = new PerSchema<>(JsonRow::new);

        PlainTable(TableSchema schema, Deletes deletes) {
            this.deletes = deletes;
            this.key = new NativeKey(schema);
        }

        @Override
        public void writeKey(RowImage row, JsonBuffer out) {
            key.write(row, out);
        }

        @Override
        public void write(Record record, JsonBuffer out) {
            boolean isDelete = record.kind() == Record.Kind.DELETE;
            if (isDelete && deletes == Deletes.NULL) {
                if (record.schema().keyColumns().isEmpty()) {
                    throw new ChangeRejectedException(
                            record,
                            "%s has no primary key, so that a delete which is null would not say which row it is of, at %s;"
                                            .formatted(record.table(), record.source())
                                    + " choose deletes(MARKED)",
                            null);
                }
                out.nullValue();
                return;
            }
            out.raw('{');
            boolean any = rows.get(record.schema()).writeFields(record.row(), out);
            if (deletes == Deletes.MARKED) {
                out.ascii(any ? ",\"__deleted\":\"" : "\"__deleted\":\"");
                out.ascii(isDelete ? "true\"" : "false\"");
            }
            out.raw('}');
        }
    }

    /** Not thread-safe. */
    public static final class Builder {

        private Deletes deletes = Deletes.NULL;

        private Builder() {}

        /** Default {@link Deletes#NULL}. */
        public Builder deletes(Deletes value) {
            this.deletes = Objects.requireNonNull(value, "deletes");
            return this;
        }

        public PlainRow build() {
            return new PlainRow(this);
        }
    }
}
