// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.TableSchema;
import io.millrace.core.format.DebeziumJson.BigintUnsignedHandling;
import io.millrace.core.format.DebeziumJson.BinaryHandling;
import io.millrace.core.format.DebeziumJson.DecimalHandling;
import io.millrace.core.format.DebeziumJson.TimePrecision;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Rows with the values of {@link DebeziumJson}. Used by one thread at a time. */
final class DebeziumRow extends RowWriter {

    /** More digits do not all fit into a long. */
    private static final int DIGITS_OF_LONG = 18;

    /** Byte order and type of a geometry stand before a point's coordinates. */
    private static final int COORDINATES = 5;

    private static final long MICROS_PER_DAY = 86_400_000_000L;

    private final DecimalHandling decimals;
    private final BinaryHandling binary;
    private final boolean preciseBigint;
    private final boolean connectTimes;
    private final boolean[] nullable;
    /** Whether the schema says int16, which readers cut a larger number down to. */
    private final boolean[] shorts;

    private final boolean[] points;
    private final boolean[] micros;
    private final int[] bitBytes;
    private final byte[] scratch = new byte[Long.BYTES + 1];

    DebeziumRow(TableSchema schema, DebeziumJson format) {
        super(schema);
        this.decimals = format.decimalHandling();
        this.binary = format.binaryHandling();
        this.preciseBigint = format.bigintUnsignedHandling() == BigintUnsignedHandling.PRECISE;
        this.connectTimes = format.timePrecision() == TimePrecision.CONNECT;
        this.nullable = new boolean[schema.size()];
        this.shorts = new boolean[schema.size()];
        this.points = new boolean[schema.size()];
        this.micros = new boolean[schema.size()];
        this.bitBytes = new int[schema.size()];
        for (int i = 0; i < nullable.length; i++) {
            DebeziumColumn column = new DebeziumColumn(schema.column(i), format);
            nullable[i] = schema.column(i).nullable();
            shorts[i] = column.isShort();
            points[i] = column.isPoint();
            micros[i] = column.isMicroTimestamp();
            bitBytes[i] = (column.bits() + 7) / 8;
        }
    }

    @Override
    public void onBoolean(int column, boolean value) {
        name(column).bool(value);
    }

    @Override
    public void onLong(int column, long value) {
        if (shorts[column] && value != (short) value) {
            throw new IllegalArgumentException("%s holds %d, which is no %s any more; give it a column of its own"
                    .formatted(
                            schema().column(column).name(),
                            value,
                            schema().column(column).nativeType()));
        }
        super.onLong(column, value);
    }

    @Override
    public void onUnsignedLong(int column, long bits) {
        JsonBuffer to = name(column);
        switch (schema().column(column).type()) {
            case BITS -> {
                for (int i = 0; i < Long.BYTES; i++) {
                    scratch[i] = (byte) (bits >>> 8 * i);
                }
                to.base64(scratch, 0, bitBytes[column]);
            }
            default -> {
                if (preciseBigint) {
                    scratch[0] = 0;
                    bigEndian(bits);
                    twosComplement(to);
                } else {
                    to.number(bits);
                }
            }
        }
    }

    @Override
    public void onDecimal(int column, byte[] ascii, int offset, int length) {
        JsonBuffer to = name(column);
        switch (decimals) {
            case PRECISE -> unscaled(to, schema().column(column).scale(), ascii, offset, length);
            case STRING -> to.string(ascii, offset, length);
            case DOUBLE -> to.raw(ascii, offset, length);
        }
    }

    /** Whoever reads the number puts the point where the column's scale says. */
    private void unscaled(JsonBuffer to, int scale, byte[] ascii, int offset, int length) {
        boolean negative = ascii[offset] == '-';
        long number = 0;
        int fraction = 0;
        boolean behindPoint = false;
        for (int i = negative ? offset + 1 : offset; i < offset + length; i++) {
            if (ascii[i] == '.') {
                behindPoint = true;
            } else {
                number = number * 10 + ascii[i] - '0';
                fraction += behindPoint ? 1 : 0;
            }
        }
        if (length > DIGITS_OF_LONG || fraction != scale) {
            String digits = new String(ascii, offset, length, StandardCharsets.ISO_8859_1);
            byte[] bytes =
                    new BigDecimal(digits).setScale(scale).unscaledValue().toByteArray();
            to.base64(bytes, 0, bytes.length);
            return;
        }
        long unscaled = negative ? -number : number;
        scratch[0] = (byte) (unscaled >> 63);
        bigEndian(unscaled);
        twosComplement(to);
    }

