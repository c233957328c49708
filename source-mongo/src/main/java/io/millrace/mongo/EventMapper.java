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
import org.jspecify.annotations.Nullable;

/**
 * Makes a record or a statement of an event. The whole event is the record's row, or the document in it: the row
 * after for inserts, updates and replacements, the row before for deletes. Used by the capture thread.
 */
final class EventMapper {

    private final String service;
    private final EventSchemas schemas;
    private final JsonValues values;
    /** Null if the whole event is the row. */
    private final @Nullable DocumentRows documents;

    /** @param wholeEvents whether the event is the row, or the document in it */
    EventMapper(String service, JsonForm form, boolean wholeEvents) {
        this.service = service;
        this.schemas = new EventSchemas(form);
        this.values = new JsonValues(form);
        this.documents = wholeEvents ? null : new DocumentRows(values);
    }

    Change map(ChangeEvent event, MongoTransaction of, long ordinal) {
        long wallTime = event.wallTimeMillis();
        long seconds = wallTime == 0 ? event.clusterTime() >>> Integer.SIZE : Math.floorDiv(wallTime, 1_000L);
        SourceInfo source = source(of, seconds);
        Record.Kind kind = event.operation().record();
        if (kind == null) {
            return statement(event, eventRow(event), source, ordinal);
        }
        DocumentRows rows = documents;
        if (rows != null) {
            return document(rows, kind, event, source, ordinal);
        }
        RowImage row = eventRow(event);
        return kind == Record.Kind.DELETE
                ? new Record(kind, row, null, source, ordinal)
                : new Record(kind, null, row, source, ordinal);
    }

    /** {@return the row of a document that was there before} */
    RowImage loaded(ChangeEvent document) {
        DocumentRows rows = documents;
        if (rows == null) {
            return eventRow(document);
        }
        EventField image = EventField.FULL_DOCUMENT;
        return rows.row(rows.schema(document, List.of(image)), document, image);
    }

    /** Where there is no document, as when it was deleted before it was looked up, the row has its key alone. */
    private static Record document(
            DocumentRows rows, Record.Kind kind, ChangeEvent event, SourceInfo source, long ordinal) {
        EventField image =
                kind == Record.Kind.DELETE ? EventField.FULL_DOCUMENT_BEFORE_CHANGE : EventField.FULL_DOCUMENT;
        EventField shown = DocumentRows.hasDocument(event, image) ? image : EventField.DOCUMENT_KEY;
        boolean isDelete = kind == Record.Kind.DELETE;
        boolean hasBefore = !isDelete && DocumentRows.hasDocument(event, EventField.FULL_DOCUMENT_BEFORE_CHANGE);
        List<EventField> images = hasBefore ? List.of(shown, EventField.FULL_DOCUMENT_BEFORE_CHANGE) : List.of(shown);
        RowSchema of = rows.schema(event, images);
        RowImage row = rows.row(of, event, shown);
        if (isDelete) {
            return new Record(kind, row, null, source, ordinal);
        }
        RowImage before = hasBefore ? rows.row(of.again(), event, EventField.FULL_DOCUMENT_BEFORE_CHANGE) : null;
        return new Record(kind, before, row, source, ordinal);
    }

    SourceInfo source(MongoTransaction of, long epochSeconds) {
        return new SourceInfo(service, null, 0, of, epochSeconds, null);
    }

    private RowImage eventRow(ChangeEvent event) {
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
