// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import io.millrace.core.UnreadableEventException;
import java.io.Closeable;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Makes plain events of those that MariaDB compresses one by one ({@code log_bin_compress}). Not thread-safe.
 *
 * <p>Layout: MariaDB's {@code log_event.cc}, query_event_uncompress and row_log_event_uncompress: the event's begin
 * as it is, up to the statement's text or to the first row; a byte, of which the highest bit is set, the next three
 * are the algorithm (0: zlib) and the lowest three say how many bytes follow with the original length, the highest
 * first; the compressed bytes.
 */
public final class EventInflater implements Closeable {

    private static final int QUERY_POST_HEADER = 13;
    private static final int ROWS_POST_HEADER = 8;
    private static final int COMPRESSED = 0x80;
    private static final int ALGORITHM = 0x70;
    private static final int LENGTH = 0x07;

    private final Inflater inflater = new Inflater();

    /**
     * {@return bytes of the body once it is plain}
     *
     * @throws IndexOutOfBoundsException if the event is damaged
     */
    public static long plainLength(BinlogEvent event) {
        int from = compressedFrom(event);
        int first = (int) event.number(from, 1);
        int width = first & LENGTH;
        if ((first & COMPRESSED) == 0 || (first & ALGORITHM) != 0 || width < 1 || width > 4) {
            throw new IndexOutOfBoundsException(
                    "it is compressed in a way that is not known: 0x" + Integer.toHexString(first));
        }
        long length = 0;
        for (int i = 1; i <= width; i++) {
            length = length << 8 | event.number(from + i, 1);
        }
        return from + length;
    }

    /**
     * Makes the event plain, whose body has been read.
     *
     * @throws UnreadableEventException if it is damaged
     */
    public void inflate(BinlogEvent event, String where) {
        int from = compressedFrom(event);
        byte[] plain = new byte[Math.toIntExact(plainLength(event))];
        System.arraycopy(event.bytes, 0, plain, 0, from);
        int data = from + 1 + (event.bytes[from] & LENGTH);
        inflater.reset();
        inflater.setInput(event.bytes, data, event.end - data);
        try {
            int count = inflater.inflate(plain, from, plain.length - from);
            // One byte more shows whether that was all.
            if (from + count != plain.length || inflater.inflate(new byte[1]) != 0 || !inflater.finished()) {
                throw new DataFormatException("its length is not the one that it tells");
            }
        } catch (DataFormatException e) {
            throw new UnreadableEventException(
                    "a compressed " + EventTypes.name(event.type) + " cannot be read: " + e.getMessage(), where, e);
        }
        event.type = EventTypes.plain(event.type);
        event.bytes = plain;
        event.end = plain.length;
    }

    private static int compressedFrom(BinlogEvent event) {
        if (event.type() == EventTypes.QUERY_COMPRESSED) {
            return QUERY_POST_HEADER + (int) event.number(11, 2) + (int) event.number(8, 1) + 1;
        }
        int at = ROWS_POST_HEADER;
        int plain = EventTypes.plain(event.type());
        if (plain >= EventTypes.WRITE_ROWS) {
            at += (int) event.number(at, 2);
        }
        int first = (int) event.number(at, 1);
        int width = first < 0xfb ? 0 : 2;
        int columns = width == 0 ? first : (int) event.number(at + 1, width);
        int images = plain == EventTypes.UPDATE_ROWS || plain == EventTypes.UPDATE_ROWS_V1 ? 2 : 1;
        return at + 1 + width + images * ((columns + 7) / 8);
    }

    @Override
    public void close() {
        inflater.end();
    }
}
