// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo.internal.bson;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.millrace.core.format.JsonBuffer;
import io.millrace.mongo.JsonForm;

/**
 * Writes BSON as JSON in one of the {@linkplain JsonForm forms}, from the bytes and without a tree. Used by one
 * thread at a time.
 *
 * <p>Sources: the BSON specification 1.1, and MongoDB's Extended JSON specification, version 2.
 */
public final class BsonJson {

    /** The server refuses documents deeper than 180 to 200, by its version; events wrap them once more. */
    private static final int MAX_DEPTH = 250;

    private static final long LAST_OF_YEAR_9999 = 253_402_300_799_999L;

    private static final int OLD_BINARY = 2;
    private static final int UUID = 4;
    private static final int UUID_BYTES = 16;

    private static final byte[] HEX = "0123456789abcdef".getBytes(ISO_8859_1);
    /** In capitals, as the driver writes it. */
    private static final byte[] SUBTYPE_HEX = "0123456789ABCDEF".getBytes(ISO_8859_1);

    private static final byte[] OID = "{\"$oid\":".getBytes(ISO_8859_1);
    private static final byte[] DATE = "{\"$date\":".getBytes(ISO_8859_1);
    private static final byte[] NUMBER_INT = "{\"$numberInt\":\"".getBytes(ISO_8859_1);
    private static final byte[] NUMBER_LONG = "{\"$numberLong\":\"".getBytes(ISO_8859_1);
    private static final byte[] NUMBER_DOUBLE = "{\"$numberDouble\":".getBytes(ISO_8859_1);
    private static final byte[] NUMBER_DECIMAL = "{\"$numberDecimal\":\"".getBytes(ISO_8859_1);
    private static final byte[] END_OF_NUMBER = "\"}".getBytes(ISO_8859_1);

    /** Between two readings, so that neither document nor output is kept from being freed. */
    private static final byte[] NO_BYTES = {};

    private static final JsonBuffer NO_BUFFER = new JsonBuffer(0);

    private final boolean plain;
    private final boolean canonical;
    private final Decimal128Text decimals = new Decimal128Text();
    private final byte[] hex = new byte[2 * UUID_BYTES + 4];
    private byte[] bytes = NO_BYTES;
    private JsonBuffer out = NO_BUFFER;

    public BsonJson(JsonForm form) {
        this.plain = form == JsonForm.PLAIN;
        this.canonical = form == JsonForm.CANONICAL;
    }

    /**
     * Appends the document as an object.
     *
     * @throws MalformedBsonException if it is none; what was written of it is left in the buffer
     */
    public void document(byte[] bson, int offset, int length, JsonBuffer to) {
        value(BsonType.DOCUMENT, bson, offset, offset + length, to);
    }

    /**
     * Appends one value.
     *
     * @param limit where the document ends that the value lies in
     * @return index behind the value
     * @throws MalformedBsonException if it is none; what was written of it is left in the buffer
     */
    public int value(int type, byte[] bson, int offset, int limit, JsonBuffer to) {
        bytes = bson;
        out = to;
        try {
            return value(type, offset, limit, 0);
        } finally {
            bytes = NO_BYTES;
            out = NO_BUFFER;
        }
    }

    private int value(int type, int at, int limit, int depth) {
        switch (type) {
            case BsonType.STRING, BsonType.SYMBOL, BsonType.CODE -> {
                return text(type, at, limit);
            }
            case BsonType.DOCUMENT -> {
                return object(at, limit, depth + 1);
            }
            case BsonType.ARRAY -> {
                return array(at, limit, depth + 1);
            }
            case BsonType.CODE_WITH_SCOPE -> {
                return scoped(at, limit, depth + 1);
            }
            default -> {
                int end = BsonBytes.skip(type, bytes, at, limit);
                scalar(type, at, end);
                return end;
            }
        }
    }

    private int object(int at, int limit, int depth) {
        int end = enter(at, limit, depth);
        int next = at + Integer.BYTES;
        out.raw('{');
        while (next < end) {
            int type = bytes[next] & 0xff;
            int name = next + 1;
            int endOfName = BsonBytes.endOfName(bytes, name, end);
            if (next > at + Integer.BYTES) {
                out.raw(',');
            }
            string(name, endOfName - name);
            out.raw(':');
            next = value(type, endOfName + 1, end, depth);
        }
        out.raw('}');
        return end + 1;
    }

