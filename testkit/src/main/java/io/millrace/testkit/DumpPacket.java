// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * What a server sends in a binlog dump: an event, an error, the end of the dump. Immutable.
 *
 * <p>The header of an event: time 4, type 1, server id 4, size 4, next position 4, flags 2 bytes.
 */
public final class DumpPacket {

    /** In place of a packet: the connection is reset. */
    public static final DumpPacket CUT = new DumpPacket(new byte[0]);

    private static final int HEADER = 19;
    private static final int CHECKSUM = 4;
    private static final int TYPE = 4;
    private static final int NEXT_POSITION = 13;
    private static final int FLAGS = 17;

    private final byte[] message;

    DumpPacket(byte[] message) {
        this.message = message;
    }

    static DumpPacket event(byte[] event) {
        byte[] message = new byte[event.length + 1];
        System.arraycopy(event, 0, message, 1, event.length);
        return new DumpPacket(message);
    }

    /** {@return an event that stands in no file}, with a checksum */
    public static DumpPacket event(int type, int flags, byte[] body) {
        byte[] event = new byte[HEADER + body.length + CHECKSUM];
        event[TYPE] = (byte) type;
        put(event, 9, 4, event.length);
        put(event, FLAGS, 2, flags);
        System.arraycopy(body, 0, event, HEADER, body.length);
        return event(event).withChecksum();
    }

    /** {@return an error packet} */
    public static DumpPacket error(int code, String state, String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(0xff);
        out.write(code);
        out.write(code >> 8);
        out.writeBytes(("#" + state + text).getBytes(StandardCharsets.UTF_8));
        return new DumpPacket(out.toByteArray());
    }

    /** {@return the packet that ends a dump} */
    public static DumpPacket end() {
        return new DumpPacket(new byte[] {(byte) 0xfe, 0, 0, 0, 0});
    }

    byte[] message() {
        return message;
    }

    public int type() {
        return message[1 + TYPE] & 0xff;
    }

    /** {@return bytes of the event, with header and checksum} */
    public int size() {
        return message.length - 1;
    }

    /** {@return the low 32 bits of the offset after the event; 0 if it stands in no file} */
    public long nextPosition() {
        long value = 0;
        for (int i = 3; i >= 0; i--) {
            value = value << 8 | message[1 + NEXT_POSITION + i] & 0xff;
        }
        return value;
    }

    /** {@return the body, with the checksum behind it} */
    public byte[] body() {
        byte[] body = new byte[size() - HEADER];
        System.arraycopy(message, 1 + HEADER, body, 0, body.length);
        return body;
    }

    public DumpPacket withType(int type) {
        return with(TYPE, 1, type);
    }

    public DumpPacket withFlags(int flags) {
        return with(FLAGS, 2, flags);
    }

    public DumpPacket withNextPosition(long position) {
        return with(NEXT_POSITION, 4, position);
    }

    /** {@return the event with another byte in its body, and a checksum that is right} */
    public DumpPacket withBody(int offset, int value) {
        return with(HEADER + offset, 1, value);
    }

    /** {@return the event with one bit turned over, anywhere but in its size, and its old checksum} */
    public DumpPacket withFlippedBit(int bit) {
        byte[] changed = message.clone();
        changed[1 + bit / 8] ^= (byte) (1 << bit % 8);
        return new DumpPacket(changed);
    }

    /** {@return the event without its last bytes, though its size counts them} */
    public DumpPacket cutShort(int bytes) {
        return new DumpPacket(java.util.Arrays.copyOf(message, message.length - bytes));
    }

    private DumpPacket with(int offset, int width, long value) {
        byte[] changed = message.clone();
        put(changed, 1 + offset, width, value);
        return new DumpPacket(changed).withChecksum();
    }

    private DumpPacket withChecksum() {
        CRC32 crc = new CRC32();
        crc.update(message, 1, message.length - 1 - CHECKSUM);
        byte[] changed = message.clone();
        put(changed, message.length - CHECKSUM, CHECKSUM, crc.getValue());
        return new DumpPacket(changed);
    }

    private static void put(byte[] into, int offset, int width, long value) {
        for (int i = 0; i < width; i++) {
            into[offset + i] = (byte) (value >>> 8 * i);
        }
    }
}
