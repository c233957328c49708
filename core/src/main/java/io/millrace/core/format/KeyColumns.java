// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.TableSchema;
import java.util.List;

/** Finds the columns of a table's key, by name in images of another shape. Immutable. */
final class KeyColumns {

    private final TableSchema schema;
    private final List<String> names;
    private final int[] indexes;

    KeyColumns(TableSchema schema) {
        this.schema = schema;
        this.names = schema.keyColumns();
        this.indexes = schema.primaryKeyIndexes();
    }

    /** {@return the columns' names, in the key's order} */
    List<String> names() {
        return names;
    }

    /**
     * {@return indexes of the columns, not to be changed}
     *
     * @throws IllegalArgumentException if there is no such column
     */
    int[] in(TableSchema other) {
        if (other == schema) {
            return indexes;
        }
        int[] found = new int[indexes.length];
        for (int i = 0; i < found.length; i++) {
            found[i] = other.require(names.get(i));
        }
        return found;
    }
}
