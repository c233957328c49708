// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.core.Geometry;
import io.millrace.core.ZeroDate;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** Writes values, as Java objects and as JSON, in the words of the server's answers. */
final class ServerForm {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private ServerForm() {}

    /** {@return the server's answer in a form that two equal values share} */
    static String ofServer(ColumnUnderTest column, String answer) {
        return switch (column.mapping()) {
            case FLOAT, DOUBLE -> number(Double.parseDouble(answer));
            default -> answer;
        };
    }

    static String ofJava(ColumnUnderTest column, Object value) {
        if (!column.mapping().allows(value)) {
            return "an object of " + value.getClass();
        }
        return switch (column.mapping()) {
            case INTEGER, LONG, UNSIGNED_LONG -> value.toString();
            case DECIMAL -> ((BigDecimal) value).toPlainString();
            case FLOAT -> number((Float) value);
            case DOUBLE -> number((Double) value);
            case BOOLEAN -> (Boolean) value ? "1" : "0";
            case BITS -> Long.toUnsignedString((Long) value);
            case TEXT, JSON -> hex((String) value);
            case BYTES -> HEX.formatHex((byte[]) value);
            case MEMBER -> member(column, (String) value);
            case MEMBERS -> members(column, (String) value);
            case DATE, DATETIME, TIMESTAMP -> moment(column, value);
            case TIME -> time(column, (Duration) value);
            case GEOMETRY -> ((Geometry) value).srid() + " " + HEX.formatHex(((Geometry) value).wkb());
            case VECTOR -> vector((float[]) value);
        };
    }

    /** @param raw the value's JSON as it was written */
    static String ofJson(ColumnUnderTest column, String raw) throws JsonProcessingException {
        return switch (column.mapping()) {
            case INTEGER, LONG, UNSIGNED_LONG, DECIMAL, BITS -> raw;
            case FLOAT -> number(Float.parseFloat(raw));
            case DOUBLE -> number(Double.parseDouble(raw));
            case BOOLEAN -> raw.equals("true") ? "1" : raw.equals("false") ? "0" : raw;
            case TEXT -> hex(string(raw));
            case BYTES -> HEX.formatHex(Base64.getDecoder().decode(string(raw)));
            case MEMBER -> member(column, string(raw));
            case MEMBERS -> members(column, string(raw));
            case DATE, TIME -> string(raw);
            case DATETIME -> string(raw).replace('T', ' ');
            case TIMESTAMP -> timestamp(string(raw));
            case JSON -> hex(raw);
            case GEOMETRY -> geometry(MAPPER.readTree(raw));
            case VECTOR -> vector(MAPPER.readValue(raw, float[].class));
        };
    }

    private static String string(String raw) throws JsonProcessingException {
        return raw.startsWith("\"") ? MAPPER.readValue(raw, String.class) : "no string: " + raw;
    }

    private static String number(double value) {
        return value + " " + Long.toHexString(Double.doubleToRawLongBits(value));
    }

    private static String hex(String text) {
        return HEX.formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String member(ColumnUnderTest column, String member) {
        return (column.members().indexOf(member) + 1) + " " + hex(member);
    }

    private static String members(ColumnUnderTest column, String members) {
        long bits = 0;
        for (String member : members.isEmpty() ? List.<String>of() : List.of(members.split(",", -1))) {
            int index = column.members().indexOf(member);
            if (index < 0) {
                return "no member: " + member;
            }
            bits |= 1L << index;
        }
        return Long.toUnsignedString(bits) + " " + hex(members);
    }

    private static String moment(ColumnUnderTest column, Object value) {
        if (value instanceof LocalDate date) {
            return "%04d-%02d-%02d".formatted(date.getYear(), date.getMonthValue(), date.getDayOfMonth());
        }
        if (value instanceof ZeroDate zero) {
            String text = zero.toString();
            return column.mapping() == Mapping.DATE ? text.substring(0, 10) : cut(text, column.scale());
        }
        LocalDateTime time = value instanceof Instant instant
                ? LocalDateTime.ofInstant(instant, ZoneOffset.UTC)
                : (LocalDateTime) value;
        return cut(
                "%04d-%02d-%02d %02d:%02d:%02d.%06d"
                        .formatted(
                                time.getYear(),
                                time.getMonthValue(),
                                time.getDayOfMonth(),
                                time.getHour(),
                                time.getMinute(),
                                time.getSecond(),
                                time.getNano() / 1000),
                column.scale());
    }

    private static String time(ColumnUnderTest column, Duration value) {
        Duration size = value.abs();
        return (value.isNegative() ? "-" : "")
                + cut(
                        "%02d:%02d:%02d.%06d"
                                .formatted(
                                        size.toHours(),
                                        size.toMinutesPart(),
                                        size.toSecondsPart(),
                                        size.toNanosPart() / 1000),
                        column.scale());
    }

    /** Digits beyond the declared ones must be zero; if they are not, they stay and make a difference. */
    private static String cut(String text, int digits) {
        int keep = text.length() - 6 + digits;
        boolean zeros = text.substring(keep).chars().allMatch(digit -> digit == '0');
        return zeros ? text.substring(0, digits == 0 ? keep - 1 : keep) : text;
    }

    private static String timestamp(String text) {
        if (!text.endsWith("Z")) {
            return text.startsWith("0000-00-00T") ? text.replace('T', ' ') : "no instant: " + text;
        }
        return text.substring(0, text.length() - 1).replace('T', ' ');
    }

    private static String geometry(JsonNode geometry) {
        return geometry.get("srid").asText() + " "
                + HEX.formatHex(Base64.getDecoder().decode(geometry.get("wkb").asText()));
    }

    private static String vector(float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return HEX.formatHex(bytes.array());
    }
}
