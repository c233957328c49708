// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table as a schema history knows it, for table maps that do not name their columns. What such a map does tell
 * decides: types, lengths, what may be null; and signs and charsets where it has them. Immutable.
 *
 * @param primaryKey names of columns, in the key's order
 */
public record DeclaredTable(List<DeclaredColumn> columns, List<String> primaryKey) {

    public DeclaredTable {
        columns = List.copyOf(columns);
        primaryKey = List.copyOf(primaryKey);
    }

    /** Adds to the metadata what the log lacks; {@return what contradicts it, null if nothing does} */
    @Nullable String complete(RowLayout layout, OptionalMetadata metadata) {
        if (columns.size() != layout.columns()) {
            return "the log has " + layout.columns() + " columns, the schema " + columns.size();
        }
        String[] names = new String[columns.size()];
        for (int i = 0; i < names.length; i++) {
            DeclaredColumn column = columns.get(i);
            if (!column.fits(layout, i, metadata)) {
                return "the log has something else than " + column.name() + " " + column.type() + " for column "
                        + (i + 1);
            }
            if (!column.isReadable(metadata)) {
                return "the character set of column " + column.name() + " is not known";
            }
            column.complete(metadata, i);
            names[i] = column.name();
        }
        metadata.names = names;
        metadata.primaryKey = primaryKey.stream().mapToInt(this::indexOf).toArray();
        return null;
    }

    private int indexOf(String name) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(name)) {
                return i;
            }
        }
        throw new IllegalStateException("no column " + name + " for the primary key");
    }
}
