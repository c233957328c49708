// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.spill;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A buffer that grows. Numbers are little-endian; lengths take a byte for each seven bits. Not thread-safe. */
final class ByteWriter extends OutputStream {

    private byte[] bytes = new byte[64 * 1024];
    private int size;

    int size() {
        return size;
    }

    byte[] array() {
        return bytes;
    }

    /** Forgets what was written from {@code newSize} on. */
    void cut(int newSize) {
        size = newSize;
    }

    private int reserve(int count) {
        int at = size;
        if (count > bytes.length - at) {
            int needed = Math.addExact(at, count);
            bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(2L * bytes.length, Integer.MAX_VALUE - 8)));
        }
        size = at + count;
        return at;
    }

    @Override
    public void write(int b) {
        int at = reserve(1);
        bytes[at] = (byte) b;
    }

    @Override
    public void write(byte[] source, int offset, int length) {
        int at = reserve(length);
        System.arraycopy(source, offset, bytes, at, length);
    }

    void length(int value) {
        int rest = value;
        while (rest > 0x7f) {
            write(rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        write(rest);
    }

    void number(long value, int width) {
        int at = reserve(width);
        for (int i = 0; i < width; i++) {
            bytes[at + i] = (byte) (value >>> 8 * i);
        }
    }

    void block(byte[] source, int offset, int length) {
        length(length);
        write(source, offset, length);
    }

    void text(@Nullable String text) {
        write(text == null ? 0 : 1);
        if (text != null) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            block(utf8, 0, utf8.length);
        }
    }
}
