// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.format.DebeziumJson.BigintUnsignedHandling;
import io.millrace.core.format.DebeziumJson.BinaryHandling;
import io.millrace.core.format.DebeziumJson.TimePrecision;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The Connect type of a column, by Debezium's mapping of MySQL's types. What the log does not tell is not in it: a
 * FLOAT(M,D) is a float, a BOOLEAN an int16, and there are no defaults. Immutable.
 */
final class DebeziumColumn {

    private static final Pattern PRECISION = Pattern.compile("decimal\\(([0-9]+),.*");
    private static final Pattern BITS = Pattern.compile("bit\\(([0-9]+)\\)");
    private static final String SPATIAL =
            "{\"type\":\"bytes\",\"optional\":%s,\"field\":\"wkb\"},{\"type\":\"int32\",\"optional\":true,\"field\":\"srid\"}";

    private final Column column;
    private final DebeziumJson format;

    DebeziumColumn(Column column, DebeziumJson format) {
        this.column = column;
        this.format = format;
    }

    /** {@return whether milliseconds are too coarse for the column's DATETIME} */
    boolean isMicroTimestamp() {
        return column.scale() > 3 && !isConnect();
    }

    private boolean isConnect() {
        return format.timePrecision() == TimePrecision.CONNECT;
    }

    /** {@return whether coordinates are shown beside the bytes} */
    boolean isPoint() {
        return column.nativeType().equals("point");
    }

    /** {@return how many bits a BITS column has} */
    int bits() {
        Matcher bits = BITS.matcher(column.nativeType());
        return bits.matches() ? Integer.parseInt(bits.group(1)) : Long.SIZE;
    }

    /** {@return the column as a field of a struct} */
    String schema() {
        return switch (column.type()) {
            case BOOLEAN -> plain("boolean");
            case INT -> integer();
            case LONG -> plain("int64");
            case UNSIGNED_LONG ->
                format.bigintUnsignedHandling() == BigintUnsignedHandling.LONG ? plain("int64") : decimal(0, "20");
            case BITS -> named("bytes", "io.debezium.data.Bits", parameters("length", Integer.toString(bits())));
            case FLOAT -> plain("float");
            case DOUBLE -> plain("double");
            case DECIMAL ->
                switch (format.decimalHandling()) {
                    case PRECISE -> decimal(column.scale(), precision());
                    case STRING -> plain("string");
                    case DOUBLE -> plain("double");
                };
            case STRING -> text();
            case BYTES -> plain(format.binaryHandling() == BinaryHandling.BYTES ? "bytes" : "string");
            case DATE -> temporal("int32", "Date", "Date");
            case TIME -> isConnect() ? temporal("int32", "Time", "Time") : temporal("int64", "MicroTime", "Time");
            case DATETIME -> temporal("int64", isMicroTimestamp() ? "MicroTimestamp" : "Timestamp", "Timestamp");
            case TIMESTAMP -> named("string", "io.debezium.time.ZonedTimestamp", "");
            case JSON -> named("string", "io.debezium.data.Json", "");
            case GEOMETRY -> geometry();
            case VECTOR ->
                "{\"type\":\"array\",\"items\":{\"type\":\"float\",\"optional\":false},\"optional\":"
                        + column.nullable() + ",\"name\":\"io.debezium.data.FloatVector\",\"version\":1" + end();
        };
    }

    boolean isShort() {
        return column.type() == ColumnType.INT
                && switch (column.nativeType()) {
                    case "tinyint", "tinyint unsigned", "smallint" -> true;
                    default -> false;
                };
    }

    private String integer() {
        if (isShort()) {
            return plain("int16");
        }
        return switch (column.nativeType()) {
            case "year" -> named("int32", "io.debezium.time.Year", "");
            default -> plain("int32");
        };
    }

    private String text() {
        Members members = Members.of(column);
        if (members.isEmpty()) {
            return plain("string");
        }
        String allowed =
                members.names().stream().map(name -> name.replace(",", "\\,")).collect(Collectors.joining(","));
        return named(
                "string", "io.debezium.data.Enum" + (members.isSet() ? "Set" : ""), parameters("allowed", allowed));
    }

    private @Nullable String precision() {
        Matcher precision = PRECISION.matcher(column.nativeType());
        return precision.matches() ? precision.group(1) : null;
    }

    private String decimal(int scale, @Nullable String precision) {
        String ofPrecision = precision == null ? "" : ",\"connect.decimal.precision\":\"" + precision + "\"";
        return named(
                "bytes",
                "org.apache.kafka.connect.data.Decimal",
                ",\"parameters\":{\"scale\":\"" + scale + "\"" + ofPrecision + "}");
    }

    private String temporal(String type, String name, String connectName) {
        return named(
                type, isConnect() ? "org.apache.kafka.connect.data." + connectName : "io.debezium.time." + name, "");
    }

    private String geometry() {
        boolean point = isPoint();
        String coordinates = point
                ? "{\"type\":\"double\",\"optional\":false,\"field\":\"x\"},{\"type\":\"double\",\"optional\":false,\"field\":\"y\"},"
                : "";
        return "{\"type\":\"struct\",\"fields\":[" + coordinates + SPATIAL.formatted(point) + "],\"optional\":"
                + column.nullable() + ",\"name\":\"io.debezium.data.geometry." + (point ? "Point" : "Geometry")
                + "\",\"version\":1,\"doc\":\"Geometry" + (point ? " (POINT)" : "") + "\"" + end();
    }

    private String plain(String type) {
        return "{\"type\":\"" + type + "\",\"optional\":" + column.nullable() + end();
    }

    private String named(String type, String name, String parameters) {
        return "{\"type\":\"" + type + "\",\"optional\":" + column.nullable() + ",\"name\":\"" + name
                + "\",\"version\":1" + parameters + end();
    }

    private static String parameters(String name, String value) {
        return ",\"parameters\":{\"" + name + "\":" + quoted(value) + "}";
    }

    private String end() {
        return ",\"field\":" + quoted(column.name()) + "}";
    }

    static String quoted(String text) {
        JsonBuffer out = new JsonBuffer();
        out.string(text);
        return out.toString();
    }
}
