// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The shape of a table at one moment of its log: columns in order, and which of them are the
 * primary key. Immutable and shared by all rows of that shape, so that it may serve as a cache key
 * by identity; every change of the shape in the log brings a new instance.
 */
public final class TableSchema {

    private final TableId table;
    private final List<Column> columns;
    private final List<String> primaryKey;
    private final int[] primaryKeyIndexes;
    private final Map<String, Integer> indexes;

    /**
     * @param primaryKey names of the key's columns in the key's order; empty for a table without one
     * @throws IllegalArgumentException if two columns share a name, or a key column does not exist
     */
    public TableSchema(TableId table, List<Column> columns, List<String> primaryKey) {
        this.table = Objects.requireNonNull(table, "table");
        this.columns = List.copyOf(columns);
        this.primaryKey = List.copyOf(primaryKey);
        this.indexes = new HashMap<>();
        for (int i = 0; i < this.columns.size(); i++) {
            if (indexes.put(this.columns.get(i).name(), i) != null) {
                throw new IllegalArgumentException(
                        table + " has two columns named " + this.columns.get(i).name());
            }
        }
        this.primaryKeyIndexes = new int[this.primaryKey.size()];
        for (int i = 0; i < primaryKeyIndexes.length; i++) {
            primaryKeyIndexes[i] = require(this.primaryKey.get(i));
        }
    }

    public TableId table() {
        return table;
    }

    public List<Column> columns() {
        return columns;
    }

    public Column column(int index) {
        return columns.get(index);
    }

    public int size() {
        return columns.size();
    }

    /** {@return names of the primary key's columns in the key's order; empty if there is none} */
    public List<String> primaryKey() {
        return primaryKey;
    }

    /** {@return indexes of the primary key's columns in the key's order; the caller's own copy} */
    public int[] primaryKeyIndexes() {
        return primaryKeyIndexes.clone();
    }

    /** {@return index of the column, or -1 if there is none of that name (names are case-sensitive)} */
    public int indexOf(String column) {
        return indexes.getOrDefault(column, -1);
    }

    /**
     * {@return index of the column}
     *
     * @throws IllegalArgumentException if there is none of that name; the message lists those there are
     */
    public int require(String column) {
        int index = indexOf(column);
        if (index < 0) {
            throw new IllegalArgumentException(table + " has no column " + column + "; it has " + indexes.keySet());
        }
        return index;
    }

    /** {@return this schema with one more column at the end} */
    public TableSchema plus(Column column) {
        List<Column> more = new ArrayList<>(columns);
        more.add(column);
        return new TableSchema(table, more, primaryKey);
    }

    @Override
    public String toString() {
        return table + " " + columns.stream().map(Column::name).toList() + " key " + primaryKey;
    }
}
