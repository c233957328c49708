// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads events out of a binlog file in the server's data directory, so that tests of decoding need
 * no connection that captures.
 */
final class BinlogFile {

    private static final int HEADER = 19;
    private static final int CHECKSUM = 4;
    private static final int TABLE_MAP = 19;

    private BinlogFile() {}

    /** One event's bytes; its body lies between its header and its checksum. */
    record Event(int type, byte[] bytes) {

        int offset() {
            return HEADER;
        }

        int end() {
            return bytes.length - CHECKSUM;
        }
    }

    /** {@return the events between two positions of a file} */
    static List<Event> events(Path file, long from, long to) {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer log = ByteBuffer.allocate((int) (to - from)).order(ByteOrder.LITTLE_ENDIAN);
            while (log.hasRemaining() && channel.read(log, from + log.position()) >= 0) {
                continue;
            }
            List<Event> events = new ArrayList<>();
            int at = 0;
            while (at < log.limit()) {
                int size = log.getInt(at + 9);
                byte[] bytes = new byte[size];
                log.get(at, bytes);
                events.add(new Event(log.get(at + 4), bytes));
                at += size;
            }
            return events;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the rows of these events} */
    static List<LoggedRow> rows(List<Event> events) {
        Map<Long, Event> maps = new HashMap<>();
        Map<Long, TableMap> parsed = new HashMap<>();
        List<LoggedRow> rows = new ArrayList<>();
        for (Event event : events) {
            RowsEventType type = RowsEventType.of(event.type());
            if (event.type() == TABLE_MAP) {
                TableMap map = TableMap.parse(event.bytes(), event.offset(), event.end());
                maps.put(map.tableNumber(), event);
                parsed.put(map.tableNumber(), map);
            } else if (type != null) {
                long number = RowsEventType.tableNumber(event.bytes(), event.offset());
                RowDecoder decoder = parsed.get(number).decoder();
                RowCursor cursor = decoder.rows(type, event.bytes(), event.offset(), event.end());
                while (cursor.next()) {
                    rows.add(new LoggedRow(type, cursor.before(), cursor.after(), maps.get(number), event));
                }
            }
        }
        return rows;
    }
}
