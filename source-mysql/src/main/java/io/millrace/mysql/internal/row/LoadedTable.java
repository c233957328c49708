// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.ColumnVisitor;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * A table whose rows come as results of a SELECT, as text, and not out of the log: they look the same, and so
 * does their schema. What is to be selected is said by {@link #expression}. Used by one thread, its rows by any.
 */
public final class LoadedTable {

    /** MariaDB's types that its log has as bytes. */
    private static final Set<String> CAST = Set.of("uuid", "inet6", "inet4");

    private final TableSchema schema;
    private final MySqlCharset[] charsets;
    /** For each column the type as information_schema names it. */
    private final String[] types;

    private final boolean keepsInvalidText;

    private LoadedTable(TableSchema schema, MySqlCharset[] charsets, String[] types, boolean keepsInvalidText) {
        this.schema = schema;
        this.charsets = charsets;
        this.types = types;
        this.keepsInvalidText = keepsInvalidText;
    }

    /**
     * What {@code information_schema.COLUMNS} says of a column.
     *
     * @param dataType the type's name
     * @param columnType the type with all that belongs to it, such as {@code decimal(10,2) unsigned}
     * @param length in characters, or of bytes; 0 where it has none
     * @param digits of a decimal or a bit column; otherwise 0
     * @param scale digits behind the point, or of the seconds
     * @param collation its number; 0 where it has none
     */
    public record Described(
            String name,
            String dataType,
            String columnType,
            boolean nullable,
            long length,
            int digits,
            int scale,
            int collation) {

        /** {@return by what the column's values are ordered} */
        public String definition() {
            return name + " " + columnType + (collation == 0 ? "" : " collation " + collation);
        }
    }

    /** @param keepsInvalidText whether bytes that are no text are shown as bytes, not refused */
    public static LoadedTable of(
            TableId table, List<Described> columns, List<String> primaryKey, boolean keepsInvalidText) {
        List<Column> own = new ArrayList<>();
        MySqlCharset[] charsets = new MySqlCharset[columns.size()];
        String[] types = new String[columns.size()];
        for (Described column : columns) {
            types[own.size()] = column.dataType();
            charsets[own.size()] = MySqlCharset.ofCollation(column.collation());
            own.add(column(table, column));
        }
        return new LoadedTable(new TableSchema(table, own, primaryKey), charsets, types, keepsInvalidText);
    }

    private static Column column(TableId table, Described column) {
        boolean unsigned = column.columnType().contains(" unsigned");
        String sign = unsigned ? " unsigned" : "";
        String type = column.dataType();
        String sized = type + "(" + column.length() + ")";
        String fractional = column.scale() == 0 ? type : type + "(" + column.scale() + ")";
        return switch (type) {
            case "tinyint", "smallint", "mediumint" -> made(column, ColumnType.INT, type + sign, 0);
            case "int" -> made(column, unsigned ? ColumnType.LONG : ColumnType.INT, type + sign, 0);
            case "bigint" -> made(column, unsigned ? ColumnType.UNSIGNED_LONG : ColumnType.LONG, type + sign, 0);
            case "year" -> made(column, ColumnType.INT, type, 0);
            case "float" -> made(column, ColumnType.FLOAT, type + sign, 0);
            case "double" -> made(column, ColumnType.DOUBLE, type + sign, 0);
            case "decimal" ->
                made(
                        column,
                        ColumnType.DECIMAL,
                        "decimal(" + column.digits() + "," + column.scale() + ")" + sign,
                        column.scale());
            case "bit" ->
                made(
                        column,
                        column.digits() == 1 ? ColumnType.BOOLEAN : ColumnType.BITS,
                        "bit(" + column.digits() + ")",
                        0);
            case "date" -> made(column, ColumnType.DATE, type, 0);
            case "datetime" -> made(column, ColumnType.DATETIME, fractional, column.scale());
            case "timestamp" -> made(column, ColumnType.TIMESTAMP, fractional, column.scale());
            case "time" -> made(column, ColumnType.TIME, fractional, column.scale());
            case "char", "varchar" -> made(column, ColumnType.STRING, sized, 0);
            case "binary", "varbinary" -> made(column, ColumnType.BYTES, sized, 0);
            case "tinytext", "text", "mediumtext", "longtext" -> made(column, ColumnType.STRING, type, 0);
            case "tinyblob", "blob", "mediumblob", "longblob" -> made(column, ColumnType.BYTES, type, 0);
            case "enum", "set" -> made(column, ColumnType.STRING, NativeType.unescaped(column.columnType()), 0);
            case "uuid", "inet6" -> made(column, ColumnType.BYTES, "binary(16)", 0);
            case "inet4" -> made(column, ColumnType.BYTES, "binary(4)", 0);
            case "json" -> made(column, ColumnType.JSON, type, 0);
            case "geometry",
                    "point",
                    "linestring",
                    "polygon",
                    "multipoint",
                    "multilinestring",
                    "multipolygon",
                    "geomcollection" -> made(column, ColumnType.GEOMETRY, type, 0);
            case "geometrycollection" -> made(column, ColumnType.GEOMETRY, "geomcollection", 0);
            case "vector" -> made(column, ColumnType.VECTOR, column.columnType(), 0);
            default ->
                throw new UnreadableValueException(table, column.name(), "its type " + type + " is unknown", null);
        };
    }

    private static Column made(Described column, ColumnType type, String nativeType, int scale) {
        return new Column(column.name(), type, nativeType, scale, column.nullable());
    }

    public TableSchema schema() {
        return schema;
    }

    /**
     * {@return what has to be selected for the column, so that no digit is lost}
     *
     * @param quoted the column's name
     */
    public String expression(int column, String quoted) {
        if (isCast(column)) {
            return "CAST(" + quoted + " AS " + schema.column(column).nativeType() + ")";
        }
        // A FLOAT is printed with six digits, a DOUBLE with as many as it takes. Adding 0 would lose the sign of -0.
        return schema.column(column).type() == ColumnType.FLOAT ? quoted + "*1e0" : quoted;
    }

    private boolean isCast(int column) {
        return CAST.contains(types[column]);
    }

    private static final Set<ColumnType> KEYS = Set.of(
            ColumnType.INT,
            ColumnType.LONG,
            ColumnType.UNSIGNED_LONG,
            ColumnType.DECIMAL,
            ColumnType.DATE,
            ColumnType.DATETIME,
            ColumnType.TIMESTAMP,
            ColumnType.TIME,
            ColumnType.BYTES);

    /** {@return whether rows can be read on behind the value of a column, which {@link LoadedRow#literal} then writes} */
    public boolean isOrdered(int column) {
        Column of = schema.column(column);
        boolean isText = of.type() == ColumnType.STRING
                && !of.nativeType().startsWith("enum")
                && !of.nativeType().startsWith("set");
        // MariaDB's index of UUIDs is not ordered as it compares them: random ones would be passed over.
        return isText || (KEYS.contains(of.type()) && !types[column].equals("uuid"));
    }

    /** {@return a value of a column that {@link #isOrdered} as SQL} */
    String literal(int column, byte[] row, int from, int to) {
        return switch (schema.column(column).type()) {
            case INT, LONG, UNSIGNED_LONG, DECIMAL -> ascii(row, from, to);
            case STRING, BYTES -> {
                String hex = HexFormat.of().formatHex(row, from, to);
                boolean isBytes = schema.column(column).type() == ColumnType.BYTES;
                String bytes = (isBytes ? "" : "_" + charsets[column].name() + " ") + "x'" + hex + "'";
                yield isCast(column) ? "CAST(" + bytes + " AS " + types[column] + ")" : bytes;
            }
            default -> "'" + ascii(row, from, to) + "'";
        };
    }

    /**
     * {@return the row of these values}
     *
     * @param values of the columns, in their order, as a result has them
     */
    public LoadedRow row(byte[] values) {
        return new LoadedRow(this, values);
    }

    /** Shows the value that stands in a row, as the server prints it. */
    void show(int column, byte[] row, int from, int to, ColumnVisitor visitor) {
        try {
            switch (schema.column(column).type()) {
                case INT, LONG -> visitor.onLong(column, Long.parseLong(ascii(row, from, to)));
                case UNSIGNED_LONG -> visitor.onUnsignedLong(column, Long.parseUnsignedLong(ascii(row, from, to)));
                case BITS -> visitor.onUnsignedLong(column, Bytes.bigEndian(row, from, to - from));
                case BOOLEAN -> visitor.onBoolean(column, row[from] != 0);
                case FLOAT -> visitor.onFloat(column, (float) Double.parseDouble(ascii(row, from, to)));
                case DOUBLE -> visitor.onDouble(column, Double.parseDouble(ascii(row, from, to)));
                case DECIMAL -> decimal(column, row, from, to, visitor);
                case STRING -> text(column, row, from, to - from, visitor);
                case BYTES -> visitor.onBytes(column, row, from, to - from);
                case DATE -> date(column, ascii(row, from, to), visitor);
                case DATETIME -> dateTime(column, ascii(row, from, to), visitor);
                case TIMESTAMP -> timestamp(column, ascii(row, from, to), visitor);
                case TIME -> visitor.onTime(column, micros(ascii(row, from, to)));
                case JSON -> visitor.onJson(column, row, from, to - from);
                case GEOMETRY ->
                    visitor.onGeometry(
                            column, Bytes.s32(row, from), row, from + Integer.BYTES, to - from - Integer.BYTES);
                case VECTOR -> visitor.onVector(column, row, from, to - from);
                default -> throw new IllegalStateException("no form of " + schema.column(column));
            }
        } catch (IndexOutOfBoundsException | NumberFormatException | DateTimeException e) {
            throw unreadable(
                    column,
                    "'" + ascii(row, from, to) + "' is no "
                            + schema.column(column).nativeType());
        }
    }

    private static String ascii(byte[] row, int from, int to) {
        return new String(row, from, to - from, US_ASCII);
    }

    /** ZEROFILL shows zeros that the log does not have. */
    private static void decimal(int column, byte[] row, int from, int to, ColumnVisitor visitor) {
        int begin = from;
        while (begin + 1 < to && row[begin] == '0' && row[begin + 1] != '.') {
            begin++;
        }
        visitor.onDecimal(column, row, begin, to - begin);
    }

    private void text(int column, byte[] row, int from, int length, ColumnVisitor visitor) {
        if (charsets[column].isUtf8() && Utf8.malformedAt(row, from, from + length) < 0) {
            visitor.onUtf8(column, row, from, length);
            return;
        }
        Scratch room = new Scratch();
        int count;
        try {
            count = charsets[column].toUtf8(row, from, length, room);
        } catch (MalformedValueException e) {
            if (keepsInvalidText) {
                visitor.onBytes(column, row, from, length);
                return;
            }
            throw unreadable(column, String.valueOf(e.getMessage()));
        }
        visitor.onUtf8(column, room.bytes(0), 0, count);
    }

    private static void date(int column, String text, ColumnVisitor visitor) {
        visitor.onDate(column, number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
    }

    private static void dateTime(int column, String text, ColumnVisitor visitor) {
        visitor.onDateTime(
                column,
                number(text, 0, 4),
                number(text, 5, 7),
                number(text, 8, 10),
                number(text, 11, 13),
                number(text, 14, 16),
                number(text, 17, 19),
                fraction(text, 19));
    }

    /** The session's time zone is UTC. */
    private static void timestamp(int column, String text, ColumnVisitor visitor) {
        if (number(text, 5, 7) == 0) {
            visitor.onDateTime(column, 0, 0, 0, 0, 0, 0, 0);
            return;
        }
        long days = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10))
                .toEpochDay();
        int seconds = LocalTime.of(number(text, 11, 13), number(text, 14, 16), number(text, 17, 19))
                .toSecondOfDay();
        visitor.onTimestamp(column, days * 86_400 + seconds, fraction(text, 19));
    }

    private static long micros(String text) {
        boolean isNegative = text.startsWith("-");
        int begin = isNegative ? 1 : 0;
        int colon = text.indexOf(':');
        long seconds = number(text, begin, colon) * 3_600L
                + number(text, colon + 1, colon + 3) * 60L
                + number(text, colon + 4, colon + 6);
        long micros = seconds * 1_000_000 + fraction(text, colon + 6);
        return isNegative ? -micros : micros;
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }

    /** {@return microseconds that stand from there on, behind a point} */
    private static int fraction(String text, int at) {
        int micros = 0;
        for (int i = 1; i <= 6; i++) {
            micros = micros * 10 + (at + i < text.length() ? text.charAt(at + i) - '0' : 0);
        }
        return micros;
    }

    private UnreadableValueException unreadable(int column, String problem) {
        return new UnreadableValueException(
                schema.table(), schema.column(column).name(), problem, null);
    }
}
