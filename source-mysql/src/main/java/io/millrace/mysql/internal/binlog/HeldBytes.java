// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import io.millrace.core.PermanentException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are written, and then read once: few are kept in memory, many in a file, which has no name
 * from the moment it is open. Not thread-safe.
 */
public final class HeldBytes extends OutputStream {

    private static final int MOST_IN_MEMORY = 256 << 10;
    private static final int BUFFER = 64 << 10;

    private final @Nullable Path directory;

    private @Nullable ByteArrayOutputStream memory = new ByteArrayOutputStream();
    private @Nullable OutputStream file;
    private @Nullable Path path;
    private @Nullable InputStream input;

    /** @param directory where a file goes, made when it is needed; null for the system's temporary one */
    public HeldBytes(@Nullable Path directory) {
        this.directory = directory;
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    /** @throws PermanentException if the disk does not take it */
    @Override
    public void write(byte[] bytes, int offset, int length) {
        ByteArrayOutputStream few = memory;
        if (few != null && few.size() + length <= MOST_IN_MEMORY) {
            few.write(bytes, offset, length);
            return;
        }
        try {
            OutputStream many = file == null ? open() : file;
            many.write(bytes, offset, length);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private OutputStream open() throws IOException {
        Path made;
        if (directory == null) {
            made = Files.createTempFile("millrace-", ".held");
        } else {
            Files.createDirectories(directory);
            made = Files.createTempFile(directory, "millrace-", ".held");
        }
        path = made;
        // Not channels: an interrupt of the thread that uses one would close it.
        OutputStream out = new BufferedOutputStream(new FileOutputStream(made.toFile()), BUFFER);
        file = out;
        input = new BufferedInputStream(new FileInputStream(made.toFile()), BUFFER);
        delete();
        ByteArrayOutputStream few = memory;
        if (few != null) {
            few.writeTo(out);
            memory = null;
        }
        return out;
    }

    /**
     * {@return what was written; nothing may be written any more}
     *
     * @throws PermanentException if the disk does not give it back
     */
    public InputStream input() {
        ByteArrayOutputStream few = memory;
        if (few != null) {
            return new ByteArrayInputStream(few.toByteArray());
        }
        try {
            if (file != null) {
                file.flush();
            }
        } catch (IOException e) {
            throw unusable(e);
        }
        return input == null ? InputStream.nullInputStream() : input;
    }

    private PermanentException unusable(IOException e) {
        return new PermanentException(
                "what has to wait for the end of a transaction cannot be kept on disk, in %s: %s. Let PipelineOptions.spillDirectory name a directory with room"
                        .formatted(directory == null ? "the system's temporary directory" : directory, e),
                e);
    }

    /** Lets go of the bytes. */
    @Override
    public void close() {
        memory = null;
        quietly(file);
        quietly(input);
        delete();
    }

    private static void quietly(@Nullable AutoCloseable closeable) {
        if (closeable != null) {
            try {
                closeable.close();
            } catch (Exception e) {
                // Nobody needs what it holds.
            }
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
