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
 * had so far, so that there are few schemas however its documents differ. Used by the capture thread.
 */
final class DocumentRows {

    /** Collections beyond these have their schema begun anew when they come again. */
    private static final int MOST_COLLECTIONS = 4_096;
    /** A collection with more is one whose names of fields are data: its schema begins anew. */
    private static final int MOST_FIELDS = 1_000;

    private static final String KEY = EventField.ID.field();

    private final JsonValues values;
    /** The one first that was not asked for longest. */
    private final Map<TableId, TableSchema> schemas = new LinkedHashMap<>(16, 0.75f, true);

    DocumentRows(JsonValues values) {
        this.values = values;
    }

    /** {@return whether the field holds a document} */
    static boolean hasDocument(ChangeEvent event, EventField field) {
        return event.has(field) && event.type(field.ordinal()) == BsonType.DOCUMENT;
    }

    /** {@return the document that the field holds, by a schema that {@link #schema} has made for it} */
    RowImage row(TableSchema schema, ChangeEvent event, EventField field) {
        int[] places = new int[schema.size()];
        byte[] types = new byte[places.length];
        BsonElements elements = event.within(field);
        while (elements.next()) {
            int column = schema.require(elements.name());
            places[column] = elements.value();
            types[column] = (byte) elements.type();
        }
        return new DocumentRow(schema, event, places, types, values);
    }

    /** {@return a schema of the event's collection that has the columns of the documents in these fields} */
    TableSchema schema(ChangeEvent event, List<EventField> fields) {
        TableId collection = event.table();
        TableSchema known = schemas.get(collection);
        if (known == null) {
            known = new TableSchema(collection, List.of(Column.of(KEY, ColumnType.JSON)), List.of(KEY));
            schemas.put(collection, known);
        }
        Map<String, Column> missing = new LinkedHashMap<>();
        for (EventField field : fields) {
            addMissing(known, event.within(field), missing);
        }
        if (missing.isEmpty()) {
            return known;
        }
        if (known.size() > 1 && known.size() + missing.size() > MOST_FIELDS) {
            schemas.remove(collection);
            return schema(event, fields);
        }
        List<Column> columns = new ArrayList<>(known.columns());
        columns.addAll(missing.values());
        TableSchema wider = new TableSchema(collection, columns, List.of(KEY));
        schemas.put(collection, wider);
        if (schemas.size() > MOST_COLLECTIONS) {
            schemas.remove(schemas.keySet().iterator().next());
        }
        return wider;
    }

    private static void addMissing(TableSchema known, BsonElements document, Map<String, Column> missing) {
        while (document.next()) {
            String name = document.name();
            if (known.indexOf(name) < 0) {
                missing.put(name, Column.of(name, ColumnType.JSON));
            }
        }
    }
}
