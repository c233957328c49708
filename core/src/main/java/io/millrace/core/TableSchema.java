// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The shape of a table at one moment of its log: columns in order, and which of them are the
 * primary key. Immutable and shared by all rows of that shape, so that it may serve as a cache key
 * by identity; every change of the shape in the log brings a new instance.
 */
public final class TableSchema {

    /** Edits remembered of one schema; more than transforms make, unless they make another for each row. */
    private static final int MOST_DERIVED = 256;

    /** Of large ones fewer are remembered, but so many. */
    private static final int FEWEST_DERIVED = 8;

    private static final int DERIVED_BYTES = 1 << 20;

    private record Addition(Column column) {}

    private record Replacement(int index, Column column) {}

    private record Removal(int index) {}

    /** The schema's own objects, and those of a column beside its texts. */
    private static final int OVERHEAD_BYTES = 400;

    private static final int COLUMN_BYTES = 150;

    private final TableId table;
    private final List<Column> columns;
    private final List<String> primaryKey;
    private final @Nullable String keyDocument;
    private final int[] primaryKeyIndexes;
    private final Map<String, Integer> indexes;
    /** What was made of this schema, by what it was made by. */
    private final Map<Object, TableSchema> derived = new ConcurrentHashMap<>(0);

    private final int sizeBytes;
    /** Whether the schema that it was made of remembers it. */
    private volatile boolean isShared;

    /**
     * @param primaryKey names of the key's columns in the key's order; empty for a table without one
     * @throws IllegalArgumentException if two columns share a name, or a key column does not exist
     */
    public TableSchema(TableId table, List<Column> columns, List<String> primaryKey) {
        this(table, columns, primaryKey, null);
    }

    private TableSchema(TableId table, List<Column> columns, List<String> primaryKey, @Nullable String keyDocument) {
        this.table = Objects.requireNonNull(table, "table");
        this.columns = List.copyOf(columns);
        this.primaryKey = List.copyOf(primaryKey);
        this.keyDocument = keyDocument;
        this.indexes = new HashMap<>();
        long size = OVERHEAD_BYTES;
        for (int i = 0; i < this.columns.size(); i++) {
            String name = this.columns.get(i).name();
            if (indexes.put(name, i) != null) {
                throw new IllegalArgumentException(table + " has two columns named " + name);
            }
            size += COLUMN_BYTES + name.length();
        }
        this.sizeBytes = (int) Math.min(size, Integer.MAX_VALUE);
        List<String> holders = keyColumns();
        this.primaryKeyIndexes = new int[holders.size()];
        for (int i = 0; i < primaryKeyIndexes.length; i++) {
            primaryKeyIndexes[i] = require(holders.get(i));
        }
    }

    /**
     * {@return a table whose key is not made of columns: it is the object that one of them holds}
     *
     * @param primaryKey names of the fields that make the key, as people know it; at least one
     * @param keyDocument the column of JSON that holds the key
     * @throws IllegalArgumentException if two columns share a name, or there is no such column of JSON
     */
    public static TableSchema ofDocuments(
            TableId table, List<Column> columns, List<String> primaryKey, String keyDocument) {
        TableSchema schema = new TableSchema(table, columns, primaryKey, keyDocument);
        if (schema.column(schema.primaryKeyIndexes[0]).type() != ColumnType.JSON) {
            throw new IllegalArgumentException(table + ": the key is an object, so " + keyDocument + " must be JSON");
        }
        return schema;
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

    /** {@return bytes of heap that the schema itself takes, roughly} */
    public int sizeBytes() {
        return sizeBytes;
    }

    /** {@return whether it was {@linkplain #derived made of another} and is remembered there, so that rows share it} */
    public boolean isShared() {
        return isShared;
    }

    /** {@return names of the primary key's columns in the key's order; empty if there is none} */
    public List<String> primaryKey() {
        return primaryKey;
    }

    /** {@return whether the key is the object that the one column of {@link #keyColumns()} holds} */
    public boolean hasKeyDocument() {
        return keyDocument != null;
    }

    /**
     * {@return names of the columns that hold the primary key: those of {@link #primaryKey()}, or the one whose
     * object is the key}
     */
    public List<String> keyColumns() {
        return keyDocument == null ? primaryKey : List.of(keyDocument);
    }

    /** {@return indexes of {@link #keyColumns()} in the key's order; the caller's own copy} */
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

    /**
     * {@return what {@code edit} makes of this schema: the same instance for the same {@code by}} The rows that a
     * transform makes of a table's rows then share a schema, and what is kept per schema is made once.
     *
     * @param by says what the edit does: equal to another only if they make the same; a few per schema
     */
    public TableSchema derived(Object by, UnaryOperator<TableSchema> edit) {
        TableSchema known = derived.get(by);
        if (known == null) {
            known = edit.apply(this);
            int most = Math.max(FEWEST_DERIVED, Math.min(MOST_DERIVED, DERIVED_BYTES / known.sizeBytes));
            if (derived.size() < most) {
                known.isShared = true;
                TableSchema earlier = derived.putIfAbsent(by, known);
                return earlier == null ? known : earlier;
            }
        }
        return known;
    }

    /** {@return this schema as that of another table} */
    public TableSchema of(TableId other) {
        return derived(other, schema -> new TableSchema(other, schema.columns, schema.primaryKey, schema.keyDocument));
    }

    /**
     * {@return this schema with these of its columns only}
     *
     * @throws IllegalArgumentException if one of {@link #keyColumns()} is not among them
     */
    public TableSchema keeping(List<Column> kept) {
        List<Column> copy = List.copyOf(kept);
        return derived(copy, schema -> new TableSchema(schema.table, copy, schema.primaryKey, schema.keyDocument));
    }

    /** {@return this schema with one more column at the end} */
    public TableSchema plus(Column column) {
        return derived(new Addition(column), schema -> schema.added(column));
    }

    private TableSchema added(Column column) {
        List<Column> more = new ArrayList<>(columns);
        more.add(column);
        return new TableSchema(table, more, primaryKey, keyDocument);
    }

    /** {@return this schema with another column at that place, which takes over its part in the key} */
    public TableSchema with(int index, Column column) {
        return derived(new Replacement(index, column), schema -> schema.replaced(index, column));
    }

    private TableSchema replaced(int index, Column column) {
        String name = column(index).name();
        List<Column> others = new ArrayList<>(columns);
        others.set(index, column);
        if (keyDocument != null) {
            return new TableSchema(table, others, primaryKey, keyDocument.equals(name) ? column.name() : keyDocument);
        }
        List<String> key = new ArrayList<>(primaryKey);
        key.replaceAll(part -> part.equals(name) ? column.name() : part);
        return new TableSchema(table, others, key);
    }

    /** {@return this schema without that column; without a primary key, if the column held a part of it} */
    public TableSchema without(int index) {
        return derived(new Removal(index), schema -> schema.removed(index));
    }

    private TableSchema removed(int index) {
        List<Column> fewer = new ArrayList<>(columns);
        fewer.remove(index);
        return keyColumns().contains(column(index).name())
                ? new TableSchema(table, fewer, List.of())
                : new TableSchema(table, fewer, primaryKey, keyDocument);
    }

    @Override
    public String toString() {
        return table + " " + columns.stream().map(Column::name).toList() + " key " + primaryKey;
    }
}
