// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.NativeHeader;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Writes what only the source knows of its changes to bytes and reads it back, for changes that wait on
 * disk for a target that is behind. What is read must be to a {@link PositionTracker}, and to users,
 * what was written. The bytes are read by the process that wrote them. Thread-safe.
 */
public interface LogCodec {

    void write(Transaction transaction, DataOutput out) throws IOException;

    Transaction readTransaction(DataInput in) throws IOException;

    void write(Boundary boundary, DataOutput out) throws IOException;

    Boundary readBoundary(DataInput in) throws IOException;

    void write(NativeHeader header, DataOutput out) throws IOException;

    NativeHeader readHeader(DataInput in) throws IOException;

    /** Writes a text of any length; {@link DataOutput#writeUTF} takes 65,535 bytes at most. */
    static void writeText(String text, DataOutput out) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    /** {@return the text that {@link #writeText} wrote} */
    static String readText(DataInput in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return new String(bytes, UTF_8);
    }
}
