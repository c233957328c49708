// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.transform;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.RowImage;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.JsonRow;
import io.millrace.core.format.PerSchema;
import org.jspecify.annotations.Nullable;

/** Shows values as text: strings as they are, everything else in the form of the native JSON. */
final class ValueText {

    // A transform is called by several threads, and each has to find the writer of a schema at once.
    private static final ThreadLocal<ValueText> OF_THREAD = ThreadLocal.withInitial(ValueText::new);

    private final PerSchema<JsonRow> rows = new PerSchema<>(JsonRow::new);
    private final JsonBuffer json = new JsonBuffer();

    private ValueText() {}

    /** {@return the text; null for null and absent alike} */
    static @Nullable String of(RowImage row, int column) {
        if (!row.has(column)) {
            return null;
        }
        Object value = row.get(column);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        return OF_THREAD.get().text(row, column);
    }

    private String text(RowImage row, int column) {
        json.clear();
        rows.get(row.schema()).writeValue(row, column, json);
        byte[] bytes = json.array();
        boolean quoted = bytes[0] == '"';
        return quoted ? new String(bytes, 1, json.length() - 2, UTF_8) : new String(bytes, 0, json.length(), UTF_8);
    }
}
