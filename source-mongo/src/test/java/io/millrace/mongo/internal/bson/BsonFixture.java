// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo.internal.bson;

import java.nio.ByteBuffer;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/** Documents as the driver encodes them. */
public final class BsonFixture {

    private BsonFixture() {}

    public static byte[] bytes(BsonDocument document) {
        ByteBuffer buffer = new RawBsonDocument(document, new BsonDocumentCodec())
                .getByteBuffer()
                .asNIO();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    /** {@return the document that extended JSON says} */
    public static byte[] bytes(String json) {
        return bytes(BsonDocument.parse(json));
    }
}
