// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.format.JsonBuffer;
import io.millrace.mongo.internal.bson.BsonJson;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.json.JsonParseException;

/**
 * A resume token, whole, as the server has to get it back. Its text orders it among the tokens of a stream: the
 * server writes it so that comparing texts compares places, and itself merges the streams of shards by it. Immutable.
 */
final class ResumeToken {

    private static final String DATA = "_data";
    /** What the text of each begins with: the type of the time that follows. Others than MongoDB write other tokens. */
    static final String BEGIN = "82";

    private final String data;
    private final byte[] bson;

    private ResumeToken(String data, byte[] bson) {
        this.data = data;
        this.bson = bson;
    }

    /** @throws IllegalArgumentException if it is no token of the form that servers write since 4.2 */
    static ResumeToken of(BsonDocument document) {
        if (!document.isString(DATA) || !document.getString(DATA).getValue().startsWith(BEGIN)) {
            throw new IllegalArgumentException("not a resume token of MongoDB from 4.2 on: " + document.toJson());
        }
        ByteBuffer bytes = new RawBsonDocument(document, new BsonDocumentCodec())
                .getByteBuffer()
                .asNIO();
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return new ResumeToken(document.getString(DATA).getValue(), copy);
    }

    /** {@return the token of an event} */
    static ResumeToken of(ChangeEvent event) {
        return new ResumeToken(event.token(), event.tokenDocument());
    }

    /**
     * {@return the token that {@link #toJson()} wrote}
     *
     * @throws IllegalArgumentException if it is not one
     */
    static ResumeToken parse(String json) {
        try {
            return of(BsonDocument.parse(json));
        } catch (JsonParseException e) {
            throw new IllegalArgumentException("not a resume token: " + json, e);
        }
    }

    static ResumeToken ofBytes(byte[] bson) {
        return of(new RawBsonDocument(bson));
    }

    /** {@return the text by which tokens of one stream are ordered} */
    String data() {
        return data;
    }

    BsonDocument document() {
        return new RawBsonDocument(bson.clone());
    }

    byte[] bytes() {
        return bson.clone();
    }

    String toJson() {
        JsonBuffer out = new JsonBuffer();
        new BsonJson(JsonForm.CANONICAL).document(bson, 0, bson.length, out);
        return out.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ResumeToken token && Arrays.equals(bson, token.bson);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bson);
    }

    @Override
    public String toString() {
        return data;
    }
}
