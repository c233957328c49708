// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import io.millrace.core.PermanentException;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Room for what a connection holds back, however many transactions that are: a few MiB of memory, and behind
 * them one file, which has no name from the moment it is open. Not thread-safe.
 *
 * <p>The file consists of blocks; those of a transaction that has ended are given to others.
 */
public final class HeldSpace implements Closeable {

    static final int BLOCK = 16 << 10;

    private static final long MOST_IN_MEMORY = 2 << 20;

    private final @Nullable Path directory;
    private final BitSet used = new BitSet();
    private long inMemory;
    private @Nullable RandomAccessFile file;
    private @Nullable Path path;

    /** @param directory where the file goes, made when it is needed; null for the system's temporary one */
    public HeldSpace(@Nullable Path directory) {
        this.directory = directory;
    }

    // ---- memory

    /** {@return whether so many more bytes may be kept in memory; they then are counted} */
    boolean takeMemory(int bytes) {
        if (inMemory + bytes > MOST_IN_MEMORY) {
            return false;
        }
        inMemory += bytes;
        return true;
    }

    void returnMemory(int bytes) {
        inMemory -= bytes;
    }

    // ---- the file

    /**
     * {@return the number of the block that has the bytes from now on}
     *
     * @throws PermanentException if the disk does not take them
     */
    int write(byte[] bytes, int length) {
        int block = used.nextClearBit(0);
        try {
            // Not a channel: an interrupt of the thread that uses one would close it.
            RandomAccessFile open = file == null ? open() : file;
            open.seek((long) block * BLOCK);
            open.write(bytes, 0, length);
        } catch (IOException e) {
            throw unusable(e);
        }
        used.set(block);
        return block;
    }

    /**
     * Reads a block.
     *
     * @throws PermanentException if the disk does not give it back
     */
    void read(int block, byte[] into, int length) {
        try {
            RandomAccessFile open = Objects.requireNonNull(file);
            open.seek((long) block * BLOCK);
            open.readFully(into, 0, length);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    /** Lets others have the block. */
    void free(int block) {
        used.clear(block);
        if (used.isEmpty()) {
            close();
        }
    }

    private RandomAccessFile open() throws IOException {
        Path made;
        if (directory == null) {
            made = Files.createTempFile("millrace-", ".held");
        } else {
            Files.createDirectories(directory);
            made = Files.createTempFile(directory, "millrace-", ".held");
        }
        path = made;
        RandomAccessFile opened = new RandomAccessFile(made.toFile(), "rw");
        file = opened;
        delete();
        return opened;
    }

    private PermanentException unusable(IOException e) {
        return new PermanentException(
                "what has to wait for the end of a transaction cannot be kept on disk, in %s: %s. Let PipelineOptions.spillDirectory name a directory with room"
                        .formatted(directory == null ? "the system's temporary directory" : directory, e),
                e);
    }

    /** Lets go of the file, and of all that is in it. */
    @Override
    public void close() {
        RandomAccessFile open = file;
        file = null;
        used.clear();
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // Nobody needs what it holds.
            }
            delete();
        }
    }

    private void delete() {
        Path made = path;
        if (made != null) {
            try {
                Files.deleteIfExists(made);
            } catch (IOException e) {
                // A system that deletes no open file does so when this is closed.
            }
        }
    }
}
