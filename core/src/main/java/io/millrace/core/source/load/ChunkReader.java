// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source.load;

import io.millrace.core.source.Capture;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tables that were there before, one after the other in {@link LoadedTo#ORDER}, over one connection. Used by
 * the capture thread, but for {@link #abort}.
 */
public interface ChunkReader extends AutoCloseable {

    /**
     * {@return the next rows, which were read whole; null once all tables have been read}
     *
     * @param capture to be flushed before something is waited for; rows are not handed on to it here
     * @throws IOException if the connection failed
     */
    @Nullable LoadedChunk next(Capture capture) throws IOException;

    /**
     * Has a {@link #next} that blocks end soon; from any thread, without waiting for the server. May be called more
     * than once.
     */
    void abort();

    /** Gives back what the server holds for the load. May be called more than once, also after {@link #abort}. */
    @Override
    void close();
}
