// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

/**
 * The event at which a {@link BinlogStream} stands: its header, and its body as a range of bytes
 * without the checksum. One instance is reused for all events; a rows event has an array of its own,
 * which its rows may keep. Written by the stream only.
 *
 * <p>Header: MySQL internals, "Binlog Event Header" (version 4).
 */
public final class BinlogEvent {

    /** Set on an event that a reader may pass over if it does not know its type. */
    private static final int IGNORABLE = 0x80;

    /** Set on an event that the server made up for the dump; it stands in no file. */
    private static final int ARTIFICIAL = 0x20;

    long timestamp;
    int type;
    long serverId;
    long size;
    long nextPosition;
    int flags;
    boolean isNested;
    byte[] bytes = new byte[0];
    int end;

    /** {@return seconds since the epoch} */
    public long timestamp() {
        return timestamp;
    }

    /** {@return the type's code, one of {@link EventTypes} or unknown} */
    public int type() {
        return type;
    }

    /** {@return id of the server that first logged it} */
    public long serverId() {
        return serverId;
    }

    /** {@return bytes with header and checksum} */
    public long size() {
        return size;
    }

    /** {@return the low 32 bits of the offset after it; 0 if it has none} */
    public long nextPosition() {
        return nextPosition;
    }

    public int flags() {
        return flags;
    }

    public boolean isIgnorable() {
        return (flags & IGNORABLE) != 0;
    }

    public boolean isArtificial() {
        return (flags & ARTIFICIAL) != 0;
    }

    /** {@return whether it stands within another, or was held back; it then has no place of its own} */
    public boolean isNested() {
        return isNested;
    }

    /** {@return the array that holds the body, from index 0} */
    public byte[] bytes() {
        return bytes;
    }

    /** {@return index after the body} */
    public int end() {
        return end;
    }

    /** {@return {@code width} bytes of the body at {@code offset} as an unsigned little-endian number} */
    public long number(int offset, int width) {
        if (offset + width > end) {
            throw new IndexOutOfBoundsException(
                    "event of type " + type + " ends at " + end + ", read to " + (offset + width));
        }
        long value = 0;
        for (int i = width - 1; i >= 0; i--) {
            value = value << 8 | bytes[offset + i] & 0xff;
        }
        return value;
    }
}
