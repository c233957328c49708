// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.TableSchema;
import java.util.List;

/** Keeps rows made of documents out of formats that are another database's own. */
final class Documents {

    private Documents() {}

    /** @throws IllegalArgumentException if rows of the schema are documents, or events about them */
    static void refuse(TableSchema schema, String format) {
        List<Column> columns = schema.columns();
        boolean areJson = !columns.isEmpty()
                && columns.stream()
                        .allMatch(column -> column.type() == ColumnType.JSON
                                && column.nativeType().isEmpty());
        if (schema.hasKeyDocument() || areJson) {
            throw new IllegalArgumentException(
                    "%s writes rows as MySQL's connector does; %s has documents, which it would show as something else. Use native JSON, or PlainRow"
                            .formatted(format, schema.table()));
        }
    }
}
