// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo.internal.bson;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Random;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDateTime;
import org.bson.BsonDbPointer;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonJavaScript;
import org.bson.BsonJavaScriptWithScope;
import org.bson.BsonMaxKey;
import org.bson.BsonMinKey;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonRegularExpression;
import org.bson.BsonString;
import org.bson.BsonSymbol;
import org.bson.BsonTimestamp;
import org.bson.BsonUndefined;
import org.bson.BsonValue;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;

/** Documents of all types, with values from the edges as often as from between. */
final class RandomBson {

    private static final int TYPES = 21;
    private static final int[] SUBTYPES = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x80, 0xff};
    private static final double[] DOUBLES = {
        0.0,
        -0.0,
        1,
        -1,
        0.1,
        1e15,
        1e16,
        1e21,
        1e-5,
        1e-7,
        1e300,
        123456789.125,
        Double.MIN_VALUE,
        Double.MIN_NORMAL,
        Double.MAX_VALUE,
        -Double.MAX_VALUE,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        2e-3,
        2.2250738585072014E-308,
        9007199254740993.0
    };
    private static final long[] LONGS = {
        0,
        1,
        -1,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Integer.MAX_VALUE + 1L,
        999,
        1000,
        1733114951123L
    };
    private static final long[] DATES = {
        0,
        -1,
        1,
        500,
        1733114951123L,
        253402300799999L,
        253402300800000L,
        -62167219200000L,
        -62167219200001L,
        -62135596800000L,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        -1000,
        1582934400000L,
        951782400000L
    };
    private static final List<String> DECIMALS = List.of(
            "0",
            "-0",
            "0E+3",
            "0E-6176",
            "0E+6111",
            "-0.00",
            "1",
            "1.20",
            "-12.50",
            "0.000001",
            "0.0000001",
            "1E+3",
            "9.999999999999999999999999999999999E+6144",
            "1E-6176",
            "-1E-6176",
            "1234567890123456789012345678901234",
            "0.1234567890123456789012345678901234",
            "NaN",
            "-NaN",
            "Infinity",
            "-Infinity",
            "18446744073709551616");
    private static final List<String> TEXTS = List.of(
            "",
            "name",
            "a\"b\\c",
            "\u0000\u0001\u001f\u007f",
            "tab\tline\n\r\b\f",
            "äöü €",
            "\ud83d\ude00 smile",
            "/slash/",
            "$oid",
            "a.b",
            " ",
            "\u2028\u2029");

    private final Random random;

    RandomBson(long seed) {
        random = new Random(seed);
    }

    BsonDocument document() {
        return document(0);
    }

    private BsonDocument document(int depth) {
        BsonDocument document = new BsonDocument();
        for (int i = random.nextInt(6); i > 0; i--) {
            document.put(name(), value(depth));
        }
        return document;
    }

    private String name() {
        return text().replace('\u0000', '_');
    }

    private BsonValue value(int depth) {
        return switch (random.nextInt(depth < 5 ? TYPES : TYPES - 3)) {
            case 0 -> new BsonDouble(random.nextBoolean() ? pick(DOUBLES) : number());
            case 1 -> new BsonString(text());
            case 2 -> new BsonBinary((byte) SUBTYPES[random.nextInt(SUBTYPES.length)], bytes(random.nextInt(20)));
            case 3 -> new BsonBinary((byte) 4, bytes(16));
            case 4 -> new BsonUndefined();
            case 5 -> new BsonObjectId(new ObjectId(bytes(12)));
            case 6 -> BsonBoolean.valueOf(random.nextBoolean());
            case 7 -> new BsonDateTime(random.nextBoolean() ? pick(DATES) : random.nextLong() >> random.nextInt(40));
            case 8 -> new BsonNull();
            case 9 -> new BsonRegularExpression(name(), random.nextBoolean() ? "" : "imsx");
            case 10 -> new BsonDbPointer(text(), new ObjectId(bytes(12)));
            case 11 -> new BsonJavaScript(text());
            case 12 -> new BsonSymbol(text());
            case 13 -> new BsonInt32(random.nextBoolean() ? (int) pick(LONGS) : random.nextInt());
            case 14 -> new BsonTimestamp(random.nextBoolean() ? pick(LONGS) : random.nextLong());
            case 15 -> new BsonInt64(random.nextBoolean() ? pick(LONGS) : random.nextLong());
            case 16 -> new BsonDecimal128(decimal());
            case 17 -> random.nextBoolean() ? new BsonMinKey() : new BsonMaxKey();
            case 18 -> new BsonJavaScriptWithScope(text(), document(depth + 1));
            case 19 -> array(depth + 1);
            default -> document(depth + 1);
        };
    }

    private BsonArray array(int depth) {
        BsonArray array = new BsonArray();
        for (int i = random.nextInt(5); i > 0; i--) {
            array.add(value(depth));
        }
        return array;
    }

    /** Any bits, or a few digits, as people write them. */
    private double number() {
        return random.nextBoolean()
                ? Double.longBitsToDouble(random.nextLong())
                : random.nextInt() / Math.pow(10, random.nextInt(12));
    }

    private Decimal128 decimal() {
        if (random.nextBoolean()) {
            return Decimal128.parse(DECIMALS.get(random.nextInt(DECIMALS.size())));
        }
        BigInteger coefficient = new BigInteger(1 + random.nextInt(112), random);
        int exponent = random.nextBoolean() ? random.nextInt(12287) - 6176 : random.nextInt(60) - 50;
        return new Decimal128(new BigDecimal(random.nextBoolean() ? coefficient : coefficient.negate(), -exponent));
    }

    private String text() {
        if (random.nextBoolean()) {
            return TEXTS.get(random.nextInt(TEXTS.size()));
        }
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(30); i > 0; i--) {
            int codePoint = random.nextInt(4) == 0 ? random.nextInt(0x11_0000) : random.nextInt(0x80);
            text.appendCodePoint(codePoint >= 0xd800 && codePoint <= 0xdfff ? 'x' : codePoint);
        }
        return text.toString();
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private double pick(double[] from) {
        return from[random.nextInt(from.length)];
    }

    private long pick(long[] from) {
        return from[random.nextInt(from.length)];
    }
}
