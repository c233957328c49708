// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.ColumnVisitor;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import io.millrace.mongo.internal.bson.BsonType;

/** A document as a row: each of its fields is a column. Fields that it does not have are absent. */
final class DocumentRow extends RowImage {

    /** This object and its arrays, and what these have for each column. */
    private static final int OVERHEAD_BYTES = 80;

    private static final int PLACE_BYTES = Integer.BYTES + 1;

    private final TableSchema schema;
    private final int schemaBytes;
    private final ChangeEvent event;
    /** Where each column's value begins in the event; 0 for those that are not there. */
    private final int[] places;

    private final byte[] types;
    private final JsonValues values;

    /**
     * @param schemaBytes what the row has to answer for of its schema
     * @param places and {@code types} for each column of the schema; they must not be written to any more
     */
    DocumentRow(TableSchema schema, int schemaBytes, ChangeEvent event, int[] places, byte[] types, JsonValues values) {
        this.schema = schema;
        this.schemaBytes = schemaBytes;
        this.event = event;
        this.places = places;
        this.types = types;
        this.values = values;
    }

    @Override
    public TableSchema schema() {
        return schema;
    }

    @Override
    public void accept(ColumnVisitor visitor) {
        for (int i = 0; i < places.length; i++) {
            accept(i, visitor);
        }
    }

    @Override
    public void accept(int column, ColumnVisitor visitor) {
        int type = types[column] & 0xff;
        if (places[column] == 0) {
            visitor.onAbsent(column);
        } else if (type == BsonType.NULL) {
            visitor.onNull(column);
        } else {
            values.show(column, schema.column(column).name(), type, event, places[column], visitor);
        }
    }

    @Override
    public int sizeBytes() {
        return OVERHEAD_BYTES + PLACE_BYTES * places.length + schemaBytes + event.bytes().length;
    }

    @Override
    public boolean has(int column) {
        return places[column] != 0;
    }
}
