// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.millrace.core.UnreadableEventException;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Events that stand one after the other without packets or checksums: those of a compressed transaction,
 * and those that were held back. Not thread-safe.
 */
final class NestedEvents implements Closeable {

    // Fields of a payload's header: MySQL's codecs/binary.h, Transaction_payload.
    private static final int END_OF_HEADER = 0;
    private static final int COMPRESSION_TYPE = 2;

    /** Bytes of a length-encoded integer, at most. */
    private static final int LONGEST_NUMBER = 9;

    private static final int ZSTD = 0;
    private static final int NONE = 255;

    private final InputStream in;
    private final Closeable held;
    private final String where;
    private final byte[] ahead = new byte[BinlogStream.HEADER];
    /** Whether {@code ahead} holds the next event's header. */
    private boolean isAhead;

    private long left;

    private NestedEvents(InputStream in, Closeable held, String where) {
        this.in = in;
        this.held = held;
        this.where = where;
    }

    /** {@return events that were held back} */
    static NestedEvents held(HeldEvents held, String where) {
        return new NestedEvents(held.input(), held, where);
    }

    /** {@return the events of the body of a TRANSACTION_PAYLOAD_EVENT} */
    static NestedEvents payload(HeldBytes body, String where) {
        try {
            InputStream in = body.input();
            long compression = NONE;
            for (long field = packed(in); field != END_OF_HEADER; field = packed(in)) {
                long length = packed(in);
                if (field == COMPRESSION_TYPE) {
                    byte[] value = in.readNBytes((int) Math.min(length, LONGEST_NUMBER));
                    compression = packed(new ByteArrayInputStream(value));
                    if (length > LONGEST_NUMBER) {
                        throw new IOException("a number of " + length + " bytes");
                    }
                } else {
                    in.skipNBytes(length);
                }
            }
            if (compression == ZSTD) {
                in = new ZstdInputStreamNoFinalizer(in, RecyclingBufferPool.INSTANCE);
            } else if (compression != NONE) {
                throw new UnreadableEventException(
                        "a transaction is compressed in a way that is not known, number " + compression, where, null);
            }
            return new NestedEvents(in, body, where);
        } catch (IOException e) {
            body.close();
            throw damaged(where, e);
        } catch (RuntimeException e) {
            body.close();
            throw e;
        }
    }

    /** The length-encoded integer of the protocol. */
    private static long packed(InputStream in) throws IOException {
        int first = in.read();
        int width = switch (first) {
            case -1 -> throw new EOFException("the header ends too soon");
            case 0xfc -> 2;
            case 0xfd -> 3;
            case 0xfe -> 8;
            case 0xfb, 0xff -> throw new IOException("no number begins with byte " + first);
            default -> 0;
        };
        if (width == 0) {
            return first;
        }
        long value = 0;
        byte[] bytes = in.readNBytes(width);
        if (bytes.length < width) {
            throw new EOFException("the header ends too soon");
        }
        for (int i = width - 1; i >= 0; i--) {
            value = value << 8 | bytes[i] & 0xff;
        }
        return value;
    }

    private static UnreadableEventException damaged(String where, IOException e) {
        return new UnreadableEventException("a compressed transaction cannot be read: " + e.getMessage(), where, e);
    }

    /** {@return whether there is another event; what was not read of the present one is passed over} */
    boolean hasNext() {
        if (isAhead) {
            return true;
        }
        try {
            in.skipNBytes(left);
            left = 0;
            int count = in.readNBytes(ahead, 0, ahead.length);
            if (count != 0 && count < ahead.length) {
                throw new EOFException("it ends within an event's header");
            }
            isAhead = count > 0;
            return isAhead;
        } catch (IOException e) {
            throw damaged(where, e);
        }
    }

    /** Begins the next event, which there is. */
    void next(byte[] header) {
        System.arraycopy(ahead, 0, header, 0, ahead.length);
        isAhead = false;
    }

    /** Says how much follows of the event whose header was read last. */
    void body(long length) {
        left = Math.max(0, length);
    }

    void read(byte[] into, int length) {
        try {
            int count = in.readNBytes(into, 0, length);
            left -= count;
            if (count < length) {
                throw new EOFException("it ends within an event");
            }
        } catch (IOException e) {
            throw damaged(where, e);
        }
    }

    @Override
    public void close() {
        try (held) {
            in.close();
        } catch (IOException e) {
            // Nothing more is read.
        }
    }
}
