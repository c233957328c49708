// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.TableSchema;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Schemas by what they are of, so that formats can keep what they make for one. Those that were not asked for longest
 * are forgotten once all together are too large. Used by the capture thread.
 *
 * @param <K> what a schema is of
 */
final class KnownSchemas<K> {

    private static final long MOST_BYTES = 16L << 20;

    /** The one first that was not asked for longest. */
    private final Map<K, TableSchema> schemas = new LinkedHashMap<>(16, 0.75f, true);

    private long bytes;

    @Nullable TableSchema get(K of) {
        return schemas.get(of);
    }

    void put(K of, TableSchema schema) {
        TableSchema before = schemas.put(of, schema);
        bytes += schema.sizeBytes() - (before == null ? 0 : before.sizeBytes());
        Iterator<TableSchema> eldest = schemas.values().iterator();
        while (bytes > MOST_BYTES) {
            bytes -= eldest.next().sizeBytes();
            eldest.remove();
        }
    }
}
