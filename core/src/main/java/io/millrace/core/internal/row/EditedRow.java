// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.row;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.ColumnVisitor;
import io.millrace.core.Geometry;
import io.millrace.core.RowImage;
import io.millrace.core.TableId;
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
import java.time.temporal.ChronoField;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row image of objects: what a transform made of another image. Columns that were not edited keep
 * reading from the image they came from.
 */
public final class EditedRow extends RowImage {

    /** Stands for "as in the original image" among the values. */
    private static final Object ORIGINAL = new Object();

    private final RowImage original;
    private final TableSchema schema;
    /** For each column of {@link #schema}: its index in the original, or -1 for an added one. */
    private final int[] origins;

    private final @Nullable Object[] values;

    private EditedRow(RowImage original, TableSchema schema, int[] origins, @Nullable Object[] values) {
        this.original = original;
        this.schema = schema;
        this.origins = origins;
        this.values = values;
    }

    /** {@return {@code row} as it is, ready to be edited} */
    public static EditedRow of(RowImage row) {
        if (row instanceof EditedRow edited) {
            return edited;
        }
        int size = row.schema().size();
        int[] origins = new int[size];
        @Nullable Object[] values = new @Nullable Object[size];
        for (int i = 0; i < size; i++) {
            origins[i] = i;
            values[i] = ORIGINAL;
        }
        return new EditedRow(row, row.schema(), origins, values);
    }

    /**
     * {@return a view of some of the row's columns}
     *
     * @param schema that of these columns
     * @param columns their indexes in the row, not to be changed
     */
    public static EditedRow of(RowImage row, TableSchema schema, int[] columns) {
        @Nullable Object[] values = new @Nullable Object[columns.length];
        Arrays.fill(values, ORIGINAL);
        return new EditedRow(row, schema, columns, values);
    }

    /** {@return a row of these values; columns that {@code values} does not name are absent} */
    public static EditedRow make(TableSchema schema, Map<String, ?> values) {
        EditedRow row = of(new AbsentRow(schema));
        for (Map.Entry<String, ?> entry : values.entrySet()) {
            int index = schema.require(entry.getKey());
            Column column = schema.column(index);
            Object value = entry.getValue();
            if (value != null && !fits(column.type(), value)) {
                throw new IllegalArgumentException("%s.%s is of type %s, which a %s does not fit"
                        .formatted(
                                schema.table(),
                                column.name(),
                                column.type(),
                                value.getClass().getName()));
            }
            row.values[index] = value == null ? null : own(column, value);
        }
        return row;
    }

    public EditedRow set(String column, @Nullable Object value) {
        int index = schema.indexOf(column);
        if (index < 0) {
            int size = schema.size();
            int[] moreOrigins = Arrays.copyOf(origins, size + 1);
            @Nullable Object[] moreValues = Arrays.copyOf(values, size + 1);
            moreOrigins[size] = -1;
            ColumnType type = value == null ? ColumnType.STRING : typeOf(column, value);
            Column added = new Column(column, type, "", scaleOf(value), true);
            moreValues[size] = value == null ? null : own(added, value);
            return new EditedRow(original, schema.plus(added), moreOrigins, moreValues);
        }
        TableSchema newSchema = retyped(index, value);
        @Nullable Object[] newValues = values.clone();
        newValues[index] = value == null ? null : own(newSchema.column(index), value);
        return new EditedRow(original, newSchema, origins, newValues);
    }

    private TableSchema retyped(int index, @Nullable Object value) {
        Column column = schema.column(index);
        if (value == null) {
            return column.nullable()
                    ? schema
                    : schema.with(
                            index, new Column(column.name(), column.type(), column.nativeType(), column.scale(), true));
        }
        if (fits(column.type(), value) && !needsMoreDigits(column, value)) {
            return schema;
        }
        ColumnType type = typeOf(column.name(), value);
        return schema.with(index, new Column(column.name(), type, "", scaleOf(value), column.nullable()));
    }

    private static boolean needsMoreDigits(Column column, Object value) {
        return value instanceof BigDecimal number && number.stripTrailingZeros().scale() > column.scale();
    }

