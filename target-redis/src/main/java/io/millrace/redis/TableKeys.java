// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import io.millrace.core.format.TableTemplate;
import io.millrace.core.format.Template;
import org.jspecify.annotations.Nullable;

/** Names the keys of the records of one schema. Used by one thread. */
final class TableKeys {

    private final TableSchema schema;
    private final @Nullable TableTemplate template;
    private final HashFields fields;
    private final int[] keyColumns;

    TableKeys(TableSchema schema, @Nullable Template template) {
        this.schema = schema;
        this.template = template == null ? null : template.forTable(schema);
        this.fields = new HashFields(schema);
        this.keyColumns = schema.primaryKeyIndexes();
    }

    /** {@return the key of the record, or of its row} */
    String of(Record record) {
        return template == null ? ofRow(record) : template.textFor(record);
    }

    private String ofRow(Record record) {
        if (schema.primaryKey().isEmpty()) {
            throw new RedisDeliveryException(
                    record,
                    "a row of %s at %s has no key: the table has no primary key. Set key to a template that tells its rows apart, or leave the table out by a filter."
                            .formatted(schema.table(), record.source()),
                    null);
        }
        StringBuilder key = new StringBuilder();
        key.append(escaped(schema.table().database()))
                .append(':')
                .append(escaped(schema.table().name()));
        RowImage row = record.row();
        for (int column : keyColumns) {
            key.append(':').append(escaped(fields.text(row, column)));
        }
        return key.toString();
    }

    private static String escaped(String text) {
        return text.replace("%", "%25").replace(":", "%3A");
    }
}