    /** The names of an array's elements are not looked at: their order is that of the array. */
    private int array(int at, int limit, int depth) {
        int end = enter(at, limit, depth);
        int next = at + Integer.BYTES;
        out.raw('[');
        while (next < end) {
            int type = bytes[next] & 0xff;
            if (next > at + Integer.BYTES) {
                out.raw(',');
            }
            next = value(type, BsonBytes.endOfName(bytes, next + 1, end) + 1, end, depth);
        }
        out.raw(']');
        return end + 1;
    }

    /** {@return where the document's last zero stands} */
    private int enter(int at, int limit, int depth) {
        if (depth > MAX_DEPTH) {
            throw new MalformedBsonException("more than " + MAX_DEPTH + " levels", at);
        }
        return BsonBytes.endOfDocument(bytes, at, limit);
    }

    private int text(int type, int at, int limit) {
        int length = BsonBytes.textLength(bytes, at, limit);
        boolean wrapped = type != BsonType.STRING && !plain;
        if (wrapped) {
            out.ascii(type == BsonType.CODE ? "{\"$code\":" : "{\"$symbol\":");
        }
        string(at + Integer.BYTES, length);
        if (wrapped) {
            out.raw('}');
        }
        return at + Integer.BYTES + length + 1;
    }

    private void string(int at, int length) {
        try {
            out.string(bytes, at, length);
        } catch (IllegalArgumentException e) {
            throw new MalformedBsonException(String.valueOf(e.getMessage()), at);
        }
    }

    private int scoped(int at, int limit, int depth) {
        int end = BsonBytes.endOfScoped(bytes, at, limit);
        int code = at + Integer.BYTES;
        int length = BsonBytes.textLength(bytes, code, end);
        out.ascii(plain ? "{\"code\":" : "{\"$code\":");
        string(code + Integer.BYTES, length);
        out.ascii(plain ? ",\"scope\":" : ",\"$scope\":");
        int next = object(code + Integer.BYTES + length + 1, end, depth);
        if (next != end) {
            throw new MalformedBsonException("code with scope does not end where its length says", next);
        }
        out.raw('}');
        return end;
    }

    /** Writes a value that holds no others and was found to lie within its document. */
    private void scalar(int type, int at, int end) {
        switch (type) {
            case BsonType.INT32 -> integer(NUMBER_INT, BsonBytes.int32(bytes, at, end));
            case BsonType.INT64 -> integer(NUMBER_LONG, BsonBytes.int64(bytes, at, end));
            case BsonType.DOUBLE -> number(Double.longBitsToDouble(BsonBytes.int64(bytes, at, end)));
            case BsonType.DECIMAL128 ->
                decimal(BsonBytes.int64(bytes, at + Long.BYTES, end), BsonBytes.int64(bytes, at, end));
            case BsonType.OBJECT_ID -> objectId(at);
            case BsonType.BOOLEAN -> bool(at);
            case BsonType.DATE -> date(BsonBytes.int64(bytes, at, end));
            case BsonType.TIMESTAMP -> timestamp(BsonBytes.int64(bytes, at, end));
            case BsonType.NULL -> out.nullValue();
            case BsonType.UNDEFINED -> out.ascii(plain ? "null" : "{\"$undefined\":true}");
            case BsonType.BINARY -> binary(at, end);
            case BsonType.REGEX -> regex(at, end);
            case BsonType.DB_POINTER -> pointer(at, end);
            case BsonType.MIN_KEY -> out.ascii("{\"$minKey\":1}");
            case BsonType.MAX_KEY -> out.ascii("{\"$maxKey\":1}");
            default -> throw new MalformedBsonException("a value of type 0x%02x".formatted(type), at);
        }
    }

    // ---- numbers

    private void integer(byte[] typeName, long value) {
        if (canonical) {
            out.raw(typeName);
            out.number(value);
            out.raw(END_OF_NUMBER);
        } else {
            out.number(value);
        }
    }

    private void number(double value) {
        boolean finite = Double.isFinite(value);
        boolean wrapped = canonical || !(plain || finite);
        if (wrapped) {
            out.raw(NUMBER_DOUBLE);
        }
        if (wrapped && finite) {
            out.raw('"');
            out.number(value);
            out.raw('"');
        } else {
            out.number(value);
        }
        if (wrapped) {
            out.raw('}');
        }
    }

    private void decimal(long high, long low) {
        boolean quoted = !Decimal128Text.isNumber(high);
        if (!plain) {
            out.raw(NUMBER_DECIMAL);
        } else if (quoted) {
            out.raw('"');
        }
        decimals.write(high, low, out);
        if (!plain) {
            out.raw(END_OF_NUMBER);
        } else if (quoted) {
            out.raw('"');
        }
    }