    /** {@return whether a column of the type can hold the value, be it as another class of number} */
    private static boolean fits(ColumnType type, Object value) {
        return switch (type) {
            case BOOLEAN -> value instanceof Boolean;
            case INT -> value instanceof Integer || (value instanceof Long number && number == number.intValue());
            case LONG, BITS -> value instanceof Long || value instanceof Integer;
            case UNSIGNED_LONG -> {
                if (value instanceof BigInteger number) {
                    yield number.signum() >= 0 && number.bitLength() <= Long.SIZE;
                }
                yield (value instanceof Long || value instanceof Integer) && ((Number) value).longValue() >= 0;
            }
            case FLOAT -> value instanceof Float;
            case DOUBLE -> value instanceof Double;
            case DECIMAL -> value instanceof BigDecimal;
            case STRING -> value instanceof String;
            case JSON -> value instanceof String text && JsonSyntax.isValue(text);
            case BYTES -> value instanceof byte[];
            case DATE -> value instanceof LocalDate || value instanceof ZeroDate;
            case DATETIME -> value instanceof LocalDateTime || value instanceof ZeroDate;
            case TIMESTAMP -> value instanceof Instant || value instanceof ZeroDate;
            case TIME -> value instanceof Duration;
            case GEOMETRY -> value instanceof Geometry;
            case VECTOR -> value instanceof float[];
        };
    }

    /** {@return the value as the column's type promises: its class, and the digits of a decimal; arrays as a copy} */
    private static Object own(Column column, Object value) {
        if (value instanceof BigDecimal number) {
            return needsMoreDigits(column, number) ? number : number.setScale(column.scale());
        } else if (value instanceof byte[] bytes) {
            return bytes.clone();
        } else if (value instanceof float[] vector) {
            return vector.clone();
        } else if (value instanceof Integer || value instanceof Long) {
            long number = ((Number) value).longValue();
            return switch (column.type()) {
                case INT -> (int) number;
                case UNSIGNED_LONG -> BigInteger.valueOf(number);
                default -> number;
            };
        }
        return value;
    }

    public EditedRow drop(String column) {
        int dropped = schema.require(column);
        int size = schema.size() - 1;
        int[] fewerOrigins = new int[size];
        @Nullable Object[] fewerValues = new @Nullable Object[size];
        for (int i = 0; i < size; i++) {
            fewerOrigins[i] = origins[i < dropped ? i : i + 1];
            fewerValues[i] = values[i < dropped ? i : i + 1];
        }
        return new EditedRow(original, schema.without(dropped), fewerOrigins, fewerValues);
    }

    public EditedRow renameColumn(String column, String newName) {
        int index = schema.require(column);
        return new EditedRow(original, schema.with(index, schema.column(index).named(newName)), origins, values);
    }

    /** {@return the row with the column as one of text, whatever it was, and with the values it has} */
    public EditedRow asText(String column) {
        int index = schema.require(column);
        Column known = schema.column(index);
        if (known.type() == ColumnType.STRING && known.nativeType().isEmpty()) {
            return this;
        }
        Column text = new Column(column, ColumnType.STRING, "", 0, known.nullable());
        return new EditedRow(original, schema.with(index, text), origins, values);
    }

    public EditedRow move(TableId table) {
        return new EditedRow(original, schema.of(table), origins, values);
    }

    @Override
    public TableSchema schema() {
        return schema;
    }

    @Override
    public boolean has(int column) {
        return values[column] != ORIGINAL || original.has(origins[column]);
    }

    @Override
    public boolean isWhole() {
        return original.isWhole() || super.isWhole();
    }

    @Override
    public int sizeBytes() {
        long size = original.sizeBytes()
                + 64L
                + (schema == original.schema() || schema.isShared() ? 0 : schema.sizeBytes());
        for (Object value : values) {
            size += 24 + contentBytes(value);
        }
        return (int) Math.min(size, Integer.MAX_VALUE);
    }

    private static long contentBytes(@Nullable Object value) {
        if (value instanceof String text) {
            return 2L * text.length();
        } else if (value instanceof byte[] bytes) {
            return bytes.length;
        } else if (value instanceof float[] vector) {
            return (long) Float.BYTES * vector.length;
        } else if (value instanceof Geometry geometry) {
            return geometry.wkb().length;
        }
        return 0;
    }

    @Override
    public void accept(ColumnVisitor visitor) {
        for (int i = 0; i < values.length; i++) {
            accept(i, visitor);
        }
    }

    @Override
    public void accept(int column, ColumnVisitor visitor) {
        Object value = values[Objects.checkIndex(column, values.length)];
        if (value == ORIGINAL) {
            original.accept(origins[column], new Renumbered(column, visitor));
        } else if (value == null) {
            visitor.onNull(column);
        } else {
            show(column, value, visitor);
        }
    }

