// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo.internal.bson;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.format.JsonBuffer;
import io.millrace.mongo.JsonForm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
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
import org.bson.RawBsonDocument;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class BsonJsonTest {

    private static final int DOCUMENTS = 10_000;
    private static final ObjectId ID = new ObjectId("674d3c4778be6ac4a6210f24");

    @Nested
    class BesideTheDriver {

        @ParameterizedTest
        @CsvSource({"RELAXED, RELAXED", "CANONICAL, EXTENDED"})
        void shouldWriteWhatTheDriverWritesForRandomDocuments(JsonForm form, JsonMode mode) {
            RandomBson random = new RandomBson(20_241_202);
            JsonWriterSettings settings =
                    JsonWriterSettings.builder().outputMode(mode).build();
            BsonJson writer = new BsonJson(form);
            JsonBuffer out = new JsonBuffer();

            for (int i = 0; i < DOCUMENTS; i++) {
                byte[] bson = BsonFixture.bytes(random.document());
                out.clear();
                writer.document(bson, 0, bson.length, out);
                String drivers = new RawBsonDocument(bson).toJson(settings);

                assertThat(JsonLikeness.difference(JsonLikeness.parse(out.toString()), JsonLikeness.parse(drivers)))
                        .as("document %d: %s and %s", i, out, drivers)
                        .isEmpty();
            }
        }

        @ParameterizedTest
        @EnumSource
        void shouldWriteJsonForRandomDocumentsInAllForms(JsonForm form) {
            RandomBson random = new RandomBson(7);

            for (int i = 0; i < 2_000; i++) {
                BsonDocument document = random.document();

                assertThat(JsonLikeness.parse(json(document, form)).fieldNames())
                        .toIterable()
                        .containsExactlyElementsOf(document.keySet());
            }
        }
    }

    @Nested
    class Forms {

        static List<Arguments> values() {
            BsonDocument scope = new BsonDocument("n", new BsonInt64(1));
            return List.of(
                    forms(new BsonInt32(-7), "-7", "-7", "{'$numberInt':'-7'}"),
                    forms(
                            new BsonInt64(Long.MIN_VALUE),
                            "-9223372036854775808",
                            "-9223372036854775808",
                            "{'$numberLong':'-9223372036854775808'}"),
                    forms(new BsonDouble(30), "30.0", "30.0", "{'$numberDouble':'30.0'}"),
                    forms(new BsonDouble(-0.0), "-0.0", "-0.0", "{'$numberDouble':'-0.0'}"),
                    forms(new BsonDouble(2e23), "2.0E23", "2.0E23", "{'$numberDouble':'2.0E23'}"),
                    forms(new BsonDouble(Double.NaN), "'NaN'", "{'$numberDouble':'NaN'}"),
                    forms(new BsonDouble(Double.NEGATIVE_INFINITY), "'-Infinity'", "{'$numberDouble':'-Infinity'}"),
                    forms(decimal("-12.50"), "-12.50", "{'$numberDecimal':'-12.50'}"),
                    forms(decimal("-0"), "-0", "{'$numberDecimal':'-0'}"),
                    forms(decimal("NaN"), "'NaN'", "{'$numberDecimal':'NaN'}"),
                    forms(decimal("Infinity"), "'Infinity'", "{'$numberDecimal':'Infinity'}"),
                    forms(
                            decimal("1.234567890123456789012345678901234E+6144"),
                            "1.234567890123456789012345678901234E+6144",
                            "{'$numberDecimal':'1.234567890123456789012345678901234E+6144'}"),
                    forms(new BsonObjectId(ID), "'674d3c4778be6ac4a6210f24'", "{'$oid':'674d3c4778be6ac4a6210f24'}"),
                    forms(
                            new BsonDateTime(1733114951120L),
                            "'2024-12-02T04:49:11.120Z'",
                            "{'$date':'2024-12-02T04:49:11.120Z'}",
                            "{'$date':{'$numberLong':'1733114951120'}}"),
                    forms(
                            new BsonDateTime(0),
                            "'1970-01-01T00:00:00Z'",
                            "{'$date':'1970-01-01T00:00:00Z'}",
                            "{'$date':{'$numberLong':'0'}}"),
                    forms(
                            new BsonDateTime(253402300799999L),
                            "'9999-12-31T23:59:59.999Z'",
                            "{'$date':'9999-12-31T23:59:59.999Z'}",
                            "{'$date':{'$numberLong':'253402300799999'}}"),
                    forms(
                            new BsonDateTime(253402300800000L),
                            "'+10000-01-01T00:00:00Z'",
                            "{'$date':{'$numberLong':'253402300800000'}}"),
                    forms(new BsonDateTime(-1), "'1969-12-31T23:59:59.999Z'", "{'$date':{'$numberLong':'-1'}}"),
                    forms(
                            new BsonDateTime(-62167219200001L),
                            "'-0001-12-31T23:59:59.999Z'",
                            "{'$date':{'$numberLong':'-62167219200001'}}"),
                    forms(
                            new BsonDateTime(Long.MAX_VALUE),
                            "'+292278994-08-17T07:12:55.807Z'",
                            "{'$date':{'$numberLong':'9223372036854775807'}}"),
                    forms(
                            new BsonDateTime(Long.MIN_VALUE),
                            "'-292275055-05-16T16:47:04.192Z'",
                            "{'$date':{'$numberLong':'-9223372036854775808'}}"),
                    forms(
                            new BsonTimestamp(-1, -2),
                            "{'t':4294967295,'i':4294967294}",
                            "{'$timestamp':{'t':4294967295,'i':4294967294}}"),
                    forms(
                            new BsonBinary(UUID.fromString("2f1c0f4e-6f0e-4d0b-9d4e-1f2a3b4c5d6e")),
                            "'2f1c0f4e-6f0e-4d0b-9d4e-1f2a3b4c5d6e'",
                            "{'$binary':{'base64':'LxwPTm8OTQudTh8qO0xdbg==','subType':'04'}}"),
                    forms(
                            new BsonBinary((byte) 4, new byte[] {1}),
                            "'AQ=='",
                            "{'$binary':{'base64':'AQ==','subType':'04'}}"),
                    forms(
                            new BsonBinary((byte) 2, new byte[] {1}),
                            "'AQ=='",
                            "{'$binary':{'base64':'AQ==','subType':'02'}}"),
                    forms(new BsonBinary((byte) 0xff, new byte[0]), "''", "{'$binary':{'base64':'','subType':'FF'}}"),
                    forms(
                            new BsonRegularExpression("^a/\"", "i"),
                            "'/^a/\\\"/i'",
                            "{'$regularExpression':{'pattern':'^a/\\\"','options':'i'}}"),
                    forms(new BsonJavaScript("f()"), "'f()'", "{'$code':'f()'}"),
                    forms(
                            new BsonJavaScriptWithScope("f()", scope),
                            "{'code':'f()','scope':{'n':1}}",
                            "{'$code':'f()','$scope':{'n':1}}",
                            "{'$code':'f()','$scope':{'n':{'$numberLong':'1'}}}"),
                    forms(new BsonSymbol("s"), "'s'", "{'$symbol':'s'}"),
                    forms(
                            new BsonDbPointer("db.c", ID),
                            "{'ref':'db.c','id':'674d3c4778be6ac4a6210f24'}",
                            "{'$dbPointer':{'$ref':'db.c','$id':{'$oid':'674d3c4778be6ac4a6210f24'}}}"),
                    forms(new BsonUndefined(), "null", "{'$undefined':true}"),
                    forms(new BsonNull(), "null", "null"),
                    forms(BsonBoolean.TRUE, "true", "true"),
                    forms(new BsonMinKey(), "{'$minKey':1}", "{'$minKey':1}"),
                    forms(new BsonMaxKey(), "{'$maxKey':1}", "{'$maxKey':1}"),
                    forms(new BsonString("a\u0000\"\u20ac"), "'a\\u0000\\\"\u20ac'", "'a\\u0000\\\"\u20ac'"));
        }

        private static Arguments forms(BsonValue value, String plain, String extended) {
            return forms(value, plain, extended, extended);
        }

        private static Arguments forms(BsonValue value, String plain, String relaxed, String canonical) {
            return Arguments.of(value, plain, relaxed, canonical);
        }

        private static BsonDecimal128 decimal(String text) {
            return new BsonDecimal128(Decimal128.parse(text));
        }

        @ParameterizedTest
        @MethodSource("values")
        void shouldWriteEachTypeAsTheTableSays(BsonValue value, String plain, String relaxed, String canonical) {
            BsonDocument document = new BsonDocument("v", value).append("a", new BsonArray(List.of(value, value)));

            assertThat(json(document, JsonForm.PLAIN)).isEqualTo(around(plain));
            assertThat(json(document, JsonForm.RELAXED)).isEqualTo(around(relaxed));
            assertThat(json(document, JsonForm.CANONICAL)).isEqualTo(around(canonical));
        }

        private static String around(String value) {
            return ("{'v':" + value + ",'a':[" + value + "," + value + "]}").replace('\'', '"');
        }

        @Test
        void shouldTakeDecimalsOfMoreDigitsThanThereAreForZero() {
            long exponentOfZero = 0x3040_0000_0000_0000L;
            Decimal128 tenToThe34 =
                    Decimal128.fromIEEE754BIDEncoding(exponentOfZero | 0x0001_ed09_bead_87c0L, 0x378d_8e64_0000_0000L);
            Decimal128 combined = Decimal128.fromIEEE754BIDEncoding(0x6c10_0000_0000_0000L, 5);

            assertThat(json(new BsonDocument("v", new BsonDecimal128(tenToThe34)), JsonForm.PLAIN))
                    .isEqualTo("{\"v\":0}");
            assertThat(json(new BsonDocument("v", new BsonDecimal128(combined)), JsonForm.PLAIN))
                    .isEqualTo("{\"v\":0}");
        }

        @Test
        void shouldReadFromTheMiddleOfAnArrayOfBytes() {
            byte[] bson = BsonFixture.bytes(new BsonDocument("v", new BsonInt32(1)));
            byte[] wider = new byte[bson.length + 7];
            Arrays.fill(wider, (byte) 0x55);
            System.arraycopy(bson, 0, wider, 3, bson.length);
            JsonBuffer out = new JsonBuffer();

            new BsonJson(JsonForm.PLAIN).document(wider, 3, bson.length, out);

            assertThat(out).hasToString("{\"v\":1}");
        }
    }

    @Nested
    class Depth {

        @ParameterizedTest
        @EnumSource
        void shouldWriteHundredLevels(JsonForm form) {
            assertThat(json(nested(100), form)).endsWith("}".repeat(100));
        }

        @Test
        @Timeout(10)
        void shouldRefuseMoreLevelsThanTheServerAllows() {
            byte[] bson = BsonFixture.bytes(nested(300));

            assertThatThrownBy(() -> json(bson, JsonForm.PLAIN))
                    .isInstanceOf(MalformedBsonException.class)
                    .hasMessageContaining("more than 250 levels");
        }

        private static BsonDocument nested(int levels) {
            BsonDocument document = new BsonDocument("v", new BsonArray(List.of(new BsonNull())));
            for (int i = 1; i < levels; i++) {
                document = new BsonDocument("d", document);
            }
            return document;
        }
    }

    @Nested
    class Damage {

        @Test
        void shouldRefuseTextThatIsNotUtf8() {
            byte[] bson = BsonFixture.bytes(new BsonDocument("v", new BsonString("ab")));
            bson[bson.length - 4] = (byte) 0xc3;

            assertThatThrownBy(() -> json(bson, JsonForm.PLAIN))
                    .isInstanceOf(MalformedBsonException.class)
                    .hasMessageContaining("not well-formed UTF-8");
        }

        @Test
        void shouldRefuseNamesThatAreNotUtf8() {
            byte[] bson = BsonFixture.bytes(new BsonDocument("v", new BsonNull()));
            bson[5] = (byte) 0xff;

            assertThatThrownBy(() -> json(bson, JsonForm.PLAIN)).isInstanceOf(MalformedBsonException.class);
        }

        @Test
        void shouldRefuseUnknownTypes() {
            byte[] bson = BsonFixture.bytes(new BsonDocument("v", new BsonNull()));
            bson[4] = 0x14;

            assertThatThrownBy(() -> json(bson, JsonForm.PLAIN))
                    .isInstanceOf(MalformedBsonException.class)
                    .hasMessageContaining("type 0x14");
        }

        @Test
        void shouldRefuseDocumentsThatEndBeforeTheirLengthSays() {
            byte[] bson = BsonFixture.bytes(new BsonDocument("v", new BsonInt32(0)).append("w", new BsonInt32(0)));
            bson[11] = 0;

            assertThatThrownBy(() -> json(bson, JsonForm.PLAIN))
                    .isInstanceOf(MalformedBsonException.class)
                    .hasMessageContaining("type 0x00");
        }

        @Test
        void shouldRefuseDocumentsAndTextsWithoutTheirLastZero() {
            byte[] nested = BsonFixture.bytes(new BsonDocument("d", new BsonDocument()));
            nested[nested.length - 2] = 1;
            byte[] text = BsonFixture.bytes(new BsonDocument("t", new BsonString("ab")));
            text[text.length - 2] = 'c';

            assertThatThrownBy(() -> json(nested, JsonForm.PLAIN))
                    .isInstanceOf(MalformedBsonException.class)
                    .hasMessageContaining("a document does not end where its length says");
            assertThatThrownBy(() -> json(text, JsonForm.PLAIN))
                    .isInstanceOf(MalformedBsonException.class)
                    .hasMessageContaining("text does not end where its length says");
        }

        @Test
        void shouldRefuseCodeWithScopeThatIsLongerThanItsParts() {
            byte[] bson =
                    BsonFixture.bytes(new BsonDocument("c", new BsonJavaScriptWithScope("f", new BsonDocument())));
            byte[] longer = Arrays.copyOf(bson, bson.length + 1);
            longer[0]++;
            longer[7]++;

            assertThatThrownBy(() -> json(longer, JsonForm.PLAIN))
                    .isInstanceOf(MalformedBsonException.class)
                    .hasMessageContaining("code with scope does not end where its length says");
        }

        @Test
        void shouldRefuseEveryDocumentThatIsCutOff() {
            RandomBson random = new RandomBson(3);

            for (int i = 0; i < 60; i++) {
                byte[] bson = BsonFixture.bytes(random.document());
                for (int length = 0; length < bson.length; length++) {
                    byte[] cut = Arrays.copyOf(bson, length);

                    assertThatThrownBy(() -> json(cut, JsonForm.CANONICAL)).isInstanceOf(MalformedBsonException.class);
                }
            }
        }

        @Test
        void shouldRefuseEveryLengthThatLies() {
            RandomBson random = new RandomBson(5);
            int[] lies = {Integer.MIN_VALUE, -1, 0, 1, 4, Integer.MAX_VALUE, Integer.MAX_VALUE - 3};

            for (int i = 0; i < 150; i++) {
                byte[] bson = BsonFixture.bytes(random.document());
                for (int at = 0; at <= bson.length - 4; at++) {
                    byte[] lying = bson.clone();
                    ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putInt(at, lies[(i + at) % lies.length]);
                    shouldBeJsonOrRefused(lying);
                }
            }
        }

        @Test
        @Timeout(value = 60, unit = TimeUnit.SECONDS)
        void shouldWriteJsonOrRefuseWhateverBytesItGets() {
            RandomBson documents = new RandomBson(11);
            Random random = new Random(13);

            for (int i = 0; i < 20_000; i++) {
                byte[] bson = BsonFixture.bytes(documents.document());
                for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
                    bson[random.nextInt(bson.length)] = (byte) random.nextInt();
                }
                shouldBeJsonOrRefused(bson);
            }
        }

        private static void shouldBeJsonOrRefused(byte[] bson) {
            String json;
            try {
                json = json(bson, JsonForm.RELAXED);
            } catch (MalformedBsonException e) {
                return;
            }
            JsonLikeness.parse(json);
        }
    }

    private static String json(BsonDocument document, JsonForm form) {
        return json(BsonFixture.bytes(document), form);
    }

    private static String json(byte[] bson, JsonForm form) {
        JsonBuffer out = new JsonBuffer();
        new BsonJson(form).document(bson, 0, bson.length, out);
        return out.toString();
    }
}
