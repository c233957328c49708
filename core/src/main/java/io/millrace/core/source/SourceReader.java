// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source;

import java.io.IOException;

/**
 * One connection to a source's log, read by the capture thread. It is used for one attempt: after an
 * exception it is closed and another is made.
 */
public interface SourceReader extends AutoCloseable {

    /**
     * Reads the next native event and hands on what it holds. Waits for one as long as the source is
     * known to be alive.
     *
     * @throws IOException if the connection failed: it is made anew, with back-off
     */
    void readNext(Capture capture) throws IOException;

    /**
     * Ends the connection from any thread, without waiting for the server: a {@link #readNext} that
     * blocks throws soon after. May be called more than once.
     */
    void abort();

    /** Ends the connection without waiting for the server. */
    @Override
    void close();
}
