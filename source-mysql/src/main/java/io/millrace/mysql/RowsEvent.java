// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.Record;
import io.millrace.core.SourceInfo;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A native event of rows: what one statement did to one table, or a part of it. Its records are lazy
 * views of the event's bytes. Used on the capture thread; the records may be kept.
 */
public final class RowsEvent {

    private final Record.Kind kind;
    private final TableSchema schema;
    private final SourceInfo source;
    private final Supplier<List<Record>> decoder;
    private @Nullable List<Record> records;

    RowsEvent(Record.Kind kind, TableSchema schema, SourceInfo source, Supplier<List<Record>> decoder) {
        this.kind = kind;
        this.schema = schema;
        this.source = source;
        this.decoder = decoder;
    }

    public Record.Kind kind() {
        return kind;
    }

    public TableId table() {
        return schema.table();
    }

    public TableSchema schema() {
        return schema;
    }

    public SourceInfo source() {
        return source;
    }

    /** {@return one record for each row, in the event's order} */
    public List<Record> records() {
        if (records == null) {
            records = decoder.get();
        }
        return records;
    }
}
