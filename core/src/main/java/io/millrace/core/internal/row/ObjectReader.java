// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.row;

import io.millrace.core.ColumnType;
import io.millrace.core.ColumnVisitor;
import io.millrace.core.Geometry;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import io.millrace.core.ZeroDate;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Makes the Java object that {@link ColumnType} promises out of one column of a row image. */
public final class ObjectReader implements ColumnVisitor {

    private final TableSchema schema;
    private @Nullable Object value;

    private ObjectReader(TableSchema schema) {
        this.schema = schema;
    }

    /** {@return the column's value; null for null and absent alike} */
    public static @Nullable Object read(RowImage row, int column) {
        ObjectReader reader = new ObjectReader(row.schema());
        row.accept(column, reader);
        return reader.value;
    }

    @Override
    public void onNull(int column) {
        value = null;
    }

    @Override
    public void onAbsent(int column) {
        value = null;
    }

    @Override
    public void onBoolean(int column, boolean bool) {
        value = bool;
    }

    @Override
    public void onLong(int column, long number) {
        if (schema.column(column).type() == ColumnType.INT) {
            value = Math.toIntExact(number);
        } else {
            value = number;
        }
    }

    @Override
    public void onUnsignedLong(int column, long bits) {
        if (schema.column(column).type() == ColumnType.BITS) {
            value = bits;
        } else {
            value = bits >= 0 ? BigInteger.valueOf(bits) : new BigInteger(Long.toUnsignedString(bits));
        }
    }

    @Override
    public void onFloat(int column, float number) {
        value = number;
    }

    @Override
    public void onDouble(int column, double number) {
        value = number;
    }

    @Override
    public void onDecimal(int column, byte[] ascii, int offset, int length) {
        value = new BigDecimal(new String(ascii, offset, length, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void onUtf8(int column, byte[] utf8, int offset, int length) {
        value = new String(utf8, offset, length, StandardCharsets.UTF_8);
    }

    @Override
    public void onBytes(int column, byte[] bytes, int offset, int length) {
        value = Arrays.copyOfRange(bytes, offset, offset + length);
    }

    @Override
    public void onDate(int column, int year, int month, int day) {
        value = isInCalendar(year, month, day)
                ? LocalDate.of(year, month, day)
                : new ZeroDate(year, month, day, 0, 0, 0, 0);
    }

    @Override
    public void onDateTime(int column, int year, int month, int day, int hour, int minute, int second, int micros) {
        value = isInCalendar(year, month, day)
                ? LocalDateTime.of(year, month, day, hour, minute, second, micros * 1_000)
                : new ZeroDate(year, month, day, hour, minute, second, micros);
    }

    private static boolean isInCalendar(int year, int month, int day) {
        return month != 0
                && day != 0
                && (day <= 28 || day <= YearMonth.of(year, month).lengthOfMonth());
    }

    @Override
    public void onTimestamp(int column, long epochSecond, int micros) {
        value = Instant.ofEpochSecond(epochSecond, micros * 1_000L);
    }

    @Override
    public void onTime(int column, long micros) {
        value = Duration.of(micros, ChronoUnit.MICROS);
    }

    @Override
    public void onJson(int column, byte[] utf8, int offset, int length) {
        value = new String(utf8, offset, length, StandardCharsets.UTF_8);
    }

    @Override
    public void onGeometry(int column, int srid, byte[] wkb, int offset, int length) {
        value = new Geometry(srid, Arrays.copyOfRange(wkb, offset, offset + length));
    }

    @Override
    public void onVector(int column, byte[] floats, int offset, int length) {
        float[] vector = new float[length / Float.BYTES];
        ByteBuffer.wrap(floats, offset, length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(vector);
        value = vector;
    }
}
