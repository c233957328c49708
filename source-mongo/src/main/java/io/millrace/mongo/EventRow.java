// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.ColumnType;
import io.millrace.core.ColumnVisitor;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import io.millrace.mongo.internal.bson.BsonBytes;
import io.millrace.mongo.internal.bson.BsonType;
import java.util.Objects;

/** A whole event as a row: each of its fields is a column. Fields that it does not have are absent. */
final class EventRow extends RowImage {

    private final RowSchema rowSchema;
    private final TableSchema schema;
    private final ChangeEvent event;
    private final JsonValues values;

    EventRow(RowSchema schema, ChangeEvent event, JsonValues values) {
        this.rowSchema = schema;
        this.schema = schema.schema();
        this.event = event;
        this.values = values;
    }

    @Override
    public TableSchema schema() {
        return schema;
    }

    @Override
    public void accept(ColumnVisitor visitor) {
        for (int i = 0; i < schema.size(); i++) {
            accept(i, visitor);
        }
    }

    @Override
    public void accept(int column, ColumnVisitor visitor) {
        int field = field(column);
        int at = event.place(field);
        int type = event.type(field);
        if (at == 0) {
            visitor.onAbsent(column);
        } else if (type == BsonType.NULL) {
            visitor.onNull(column);
        } else if (column == EventField.OPERATION_TYPE.ordinal()) {
            byte[] bytes = event.bytes();
            visitor.onUtf8(column, bytes, at + Integer.BYTES, BsonBytes.textLength(bytes, at, bytes.length));
        } else if (schema.column(column).type() == ColumnType.LONG) {
            visitor.onLong(column, event.clusterTime() >>> Integer.SIZE);
        } else {
            values.show(column, schema.column(column).name(), type, event, at, visitor);
        }
    }

    /** The columns of other fields follow right behind the last of the manual's that is one. */
    private int field(int column) {
        Objects.checkIndex(column, schema.size());
        return column < EventField.COLUMNS ? column : column + EventField.count() - EventField.COLUMNS;
    }

    @Override
    public int sizeBytes() {
        return rowSchema.ownBytes() + event.bytes().length;
    }

    @Override
    public boolean has(int column) {
        return event.place(field(column)) != 0;
    }
}
