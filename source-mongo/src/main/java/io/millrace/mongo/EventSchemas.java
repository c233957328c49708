// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The schemas of events, one for each collection. An event with fields that the manual does not list has a schema with
 * columns for these. Used by the capture thread.
 */
final class EventSchemas {

    private record Shape(TableId table, List<String> others) {}

    private final List<Column> columns;
    private final KnownSchemas<Shape> schemas = new KnownSchemas<>();

    // The last answer, which is nearly always the next as well.
    private @Nullable ChangeEvent last;
    private @Nullable TableSchema lastSchema;

    EventSchemas(JsonForm form) {
        this.columns = EventField.columns(form);
    }

    RowSchema of(ChangeEvent event) {
        TableSchema known = lastSchema;
        if (known != null
                && last != null
                && event.isOfTableOf(last)
                && event.others().equals(last.others())) {
            return new RowSchema(known, false);
        }
        Shape shape = new Shape(event.table(), event.others());
        TableSchema schema = schemas.get(shape);
        boolean isNew = schema == null;
        if (schema == null) {
            schema = make(shape);
            schemas.put(shape, schema);
        }
        last = event;
        lastSchema = schema;
        return new RowSchema(schema, isNew);
    }

    private TableSchema make(Shape shape) {
        List<Column> all = new ArrayList<>(columns);
        for (String name : shape.others()) {
            all.add(Column.of(name, ColumnType.JSON));
        }
        return TableSchema.ofDocuments(
                shape.table(), all, List.of(EventField.ID.field()), EventField.DOCUMENT_KEY.field());
    }
}
