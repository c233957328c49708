// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A growing array of bytes that JSON is written into, as UTF-8. Reused from record to record: it
 * grows to the largest and stays. Not thread-safe.
 *
 * <p>It writes tokens and leaves structure (commas, braces) to its caller, which writes them as
 * constants together with names.
 */
public final class JsonBuffer {

    /*
     * Text of a row event is UTF-8 already, so writing it as JSON is copying it, unless it holds a
     * quote, a backslash or a control character. Eight bytes at a time are tested for these by
     * arithmetic on one long (the tests borrow into a byte's high bit); a word with none of them and
     * no byte above 0x7f is known to be clean. Bytes above 0x7f are checked to be well-formed
     * UTF-8 on the way, since a format must never emit what no reader accepts.
     */
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] BASE64 =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] BASE64_URL =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final byte[] MIN_LONG = "-9223372036854775808".getBytes(StandardCharsets.ISO_8859_1);

    /** "00" to "99", so that two digits are written at a time. */
    private static final byte[] PAIRS = new byte[200];

    static {
        for (int i = 0; i < 100; i++) {
            PAIRS[2 * i] = (byte) ('0' + i / 10);
            PAIRS[2 * i + 1] = (byte) ('0' + i % 10);
        }
    }

    /** 1 to 10<sup>18</sup>. */
    private static final long[] POWERS_OF_TEN = new long[19];

    static {
        long power = 1;
        for (int i = 0; i < POWERS_OF_TEN.length; i++) {
            POWERS_OF_TEN[i] = power;
            power *= 10;
        }
    }

    private byte[] bytes;
    private int length;

    /** An empty buffer of a small initial capacity. */
    public JsonBuffer() {
        this(512);
    }

    public JsonBuffer(int capacity) {
        bytes = new byte[Math.max(capacity, 32)];
    }

    /** Empties the buffer; its array stays. */
    public void clear() {
        length = 0;
    }

    public int length() {
        return length;
    }

    /** Takes back what was written behind the first {@code to} bytes. */
    void shorten(int to) {
        length = to;
    }

    /** {@return the array that holds the first {@link #length()} bytes; the next write may replace it} */
    public byte[] array() {
        return bytes;
    }

    /** {@return the content, the caller's own copy} */
    public byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }

    /** {@return the content as text} */
    @Override
    public String toString() {
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** Writes one byte as it is. */
    public void raw(char ascii) {
        reserve(1);
        bytes[length++] = (byte) ascii;
    }

    /** Writes bytes as they are. */
    public void raw(byte[] source) {
        raw(source, 0, source.length);
    }

    /** Writes bytes as they are. */
    public void raw(byte[] source, int offset, int count) {
        reserve(count);
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
    }

    /** Writes the content of another buffer as it is. */
    public void raw(JsonBuffer other) {
        raw(other.bytes, 0, other.length);
    }

    public void nullValue() {
        raw(NULL);
    }

    public void bool(boolean value) {
        raw(value ? TRUE : FALSE);
    }

    public void number(long value) {
        if (value == Long.MIN_VALUE) {
            raw(MIN_LONG);
            return;
        }
        reserve(20);
        long rest = value;
        if (rest < 0) {
            bytes[length++] = '-';
            rest = -rest;
        }
        int end = length + digits(rest);
        int at = end;
        byte[] to = bytes;
        while (rest > Integer.MAX_VALUE) {
            long quotient = rest / 100;
            int pair = (int) (rest - quotient * 100) * 2;
            rest = quotient;
            to[--at] = PAIRS[pair + 1];
            to[--at] = PAIRS[pair];
        }
        int small = (int) rest;
        while (small >= 100) {
            int quotient = small / 100;
            int pair = (small - quotient * 100) * 2;
            small = quotient;
            to[--at] = PAIRS[pair + 1];
            to[--at] = PAIRS[pair];
        }
        if (small >= 10) {
            to[--at] = PAIRS[small * 2 + 1];
            to[--at] = PAIRS[small * 2];
        } else {
            to[--at] = (byte) ('0' + small);
        }
        length = end;
    }

    /** Writes the 64 bits as an unsigned number. */
    public void unsignedNumber(long bits) {
        if (bits >= 0) {
            number(bits);
        } else {
            long quotient = Long.divideUnsigned(bits, 10);
            number(quotient);
            raw((char) ('0' + (bits - quotient * 10)));
        }
    }

    /** Writes the shortest decimal that reads back as the same double; infinities and NaN as strings. */
    public void number(double value) {
        boolean finite = Double.isFinite(value);
        decimalText(NumberOutput.toString(value, true), finite);
    }

    /** Writes the shortest decimal that reads back as the same float; infinities and NaN as strings. */
    public void number(float value) {
        boolean finite = Float.isFinite(value);
        decimalText(NumberOutput.toString(value, true), finite);
    }

    private void decimalText(String text, boolean finite) {
        if (finite) {
            ascii(text);
        } else {
            string(text);
        }
    }

    /** Writes exactly {@code digits} digits of a non-negative number, with leading zeros. */
    public void padded(int value, int digits) {
        reserve(digits);
        int rest = value;
        for (int at = length + digits - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
    }

    /**
     * Writes an instant as ISO 8601 in UTC, without quotes: {@code 2024-12-03T03:48:55.123Z}.
     *
     * @param micros microseconds added to the second, 0 to 999,999
     * @param digits how many digits of the fraction are written, 0 to 6
     */
    public void instant(long epochSecond, int micros, int digits) {
        IsoText.instant(this, epochSecond, micros, digits);
    }

    /** Writes text of ASCII characters as it is, without quotes. */
    public void ascii(String text) {
        int count = text.length();
        reserve(count);
        for (int i = 0; i < count; i++) {
            bytes[length + i] = (byte) text.charAt(i);
        }
        length += count;
    }

    /** Writes a JSON string: quoted and escaped. */
    public void string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        string(utf8, 0, utf8.length);
    }

    /** Writes a JSON string, or null. */
    void stringOrNull(@Nullable String text) {
        if (text == null) {
            nullValue();
        } else {
            string(text);
        }
    }

    /**
     * Writes a JSON string: quoted and escaped.
     *
     * @throws IllegalArgumentException if the bytes are not well-formed UTF-8
     */
    public void string(byte[] utf8, int offset, int count) {
        reserve(count + 2);
        bytes[length++] = '"';
        int end = offset + count;
        int from = offset;
        int at = offset;
        while (true) {
            while (at <= end - Long.BYTES && isPlain((long) LONGS.get(utf8, at))) {
                at += Long.BYTES;
            }
            if (at >= end) {
                break;
            }
            int b = utf8[at];
            if (b < 0) {
                at = endOfUtf8Sequence(utf8, at, end);
            } else if (b >= 0x20 && b != '"' && b != '\\') {
                at++;
            } else {
                raw(utf8, from, at - from);
                escaped(b);
                from = ++at;
            }
        }
        raw(utf8, from, end - from);
        raw('"');
    }

    private static boolean isPlain(long word) {
        long quotes = word ^ (ONES * '"');
        long backslashes = word ^ (ONES * '\\');
        long special = (word - ONES * 0x20) | (quotes - ONES) | (backslashes - ONES) | word;
        return (special & HIGH_BITS) == 0;
    }

    private void escaped(int b) {
        reserve(6);
        bytes[length++] = '\\';
        switch (b) {
            case '"', '\\' -> bytes[length++] = (byte) b;
            case '\n' -> bytes[length++] = 'n';
            case '\r' -> bytes[length++] = 'r';
            case '\t' -> bytes[length++] = 't';
            case '\b' -> bytes[length++] = 'b';
            case '\f' -> bytes[length++] = 'f';
            default -> {
                bytes[length++] = 'u';
                bytes[length++] = '0';
                bytes[length++] = '0';
                bytes[length++] = HEX[b >> 4];
                bytes[length++] = HEX[b & 0xf];
            }
        }
    }

    /** {@return index after the multi-byte sequence at {@code at}} Table 3-7 of the Unicode standard. */
    private static int endOfUtf8Sequence(byte[] utf8, int at, int end) {
        int first = utf8[at] & 0xff;
        int second = at + 1 < end ? utf8[at + 1] & 0xff : 0;
        int size;
        int low = 0x80;
        int high = 0xbf;
        if (first >= 0xc2 && first <= 0xdf) {
            size = 2;
        } else if (first >= 0xe0 && first <= 0xef) {
            size = 3;
            low = first == 0xe0 ? 0xa0 : low;
            high = first == 0xed ? 0x9f : high;
        } else if (first >= 0xf0 && first <= 0xf4) {
            size = 4;
            low = first == 0xf0 ? 0x90 : low;
            high = first == 0xf4 ? 0x8f : high;
        } else {
            throw malformed(first, at);
        }
        if (second < low || second > high || at + size > end) {
            throw malformed(first, at);
        }
        for (int i = 2; i < size; i++) {
            if ((utf8[at + i] & 0xc0) != 0x80) {
                throw malformed(first, at);
            }
        }
        return at + size;
    }

    private static IllegalArgumentException malformed(int first, int at) {
        return new IllegalArgumentException("text is not well-formed UTF-8: byte 0x%02x at %d".formatted(first, at));
    }

    /** Writes the bytes as a JSON string in base64 (RFC 4648, with padding). */
    public void base64(byte[] source, int offset, int count) {
        base64(source, offset, count, BASE64);
    }

    /** Writes the bytes as a JSON string in base64 with the alphabet for URLs and file names (RFC 4648, with padding). */
    void base64Url(byte[] source, int offset, int count) {
        base64(source, offset, count, BASE64_URL);
    }

    private void base64(byte[] source, int offset, int count, byte[] alphabet) {
        raw('"');
        int whole = count - count % 3;
        reserve(Math.toIntExact((count + 2L) / 3 * 4));
        byte[] to = bytes;
        int at = length;
        for (int i = offset; i < offset + whole; i += 3) {
            int bits = (source[i] & 0xff) << 16 | (source[i + 1] & 0xff) << 8 | source[i + 2] & 0xff;
            to[at++] = alphabet[bits >>> 18];
            to[at++] = alphabet[bits >>> 12 & 0x3f];
            to[at++] = alphabet[bits >>> 6 & 0x3f];
            to[at++] = alphabet[bits & 0x3f];
        }
        if (whole < count) {
            boolean two = count - whole == 2;
            int bits = (source[offset + whole] & 0xff) << 16 | (two ? (source[offset + whole + 1] & 0xff) << 8 : 0);
            to[at++] = alphabet[bits >>> 18];
            to[at++] = alphabet[bits >>> 12 & 0x3f];
            to[at++] = two ? alphabet[bits >>> 6 & 0x3f] : (byte) '=';
            to[at++] = '=';
        }
        length = at;
        raw('"');
    }

    /** Writes the bytes as a JSON string of two lower-case digits each. */
    void hex(byte[] source, int offset, int count) {
        raw('"');
        reserve(Math.multiplyExact(count, 2));
        for (int i = offset; i < offset + count; i++) {
            bytes[length++] = HEX[source[i] >> 4 & 0xf];
            bytes[length++] = HEX[source[i] & 0xf];
        }
        raw('"');
    }

    /** Writes characters that are bytes of ISO 8859-1 into a JSON string, without its quotes. */
    void latin1(byte[] source, int offset, int count) {
        for (int i = offset; i < offset + count; i++) {
            int b = source[i] & 0xff;
            if (b >= 0x80) {
                reserve(2);
                bytes[length++] = (byte) (0xc0 | b >> 6);
                bytes[length++] = (byte) (0x80 | b & 0x3f);
            } else if (b >= 0x20 && b != '"' && b != '\\') {
                raw((char) b);
            } else {
                escaped(b);
            }
        }
    }

    /** Bits times log10(2), then corrected by one comparison. */
    private static int digits(long value) {
        int digits = (Long.SIZE - Long.numberOfLeadingZeros(value | 1)) * 1233 >>> 12;
        return value < POWERS_OF_TEN[digits] ? Math.max(digits, 1) : digits + 1;
    }

    private void reserve(int count) {
        if (count > bytes.length - length) {
            long wanted = Math.max((long) length + count, Math.min(2L * bytes.length, MAX_ARRAY));
            if (wanted > MAX_ARRAY) {
                throw new IllegalStateException(
                        "one JSON document would take " + wanted + " bytes; an array holds " + MAX_ARRAY);
            }
            bytes = Arrays.copyOf(bytes, (int) wanted);
        }
    }

    /** Some VMs keep a few words of the largest array to themselves. */
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;
}
