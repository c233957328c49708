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
 * The shapes of rows that were written, which stay in memory, unless they are too many. A transform may make a new
 * schema for each row: those that say the same are taken for one. Thread-safe.
 */
final class Schemas {

    /** The number of a schema that does not stay in memory. */
    static final int NOT_KEPT = -1;

    private static final long MOST_BYTES = 16L << 20;

    /** What a schema says. */
    private record Shape(TableId table, List<Column> columns, List<String> primaryKey, List<String> keyColumns) {}

    private final List<TableSchema> all = new ArrayList<>();
    private final Map<Shape, Integer> numbers = new HashMap<>();
    private long bytes;
    private TableSchema last = new TableSchema(new TableId("", ""), List.of(), List.of());
    private int lastNumber = NOT_KEPT;

    synchronized int number(TableSchema schema) {
        if (schema != last) {
            lastNumber = find(schema);
            last = schema;
        }
        return lastNumber;
    }

    private int find(TableSchema schema) {
        Shape shape = new Shape(schema.table(), schema.columns(), schema.primaryKey(), schema.keyColumns());
        Integer known = numbers.get(shape);
        if (known != null) {
            return known;
        }
        if (bytes + schema.sizeBytes() > MOST_BYTES) {
            return NOT_KEPT;
        }
        bytes += schema.sizeBytes();
        numbers.put(shape, all.size());
        all.add(schema);
        return all.size() - 1;
    }

    synchronized TableSchema get(int number) {
        return all.get(number);
    }
}
