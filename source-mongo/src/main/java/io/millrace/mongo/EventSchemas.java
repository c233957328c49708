// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The schemas of events, one for each collection, so that formats can keep what they make for one. An event with
 * fields that the manual does not list has a schema with columns for these. Used by the capture thread.
 */
final class EventSchemas {

    /** Collections beyond these have their schema made anew when they come again. */
    private static final int MOST = 4_096;

    private record Shape(TableId table, List<String> others) {}

    private final List<Column> columns;
    /** The one first that was not asked for longest. */
    private final Map<Shape, TableSchema> schemas = new LinkedHashMap<>(16, 0.75f, true);

    // The last answer, which is nearly always the next as well.
    private @Nullable ChangeEvent last;
    private @Nullable TableSchema lastSchema;

    EventSchemas(JsonForm form) {
        this.columns = EventField.columns(form);
    }

    TableSchema of(ChangeEvent event) {
        TableSchema known = lastSchema;
        if (known != null
                && last != null
                && event.isOfTableOf(last)
                && event.others().equals(last.others())) {
            return known;
        }
        Shape shape = new Shape(event.table(), List.copyOf(event.others()));
        TableSchema schema = schemas.computeIfAbsent(shape, this::make);
        if (schemas.size() > MOST) {
            schemas.remove(schemas.keySet().iterator().next());
        }
        last = event;
        lastSchema = schema;
        return schema;
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