    private void show(int column, Object value, ColumnVisitor visitor) {
        if (value instanceof String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            if (schema.column(column).type() == ColumnType.JSON) {
                visitor.onJson(column, utf8, 0, utf8.length);
            } else {
                visitor.onUtf8(column, utf8, 0, utf8.length);
            }
        } else if (value instanceof Integer number) {
            visitor.onLong(column, number);
        } else if (value instanceof Long number) {
            if (schema.column(column).type() == ColumnType.BITS) {
                visitor.onUnsignedLong(column, number);
            } else {
                visitor.onLong(column, number);
            }
        } else if (value instanceof Boolean bool) {
            visitor.onBoolean(column, bool);
        } else if (value instanceof BigInteger number) {
            visitor.onUnsignedLong(column, number.longValue());
        } else if (value instanceof BigDecimal number) {
            byte[] ascii = number.toPlainString().getBytes(StandardCharsets.ISO_8859_1);
            visitor.onDecimal(column, ascii, 0, ascii.length);
        } else if (value instanceof Float number) {
            visitor.onFloat(column, number);
        } else if (value instanceof Double number) {
            visitor.onDouble(column, number);
        } else if (value instanceof byte[] bytes) {
            visitor.onBytes(column, bytes, 0, bytes.length);
        } else {
            showTemporalOrOther(column, value, visitor);
        }
    }

    private void showTemporalOrOther(int column, Object value, ColumnVisitor visitor) {
        if (value instanceof LocalDate date) {
            visitor.onDate(column, date.getYear(), date.getMonthValue(), date.getDayOfMonth());
        } else if (value instanceof LocalDateTime time) {
            visitor.onDateTime(
                    column,
                    time.getYear(),
                    time.getMonthValue(),
                    time.getDayOfMonth(),
                    time.getHour(),
                    time.getMinute(),
                    time.getSecond(),
                    time.get(ChronoField.MICRO_OF_SECOND));
        } else if (value instanceof ZeroDate date) {
            if (schema.column(column).type() == ColumnType.DATE) {
                visitor.onDate(column, date.year(), date.month(), date.day());
            } else {
                visitor.onDateTime(
                        column,
                        date.year(),
                        date.month(),
                        date.day(),
                        date.hour(),
                        date.minute(),
                        date.second(),
                        date.micros());
            }
        } else if (value instanceof Instant instant) {
            visitor.onTimestamp(column, instant.getEpochSecond(), instant.get(ChronoField.MICRO_OF_SECOND));
        } else if (value instanceof Duration time) {
            visitor.onTime(
                    column, Math.addExact(Math.multiplyExact(time.getSeconds(), 1_000_000L), time.getNano() / 1_000));
        } else if (value instanceof Geometry geometry) {
            visitor.onGeometry(column, geometry.srid(), geometry.wkb(), 0, geometry.wkb().length);
        } else if (value instanceof float[] vector) {
            ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(vector);
            visitor.onVector(column, bytes.array(), 0, bytes.capacity());
        } else {
            throw new IllegalStateException("no column holds a " + value.getClass());
        }
    }

    private static ColumnType typeOf(String column, Object value) {
        if (value instanceof String) {
            return ColumnType.STRING;
        } else if (value instanceof Integer) {
            return ColumnType.INT;
        } else if (value instanceof Long) {
            return ColumnType.LONG;
        } else if (value instanceof Boolean) {
            return ColumnType.BOOLEAN;
        } else if (value instanceof BigInteger number) {
            if (number.signum() < 0 || number.bitLength() > Long.SIZE) {
                throw new IllegalArgumentException(
                        column + ": " + number + " does not fit into 64 unsigned bits; use a BigDecimal");
            }
            return ColumnType.UNSIGNED_LONG;
        } else if (value instanceof BigDecimal) {
            return ColumnType.DECIMAL;
        } else if (value instanceof Float) {
            return ColumnType.FLOAT;
        } else if (value instanceof Double) {
            return ColumnType.DOUBLE;
        } else if (value instanceof byte[]) {
            return ColumnType.BYTES;
        } else if (value instanceof LocalDate) {
            return ColumnType.DATE;
        } else if (value instanceof LocalDateTime || value instanceof ZeroDate) {
            return ColumnType.DATETIME;
        } else if (value instanceof Instant) {
            return ColumnType.TIMESTAMP;
        } else if (value instanceof Duration) {
            return ColumnType.TIME;
        } else if (value instanceof Geometry) {
            return ColumnType.GEOMETRY;
        } else if (value instanceof float[]) {
            return ColumnType.VECTOR;
        }
        throw new IllegalArgumentException(column + " cannot hold a "
                + value.getClass().getName() + "; the classes that a column may hold are listed at ColumnType");
    }

    /** Digits of the seconds that are needed to show the value, as all six; 0 for what has none. */
    private static int scaleOf(@Nullable Object value) {
        if (value instanceof BigDecimal number) {
            return Math.max(0, number.scale());
        }
        boolean hasSeconds = value instanceof LocalDateTime
                || value instanceof ZeroDate
                || value instanceof Instant
                || value instanceof Duration;
        return hasSeconds ? 6 : 0;
    }
}
