// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;

/** Events that wait to be read, outside the heap if they are many. Not thread-safe. */
public final class HeldEvents implements Closeable {

    private final HeldBytes bytes;
    private byte[] end = new byte[0];

    /** @param space where they wait */
    public HeldEvents(HeldSpace space) {
        this.bytes = new HeldBytes(space);
    }

    /** Takes the event, whose body has been read. */
    public void add(BinlogEvent event) {
        add(event.timestamp(), event.type(), event.serverId(), event.flags(), event.bytes(), event.end());
    }

    private void add(long timestamp, int type, long serverId, int flags, byte[] body, int length) {
        byte[] header = header(timestamp, type, serverId, flags, length);
        bytes.write(header, 0, header.length);
        bytes.write(body, 0, length);
    }

    /** No more are taken, until they are read. */
    public void seal() {
        bytes.seal();
    }

    /** Ends them with the end of a transaction, such as the log has behind one that was not prepared. */
    public void end(BinlogEvent like) {
        byte[] header = header(like.timestamp(), EventTypes.XID, like.serverId(), 0, Long.BYTES);
        end = Arrays.copyOf(header, header.length + Long.BYTES);
    }

    private static byte[] header(long timestamp, int type, long serverId, int flags, int length) {
        byte[] header = new byte[BinlogStream.HEADER];
        put(header, 0, 4, timestamp);
        header[4] = (byte) type;
        put(header, 5, 4, serverId);
        put(header, 9, 4, BinlogStream.HEADER + (long) length);
        put(header, 17, 2, flags);
        return header;
    }

    private static void put(byte[] into, int offset, int width, long value) {
        for (int i = 0; i < width; i++) {
            into[offset + i] = (byte) (value >>> 8 * i);
        }
    }

    InputStream input() {
        return new SequenceInputStream(bytes.input(), new ByteArrayInputStream(end));
    }

    @Override
    public void close() {
        bytes.close();
    }
}
