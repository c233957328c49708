// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.checkpoint;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far one target of one pipeline is: a promise that everything before it was acknowledged.
 * Immutable.
 *
 * <p>Only the end of a transaction is a place to start from. When part of a later transaction was
 * acknowledged too, {@code open} names it, so that what is known to have arrived does not go out
 * again when the transaction is read anew.
 *
 * <p>Transactions are numbered by counting them as they are read, so a position has a number only if
 * it was reached that way. {@code numbering} says from which start of the pipeline on it was counted
 * without a break: numbers of the same numbering tell the same transactions. A position that an
 * operator or an option chose has none; it carries the highest number that was given out instead,
 * and numbers go on above it. So a number never stands for two transactions, and what a target gets
 * for the first time always has a higher one than all it got before.
 *
 * @param source kind of the source, such as {@code mysql}
 * @param position where the source goes on, as its position wrote itself: a JSON object on one line;
 *     null if the target was reset and begins anew where its start option says
 * @param transaction number of the last transaction that the position includes, 0 for none; if
 *     {@code numbering} is 0, no lower than any number given out before
 * @param open what was acknowledged of the transactions after it; null if nothing was
 * @param epoch which start of the pipeline wrote it: higher with each, by a random step, so that an older
 *     instance is told by it, and one of two that start at once
 * @param numbering the epoch since which {@code transaction} was counted; 0 if the position was chosen
 * @param targets names of the pipeline's targets that had a checkpoint when this one was written: one
 *     of them that has none at the next start has lost it
 * @param filter fingerprint of the filter under which it was written; null if that is not known
 */
public record Checkpoint(
        String source,
        @Nullable String position,
        long transaction,
        @Nullable OpenTransaction open,
        long epoch,
        long numbering,
        Set<String> targets,
        @Nullable String filter) {

    /** Version of the stored form. */
    public static final int FORMAT = 1;

    public Checkpoint {
        Objects.requireNonNull(source, "source");
        targets = Set.copyOf(targets);
    }

    /** A checkpoint that was counted since the pipeline's first start and names no targets. */
    public Checkpoint(
            String source, @Nullable String position, long transaction, @Nullable OpenTransaction open, long epoch) {
        this(source, position, transaction, open, epoch, 1, Set.of());
    }

    /** A checkpoint of which it is not known under which filter it was written. */
    public Checkpoint(
            String source,
            @Nullable String position,
            long transaction,
            @Nullable OpenTransaction open,
            long epoch,
            long numbering,
            Set<String> targets) {
        this(source, position, transaction, open, epoch, numbering, targets, null);
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

    /** {@return this checkpoint, naming other targets} */
    Checkpoint withTargets(Set<String> names) {
        return new Checkpoint(source, position, transaction, open, epoch, numbering, names, filter);
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
