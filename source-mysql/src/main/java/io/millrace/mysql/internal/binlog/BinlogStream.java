// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import io.millrace.core.UnreadableEventException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The events of a dump, one after the other. Checks each event's CRC-32 where the server writes one.
 * Not thread-safe.
 */
public final class BinlogStream implements Closeable {

    static final int HEADER = 19;

    private static final int CHECKSUM = 4;
    private static final int OK = 0x00;
    private static final int ERROR = 0xff;
    private static final int END = 0xfe;

    private final PacketReader in;
    private final BinlogEvent event = new BinlogEvent();
    private final byte[] header = new byte[HEADER];
    private final CRC32 crc = new CRC32();
    private final HeldSpace space;
    private byte[] scratch = new byte[16 * 1024];
    private boolean checksummed;
    /** The events to be read before those that the server sends next. */
    private @Nullable NestedEvents nested;

    /** @param directory where a large compressed transaction waits; null for the system's temporary one */
    BinlogStream(PacketReader in, boolean checksummed, @Nullable Path directory) {
        this.in = in;
        this.checksummed = checksummed;
        this.space = new HeldSpace(directory);
    }

    /** {@return whether an event, or a part of it, can be read without waiting} */
    public boolean hasMore() throws IOException {
        return inner() != null || in.hasMore();
    }

    /** {@return the events of which the next is one; null if it is the server that sends it} */
    private @Nullable NestedEvents inner() {
        NestedEvents inner = nested;
        if (inner != null && !inner.hasNext()) {
            leave();
        }
        return nested;
    }

    /**
     * Reads the next event's header; {@link #body} or {@link #enterPayload} may follow.
     *
     * @return the event, the same instance each time
     * @throws IOException if the connection failed, or the server ended the dump
     */
    public BinlogEvent next() throws IOException {
        NestedEvents inner = inner();
        if (inner != null) {
            inner.next(header);
            parseHeader();
            event.isNested = true;
            event.nextPosition = 0;
            inner.body(event.size - HEADER);
            return event;
        }
        in.nextMessage();
        int marker = in.read();
        if (marker == ERROR) {
            throw ServerError.of(in.readRest()).asDumpFailure();
        }
        if (marker == END) {
            throw new IOException("the server ended the dump of its binlog");
        }
        if (marker != OK) {
            throw new IOException("the server sent a packet that is no event: 0x" + Integer.toHexString(marker));
        }
        in.read(header, 0, HEADER);
        parseHeader();
        event.isNested = false;
        return event;
    }

    private void parseHeader() {
        event.timestamp = number(0, 4);
        event.type = header[4] & 0xff;
        event.serverId = number(5, 4);
        event.size = number(9, 4);
        event.nextPosition = number(13, 4);
        event.flags = (int) number(17, 2);
        event.end = 0;
    }

    private long number(int offset, int width) {
        long value = 0;
        for (int i = width - 1; i >= 0; i--) {
            value = value << 8 | header[offset + i] & 0xff;
        }
        return value;
    }

    /**
     * Reads the body of the event at which the stream stands.
     *
     * @param where the event's place, for the message of a failure
     * @throws UnreadableEventException if the event's checksum says that it is damaged
     */
    public void body(String where) throws IOException {
        int length = Math.toIntExact(bodyLength(where));
        if (EventTypes.holdsRows(event.type)) {
            event.bytes = new byte[length];
        } else {
            if (scratch.length < length) {
                scratch = new byte[Math.max(length, Math.min(2 * scratch.length, 1 << 20))];
            }
            event.bytes = scratch;
        }
        NestedEvents inner = nested;
        if (inner != null) {
            inner.read(event.bytes, length);
            event.end = length;
            return;
        }
        in.read(event.bytes, 0, length);
        if (event.type == EventTypes.FORMAT_DESCRIPTION) {
            // The algorithm's code stands before the checksum, which is there in any case.
            checksummed = length > CHECKSUM && event.bytes[length - CHECKSUM - 1] == 1;
            length -= checksummed ? 0 : CHECKSUM;
        }
        event.end = checksummed ? length - CHECKSUM : length;
        if (checksummed) {
            beginChecksum();
            crc.update(event.bytes, 0, event.end);
            verify(event.bytes, event.end, where);
        }
    }

    private long bodyLength(String where) {
        long length = event.size - HEADER;
        if (length < (checksummed && nested == null ? CHECKSUM : 0)) {
            throw new UnreadableEventException(
                    "an event of " + event.size + " bytes is shorter than its header", where, null);
        }
        return length;
    }

    /**
     * Goes on with the events that the TRANSACTION_PAYLOAD_EVENT holds at which the stream stands, and
     * behind the last of them with what the server sends next. None is read before the checksum of the
     * whole was found right.
     */
    public void enterPayload(String where) throws IOException {
        if (nested != null) {
            throw new UnreadableEventException("a compressed transaction holds another", where, null);
        }
        HeldBytes body = new HeldBytes(space);
        try {
            long left = bodyLength(where) - (checksummed ? CHECKSUM : 0);
            beginChecksum();
            while (left > 0) {
                int step = (int) Math.min(left, scratch.length);
                in.read(scratch, 0, step);
                crc.update(scratch, 0, step);
                body.write(scratch, 0, step);
                left -= step;
            }
            if (checksummed) {
                in.read(scratch, 0, CHECKSUM);
                verify(scratch, 0, where);
            }
            nested = NestedEvents.payload(body, where);
        } catch (IOException | RuntimeException e) {
            body.close();
            throw e;
        }
    }

    /** Goes on with those events, and behind the last of them with what the server sends next. */
    public void enter(HeldEvents events, String where) {
        leave();
        nested = NestedEvents.held(events, where);
    }

    private void leave() {
        if (nested != null) {
            nested.close();
            nested = null;
        }
    }

    @Override
    public void close() {
        leave();
        space.close();
    }

    private void beginChecksum() {
        crc.reset();
        crc.update(header);
    }

    private void verify(byte[] bytes, int offset, String where) {
        long expected = 0;
        for (int i = CHECKSUM - 1; i >= 0; i--) {
            expected = expected << 8 | bytes[offset + i] & 0xff;
        }
        if (crc.getValue() != expected) {
            throw new UnreadableEventException(
                    "the %s's checksum is %08x, but its bytes give %08x: it was damaged on the server's disk or on the way (mysqlbinlog --verify-binlog-checksum tells which);"
                            .formatted(EventTypes.name(event.type), expected, crc.getValue()),
                    where,
                    null);
        }
    }
}
