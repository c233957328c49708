// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import io.millrace.core.ColumnVisitor;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;

/** A captured row as a decoder with a bug would have shown it. */
final class MisreadRow extends RowImage {

    private final RowImage row;
    private final PlantedBug bug;

    MisreadRow(RowImage row, PlantedBug bug) {
        this.row = row;
        this.bug = bug;
    }

    @Override
    public TableSchema schema() {
        return row.schema();
    }

    @Override
    public void accept(ColumnVisitor visitor) {
        row.accept(bug.over(visitor, row.schema()));
    }

    @Override
    public void accept(int column, ColumnVisitor visitor) {
        row.accept(column, bug.over(visitor, row.schema()));
    }

    @Override
    public int sizeBytes() {
        return row.sizeBytes();
    }

    @Override
    public boolean has(int column) {
        return row.has(column);
    }
}
