// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.checkpoint.Checkpoint;
import java.util.List;

/** Makes the batches that lanes make, for tests of targets. */
public final class Batches {

    private Batches() {}

    public static Batch of(List<Record> records) {
        return new Batch(records, null, true, null);
    }

    /** For targets that keep their checkpoint. */
    public static Batch of(List<Record> records, boolean endsTransaction, Checkpoint checkpoint) {
        return new Batch(records, null, endsTransaction, checkpoint);
    }

    /** For targets that keep their checkpoint. */
    public static Batch of(Statement statement, Checkpoint checkpoint) {
        return new Batch(List.of(), statement, true, checkpoint);
    }

    /** Says to the target which pipeline it belongs to, as a processor does. */
    public static void attach(Target target, String pipeline) {
        target.attach(pipeline);
    }

    public static Batch of(Statement statement) {
        return new Batch(List.of(), statement, true, null);
    }
}