    /** Puts the bits behind the byte of the sign. */
    private void bigEndian(long bits) {
        for (int i = 0; i < Long.BYTES; i++) {
            scratch[1 + i] = (byte) (bits >>> 8 * (Long.BYTES - 1 - i));
        }
    }

    /** Writes the number that fills the scratch, without leading bytes that only repeat its sign. */
    private void twosComplement(JsonBuffer to) {
        int from = 0;
        while (from < Long.BYTES && scratch[from] == scratch[from + 1] >> 7) {
            from++;
        }
        to.base64(scratch, from, scratch.length - from);
    }

    @Override
    public void onBytes(int column, byte[] bytes, int offset, int length) {
        JsonBuffer to = name(column);
        switch (binary) {
            case BYTES, BASE64 -> to.base64(bytes, offset, length);
            case BASE64_URL_SAFE -> to.base64Url(bytes, offset, length);
            case HEX -> to.hex(bytes, offset, length);
        }
    }

    @Override
    public void onDate(int column, int year, int month, int day) {
        JsonBuffer to = name(column);
        if (CivilDate.exists(year, month, day)) {
            to.number(CivilDate.epochDay(year, month, day));
        } else {
            noDate(to, column);
        }
    }

    /** What no calendar has becomes null, or the epoch where the column allows none. */
    private void noDate(JsonBuffer to, int column) {
        if (nullable[column]) {
            to.nullValue();
        } else {
            to.raw('0');
        }
    }

    @Override
    public void onDateTime(int column, int year, int month, int day, int hour, int minute, int second, int fraction) {
        JsonBuffer to = name(column);
        switch (schema().column(column).type()) {
            case TIMESTAMP -> {
                // Only the zero value is no instant.
                if (nullable[column]) {
                    to.nullValue();
                } else {
                    timestamp(to, 0, 0, scale(column));
                }
            }
            default -> {
                if (CivilDate.exists(year, month, day)) {
                    long seconds = CivilDate.epochDay(year, month, day) * 86_400 + hour * 3600L + minute * 60L + second;
                    to.number(micros[column] ? seconds * 1_000_000 + fraction : seconds * 1_000 + fraction / 1_000);
                } else {
                    noDate(to, column);
                }
            }
        }
    }

    @Override
    public void onTimestamp(int column, long epochSecond, int fraction) {
        timestamp(name(column), epochSecond, fraction, scale(column));
    }

    private static void timestamp(JsonBuffer to, long epochSecond, int fraction, int scale) {
        to.raw('"');
        to.instant(epochSecond, fraction, scale);
        to.raw('"');
    }

    @Override
    public void onTime(int column, long time) {
        JsonBuffer to = name(column);
        if (!connectTimes) {
            to.number(time);
        } else if (time >= 0 && time < MICROS_PER_DAY) {
            to.number(time / 1_000);
        } else {
            JsonBuffer text = new JsonBuffer();
            IsoText.span(text, time, scale(column));
            throw new IllegalArgumentException(
                    ("%s.%s is %s, which Kafka Connect's Time cannot hold: it is a time of day;"
                                    + " set timePrecision(ADAPTIVE_TIME_MICROSECONDS)")
                            .formatted(schema().table(), schema().column(column).name(), text));
        }
    }

    @Override
    public void onJson(int column, byte[] utf8, int offset, int length) {
        name(column).string(utf8, offset, length);
    }

    @Override
    public void onGeometry(int column, int srid, byte[] wkb, int offset, int length) {
        JsonBuffer to = name(column);
        to.raw('{');
        if (points[column]) {
            ByteBuffer coordinates = ByteBuffer.wrap(wkb, offset + COORDINATES, 2 * Double.BYTES)
                    .order(wkb[offset] == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
            to.ascii("\"x\":");
            to.number(coordinates.getDouble());
            to.ascii(",\"y\":");
            to.number(coordinates.getDouble());
            to.raw(',');
        }
        to.ascii("\"wkb\":");
        to.base64(wkb, offset, length);
        to.ascii(",\"srid\":");
        if (srid == 0) {
            to.nullValue();
        } else {
            to.number(srid);
        }
        to.raw('}');
    }
}
