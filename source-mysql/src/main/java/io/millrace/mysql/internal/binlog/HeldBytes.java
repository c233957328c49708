// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are written, then sealed, and then read once. Between the two only a few of them are in memory, as
 * the {@link HeldSpace} has it. Not thread-safe.
 */
final class HeldBytes extends OutputStream {

    private final HeldSpace space;
    /** What comes first: whole blocks, but that the last may be shorter. */
    private final List<byte[]> inMemory = new ArrayList<>();

    /** What comes then, the numbers of blocks in the file. */
    private int[] inFile = new int[0];

    private int filed;
    private long length;
    /** The last block while it is written, of which {@code length % BLOCK} bytes are filled; then one that is read. */
    private byte @Nullable [] buffer;

    HeldBytes(HeldSpace space) {
        this.space = space;
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    /** @throws io.millrace.core.PermanentException if the disk does not take it */
    @Override
    public void write(byte[] bytes, int offset, int count) {
        int at = offset;
        while (at < offset + count) {
            byte[] block = buffer == null ? new byte[HeldSpace.BLOCK] : buffer;
            buffer = block;
            int filled = (int) (length % HeldSpace.BLOCK);
            int step = Math.min(offset + count - at, HeldSpace.BLOCK - filled);
            System.arraycopy(bytes, at, block, filled, step);
            at += step;
            length += step;
            if (filled + step == HeldSpace.BLOCK) {
                keep(block, HeldSpace.BLOCK);
            }
        }
    }

    /** Nothing is written any more: only what has to be is kept. */
    void seal() {
        byte[] block = buffer;
        int filled = (int) (length % HeldSpace.BLOCK);
        if (block != null && filled > 0) {
            keep(block, filled);
        }
        buffer = null;
    }

    private void keep(byte[] block, int filled) {
        if (filed == 0 && space.takeMemory(filled)) {
            inMemory.add(filled == block.length ? block : Arrays.copyOf(block, filled));
            buffer = null;
            return;
        }
        if (filed == inFile.length) {
            inFile = Arrays.copyOf(inFile, Math.max(4, 2 * filed));
        }
        inFile[filed++] = space.write(block, filled);
    }

    /** {@return what was written; nothing may be written any more} */
    InputStream input() {
        seal();
        return new Input();
    }

    /** Lets go of the bytes. */
    @Override
    public void close() {
        buffer = null;
        inMemory.forEach(block -> space.returnMemory(block.length));
        inMemory.clear();
        for (int i = 0; i < filed; i++) {
            space.free(inFile[i]);
        }
        filed = 0;
    }

    private final class Input extends InputStream {

        private byte[] block = new byte[0];
        private int at;
        private int end;
        private int next;

        @Override
        public int read() {
            return fill() ? block[at++] & 0xff : -1;
        }

        @Override
        public int read(byte[] into, int offset, int count) {
            if (count == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int step = Math.min(count, end - at);
            System.arraycopy(block, at, into, offset, step);
            at += step;
            return step;
        }

        /** {@return whether there is a byte at {@code at}} */
        private boolean fill() {
            if (at < end) {
                return true;
            }
            int filedBefore = next - inMemory.size();
            if (filedBefore < 0) {
                block = inMemory.get(next);
                end = block.length;
            } else if (filedBefore < filed) {
                block = buffer == null ? new byte[HeldSpace.BLOCK] : buffer;
                buffer = block;
                end = (int) Math.min(HeldSpace.BLOCK, length - (long) next * HeldSpace.BLOCK);
                space.read(inFile[filedBefore], block, end);
            } else {
                return false;
            }
            next++;
            at = 0;
            return true;
        }
    }
}
