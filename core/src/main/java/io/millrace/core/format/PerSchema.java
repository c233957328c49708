// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.TableSchema;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a target makes once for all rows of a schema, such as a {@link TableFormat}. A table that changes gets a
 * new schema, so only the thousand used last are kept. Not thread-safe.
 *
 * @param <T> what is made
 */
public final class PerSchema<T> {

    private static final int MOST = 1_024;

    private final Function<TableSchema, T> maker;
    private final Map<TableSchema, T> made = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<TableSchema, T> eldest) {
            return size() > MOST;
        }
    };
    // Rows of a table mostly come one behind the other.
    private @Nullable TableSchema lastSchema;
    private @Nullable T last;

    public PerSchema(Function<TableSchema, T> maker) {
        this.maker = Objects.requireNonNull(maker, "maker");
    }

    /** {@return what belongs to the schema: a schema is equal to itself only} */
    public T get(TableSchema schema) {
        T found = last;
        if (found == null || schema != lastSchema) {
            found = made.computeIfAbsent(schema, maker);
            lastSchema = schema;
            last = found;
        }
        return found;
    }
}
