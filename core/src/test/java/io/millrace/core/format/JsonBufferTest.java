// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBufferTest {

    private static final ObjectMapper JACKSON = new ObjectMapper();

    private static String written(Consumer<JsonBuffer> write) {
        JsonBuffer out = new JsonBuffer(1);
        write.accept(out);
        return out.toString();
    }

    @Nested
    class Numbers {

        @Test
        void shouldWriteEveryLengthOfInteger() {
            for (long power = 1; power > 0 && power <= 1_000_000_000_000_000_000L; power *= 10) {
                for (long near = -2; near <= 2; near++) {
                    assertInteger(power + near);
                    assertInteger(-power + near);
                }
                if (power == 1_000_000_000_000_000_000L) {
                    break;
                }
            }
            assertInteger(Long.MAX_VALUE);
            assertInteger(Long.MIN_VALUE);
            assertInteger(Long.MIN_VALUE + 1);
            assertInteger(Integer.MIN_VALUE);
        }

        @Test
        void shouldWriteRandomIntegers() {
            Random random = new Random(1);
            for (int i = 0; i < 100_000; i++) {
                assertInteger(random.nextLong() >> random.nextInt(64));
            }
        }

        private void assertInteger(long value) {
            assertThat(written(out -> out.number(value))).isEqualTo(Long.toString(value));
        }

        @Test
        void shouldWriteUnsignedIntegers() {
            Random random = new Random(2);
            for (int i = 0; i < 100_000; i++) {
                long bits = random.nextLong();
                assertThat(written(out -> out.unsignedNumber(bits))).isEqualTo(Long.toUnsignedString(bits));
            }
            assertThat(written(out -> out.unsignedNumber(-1))).isEqualTo("18446744073709551615");
            assertThat(written(out -> out.unsignedNumber(Long.MIN_VALUE))).isEqualTo("9223372036854775808");
            assertThat(written(out -> out.unsignedNumber(0))).isEqualTo("0");
        }

        @Test
        void shouldWriteDoublesThatReadBackTheSame() {
            Random random = new Random(3);
            for (int i = 0; i < 100_000; i++) {
                assertDouble(Double.longBitsToDouble(random.nextLong()));
            }
            for (double value : new double[] {0.0, -0.0, 0.1, 1e21, 1e-7, Double.MIN_VALUE, Double.MAX_VALUE, 2e-3}) {
                assertDouble(value);
            }
        }

        private void assertDouble(double value) {
            if (Double.isFinite(value)) {
                String text = written(out -> out.number(value));
                assertThat(Double.doubleToLongBits(Double.parseDouble(text)))
                        .as(text)
                        .isEqualTo(Double.doubleToLongBits(value));
                assertThat(isNumber(text)).as(text).isTrue();
            }
        }

        @Test
        void shouldWriteFloatsThatReadBackTheSame() {
            Random random = new Random(4);
            for (int i = 0; i < 100_000; i++) {
                float value = Float.intBitsToFloat(random.nextInt());
                if (Float.isFinite(value)) {
                    String text = written(out -> out.number(value));
                    assertThat(Float.floatToIntBits(Float.parseFloat(text)))
                            .as(text)
                            .isEqualTo(Float.floatToIntBits(value));
                    assertThat(isNumber(text)).as(text).isTrue();
                }
            }
            assertThat(written(out -> out.number(0.1f))).isEqualTo("0.1");
        }

        private boolean isNumber(String text) {
            return text.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");
        }

        @Test
        void shouldWriteWhatIsNoNumberAsText() {
            assertThat(written(out -> out.number(Double.NaN))).isEqualTo("\"NaN\"");
            assertThat(written(out -> out.number(Double.NEGATIVE_INFINITY))).isEqualTo("\"-Infinity\"");
            assertThat(written(out -> out.number(Float.POSITIVE_INFINITY))).isEqualTo("\"Infinity\"");
        }

        @Test
        void shouldPadWithZeros() {
            assertThat(written(out -> out.padded(7, 4))).isEqualTo("0007");
            assertThat(written(out -> out.padded(0, 2))).isEqualTo("00");
            assertThat(written(out -> out.padded(123_456, 6))).isEqualTo("123456");
        }
    }

    @Nested
    class Strings {

        @Test
        void shouldEscapeEveryAsciiCharacterAtEveryAlignment() throws IOException {
            for (int before = 0; before <= 16; before++) {
                for (int after : new int[] {0, 1, 7, 8, 9, 16}) {
                    for (char c = 0; c < 0x80; c++) {
                        String text = "a".repeat(before) + c + "z".repeat(after);
                        assertThat(written(out -> out.string(text)))
                                .isEqualToIgnoringCase(JACKSON.writeValueAsString(text));
                    }
                }
            }
        }

        @Test
        void shouldKeepMultiByteCharactersAtEveryAlignment() {
            for (String c : new String[] {
                "\u0080", "ß", "\u07ff", "\u0800", "€", "\ud7ff", "\ue000", "\uffff", "😀", "\udbff\udfff"
            }) {
                for (int before = 0; before <= 16; before++) {
                    String text = "a".repeat(before) + c + "\"" + c + c + "z".repeat(before);
                    assertThat(written(out -> out.string(text))).isEqualTo("\"" + text.replace("\"", "\\\"") + "\"");
                }
            }
        }

        @Test
        void shouldWriteRandomTextAsJacksonReadsIt() throws IOException {
            Random random = new Random(5);
            JsonBuffer out = new JsonBuffer();
            for (int i = 0; i < 50_000; i++) {
                String text = text(random);
                byte[] utf8 = ("<" + text + ">").getBytes(UTF_8);
                out.clear();

                out.string(utf8, 1, utf8.length - 2);

                assertThat(JACKSON.readValue(out.toByteArray(), String.class)).isEqualTo(text);
            }
        }

        private String text(Random random) {
            StringBuilder text = new StringBuilder();
            int[] limits = {0x20, 0x80, 0x80, 0x80, 0x800, 0x10000, 0x110000};
            for (int length = random.nextInt(40); length > 0; length--) {
                int character = random.nextInt(limits[random.nextInt(limits.length)]);
                if (character < Character.MIN_SURROGATE || character > Character.MAX_SURROGATE) {
                    text.appendCodePoint(character);
                }
            }
            return text.toString();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "80",
                    "bf", // a continuation that nothing began
                    "c0af",
                    "c1bf",
                    "e09fbf",
                    "f08fbfbf", // longer than needed
                    "eda080",
                    "edbfbf", // surrogates
                    "f4908080",
                    "f5808080",
                    "ff",
                    "fe", // beyond Unicode
                    "c3",
                    "e282",
                    "e2",
                    "f09f98",
                    "f09f",
                    "f0", // cut off
                    "c328",
                    "e22882",
                    "e28228",
                    "f0289f98",
                    "f09f2898",
                    "f09f9828" // interrupted
                })
        void shouldRefuseMalformedUtf8(String hex) {
            byte[] malformed = HexFormat.of().parseHex(hex);
            for (int before = 0; before <= 9; before++) {
                for (int after : new int[] {0, 1, 8}) {
                    byte[] text = new byte[before + malformed.length + after];
                    java.util.Arrays.fill(text, (byte) 'a');
                    System.arraycopy(malformed, 0, text, before, malformed.length);
                    assertThatThrownBy(() -> written(out -> out.string(text, 0, text.length)))
                            .as("%s at %d", hex, before)
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("not well-formed UTF-8");
                }
            }
        }

        @Test
        void shouldAgreeWithTheJdkOnWhatIsWellFormed() {
            Random random = new Random(6);
            for (int i = 0; i < 200_000; i++) {
                byte[] bytes = new byte[1 + random.nextInt(5)];
                random.nextBytes(bytes);
                boolean wellFormed;
                try {
                    UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes));
                    wellFormed = true;
                } catch (java.nio.charset.CharacterCodingException e) {
                    wellFormed = false;
                }
                boolean taken;
                try {
                    new JsonBuffer().string(bytes, 0, bytes.length);
                    taken = true;
                } catch (IllegalArgumentException e) {
                    taken = false;
                }
                assertThat(taken).as(HexFormat.of().formatHex(bytes)).isEqualTo(wellFormed);
            }
        }
    }

    @Test
    void shouldWriteBytesAsBase64() {
        byte[] bytes = new byte[60];
        new Random(7).nextBytes(bytes);
        for (int length = 0; length < 50; length++) {
            int count = length;
            byte[] part = java.util.Arrays.copyOfRange(bytes, 3, 3 + count);

            assertThat(written(out -> out.base64(bytes, 3, count)))
                    .isEqualTo('"' + Base64.getEncoder().encodeToString(part) + '"');
        }
        assertThat(written(out -> out.base64(bytes, 0, bytes.length)))
                .isEqualTo('"' + Base64.getEncoder().encodeToString(bytes) + '"');
    }

    @Test
    void shouldWriteInstantsAsJavaDoes() {
        Random random = new Random(5);
        for (int i = 0; i < 10_000; i++) {
            long second = random.nextLong() >> 19 + random.nextInt(30);
            Instant instant = Instant.ofEpochSecond(second, 123_456_000L);

            assertThat(written(out -> out.instant(second, 123_456, 6))).isEqualTo(instant.toString());
            assertThat(written(out -> out.instant(second, 123_456, 0)))
                    .isEqualTo(Instant.ofEpochSecond(second).toString());
        }
    }

    @Test
    void shouldBeUsedAgain() {
        JsonBuffer out = new JsonBuffer();
        out.string("x".repeat(10_000));
        out.clear();

        out.bool(true);
        out.raw(',');
        out.bool(false);
        out.raw(',');
        out.nullValue();

        assertThat(out).hasToString("true,false,null");
        assertThat(out.length()).isEqualTo(15);
        assertThat(out.toByteArray()).hasSize(15);
    }
}
