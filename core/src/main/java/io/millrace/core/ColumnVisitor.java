// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

/**
 * Receives the values of a {@link RowImage}, one call per column, in column order, without an object
 * per value. This is the ground under rows and formats: a format goes from the event's bytes to the
 * output's bytes through it.
 *
 * <p>Byte ranges are only valid during the call and must not be written to. {@code column} is the
 * index in the row's {@link TableSchema}. Which method a column calls is said by its
 * {@link ColumnType}; {@link #onNull} and {@link #onAbsent} may stand in for any of them. An
 * exception thrown by a visitor reaches the caller of {@code accept}.
 */
public interface ColumnVisitor {

    /** The value is SQL null. */
    void onNull(int column);

    /** The log does not say what the value is (a partial row image): not the same as null. */
    void onAbsent(int column);

    void onBoolean(int column, boolean value);

    /** A signed integer, or an unsigned one below 2<sup>63</sup>. */
    void onLong(int column, long value);

    /** An integer of 0 to 2<sup>64</sup>−1 as its 64 bits. */
    void onUnsignedLong(int column, long bits);

    void onFloat(int column, float value);

    void onDouble(int column, double value);

    /** Plain digits in ASCII with the column's scale, such as {@code -12.50}; no exponent. */
    void onDecimal(int column, byte[] ascii, int offset, int length);

    /** Text, well-formed UTF-8. */
    void onUtf8(int column, byte[] utf8, int offset, int length);

    void onBytes(int column, byte[] bytes, int offset, int length);

    /** A date; zero and partial dates (month or day 0) come as they were written. */
    void onDate(int column, int year, int month, int day);

    /**
     * Date and time without zone; zero and partial dates come as they were written. On a
     * {@link ColumnType#TIMESTAMP} column it carries the zero value, which is no instant.
     */
    void onDateTime(int column, int year, int month, int day, int hour, int minute, int second, int micros);

    /** An instant: seconds since 1970-01-01T00:00:00Z, and microseconds 0 to 999,999 added to them. */
    void onTimestamp(int column, long epochSecond, int micros);

    /** A time of day or a span, in microseconds; may be negative and exceed a day. */
    void onTime(int column, long micros);

    /** One JSON value as text in UTF-8. */
    void onJson(int column, byte[] utf8, int offset, int length);

    /** Well-known binary in its own byte order, and the spatial reference system's id. */
    void onGeometry(int column, int srid, byte[] wkb, int offset, int length);

    /** IEEE 754 floats of four bytes each, little-endian. */
    void onVector(int column, byte[] floats, int offset, int length);
}
