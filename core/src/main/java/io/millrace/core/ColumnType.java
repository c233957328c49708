// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

/**
 * What kind of value a column holds: the Java type that {@link RowImage#get(int)} answers with and
 * the {@link ColumnVisitor} method that receives it. The source's own type name is
 * {@link Column#nativeType()}.
 */
public enum ColumnType {
    /** {@link Boolean}; {@code onBoolean}. */
    BOOLEAN,
    /** {@link Integer}; {@code onLong}. */
    INT,
    /** {@link Long}; {@code onLong}. */
    LONG,
    /** {@link java.math.BigInteger}, 0 to 2<sup>64</sup>−1; {@code onUnsignedLong}. */
    UNSIGNED_LONG,
    /** {@link Long}, the bits right-aligned and read as unsigned; {@code onUnsignedLong}. */
    BITS,
    /** {@link Float}; {@code onFloat}. */
    FLOAT,
    /** {@link Double}; {@code onDouble}. */
    DOUBLE,
    /** {@link java.math.BigDecimal} with the column's scale; {@code onDecimal}. */
    DECIMAL,
    /** {@link String}; {@code onUtf8}. */
    STRING,
    /** {@code byte[]}; {@code onBytes}. */
    BYTES,
    /** {@link java.time.LocalDate}, or {@link ZeroDate}; {@code onDate}. */
    DATE,
    /** {@link java.time.LocalDateTime}, or {@link ZeroDate}; {@code onDateTime}. */
    DATETIME,
    /** {@link java.time.Instant}, or {@link ZeroDate}; {@code onTimestamp}, zero by {@code onDateTime}. */
    TIMESTAMP,
    /** {@link java.time.Duration}, signed and possibly beyond a day; {@code onTime}. */
    TIME,
    /** JSON text as {@link String}; {@code onJson}. */
    JSON,
    /** {@link Geometry}; {@code onGeometry}. */
    GEOMETRY,
    /** {@code float[]}; {@code onVector}. */
    VECTOR
}
