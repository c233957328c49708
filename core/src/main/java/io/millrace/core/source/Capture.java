// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source;

import io.millrace.core.Record;
import io.millrace.core.Statement;

/**
 * What a {@link SourceReader} hands its findings to, on the capture thread. Everything between
 * {@link #begin} and {@link #end} belongs to one transaction. Any method may block while targets are
 * behind, and any may throw what the reader must let through without catching it.
 */
public interface Capture {

    /**
     * Begins a transaction.
     *
     * @param id {@link Transaction#id()} of it. After a reconnect the transaction that was open comes
     *     again from its start, under the same id; what was handed on before is dropped here.
     * @return {@link Transaction#number()} for it
     * @throws io.millrace.core.LogLostException if a transaction was open when the connection ended and
     *     this is not it
     */
    long begin(String id);

    /**
     * {@return whether the user wants a transaction left out} Then, between its {@link #begin} and
     * {@link #end}, the source hands on nothing of it and does not try to understand it.
     */
    boolean isSkipped(String id);

    /** Hands on a row of the open transaction; ordinals rise within it. */
    void record(Record record);

    /** Hands on a statement of the open transaction. */
    void statement(Statement statement);

    /** Ends the open transaction: from here a restart may go on. */
    void end(Boundary boundary);

    /** Moves on over a part of the log that held no transaction; none is open. */
    void idle(Boundary boundary);

    /** Hands on at once what was gathered: nothing more can be read without waiting. */
    void flush();

    /** Counts bytes that came from the source. */
    void countBytes(long bytes);
}
