// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

/** A bug that is put into the capturer on purpose: a run with one must fail, or the test proves nothing. */
enum Sabotage {
    NONE,
    /** Checkpoints are stored when records are read, not when they are acknowledged. */
    CHECKPOINT_BEFORE_ACK,
    /** Now and then the last row of several is left out. */
    DROP_LAST_OF_BATCH,
    /** Nothing keeps a second instance of the pipeline from running beside the first. */
    NO_EPOCH_CHECK
}
