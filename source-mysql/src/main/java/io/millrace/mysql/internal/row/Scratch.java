// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

/** Room for values that are not shown as they stand in the event. Used by one thread at a time. */
final class Scratch {

    /** A value larger than this takes its scratch with it. */
    private static final int KEPT_BYTES = 1 << 20;

    final byte[] digits = new byte[Decimals.MAX_TEXT];
    final BinaryJson json = new BinaryJson();
    private byte[] bytes = new byte[256];

    /** {@return an array of at least that size, the same one as long as it is large enough} */
    byte[] bytes(int size) {
        if (bytes.length < size) {
            bytes = new byte[Math.max(size, Math.min(2 * bytes.length, KEPT_BYTES))];
        }
        return bytes;
    }

    /** {@return such an array too, that begins with the first {@code kept} bytes of the last one} */
    byte[] bytes(int size, int kept) {
        byte[] old = bytes;
        byte[] room = bytes(size);
        if (room != old) {
            System.arraycopy(old, 0, room, 0, kept);
        }
        return room;
    }

    boolean isSmall() {
        return bytes.length <= KEPT_BYTES && json.capacity() <= KEPT_BYTES;
    }
}
