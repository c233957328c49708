// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.spill;

import io.millrace.core.PermanentException;
import io.millrace.core.source.LogCodec;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes that wait on disk: first in, first out, bounded in bytes. One thread writes and one reads, at
 * the same time; the other methods are for any thread.
 *
 * <p>A cache only: nothing is forced to the disk, and the files have no names from the moment they are
 * open, so that none is left by a process that was killed.
 */
public final class Spill implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Spill.class);
    private static final long SEGMENT_BYTES = 64L << 20;

    private final Path directory;
    private final String name;
    private final long mostBytes;
    private final LogCodec codec;

    // Guarded by this object's monitor; the files are used outside of it.
    private final Deque<Segment> segments = new ArrayDeque<>();
    private Schemas schemas = new Schemas();
    private long bytes;
    private boolean failed;
    private boolean closed;

    /**
     * A file, written at its end and read from its begin. Not a channel: that would be closed by an interrupt
     * of a thread that uses it, and what waits be lost.
     */
    private static final class Segment implements Closeable {
        private final Path file;
        private final RandomAccessFile writer;
        private final RandomAccessFile reader;
        private long written;
        private long read;

        Segment(Path file) throws IOException {
            this.file = file;
            this.writer = new RandomAccessFile(file.toFile(), "rw");
            this.reader = new RandomAccessFile(file.toFile(), "r");
        }

        void write(byte[] content, int length) throws IOException {
            writer.write(ByteBuffer.allocate(Integer.BYTES).putInt(length).array());
            writer.write(content, 0, length);
        }

        byte[] read() throws IOException {
            byte[] length = new byte[Integer.BYTES];
            reader.readFully(length);
            byte[] content = new byte[ByteBuffer.wrap(length).getInt()];
            reader.readFully(content);
            return content;
        }

        @Override
        public void close() throws IOException {
            try (writer;
                    reader) {
                delete(file);
            }
        }
    }

    /** Something to be written as one. */
    public interface Content {
        void writeTo(ChangeWriter out) throws IOException;
    }

    /**
     * @param directory made when it is needed
     * @param name begins the names of the files, as long as they have any
     * @param mostBytes what may wait at a time
     */
    public Spill(Path directory, String name, long mostBytes, LogCodec codec) {
        this.directory = directory;
        this.name = name;
        this.mostBytes = mostBytes;
        this.codec = codec;
    }

    public synchronized boolean isEmpty() {
        return bytes == 0;
    }

    /** {@return bytes that wait} */
    public synchronized long bytes() {
        return bytes;
    }

    /** {@return whether more may be written} A disk that cannot be written is full. */
    public synchronized boolean hasRoom() {
        return !failed && !closed && bytes < mostBytes;
    }

    /** {@return false if it was not taken: there is no room, or the disk cannot be written} */
    public boolean write(Content content) {
        ChangeWriter out;
        synchronized (this) {
            if (!hasRoom()) {
                return false;
            }
            if (bytes == 0) {
                // What nothing refers to any more; the reader has its own reference while it reads.
                schemas = new Schemas();
            }
            out = new ChangeWriter(codec, schemas);
        }
        try {
            content.writeTo(out);
            Segment segment = segmentToWrite();
            segment.write(out.array(), out.size());
            synchronized (this) {
                bytes += Integer.BYTES + out.size();
                segment.written += Integer.BYTES + out.size();
            }
            return true;
        } catch (IOException e) {
            synchronized (this) {
                failed = true;
                if (!closed) {
                    LOG.warn("{}: changes cannot wait on disk, in {}: {}", name, directory, e.toString());
                }
            }
            return false;
        }
    }

    private Segment segmentToWrite() throws IOException {
        synchronized (this) {
            Segment last = segments.peekLast();
            if (last != null && last.written < SEGMENT_BYTES) {
                return last;
            }
        }
        Files.createDirectories(directory);
        Path file = Files.createTempFile(directory, name + ".", ".spill");
        Segment segment = new Segment(file);
        delete(file);
        synchronized (this) {
            segments.add(segment);
        }
        return segment;
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.debug("{} cannot be deleted while it is open, and is when it is closed", file);
        }
    }

    /**
     * Reads what was written next.
     *
     * @return false if nothing waits
     * @throws PermanentException if the disk does not give it back
     */
    public boolean read(SpillReader to) {
        Segment segment;
        Schemas known;
        synchronized (this) {
            segment = segmentToRead();
            if (segment == null) {
                return false;
            }
            known = schemas;
        }
        try {
            byte[] content = segment.read();
            new ChangeReader(codec, known, content, content.length).readAll(to);
            synchronized (this) {
                segment.read += Integer.BYTES + content.length;
                bytes -= Integer.BYTES + content.length;
            }
            return true;
        } catch (IOException e) {
            throw new PermanentException(
                    name + ": changes that waited on disk, in " + directory + ", cannot be read back: " + e, e);
        }
    }

    /** {@return the first that has something unread, null if none has; those before it are let go} */
    private @Nullable Segment segmentToRead() {
        Segment first = segments.peek();
        while (first != null && first.read == first.written && segments.size() > 1) {
            close(segments.remove());
            first = segments.peek();
        }
        return first == null || first.read == first.written ? null : first;
    }

    private static void close(Segment segment) {
        try {
            segment.close();
        } catch (IOException e) {
            LOG.debug("a file of changes that waited cannot be closed", e);
        }
    }

    /** Lets go of all that waits, and of the disk. */
    @Override
    public synchronized void close() {
        closed = true;
        bytes = 0;
        segments.forEach(Spill::close);
        segments.clear();
    }
}
