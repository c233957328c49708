// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.RowImage;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.mongo.internal.bson.BsonElements;
import io.millrace.mongo.internal.bson.BsonType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes rows of the documents in events. A collection's schema has a column for each field that any of its documents
 * had so far, so that there are few schemas however its documents differ. Where names of fields are data they never
 * end: then a document that has another one has a schema of its own. Used by the capture thread.
 */
final class DocumentRows {

    /** A collection's schema has no more fields than these, or than its first document. */
    private static final int MOST_FIELDS = 1_000;

    private static final String KEY = EventField.ID.field();

    private final JsonValues values;
    private final KnownSchemas<TableId> schemas = new KnownSchemas<>();

    DocumentRows(JsonValues values) {
        this.values = values;
    }

    /** {@return whether the field holds a document} */
    static boolean hasDocument(ChangeEvent event, EventField field) {
        return event.has(field) && event.type(field.ordinal()) == BsonType.DOCUMENT;
    }

    /**
     * {@return the document that the field holds}
     *
     * @param schema what {@link #schema} has answered for it
     */
    RowImage row(RowSchema schema, ChangeEvent event, EventField field) {
        return new DocumentRow(schema, event, field, values);
    }

    /** {@return a schema of the event's collection that has the columns of the documents in these fields} */
    RowSchema schema(ChangeEvent event, List<EventField> fields) {
        TableId collection = event.table();
        TableSchema known = schemas.get(collection);
        boolean isFirst = known == null;
        if (known == null) {
            known = new TableSchema(collection, List.of(Column.of(KEY, ColumnType.JSON)), List.of(KEY));
        }
        TableSchema wider = widened(known, event, fields);
        if (wider == known && !isFirst) {
            return new RowSchema(known, false);
        }
        if (wider.size() > MOST_FIELDS && !isFirst) {
            TableSchema key = new TableSchema(collection, List.of(known.column(0)), List.of(KEY));
            return new RowSchema(widened(key, event, fields), true);
        }
        schemas.put(collection, wider);
        return new RowSchema(wider, true);
    }

    /** {@return a schema that has the columns of the documents in these fields besides; the same if it has them} */
    private static TableSchema widened(TableSchema known, ChangeEvent event, List<EventField> fields) {
        Map<String, Column> missing = new LinkedHashMap<>();
        for (EventField field : fields) {
            BsonElements document = event.within(field);
            while (document.next()) {
                String name = document.name();
                if (known.indexOf(name) < 0) {
                    missing.put(name, Column.of(name, ColumnType.JSON));
                }
            }
        }
        if (missing.isEmpty()) {
            return known;
        }
        List<Column> columns = new ArrayList<>(known.columns());
        columns.addAll(missing.values());
        return new TableSchema(known.table(), columns, known.primaryKey());
    }
}
