// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.spill;

import io.millrace.core.PermanentException;
import io.millrace.core.source.LogCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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

    // Guarded by this object's monitor; the channels are used outside of it.
    private final Deque<Segment> segments = new ArrayDeque<>();
    private Schemas schemas = new Schemas();
    private long bytes;
    private boolean failed;
    private boolean closed;

    /** A file, written at its end and read from its begin. */
    private static final class Segment {
        private final FileChannel channel;
        private long written;
        private long read;

        Segment(FileChannel channel) {
            this.channel = channel;
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
            ByteBuffer frame = ByteBuffer.allocate(Integer.BYTES).putInt(0, out.size());
            Segment segment = segmentToWrite();
            long end = append(
                    segment, ByteBuffer.wrap(out.array(), 0, out.size()), append(segment, frame, segment.written));
            synchronized (this) {
                bytes += end - segment.written;
                segment.written = end;
            }
            return true;
        } catch (IOException e) {
            LOG.warn("{}: changes cannot wait on disk, in {}: {}", name, directory, e.toString());
            synchronized (this) {
                failed = true;
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
        FileChannel channel = FileChannel.open(
                file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        Files.deleteIfExists(file);
        Segment segment = new Segment(channel);
        synchronized (this) {
            segments.add(segment);
        }
        return segment;
    }

    private static long append(Segment segment, ByteBuffer content, long at) throws IOException {
        long position = at;
        while (content.hasRemaining()) {
            position += segment.channel.write(content, position);
        }
        return position;
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
            ByteBuffer size = fill(segment, ByteBuffer.allocate(Integer.BYTES), segment.read);
            int length = size.getInt(0);
            ByteBuffer content = fill(segment, ByteBuffer.allocate(length), segment.read + Integer.BYTES);
            new ChangeReader(codec, known, content.array(), length).readAll(to);
            synchronized (this) {
                segment.read += Integer.BYTES + length;
                bytes -= Integer.BYTES + length;
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

    private static ByteBuffer fill(Segment segment, ByteBuffer buffer, long from) throws IOException {
        while (buffer.hasRemaining()) {
            if (segment.channel.read(buffer, from + buffer.position()) < 0) {
                throw new IOException("the file ends at " + (from + buffer.position()));
            }
        }
        return buffer;
    }

    private static void close(Segment segment) {
        try {
            segment.channel.close();
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
