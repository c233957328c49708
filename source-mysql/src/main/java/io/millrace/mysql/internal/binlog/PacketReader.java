// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads MySQL's packets: messages of at most 16,777,215 bytes a packet, joined where longer, through
 * one large buffer, so that a small event costs no system call of its own and TLS is read in whole
 * records. Not thread-safe.
 *
 * <p>Protocol: MySQL internals, "MySQL Packets".
 */
final class PacketReader {

    private static final int FULL_PACKET = 0xff_ffff;
    private static final int HEADER = 4;

    private final InputStream in;
    private final byte[] buffer = new byte[128 * 1024];
    private int position;
    private int limit;

    /** Bytes of the present packet that were not read yet. */
    private int left;

    /** Whether the message ends with the present packet. */
    private boolean lastPacket = true;

    PacketReader(InputStream in) {
        this.in = in;
    }

    /** {@return whether something can be read behind the present packet without waiting for the server} */
    boolean hasMore() throws IOException {
        return limit - position > left || in.available() > 0;
    }

    /** Begins the next message; what was not read of the present one is passed over. */
    void nextMessage() throws IOException {
        while (left > 0 || !lastPacket) {
            skipPacket();
        }
        nextPacket();
    }

    private void skipPacket() throws IOException {
        while (left > 0) {
            fill(1);
            int step = Math.min(left, limit - position);
            position += step;
            left -= step;
        }
        if (!lastPacket) {
            nextPacket();
        }
    }

    private void nextPacket() throws IOException {
        fill(HEADER);
        left = (buffer[position] & 0xff) | (buffer[position + 1] & 0xff) << 8 | (buffer[position + 2] & 0xff) << 16;
        position += HEADER;
        lastPacket = left < FULL_PACKET;
    }

    /** {@return the next byte of the message} */
    int read() throws IOException {
        while (left == 0) {
            continueMessage();
        }
        fill(1);
        left--;
        return buffer[position++] & 0xff;
    }

    /** Reads bytes of the message, over as many packets as they take. */
    void read(byte[] into, int offset, int count) throws IOException {
        int at = offset;
        int end = offset + count;
        while (at < end) {
            while (left == 0) {
                continueMessage();
            }
            int step = Math.min(end - at, left);
            if (position == limit && step >= buffer.length) {
                step = in.read(into, at, step);
                if (step < 0) {
                    throw closed();
                }
            } else {
                fill(1);
                step = Math.min(step, limit - position);
                System.arraycopy(buffer, position, into, at, step);
                position += step;
            }
            at += step;
            left -= step;
        }
    }

    private void continueMessage() throws IOException {
        if (lastPacket) {
            throw new IOException("the server's message is shorter than it says");
        }
        nextPacket();
    }

    /** {@return the rest of the message; for replies to queries, which are small} */
    byte[] readRest() throws IOException {
        return readRest(Long.MAX_VALUE);
    }

    /**
     * {@return the rest of the message}
     *
     * @throws MessageTooLargeException if it is larger than {@code most}
     */
    byte[] readRest(long most) throws IOException {
        checkSize(left, most);
        byte[] rest = new byte[left];
        read(rest, 0, rest.length);
        while (!lastPacket) {
            nextPacket();
            checkSize((long) rest.length + left, most);
            byte[] more = new byte[rest.length + left];
            System.arraycopy(rest, 0, more, 0, rest.length);
            read(more, rest.length, more.length - rest.length);
            rest = more;
        }
        return rest;
    }

    private static void checkSize(long bytes, long most) throws IOException {
        if (bytes > Math.min(most, Integer.MAX_VALUE - 8)) {
            throw new MessageTooLargeException(bytes);
        }
    }

    private void fill(int count) throws IOException {
        if (limit - position >= count) {
            return;
        }
        System.arraycopy(buffer, position, buffer, 0, limit - position);
        limit -= position;
        position = 0;
        while (limit < count) {
            int read = in.read(buffer, limit, buffer.length - limit);
            if (read < 0) {
                throw closed();
            }
            limit += read;
        }
    }

    private static EOFException closed() {
        return new EOFException("the server has closed the connection");
    }
}
