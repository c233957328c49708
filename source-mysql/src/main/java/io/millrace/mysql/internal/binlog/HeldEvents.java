// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import java.io.Closeable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Events that wait to be read, outside the heap if they are many. Not thread-safe. */
public final class HeldEvents implements Closeable {

    private final HeldBytes bytes;

    /** @param directory where many go; null for the system's temporary one */
    public HeldEvents(@Nullable Path directory) {
        this.bytes = new HeldBytes(directory);
    }

    /** Takes the event, whose body has been read. */
    public void add(BinlogEvent event) {
        add(event.timestamp(), event.type(), event.serverId(), event.flags(), event.bytes(), event.end());
    }

    /** Takes the end of a transaction, such as the log has behind one that was not prepared. */
    public void addEnd(BinlogEvent like) {
        add(like.timestamp(), EventTypes.XID, like.serverId(), 0, new byte[Long.BYTES], Long.BYTES);
    }

    private void add(long timestamp, int type, long serverId, int flags, byte[] body, int length) {
        byte[] header = new byte[BinlogStream.HEADER];
        put(header, 0, 4, timestamp);
        header[4] = (byte) type;
        put(header, 5, 4, serverId);
        put(header, 9, 4, BinlogStream.HEADER + (long) length);
        put(header, 17, 2, flags);
        bytes.write(header, 0, header.length);
        bytes.write(body, 0, length);
    }

    private static void put(byte[] into, int offset, int width, long value) {
        for (int i = 0; i < width; i++) {
            into[offset + i] = (byte) (value >>> 8 * i);
        }
    }

    HeldBytes bytes() {
        return bytes;
    }

    @Override
    public void close() {
        bytes.close();
    }
}
