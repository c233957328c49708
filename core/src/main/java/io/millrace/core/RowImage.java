// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.internal.row.EditedRow;
import io.millrace.core.internal.row.ObjectReader;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The values of one row at one moment. A value is there, is null, or is <em>absent</em>: the log
 * does not tell it, or the row has no such column where rows may differ ({@link #isWhole()}). Immutable
 * and safe to share between threads; sources implement it as a lazy view of the event's bytes, so that
 * what nobody asks for is never decoded.
 *
 * <p>{@link #accept(ColumnVisitor)} is the fast way, without objects. The getters build one object
 * per call: keep what you need twice. {@link #with}, {@link #without}, {@link #rename} and
 * {@link #inTable} return an edited copy and leave this image as it is.
 */
public abstract class RowImage {

    /**
     * {@return a row of these values} For sources, and for tests of processors and targets.
     *
     * @param values by column name: null, or what {@link ColumnType} says of the column's type, integers
     *     of either class if they are in its range; a column that is missing is absent
     * @throws IllegalArgumentException if there is no such column, or a value does not fit its type;
     *     the message names the column and both types
     */
    public static RowImage of(TableSchema schema, Map<String, ?> values) {
        return EditedRow.make(schema, values);
    }

    public abstract TableSchema schema();

    /** Shows every column to the visitor, in order, each exactly once. */
    public abstract void accept(ColumnVisitor visitor);

    /**
     * Shows one column to the visitor.
     *
     * @throws IndexOutOfBoundsException if the schema has no such column
     */
    public abstract void accept(int column, ColumnVisitor visitor);

    /** {@return bytes of heap that this image keeps from being freed, roughly} */
    public abstract int sizeBytes();

    /** {@return whether the log tells the column's value, null included} */
    public abstract boolean has(int column);

    /**
     * {@return whether the log tells the column's value, null included}
     *
     * @throws IllegalArgumentException if the table has no such column
     */
    public final boolean has(String column) {
        return has(schema().require(column));
    }

    /**
     * {@return whether the image tells all that the row has} Columns that are absent all the same are then not the
     * row's, as fields of other documents are not. Otherwise the row may have them, and the log does not tell.
     */
    public boolean isWhole() {
        for (int i = 0; i < schema().size(); i++) {
            if (!has(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * {@return the value as the type that {@link ColumnType} says, or null for SQL null}
     *
     * @throws AbsentValueException if the log does not tell it; see {@link #has(int)}
     */
    public final @Nullable Object get(int column) {
        if (!has(column)) {
            throw new AbsentValueException(
                    schema().table(), schema().column(column).name());
        }
        return ObjectReader.read(this, column);
    }

    /**
     * {@return the value as the type that {@link ColumnType} says, or null for SQL null}
     *
     * @throws IllegalArgumentException if the table has no such column
     * @throws AbsentValueException if the log does not tell it; see {@link #has(String)}
     */
    public final @Nullable Object get(String column) {
        return get(schema().require(column));
    }

    /** {@return text, or JSON as text; null for SQL null} */
    public final @Nullable String getString(String column) {
        return get(column, String.class);
    }

    /**
     * {@return an integer of whatever width; null for SQL null}
     *
     * @throws IllegalArgumentException if the value is no integer, or an unsigned one from 2<sup>63</sup>
     *     on, which {@code get(column, BigInteger.class)} answers with
     */
    public final @Nullable Long getLong(String column) {
        Object value = get(column);
        if (value instanceof Integer number) {
            return number.longValue();
        }
        if (value instanceof BigInteger number && number.bitLength() < Long.SIZE) {
            return number.longValue();
        }
        return get(column, Long.class);
    }

    public final @Nullable Double getDouble(String column) {
        Number number = get(column, Number.class);
        return number == null ? null : number.doubleValue();
    }

    public final @Nullable BigDecimal getDecimal(String column) {
        return get(column, BigDecimal.class);
    }

    public final @Nullable Boolean getBoolean(String column) {
        return get(column, Boolean.class);
    }

    /** {@return the bytes, the caller's own copy; null for SQL null} */
    public final byte @Nullable [] getBytes(String column) {
        return get(column, byte[].class);
    }

    /** {@return the date; null for SQL null} A zero date is no LocalDate: ask {@link #get(String)}. */
    public final @Nullable LocalDate getDate(String column) {
        return get(column, LocalDate.class);
    }

    public final @Nullable LocalDateTime getDateTime(String column) {
        return get(column, LocalDateTime.class);
    }

    public final @Nullable Instant getInstant(String column) {
        return get(column, Instant.class);
    }

    public final @Nullable Duration getTime(String column) {
        return get(column, Duration.class);
    }

    /**
     * {@return the value as {@code type}, or null for SQL null}
     *
     * @throws IllegalArgumentException if the table has no such column, or the value is of another
     *     type; the message names both
     * @throws AbsentValueException if the log does not tell it
     */
    public final <T> @Nullable T get(String column, Class<T> type) {
        Object value = get(column);
        if (value != null && !type.isInstance(value)) {
            // The value may be a secret.
            throw new IllegalArgumentException("%s.%s holds a %s, not a %s"
                    .formatted(schema().table(), column, value.getClass().getSimpleName(), type.getSimpleName()));
        }
        return type.cast(value);
    }

    /** {@return column names and values in column order; absent columns are left out, null ones are not} */
    public final Map<String, @Nullable Object> asMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < schema().size(); i++) {
            if (has(i)) {
                map.put(schema().column(i).name(), get(i));
            }
        }
        return map;
    }

    /**
     * {@return a copy in which the column has this value; a column of a new name is added at the end}
     *
     * @param value null, or one of the Java types that {@link ColumnType} lists; a column that cannot
     *     hold it takes the type of the value
     * @throws IllegalArgumentException if the value is of another class
     */
    public final RowImage with(String column, @Nullable Object value) {
        return EditedRow.of(this).set(Objects.requireNonNull(column, "column"), value);
    }

    /**
     * {@return a copy without the column}
     *
     * @throws IllegalArgumentException if the table has no such column
     */
    public final RowImage without(String column) {
        return EditedRow.of(this).drop(column);
    }

    /**
     * {@return a copy in which the column has another name, at the same place}
     *
     * @throws IllegalArgumentException if there is no such column, or one of the new name already
     */
    public final RowImage rename(String column, String newName) {
        return EditedRow.of(this).renameColumn(column, newName);
    }

    /** {@return a copy that is a row of another table} */
    public final RowImage inTable(TableId table) {
        return EditedRow.of(this).move(Objects.requireNonNull(table, "table"));
    }

    /** {@return column names and values, for people; absent columns are left out} */
    @Override
    public String toString() {
        return asMap().toString();
    }
}
