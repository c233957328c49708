// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.ColumnVisitor;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import io.millrace.mongo.internal.bson.BsonElements;
import io.millrace.mongo.internal.bson.BsonType;

/**
 * A document as a row: each of its fields is a column. Fields that it does not have are absent. Where the event has
 * no more than the document's key, the row is not whole, unless the document was looked up and there was none.
 */
final class DocumentRow extends RowImage {

    /** This object and its arrays, and what these have for each column. */
    private static final int OVERHEAD_BYTES = 80;

    private static final int PLACE_BYTES = Integer.BYTES + 1;

    private final RowSchema schema;
    private final ChangeEvent event;
    private final boolean isWhole;
    /** Where each column's value begins in the event; 0 for those that are not there. */
    private final int[] places;

    private final byte[] types;
    private final JsonValues values;

    /**
     * @param schema has the fields of the document
     * @param field of the event, which holds the document or its key
     */
    DocumentRow(RowSchema schema, ChangeEvent event, EventField field, JsonValues values) {
        this.schema = schema;
        this.event = event;
        this.isWhole = field != EventField.DOCUMENT_KEY || isGone(event);
        this.places = new int[schema.schema().size()];
        this.types = new byte[places.length];
        this.values = values;
        BsonElements elements = event.within(field);
        while (elements.next()) {
            int column = schema.schema().require(elements.name());
            places[column] = elements.value();
            types[column] = (byte) elements.type();
        }
    }

    /** With after images, the server would have refused to leave one out. */
    private static boolean isGone(ChangeEvent event) {
        return event.has(EventField.FULL_DOCUMENT) && event.type(EventField.FULL_DOCUMENT.ordinal()) == BsonType.NULL;
    }

    @Override
    public TableSchema schema() {
        return schema.schema();
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
            values.show(column, schema().column(column).name(), type, event, places[column], visitor);
        }
    }

    @Override
    public int sizeBytes() {
        return OVERHEAD_BYTES + PLACE_BYTES * places.length + schema.ownBytes() + event.bytes().length;
    }

    @Override
    public boolean isWhole() {
        return isWhole;
    }

    @Override
    public boolean has(int column) {
        return places[column] != 0;
    }
}
