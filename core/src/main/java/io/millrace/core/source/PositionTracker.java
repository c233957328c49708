// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source;

import io.millrace.core.Position;

/**
 * A position that moves: it takes in one boundary after the other, in the log's order. Used by one
 * thread at a time.
 */
public interface PositionTracker {

    /** {@return whether the position is past the transaction: it was delivered before} */
    boolean includes(Transaction transaction);

    /** {@return whether the position is past everything that {@code other} includes} Asked often. */
    boolean includes(Position other);

    /**
     * Moves the position over the boundary.
     *
     * @return false if it was past it before: nothing has changed
     */
    boolean advance(Boundary boundary);

    /** {@return the position as it is now} */
    Position position();
}
