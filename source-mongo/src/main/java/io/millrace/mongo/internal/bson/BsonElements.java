// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo.internal.bson;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Walks over the elements of one document, without going into them. Used by one thread at a time. */
public final class BsonElements {

    private final byte[] bytes;
    private final int end;
    private int next;
    private int type;
    private int name;
    private int value;

    /**
     * @param at where the document begins
     * @param limit where the bytes end that it must lie in
     * @throws MalformedBsonException if it does not
     */
    public BsonElements(byte[] bytes, int at, int limit) {
        this.bytes = bytes;
        this.end = BsonBytes.endOfDocument(bytes, at, limit);
        this.next = at + Integer.BYTES;
    }

    /**
     * Moves to the next element.
     *
     * @return false if there is none
     * @throws MalformedBsonException if it does not lie within the document
     */
    public boolean next() {
        if (next >= end) {
            return false;
        }
        type = bytes[next] & 0xff;
        name = next + 1;
        value = BsonBytes.endOfName(bytes, name, end) + 1;
        next = BsonBytes.skip(type, bytes, value, end);
        return true;
    }

    /** Moves to the first of the elements to come that has this name; false if there is none. */
    public boolean find(byte[] wanted) {
        while (next()) {
            if (isNamed(wanted)) {
                return true;
            }
        }
        return false;
    }

    /** {@return one of {@link BsonType}'s} */
    public int type() {
        return type;
    }

    public boolean isNamed(byte[] wanted) {
        return Arrays.equals(bytes, name, value - 1, wanted, 0, wanted.length);
    }

    public String name() {
        return new String(bytes, name, value - 1 - name, StandardCharsets.UTF_8);
    }

    /** {@return where the element begins: its type, then its name, then its value} */
    public int begin() {
        return name - 1;
    }

    /** {@return where the value begins} */
    public int value() {
        return value;
    }

    /** {@return index behind the value} */
    public int end() {
        return next;
    }

    /** {@return the value, which must be text} Bytes that are no UTF-8 become replacement characters. */
    public String text() {
        if (type != BsonType.STRING) {
            throw new MalformedBsonException(name() + " is of type 0x%02x, not text".formatted(type), value);
        }
        return new String(
                bytes, value + Integer.BYTES, BsonBytes.textLength(bytes, value, end), StandardCharsets.UTF_8);
    }

    /** {@return the value, which must be an integer of whatever width} */
    public long integer() {
        return switch (type) {
            case BsonType.INT32 -> BsonBytes.int32(bytes, value, end);
            case BsonType.INT64 -> BsonBytes.int64(bytes, value, end);
            default ->
                throw new MalformedBsonException(name() + " is of type 0x%02x, no integer".formatted(type), value);
        };
    }
}
