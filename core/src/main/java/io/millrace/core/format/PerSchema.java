// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.TableSchema;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a target makes once for all rows of a schema, such as a {@link TableFormat}. A table that changes gets a
 * new schema, and where names of fields are data each row may have one of its own: only the thousand used last are
 * kept, and fewer where they are wide. Not thread-safe.
 *
 * @param <T> what is made
 */
public final class PerSchema<T> {

    private static final int MOST = 1_024;

    /** Of the schemas; what is made of them is about as large. */
    private static final long MOST_BYTES = 16L << 20;

    private final Function<TableSchema, T> maker;
    /** The one first that was not used for longest. */
    private final Map<TableSchema, T> made = new LinkedHashMap<>(64, 0.75f, true);

    private long bytes;
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
            found = made.get(schema);
            if (found == null) {
                found = maker.apply(schema);
                keep(schema, found);
            }
            lastSchema = schema;
            last = found;
        }
        return found;
    }

    private void keep(TableSchema schema, T of) {
        made.put(schema, of);
        bytes += schema.sizeBytes();
        Iterator<TableSchema> eldest = made.keySet().iterator();
        while (made.size() > MOST || bytes > MOST_BYTES) {
            bytes -= eldest.next().sizeBytes();
            eldest.remove();
        }
    }
}
