// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.spill;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads what a {@link ByteWriter} wrote. Not thread-safe. */
final class ByteReader extends InputStream {

    private final byte[] bytes;
    private final int end;
    private int position;

    ByteReader(byte[] bytes, int position, int end) {
        this.bytes = bytes;
        this.position = position;
        this.end = end;
    }

    byte[] array() {
        return bytes;
    }

    int position() {
        return position;
    }

    void skip(int count) {
        position += count;
    }

    boolean hasMore() {
        return position < end;
    }

    @Override
    public int read() {
        return bytes[position++] & 0xff;
    }

    int length() {
        int value = 0;
        int shift = 0;
        while (true) {
            int next = read();
            value |= (next & 0x7f) << shift;
            if (next < 0x80) {
                return value;
            }
            shift += 7;
        }
    }

    long number(int width) {
        long value = 0;
        for (int i = width - 1; i >= 0; i--) {
            value = value << 8 | bytes[position + i] & 0xff;
        }
        position += width;
        return value;
    }

    @Nullable String text() {
        if (read() == 0) {
            return null;
        }
        int length = length();
        String text = new String(bytes, position, length, StandardCharsets.UTF_8);
        position += length;
        return text;
    }
}
