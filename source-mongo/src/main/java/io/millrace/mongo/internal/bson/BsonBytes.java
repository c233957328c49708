// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo.internal.bson;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads the parts of a document without believing any length: each is checked against where its container ends,
 * so that no reading leaves it, and each element takes at least a byte, so that every loop ends.
 */
public final class BsonBytes {

    static final int OBJECT_ID_BYTES = 12;

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** An empty document: its length and its end. */
    private static final int LEAST_DOCUMENT = 5;

    private BsonBytes() {}

    /** {@return {@code at}, if so many bytes follow before {@code limit}} */
    static int need(int at, int count, int limit) {
        if (count < 0 || count > limit - at) {
            throw new MalformedBsonException(
                    count + " bytes are wanted where " + Math.max(limit - at, 0) + " are left", at);
        }
        return at;
    }

    public static int int32(byte[] bytes, int at, int limit) {
        return (int) INTS.get(bytes, need(at, Integer.BYTES, limit));
    }

    public static long int64(byte[] bytes, int at, int limit) {
        return (long) LONGS.get(bytes, need(at, Long.BYTES, limit));
    }

    /** {@return index of the zero that ends the document at {@code at}} */
    public static int endOfDocument(byte[] bytes, int at, int limit) {
        int length = int32(bytes, at, limit);
        if (length < LEAST_DOCUMENT) {
            throw new MalformedBsonException("a document of " + length + " bytes", at);
        }
        int end = need(at, length, limit) + length - 1;
        if (bytes[end] != 0) {
            throw new MalformedBsonException("a document does not end where its length says", end);
        }
        return end;
    }

    /** {@return index of the zero that ends the name, pattern or options at {@code at}} */
    public static int endOfName(byte[] bytes, int at, int limit) {
        for (int i = at; i < limit; i++) {
            if (bytes[i] == 0) {
                return i;
            }
        }
        throw new MalformedBsonException("a name does not end", at);
    }

    /** {@return bytes of the text whose length is at {@code at}, without its final zero} It begins four bytes on. */
    public static int textLength(byte[] bytes, int at, int limit) {
        int length = int32(bytes, at, limit);
        if (length < 1) {
            throw new MalformedBsonException("text of " + length + " bytes", at);
        }
        int end = need(at + Integer.BYTES, length, limit) + length - 1;
        if (bytes[end] != 0) {
            throw new MalformedBsonException("text does not end where its length says", end);
        }
        return length - 1;
    }

    /** {@return index behind the value; its inside is not looked at} */
    public static int skip(int type, byte[] bytes, int at, int limit) {
        return switch (type) {
            case BsonType.UNDEFINED, BsonType.NULL, BsonType.MIN_KEY, BsonType.MAX_KEY -> at;
            case BsonType.BOOLEAN -> need(at, 1, limit) + 1;
            case BsonType.INT32 -> need(at, Integer.BYTES, limit) + Integer.BYTES;
            case BsonType.DOUBLE, BsonType.DATE, BsonType.TIMESTAMP, BsonType.INT64 ->
                need(at, Long.BYTES, limit) + Long.BYTES;
            case BsonType.OBJECT_ID -> need(at, OBJECT_ID_BYTES, limit) + OBJECT_ID_BYTES;
            case BsonType.DECIMAL128 -> need(at, 2 * Long.BYTES, limit) + 2 * Long.BYTES;
            case BsonType.STRING, BsonType.CODE, BsonType.SYMBOL -> afterText(bytes, at, limit);
            case BsonType.DOCUMENT, BsonType.ARRAY -> endOfDocument(bytes, at, limit) + 1;
            case BsonType.BINARY -> {
                int length = int32(bytes, at, limit);
                int start = need(at + Integer.BYTES, 1, limit) + 1;
                yield need(start, length, limit) + length;
            }
            case BsonType.REGEX -> endOfName(bytes, endOfName(bytes, at, limit) + 1, limit) + 1;
            case BsonType.DB_POINTER -> {
                int id = afterText(bytes, at, limit);
                yield need(id, OBJECT_ID_BYTES, limit) + OBJECT_ID_BYTES;
            }
            case BsonType.CODE_WITH_SCOPE -> endOfScoped(bytes, at, limit);
            default -> throw new MalformedBsonException("a value of type 0x%02x".formatted(type), at);
        };
    }

    static int afterText(byte[] bytes, int at, int limit) {
        return at + Integer.BYTES + textLength(bytes, at, limit) + 1;
    }

    /** {@return index behind code with its scope, whose length is at {@code at}} */
    static int endOfScoped(byte[] bytes, int at, int limit) {
        int length = int32(bytes, at, limit);
        if (length < Integer.BYTES) {
            throw new MalformedBsonException("code with scope of " + length + " bytes", at);
        }
        return need(at, length, limit) + length;
    }
}
