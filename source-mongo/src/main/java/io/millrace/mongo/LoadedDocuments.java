// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.TableId;
import io.millrace.mongo.internal.bson.BsonElements;
import io.millrace.mongo.internal.bson.BsonType;
import io.millrace.mongo.internal.bson.MalformedBsonException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Makes of each document of a collection the event that a stream would have for it, as far as there is one:
 * {@code documentKey}, {@code fullDocument}, {@code ns} and the operation type {@code read}.
 */
final class LoadedDocuments {

    static final String OPERATION = "read";

    private static final byte[] ID = EventField.ID.fieldName();
    /** A type, and the zero behind a name. */
    private static final int AROUND_NAME = 2;

    /** A length and the zero at the end. */
    private static final int AROUND_FIELDS = Integer.BYTES + 1;

    /** The fields that all documents of the collection have alike. */
    private final byte[] common;

    LoadedDocuments(TableId collection) {
        byte[] names = document(
                field(BsonType.STRING, "db", text(collection.database())),
                field(BsonType.STRING, "coll", text(collection.name())));
        this.common = joined(
                field(BsonType.DOCUMENT, EventField.NS.field(), names),
                field(BsonType.STRING, EventField.OPERATION_TYPE.field(), text(OPERATION)));
    }

    /** @throws MalformedBsonException if it is no document, or has no {@code _id} */
    ChangeEvent event(byte[] document) {
        BsonElements elements = new BsonElements(document, 0, document.length);
        if (!elements.find(ID)) {
            throw new MalformedBsonException("a document has no _id", 0);
        }
        int idBytes = elements.end() - elements.begin();
        int keyBytes = idBytes + AROUND_FIELDS;
        byte[] keyName = EventField.DOCUMENT_KEY.fieldName();
        byte[] documentName = EventField.FULL_DOCUMENT.fieldName();
        int size = Math.addExact(
                AROUND_FIELDS + 2 * AROUND_NAME + keyName.length + keyBytes + documentName.length + common.length,
                document.length);
        ByteBuffer event = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        event.putInt(size);
        event.put((byte) BsonType.DOCUMENT).put(keyName).put((byte) 0);
        event.putInt(keyBytes).put(document, elements.begin(), idBytes).put((byte) 0);
        event.put((byte) BsonType.DOCUMENT).put(documentName).put((byte) 0).put(document);
        event.put(common).put((byte) 0);
        return ChangeEvent.loaded(event.array());
    }

    private static byte[] field(int type, String name, byte[] value) {
        byte[] bytes = name.getBytes(UTF_8);
        return ByteBuffer.allocate(bytes.length + AROUND_NAME + value.length)
                .put((byte) type)
                .put(bytes)
                .put((byte) 0)
                .put(value)
                .array();
    }

    private static byte[] text(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return ByteBuffer.allocate(bytes.length + AROUND_FIELDS)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length + 1)
                .put(bytes)
                .array();
    }

    private static byte[] document(byte[] one, byte[] other) {
        int size = one.length + other.length + AROUND_FIELDS;
        return ByteBuffer.allocate(size)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(size)
                .put(one)
                .put(other)
                .array();
    }

    private static byte[] joined(byte[] one, byte[] other) {
        return ByteBuffer.allocate(one.length + other.length)
                .put(one)
                .put(other)
                .array();
    }
}