    private void bool(int at) {
        int value = bytes[at];
        if (value != 0 && value != 1) {
            throw new MalformedBsonException("a boolean of value " + value, at);
        }
        out.bool(value == 1);
    }

    // ---- times

    private void date(long millis) {
        boolean asText = plain || (!canonical && millis >= 0 && millis <= LAST_OF_YEAR_9999);
        if (!plain) {
            out.raw(DATE);
        }
        if (asText) {
            int fraction = (int) Math.floorMod(millis, 1_000L);
            out.raw('"');
            out.instant(Math.floorDiv(millis, 1_000L), fraction * 1_000, fraction == 0 ? 0 : 3);
            out.raw('"');
        } else {
            out.raw(NUMBER_LONG);
            out.number(millis);
            out.raw(END_OF_NUMBER);
        }
        if (!plain) {
            out.raw('}');
        }
    }

    private void timestamp(long bits) {
        out.ascii(plain ? "{\"t\":" : "{\"$timestamp\":{\"t\":");
        out.number(bits >>> 32);
        out.ascii(",\"i\":");
        out.number(bits & 0xffff_ffffL);
        out.ascii(plain ? "}" : "}}");
    }

    // ---- bytes

    private void objectId(int at) {
        if (plain) {
            hexText(at);
        } else {
            out.raw(OID);
            hexText(at);
            out.raw('}');
        }
    }

    private void hexText(int at) {
        hex[0] = '"';
        int next = hex(at, BsonBytes.OBJECT_ID_BYTES, 1);
        hex[next] = '"';
        out.raw(hex, 0, next + 1);
    }

    /** {@return where the next digit goes} */
    private int hex(int at, int count, int to) {
        int next = to;
        for (int i = at; i < at + count; i++) {
            hex[next++] = HEX[bytes[i] >> 4 & 0xf];
            hex[next++] = HEX[bytes[i] & 0xf];
        }
        return next;
    }

    private void binary(int at, int end) {
        int subtype = bytes[at + Integer.BYTES] & 0xff;
        int start = at + Integer.BYTES + 1;
        if (subtype == OLD_BINARY) {
            int length = BsonBytes.int32(bytes, start, end);
            start += Integer.BYTES;
            if (length != end - start) {
                throw new MalformedBsonException("binary data of two lengths", at);
            }
        }
        if (plain && subtype == UUID && end - start == UUID_BYTES) {
            uuid(start);
        } else if (plain) {
            out.base64(bytes, start, end - start);
        } else {
            out.ascii("{\"$binary\":{\"base64\":");
            out.base64(bytes, start, end - start);
            out.ascii(",\"subType\":\"");
            out.raw((char) SUBTYPE_HEX[subtype >> 4]);
            out.raw((char) SUBTYPE_HEX[subtype & 0xf]);
            out.ascii("\"}}");
        }
    }

    private void uuid(int at) {
        int next = hex(at, 4, 0);
        for (int i = 4; i < 10; i += 2) {
            hex[next++] = '-';
            next = hex(at + i, 2, next);
        }
        hex[next++] = '-';
        next = hex(at + 10, 6, next);
        out.raw('"');
        out.raw(hex, 0, next);
        out.raw('"');
    }

    // ---- the rest

    private void regex(int at, int end) {
        int endOfPattern = BsonBytes.endOfName(bytes, at, end);
        int options = endOfPattern + 1;
        if (plain) {
            byte[] both = new byte[end - at];
            System.arraycopy(bytes, at, both, 1, end - at - 1);
            both[0] = '/';
            both[endOfPattern - at + 1] = '/';
            try {
                out.string(both, 0, both.length);
            } catch (IllegalArgumentException e) {
                throw new MalformedBsonException(String.valueOf(e.getMessage()), at);
            }
        } else {
            out.ascii("{\"$regularExpression\":{\"pattern\":");
            string(at, endOfPattern - at);
            out.ascii(",\"options\":");
            string(options, end - 1 - options);
            out.ascii("}}");
        }
    }

    private void pointer(int at, int end) {
        int length = BsonBytes.textLength(bytes, at, end);
        out.ascii(plain ? "{\"ref\":" : "{\"$dbPointer\":{\"$ref\":");
        string(at + Integer.BYTES, length);
        out.ascii(plain ? ",\"id\":" : ",\"$id\":");
        objectId(end - BsonBytes.OBJECT_ID_BYTES);
        out.ascii(plain ? "}" : "}}");
    }
}
