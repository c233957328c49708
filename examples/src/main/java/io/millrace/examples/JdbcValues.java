// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.Geometry;
import io.millrace.core.ZeroDate;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Column values as {@code setObject} of MySQL's driver takes them without a loss. */
final class JdbcValues {

    private JdbcValues() {}

    /** Times go as text: the driver's own ways lead through calendars and time zones. */
    static @Nullable Object of(@Nullable Object value) {
        if (value instanceof Instant instant) {
            return LocalDateTime.ofInstant(instant, ZoneOffset.UTC).toString();
        }
        if (value instanceof LocalDate || value instanceof LocalDateTime || value instanceof ZeroDate) {
            return value.toString();
        }
        if (value instanceof Duration time) {
            Duration positive = time.abs();
            return "%s%d:%02d:%02d.%06d"
                    .formatted(
                            time.isNegative() ? "-" : "",
                            positive.toHours(),
                            positive.toMinutesPart(),
                            positive.toSecondsPart(),
                            positive.toNanosPart() / 1_000);
        }
        if (value instanceof Geometry geometry) {
            byte[] wkb = geometry.wkb();
            return littleEndian(Integer.BYTES + wkb.length)
                    .putInt(geometry.srid())
                    .put(wkb)
                    .array();
        }
        if (value instanceof float[] vector) {
            ByteBuffer bytes = littleEndian(Float.BYTES * vector.length);
            bytes.asFloatBuffer().put(vector);
            return bytes.array();
        }
        return value;
    }

    /** BIT columns: the sign bit is one of them. */
    static @Nullable Object ofBits(@Nullable Object value) {
        return value instanceof Long bits ? new BigInteger(Long.toUnsignedString(bits)) : value;
    }

    private static ByteBuffer littleEndian(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
