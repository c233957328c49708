// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.checkpoint;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far one target of one pipeline is: a promise that everything before it was acknowledged.
 * Immutable.
 *
 * <p>Only the end of a transaction is a place to start from. When part of a later transaction was
 * acknowledged too, {@code open} names it, so that what is known to have arrived does not go out
 * again when the transaction is read anew.
 *
 * @param source kind of the source, such as {@code mysql}
 * @param position where the source goes on, as its position wrote itself: a JSON object on one line
 * @param transaction number of the last transaction that the position includes
 * @param open what was acknowledged of the transactions after it; null if nothing was
 * @param epoch which start of the pipeline wrote it, from 1: an older instance is told by it
 */
public record Checkpoint(
        String source,
        String position,
        long transaction,
        @Nullable OpenTransaction open,
        long epoch) {

    /** Version of the stored form. */
    public static final int FORMAT = 1;

    public Checkpoint {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(position, "position");
    }

    /**
     * A transaction of which a part was acknowledged.
     *
     * @param id the transaction's id in the source's log
     * @param ordinal the last acknowledged change of it
     */
    public record OpenTransaction(String id, long ordinal) {

        public OpenTransaction {
            Objects.requireNonNull(id, "id");
        }
    }

    /** {@return this checkpoint as one line of JSON} */
    public String toJson() {
        return CheckpointJson.write(this);
    }

    /**
     * {@return the checkpoint that {@link #toJson()} wrote}
     *
     * @throws CheckpointException if it is not one, or of a newer format
     */
    public static Checkpoint parse(String json) {
        return CheckpointJson.read(json);
    }
}
