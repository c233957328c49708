// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.ColumnVisitor;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A row of Java objects for tests; {@link #ABSENT} stands for an absent value. */
final class ObjectRow extends RowImage {

    static final Object ABSENT = new Object();

    private final TableSchema schema;
    private final @Nullable Object[] values;

    ObjectRow(TableSchema schema, @Nullable Object... values) {
        this.schema = schema;
        this.values = values;
    }

    @Override
    public TableSchema schema() {
        return schema;
    }

    @Override
    public void accept(ColumnVisitor visitor) {
        for (int i = 0; i < values.length; i++) {
            accept(i, visitor);
        }
    }

    @Override
    public void accept(int column, ColumnVisitor visitor) {
        Object value = values[column];
        if (value == null) {
            visitor.onNull(column);
        } else if (value == ABSENT) {
            visitor.onAbsent(column);
        } else if (value instanceof Boolean bool) {
            visitor.onBoolean(column, bool);
        } else if (value instanceof BigDecimal) {
            byte[] ascii = utf8(value);
            visitor.onDecimal(column, ascii, 0, ascii.length);
        } else if (value instanceof Double number) {
            visitor.onDouble(column, number);
        } else if (value instanceof Number number) {
            visitor.onLong(column, number.longValue());
        } else {
            byte[] utf8 = utf8(value);
            switch (schema.column(column).type()) {
                case JSON -> visitor.onJson(column, utf8, 0, utf8.length);
                default -> visitor.onUtf8(column, utf8, 0, utf8.length);
            }
        }
    }

    private static byte[] utf8(Object value) {
        return value.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int sizeBytes() {
        return 16 * values.length;
    }

    @Override
    public boolean has(int column) {
        return values[column] != ABSENT;
    }
}
