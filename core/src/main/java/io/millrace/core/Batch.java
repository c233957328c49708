// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.checkpoint.Checkpoint;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a target gets at a time: records in the source's order, or one statement alone. Immutable.
 */
public final class Batch {

    private final List<Record> records;
    private final @Nullable Statement statement;
    private final boolean endsTransaction;
    private final @Nullable Checkpoint checkpoint;

    /**
     * @param records the records, empty if there is a statement
     * @param checkpoint null for targets that do not keep their checkpoint
     */
    Batch(
            List<Record> records,
            @Nullable Statement statement,
            boolean endsTransaction,
            @Nullable Checkpoint checkpoint) {
        this.records = records;
        this.statement = statement;
        this.endsTransaction = endsTransaction;
        this.checkpoint = checkpoint;
    }

    /** {@return the records in the source's order; empty if this is a statement, or only a checkpoint} */
    public List<Record> records() {
        return records;
    }

    /** {@return the statement, or null if this batch is of records} */
    public @Nullable Statement statement() {
        return statement;
    }

    /** {@return whether the last change of the batch is the last that its transaction has for the target} */
    public boolean endsTransaction() {
        return endsTransaction;
    }

    /**
     * {@return what a target that keeps its own checkpoint stores in one step with this batch}
     *
     * @throws IllegalStateException if the target does not say so by {@link Target#keepsCheckpoint()}
     */
    public Checkpoint checkpoint() {
        if (checkpoint == null) {
            throw new IllegalStateException("this target's checkpoint is kept for it;"
                    + " override keepsCheckpoint() to have it with each batch");
        }
        return checkpoint;
    }
}
