// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.UnreadableEventException;
import io.millrace.mysql.internal.binlog.BinlogEvent;
import io.millrace.mysql.internal.binlog.BinlogStream;
import io.millrace.mysql.internal.binlog.EventInflater;
import io.millrace.mysql.internal.binlog.EventTypes;
import java.io.Closeable;
import java.io.IOException;

/**
 * Reads the bodies of events, so that those which are compressed one by one look like others; none that is larger
 * than the user allows. Used by the capture thread.
 */
final class EventBodies implements Closeable {

    private final BinlogStream stream;
    private final long maxBytes;
    private final EventInflater inflater = new EventInflater();

    EventBodies(BinlogStream stream, long maxBytes) {
        this.stream = stream;
        this.maxBytes = maxBytes;
    }

    /** {@return whether the event is larger than what is read of rows} */
    boolean isLarge(BinlogEvent event) {
        return event.size() > maxBytes;
    }

    /**
     * Goes on if the event is not large, or need not be read whole.
     *
     * @throws RowTooLargeException otherwise
     */
    void checkSize(BinlogEvent event, String where) {
        int type = event.type();
        boolean mustBeWhole = EventTypes.holdsRows(type) || EventTypes.isCompressed(type) || type == EventTypes.QUERY;
        if (mustBeWhole && isLarge(event)) {
            throw new RowTooLargeException(event.size(), maxBytes, where);
        }
    }

    void read(BinlogEvent event, String where) throws IOException {
        stream.body(where);
        if (EventTypes.isCompressed(event.type())) {
            inflate(event, where);
        }
    }

    private void inflate(BinlogEvent event, String where) {
        try {
            long length = EventInflater.plainLength(event);
            if (length > maxBytes) {
                throw new RowTooLargeException(length, maxBytes, where);
            }
            inflater.inflate(event, where);
        } catch (IndexOutOfBoundsException e) {
            throw new UnreadableEventException(
                    "a " + EventTypes.name(event.type()) + " cannot be read: " + e.getMessage(), where, e);
        }
    }

    @Override
    public void close() {
        inflater.close();
    }
}
