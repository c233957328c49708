// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.spill;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Writes schemas that do not stay in memory, and reads them back. */
final class SchemaCodec {

    private static final ColumnType[] TYPES = ColumnType.values();

    private SchemaCodec() {}

    static void write(TableSchema schema, ByteWriter out) {
        out.text(schema.table().database());
        out.text(schema.table().name());
        out.length(schema.size());
        for (Column column : schema.columns()) {
            out.text(column.name());
            out.write(column.type().ordinal());
            out.text(column.nativeType());
            out.length(column.scale());
            out.write(column.nullable() ? 1 : 0);
        }
        out.length(schema.primaryKey().size());
        schema.primaryKey().forEach(out::text);
        out.text(schema.hasKeyDocument() ? schema.keyColumns().get(0) : null);
    }

    static TableSchema read(ByteReader in) {
        TableId table = new TableId(Objects.requireNonNull(in.text()), Objects.requireNonNull(in.text()));
        List<Column> columns = new ArrayList<>();
        for (int left = in.length(); left > 0; left--) {
            columns.add(new Column(
                    Objects.requireNonNull(in.text()),
                    TYPES[in.read()],
                    Objects.requireNonNull(in.text()),
                    in.length(),
                    in.read() != 0));
        }
        List<String> primaryKey = new ArrayList<>();
        for (int left = in.length(); left > 0; left--) {
            primaryKey.add(Objects.requireNonNull(in.text()));
        }
        String keyDocument = in.text();
        return keyDocument == null
                ? new TableSchema(table, columns, primaryKey)
                : TableSchema.ofDocuments(table, columns, primaryKey, keyDocument);
    }
}
