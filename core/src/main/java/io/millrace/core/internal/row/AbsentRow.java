// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.row;

import io.millrace.core.ColumnVisitor;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import java.util.Objects;

/** A row of which nothing is known: what a row that is made of values begins as. */
final class AbsentRow extends RowImage {

    private final TableSchema schema;

    AbsentRow(TableSchema schema) {
        this.schema = schema;
    }

    @Override
    public TableSchema schema() {
        return schema;
    }

    @Override
    public void accept(ColumnVisitor visitor) {
        for (int i = 0; i < schema.size(); i++) {
            visitor.onAbsent(i);
        }
    }

    @Override
    public void accept(int column, ColumnVisitor visitor) {
        visitor.onAbsent(Objects.checkIndex(column, schema.size()));
    }

    @Override
    public boolean has(int column) {
        Objects.checkIndex(column, schema.size());
        return false;
    }

    @Override
    public int sizeBytes() {
        return 0;
    }
}
