// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.util.List;

/** Makes the batches that lanes make, for tests of targets. */
public final class Batches {

    private Batches() {}

    public static Batch of(List<Record> records) {
        return new Batch(records, null, true, null);
    }

    public static Batch of(Statement statement) {
        return new Batch(List.of(), statement, true, null);
    }
}
