// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.AbsentValueException;
import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.Geometry;
import io.millrace.core.RowImage;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.ZeroDate;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class JsonRowTest {

    private static final long FIRST_DAY = LocalDate.of(1, 1, 1).toEpochDay();
    private static final long LAST_DAY = LocalDate.of(9999, 12, 31).toEpochDay();

    private static String json(ColumnType type, int scale, Object value) {
        TableSchema schema = schema(new Column("c", type, "", scale, true));
        JsonBuffer out = new JsonBuffer();
        new JsonRow(schema).write(RowImage.of(schema, Map.of("c", value)), out);
        String text = out.toString();
        assertThat(text).startsWith("{\"c\":").endsWith("}");
        return text.substring(5, text.length() - 1);
    }

    private static String json(ColumnType type, Object value) {
        return json(type, 0, value);
    }

    private static TableSchema schema(Column... columns) {
        return new TableSchema(new TableId("shop", "orders"), List.of(columns), List.of());
    }

    @Nested
    class Values {

        @Test
        void shouldWriteEveryType() {
            assertThat(json(ColumnType.BOOLEAN, true)).isEqualTo("true");
            assertThat(json(ColumnType.INT, -5)).isEqualTo("-5");
            assertThat(json(ColumnType.LONG, Long.MIN_VALUE)).isEqualTo("-9223372036854775808");
            assertThat(json(ColumnType.UNSIGNED_LONG, new BigInteger("18446744073709551615")))
                    .isEqualTo("18446744073709551615");
            assertThat(json(ColumnType.BITS, -1L)).isEqualTo("18446744073709551615");
            assertThat(json(ColumnType.FLOAT, 1.1f)).isEqualTo("1.1");
            assertThat(json(ColumnType.DOUBLE, 1.1)).isEqualTo("1.1");
            assertThat(json(ColumnType.DECIMAL, new BigDecimal("-12.50"))).isEqualTo("-12.50");
            assertThat(json(ColumnType.DECIMAL, new BigDecimal("1E+3"))).isEqualTo("1000");
            assertThat(json(ColumnType.STRING, "a\"ä😀")).isEqualTo("\"a\\\"ä😀\"");
            assertThat(json(ColumnType.BYTES, new byte[] {0, -1})).isEqualTo("\"AP8=\"");
            assertThat(json(ColumnType.JSON, "{\"a\": [1, 2.50]}")).isEqualTo("{\"a\": [1, 2.50]}");
            assertThat(json(ColumnType.GEOMETRY, new Geometry(4326, new byte[] {1})))
                    .isEqualTo("{\"srid\":4326,\"wkb\":\"AQ==\"}");
            assertThat(json(ColumnType.VECTOR, new float[] {1.5f, -0.1f})).isEqualTo("[1.5,-0.1]");
            assertThat(json(ColumnType.VECTOR, new float[0])).isEqualTo("[]");
        }

        @Test
        void shouldWriteNullAndLeaveAbsentColumnsOut() {
            TableSchema schema = schema(
                    Column.of("a", ColumnType.INT), Column.of("b\"", ColumnType.INT), Column.of("c", ColumnType.INT));
            Map<String, Object> values = new HashMap<>();
            values.put("b\"", null);
            values.put("c", 3);
            JsonRow row = new JsonRow(schema);
            JsonBuffer out = new JsonBuffer();

            row.write(RowImage.of(schema, values), out);
            row.write(RowImage.of(schema, Map.of()), out);
            row.write(RowImage.of(schema, Map.of("a", 1)), out);

            assertThat(out).hasToString("{\"b\\\"\":null,\"c\":3}{}{\"a\":1}");
        }

        @Test
        void shouldWriteTheGivenColumnsOnlyInTheirOrder() {
            TableSchema schema = schema(Column.of("a", ColumnType.INT), Column.of("b", ColumnType.INT));
            JsonBuffer out = new JsonBuffer();

            new JsonRow(schema).write(RowImage.of(schema, Map.of("a", 1, "b", 2)), new int[] {1, 0}, out);

            assertThat(out).hasToString("{\"b\":2,\"a\":1}");
            assertThatThrownBy(() -> new JsonRow(schema)
                            .write(RowImage.of(schema, Map.of("a", 1)), new int[] {1}, new JsonBuffer()))
                    .isInstanceOf(AbsentValueException.class)
                    .hasMessageContaining("b");
        }
    }

    @Nested
    class Temporals {

        private final Random random = new Random(1);

        @Test
        void shouldWriteDatesAsJavaTimeDoes() {
            for (int i = 0; i < 50_000; i++) {
                LocalDate date = randomDate();
                assertThat(json(ColumnType.DATE, date)).isEqualTo("\"" + date + "\"");
            }
            assertThat(json(ColumnType.DATE, LocalDate.of(1, 1, 1))).isEqualTo("\"0001-01-01\"");
            assertThat(json(ColumnType.DATE, LocalDate.of(9999, 12, 31))).isEqualTo("\"9999-12-31\"");
        }

        @Test
        void shouldWriteDateTimesWithTheDigitsOfTheirScale() {
            for (int i = 0; i < 50_000; i++) {
                int scale = random.nextInt(7);
                LocalDateTime value = randomDate().atStartOfDay().plus(randomMicrosOfDay(scale), ChronoUnit.MICROS);
                assertThat(json(ColumnType.DATETIME, scale, value))
                        .isEqualTo("\"" + formatter(scale).format(value) + "\"");
            }
        }

        @Test
        void shouldWriteInstantsInUtcBeforeAndAfter1970() {
            for (int i = 0; i < 50_000; i++) {
                int scale = random.nextInt(7);
                Instant value = randomDate()
                        .atStartOfDay()
                        .plus(randomMicrosOfDay(scale), ChronoUnit.MICROS)
                        .toInstant(ZoneOffset.UTC);
                String expected = formatter(scale).format(value.atOffset(ZoneOffset.UTC));
                assertThat(json(ColumnType.TIMESTAMP, scale, value)).isEqualTo("\"" + expected + "Z\"");
            }
            assertThat(json(ColumnType.TIMESTAMP, 6, Instant.ofEpochSecond(-1, 999_999_000)))
                    .isEqualTo("\"1969-12-31T23:59:59.999999Z\"");
            assertThat(json(ColumnType.TIMESTAMP, Instant.EPOCH)).isEqualTo("\"1970-01-01T00:00:00Z\"");
        }

        @Test
        void shouldWriteEveryDayOfFourCenturies() {
            for (long day = LocalDate.of(1800, 1, 1).toEpochDay();
                    day < LocalDate.of(2200, 1, 1).toEpochDay();
                    day++) {
                Instant start = Instant.ofEpochSecond(day * 86_400);
                assertThat(json(ColumnType.TIMESTAMP, start)).isEqualTo("\"" + start + "\"");
            }
        }

        @Test
        void shouldWriteYearsBeyondFourDigitsAsJavaTimeDoes() {
            LocalDate late = LocalDate.of(12_345, 6, 7);
            LocalDate early = LocalDate.of(-44, 3, 15);

            assertThat(json(ColumnType.DATE, late)).isEqualTo("\"+12345-06-07\"");
            assertThat(json(ColumnType.DATE, early)).isEqualTo("\"-0044-03-15\"");
            assertThat(json(ColumnType.TIMESTAMP, late.atStartOfDay().toInstant(ZoneOffset.UTC)))
                    .isEqualTo("\"+12345-06-07T00:00:00Z\"");
        }

        @Test
        void shouldWriteZeroDatesAsTheyAre() {
            ZeroDate zero = new ZeroDate(0, 0, 0, 0, 0, 0, 0);
            ZeroDate partial = new ZeroDate(2024, 0, 31, 1, 2, 3, 40_000);

            assertThat(json(ColumnType.DATE, zero)).isEqualTo("\"0000-00-00\"");
            assertThat(json(ColumnType.DATE, partial)).isEqualTo("\"2024-00-31\"");
            assertThat(json(ColumnType.DATETIME, 2, partial)).isEqualTo("\"2024-00-31T01:02:03.04\"");
            assertThat(json(ColumnType.TIMESTAMP, zero)).isEqualTo("\"0000-00-00T00:00:00\"");
        }

        @Test
        void shouldWriteTimesThatAreNegativeOrLongerThanADay() {
            assertThat(json(ColumnType.TIME, Duration.ZERO)).isEqualTo("\"00:00:00\"");
            assertThat(json(
                            ColumnType.TIME,
                            Duration.ofHours(838).plusMinutes(59).plusSeconds(59)))
                    .isEqualTo("\"838:59:59\"");
            assertThat(json(ColumnType.TIME, 6, Duration.ofHours(-838).plusNanos(1_000)))
                    .isEqualTo("\"-837:59:59.999999\"");
            assertThat(json(ColumnType.TIME, 3, Duration.ofMillis(-1))).isEqualTo("\"-00:00:00.001\"");
            assertThat(json(
                            ColumnType.TIME,
                            3,
                            Duration.ofSeconds(-(12 * 3600 + 34 * 60 + 56)).minusMillis(789)))
                    .isEqualTo("\"-12:34:56.789\"");
        }

        @Test
        void shouldWriteRandomTimesWithTheDigitsOfTheirScale() {
            long most = 839L * 3600 * 1_000_000;
            for (int i = 0; i < 50_000; i++) {
                int scale = random.nextInt(7);
                long step = (long) Math.pow(10, 6 - scale);
                long micros = random.nextLong(-most + 1, most) / step * step;
                Duration value = Duration.of(micros, ChronoUnit.MICROS);
                Duration absolute = value.abs();
                String expected = "%s%02d:%02d:%02d"
                        .formatted(
                                micros < 0 ? "-" : "",
                                absolute.toHours(),
                                absolute.toMinutesPart(),
                                absolute.toSecondsPart());
                if (scale > 0) {
                    expected +=
                            ".%06d".formatted(absolute.toNanosPart() / 1_000).substring(0, scale + 1);
                }
                assertThat(json(ColumnType.TIME, scale, value)).isEqualTo("\"" + expected + "\"");
            }
        }

        private LocalDate randomDate() {
            return LocalDate.ofEpochDay(random.nextLong(FIRST_DAY, LAST_DAY + 1));
        }

        private long randomMicrosOfDay(int scale) {
            long step = (long) Math.pow(10, 6 - scale);
            return random.nextLong(86_400_000_000L) / step * step;
        }

        private DateTimeFormatter formatter(int scale) {
            return DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss" + (scale == 0 ? "" : "." + "S".repeat(scale)));
        }
    }
}
