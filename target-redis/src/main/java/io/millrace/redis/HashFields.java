// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.ColumnType;
import io.millrace.core.ColumnVisitor;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.JsonRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Makes fields of a hash of the columns of one schema: text and bytes as they are, all else as in native JSON,
 * without quotes. Used by one thread.
 */
final class HashFields implements ColumnVisitor {

    private final byte[][] names;
    /** Bytes of {@code {"name":}, which stand before a value. */
    private final int[] prefixes;

    private final JsonRow json;
    private final JsonBuffer buffer = new JsonBuffer();
    private final List<byte[]> fields = new ArrayList<>();
    private final List<byte[]> nulls = new ArrayList<>();
    private final RowImage none;
    private RowImage row;
    private boolean isWhole;

    HashFields(TableSchema schema) {
        this.names = new byte[schema.size()][];
        this.prefixes = new int[schema.size()];
        for (int i = 0; i < names.length; i++) {
            names[i] = schema.column(i).name().getBytes(UTF_8);
            buffer.clear();
            buffer.string(schema.column(i).name());
            prefixes[i] = buffer.length() + 2;
        }
        this.json = new JsonRow(schema);
        this.none = RowImage.of(schema, Map.of());
        this.row = none;
    }

    /** Adds what the script wants to know of the row. */
    void write(RowImage image, Call call) {
        fields.clear();
        nulls.clear();
        row = image;
        isWhole = true;
        image.accept(this);
        if (isWhole || image.isWhole()) {
            call.add("H").add(fields.size());
            fields.forEach(call::add);
        } else {
            call.add("U").add(1 + fields.size() + nulls.size()).add(fields.size());
            fields.forEach(call::add);
            nulls.forEach(call::add);
        }
        forget();
    }

    /** A table may have no other row for long: its last one must not be held. */
    private void forget() {
        row = none;
        fields.clear();
        nulls.clear();
    }

    /** {@return the column as text for a key; bytes in base64, and null as {@code null}} */
    String text(RowImage image, int column) {
        fields.clear();
        row = image;
        image.accept(column, this);
        byte[] value = fields.isEmpty() ? null : fields.get(1);
        forget();
        if (value == null) {
            return String.valueOf(image.get(column));
        }
        boolean isBytes = image.schema().column(column).type() == ColumnType.BYTES;
        return isBytes ? Base64.getEncoder().encodeToString(value) : new String(value, UTF_8);
    }

    private void field(int column, byte[] value) {
        fields.add(names[column]);
        fields.add(value);
    }

    /** As native JSON has it, which is ASCII here, and has no quotes within quotes. */
    private void asInJson(int column) {
        buffer.clear();
        json.write(row, new int[] {column}, buffer);
        byte[] text = buffer.array();
        int begin = prefixes[column];
        int end = buffer.length() - 1;
        boolean isQuoted = text[begin] == '"';
        field(column, Arrays.copyOfRange(text, isQuoted ? begin + 1 : begin, isQuoted ? end - 1 : end));
    }

    @Override
    public void onNull(int column) {
        nulls.add(names[column]);
    }

    @Override
    public void onAbsent(int column) {
        // What the log does not tell stays as it is, unless the row has no such column.
        isWhole = false;
    }

    @Override
    public void onBoolean(int column, boolean value) {
        field(column, Boolean.toString(value).getBytes(UTF_8));
    }

    @Override
    public void onLong(int column, long value) {
        buffer.clear();
        buffer.number(value);
        field(column, buffer.toByteArray());
    }

    @Override
    public void onUnsignedLong(int column, long bits) {
        buffer.clear();
        buffer.unsignedNumber(bits);
        field(column, buffer.toByteArray());
    }

    @Override
    public void onFloat(int column, float value) {
        asInJson(column);
    }

    @Override
    public void onDouble(int column, double value) {
        asInJson(column);
    }

    @Override
    public void onDecimal(int column, byte[] ascii, int offset, int length) {
        onUtf8(column, ascii, offset, length);
    }

    @Override
    public void onUtf8(int column, byte[] utf8, int offset, int length) {
        field(column, Arrays.copyOfRange(utf8, offset, offset + length));
    }

    @Override
    public void onBytes(int column, byte[] bytes, int offset, int length) {
        onUtf8(column, bytes, offset, length);
    }

    @Override
    public void onDate(int column, int year, int month, int day) {
        asInJson(column);
    }

    @Override
    public void onDateTime(int column, int year, int month, int day, int hour, int minute, int second, int micros) {
        asInJson(column);
    }

    @Override
    public void onTimestamp(int column, long epochSecond, int micros) {
        asInJson(column);
    }

    @Override
    public void onTime(int column, long micros) {
        asInJson(column);
    }

    @Override
    public void onJson(int column, byte[] utf8, int offset, int length) {
        onUtf8(column, utf8, offset, length);
    }

    @Override
    public void onGeometry(int column, int srid, byte[] wkb, int offset, int length) {
        asInJson(column);
    }

    @Override
    public void onVector(int column, byte[] floats, int offset, int length) {
        asInJson(column);
    }
}
