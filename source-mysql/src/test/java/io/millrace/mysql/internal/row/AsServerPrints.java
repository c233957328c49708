// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import io.millrace.core.ColumnVisitor;
import io.millrace.core.RowImage;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * One value as {@code CAST(c AS CHAR)} prints it; bytes as {@code HEX(c)}, floating-point numbers as
 * Java does.
 */
final class AsServerPrints implements ColumnVisitor {

    private final int scale;
    private @Nullable String text;

    private AsServerPrints(int scale) {
        this.scale = scale;
    }

    static @Nullable String value(RowImage row, int column) {
        AsServerPrints printer = new AsServerPrints(row.schema().column(column).scale());
        row.accept(column, printer);
        return printer.text;
    }

    @Override
    public void onNull(int column) {
        text = null;
    }

    @Override
    public void onAbsent(int column) {
        text = "(absent)";
    }

    @Override
    public void onBoolean(int column, boolean value) {
        text = value ? "1" : "0";
    }

    @Override
    public void onLong(int column, long value) {
        text = Long.toString(value);
    }

    @Override
    public void onUnsignedLong(int column, long bits) {
        text = Long.toUnsignedString(bits);
    }

    @Override
    public void onFloat(int column, float value) {
        text = Double.toString(value);
    }

    @Override
    public void onDouble(int column, double value) {
        text = Double.toString(value);
    }

    @Override
    public void onDecimal(int column, byte[] ascii, int offset, int length) {
        text = new String(ascii, offset, length, StandardCharsets.US_ASCII);
    }

    @Override
    public void onUtf8(int column, byte[] utf8, int offset, int length) {
        text = new String(utf8, offset, length, StandardCharsets.UTF_8);
    }

    @Override
    public void onBytes(int column, byte[] bytes, int offset, int length) {
        text = hex(bytes, offset, length);
    }

    @Override
    public void onDate(int column, int year, int month, int day) {
        text = "%04d-%02d-%02d".formatted(year, month, day);
    }

    @Override
    public void onDateTime(int column, int year, int month, int day, int hour, int minute, int second, int micros) {
        text = "%04d-%02d-%02d %02d:%02d:%02d".formatted(year, month, day, hour, minute, second) + fraction(micros);
    }

    @Override
    public void onTimestamp(int column, long epochSecond, int micros) {
        var time = LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC);
        onDateTime(
                column,
                time.getYear(),
                time.getMonthValue(),
                time.getDayOfMonth(),
                time.getHour(),
                time.getMinute(),
                time.getSecond(),
                micros);
    }

    @Override
    public void onTime(int column, long micros) {
        long absolute = Math.abs(micros);
        long seconds = absolute / 1_000_000;
        text = (micros < 0 ? "-" : "")
                + "%02d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60)
                + fraction((int) (absolute % 1_000_000));
    }

    private String fraction(int micros) {
        BigDecimal seconds = BigDecimal.valueOf(micros, 6);
        return scale == 0 ? "" : seconds.setScale(scale).toPlainString().substring(1);
    }

    @Override
    public void onJson(int column, byte[] utf8, int offset, int length) {
        onUtf8(column, utf8, offset, length);
    }

    @Override
    public void onGeometry(int column, int srid, byte[] wkb, int offset, int length) {
        text = srid + " " + hex(wkb, offset, length);
    }

    @Override
    public void onVector(int column, byte[] floats, int offset, int length) {
        text = hex(floats, offset, length);
    }

    private static String hex(byte[] bytes, int offset, int length) {
        return HexFormat.of().withUpperCase().formatHex(Arrays.copyOfRange(bytes, offset, offset + length));
    }
}
