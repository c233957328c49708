// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads one column of rows as text, in the form that {@link JsonRow} gives it, or a value within a
 * column of JSON. What it looked up for one schema serves until a row of another comes. Used by one
 * thread at a time.
 */
final class ColumnText {

    private final String name;
    private final List<String> within;
    private final JsonBuffer json = new JsonBuffer();
    private int column = -1;
    private @Nullable JsonRow writer;

    /** @param path the column's name, then tokens of a pointer into its value */
    ColumnText(List<String> path) {
        this.name = path.get(0);
        this.within = path.subList(1, path.size());
    }

    /** {@return the text, null if there is none} */
    @Nullable String of(RowImage row) {
        JsonRow writer = writer(row.schema());
        if (column < 0 || !row.has(column)) {
            return null;
        }
        json.clear();
        writer.writeValue(row, column, json);
        return JsonText.at(within, json.array(), 0, json.length());
    }

    private JsonRow writer(TableSchema schema) {
        if (writer == null || writer.schema() != schema) {
            writer = new JsonRow(schema);
            column = schema.indexOf(name);
        }
        return writer;
    }

    /** {@return why {@link #of} has no text for the row} */
    String whyNot(RowImage row) {
        int index = row.schema().indexOf(name);
        if (index < 0) {
            return "the table has no column " + name;
        } else if (!row.has(index)) {
            return "column " + name + " is absent from the log (a partial row image)";
        } else if (row.get(index) == null) {
            return "column " + name + " is null";
        }
        return "column " + name + " holds no text there but an object, an array, null or nothing";
    }
}
