// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;

/** The key of {@link NativeJson}, which formats without one of their own share. Used by one thread at a time. */
final class NativeKey {

    private final boolean isDocument;
    private final KeyColumns columns;
    private final PerSchema<JsonRow> rows = new PerSchema<>(JsonRow::new);

    NativeKey(TableSchema schema) {
        this.isDocument = schema.hasKeyDocument();
        this.columns = new KeyColumns(schema);
    }

    void write(RowImage row, JsonBuffer out) {
        int[] indexes = columns.in(row.schema());
        JsonRow writer = rows.get(row.schema());
        if (isDocument) {
            writer.writeValue(row, indexes[0], out);
        } else {
            writer.write(row, indexes, out);
        }
    }
}
