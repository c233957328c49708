// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

/**
 * How far in a source's log: every transaction that it includes lies before it. Immutable.
 *
 * <p>Positions are partially ordered: of two GTID sets neither may include the other, and two file
 * offsets compare only within the log of one server. Methods that take another position throw
 * {@link IllegalArgumentException} if it is of another source or kind.
 */
public interface Position {

    /** {@return the position as one line of JSON; the source that made it reads it back} */
    String toJson();

    /** {@return whether everything that {@code other} includes is included here} */
    boolean includes(Position other);

    /** {@return the furthest position that both this and {@code other} include} */
    Position lowest(Position other);

    /**
     * {@return whether what follows is the same transactions each time that it is read} Of a log it is; of rows that are
     * read from tables it is not, so no number that some target knows is given to them again.
     */
    default boolean isRepeatable() {
        return true;
    }
}
