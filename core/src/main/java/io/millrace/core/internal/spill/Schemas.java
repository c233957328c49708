// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.spill;

import io.millrace.core.Column;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The shapes of rows that were written, which stay in memory. A transform may make a new schema for
 * each row: those that say the same are taken for one. Thread-safe.
 */
final class Schemas {

    /** What a schema says. */
    private record Shape(TableId table, List<Column> columns, List<String> primaryKey, List<String> keyColumns) {}

    private final List<TableSchema> all = new ArrayList<>();
    private final Map<Shape, Integer> numbers = new HashMap<>();
    private TableSchema last = new TableSchema(new TableId("", ""), List.of(), List.of());
    private int lastNumber = -1;

    synchronized int number(TableSchema schema) {
        if (schema != last) {
            lastNumber = numbers.computeIfAbsent(shape(schema), shape -> {
                all.add(schema);
                return all.size() - 1;
            });
            last = schema;
        }
        return lastNumber;
    }

    private static Shape shape(TableSchema schema) {
        return new Shape(schema.table(), schema.columns(), schema.primaryKey(), schema.keyColumns());
    }

    synchronized TableSchema get(int number) {
        return all.get(number);
    }
}
