// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.Change;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.JsonRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Makes a record or a statement of an event. The whole event is the record's row: the row after for inserts,
 * updates and replacements, the row before for deletes. Used by the capture thread.
 */
final class EventMapper {

    private final String service;
    private final EventSchemas schemas;
    private final JsonValues values;

    EventMapper(String service, JsonForm form) {
        this.service = service;
        this.schemas = new EventSchemas(form);
        this.values = new JsonValues(form);
    }

    Change map(ChangeEvent event, MongoTransaction of, long ordinal) {
        long wallTime = event.wallTimeMillis();
        long seconds = wallTime == 0 ? event.clusterTime() >>> Integer.SIZE : Math.floorDiv(wallTime, 1_000L);
        SourceInfo source = source(of, seconds);
        RowImage row = row(event);
        Record.Kind kind = event.operation().record();
        if (kind == null) {
            return statement(event, row, source, ordinal);
        }
        return kind == Record.Kind.DELETE
                ? new Record(kind, row, null, source, ordinal)
                : new Record(kind, null, row, source, ordinal);
    }

    /** {@return a document that was there before} */
    Record loaded(ChangeEvent document, SourceInfo source, long ordinal) {
        return new Record(Record.Kind.READ, null, row(document), source, ordinal);
    }

    SourceInfo source(MongoTransaction of, long epochSeconds) {
        return new SourceInfo(service, null, 0, of, epochSeconds, null);
    }

    private RowImage row(ChangeEvent event) {
        return new EventRow(schemas.of(event), event, values);
    }

    private static Statement statement(ChangeEvent event, RowImage row, SourceInfo source, long ordinal) {
        TableSchema schema = row.schema();
        JsonBuffer text = new JsonBuffer();
        new JsonRow(schema).write(row, text);
        List<TableId> tables = new ArrayList<>();
        if (!schema.table().name().isEmpty()) {
            tables.add(schema.table());
        }
        TableId renamedTo = event.renamedTo();
        if (renamedTo != null) {
            tables.add(renamedTo);
        }
        return new Statement(
                Objects.requireNonNull(event.operation().statement()),
                schema.table().database(),
                tables,
                text.toString(),
                source,
                ordinal,
                event.operation() == Operation.UNKNOWN);
    }
}
