// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source;

import io.millrace.core.Findings;
import io.millrace.core.Position;
import java.io.IOException;
import java.util.List;

/**
 * A database's log, as {@link io.millrace.core.Processor} drives it. All methods but {@link #close} are called
 * by the thread of {@code run()}; they may throw {@link IOException} for what is worth another attempt, and
 * a {@link io.millrace.core.MillraceException} for what is not.
 */
public interface Source extends AutoCloseable {

    /** {@return the kind of source, such as {@code mysql}; checkpoints carry it} */
    String type();

    /** Looks at the server and adds everything that keeps it from being captured. */
    void check(Findings findings) throws IOException;

    /** {@return where to begin when there is no checkpoint, as the user's options say} */
    Position firstPosition() throws IOException;

    /**
     * {@return the position that {@link Position#toJson()} wrote}
     *
     * @throws IllegalArgumentException if it is not one of this source's
     */
    Position parsePosition(String json);

    /** {@return a tracker that stands at {@code position}} */
    PositionTracker track(Position position);

    /** {@return what writes this source's transactions and boundaries to bytes} */
    LogCodec codec();

    /**
     * Says, before the first {@link #connect}, where the targets begin. What is read first is the lowest of these
     * positions: a server can have all that comes before that, and lack what comes before another.
     */
    default void targetsBeginAt(List<Position> positions) {}

    /** Opens the log right after everything that {@code from} includes. */
    SourceReader connect(Position from) throws IOException;

    /**
     * Ends, from any thread and without waiting for the server, whatever another method is waiting
     * for; that method then throws. Nothing is called afterwards.
     */
    @Override
    void close();
}
