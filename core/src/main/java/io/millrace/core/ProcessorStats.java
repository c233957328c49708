// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import java.util.List;

/**
 * A processor's figures at one moment, all counted from the begin of the run. Immutable.
 *
 * @param records rows captured, before hooks drop any
 * @param statements statements captured
 * @param transactions transactions read to their end, with captured changes or without
 * @param skippedTransactions transactions left out by {@link PipelineOptions#skippedTransactions()}
 * @param bytes bytes read from the source
 * @param reconnects connections to the source after the first
 * @param lastEventTimestamp seconds since the epoch of the last change handed to the targets; 0 before it
 */
public record ProcessorStats(
        ProcessorStatus status,
        long records,
        long statements,
        long transactions,
        long skippedTransactions,
        long bytes,
        long reconnects,
        long lastEventTimestamp,
        List<TargetStats> targets) {

    /**
     * A target's figures.
     *
     * @param state what its lane is doing: OPENING, DELIVERING, LAGGING, STALLED, BACKOFF, STOPPED,
     *     DETACHED or FAILED
     * @param records records acknowledged
     * @param statements statements acknowledged
     * @param retries attempts after a failure
     * @param rejected changes that were skipped or went to the dead letters
     * @param queuedBytes bytes that wait for it or are not acknowledged
     * @param spilledBytes bytes that wait for it on disk
     */
    public record TargetStats(
            String name,
            String state,
            long records,
            long statements,
            long retries,
            long rejected,
            long queuedBytes,
            long spilledBytes) {}

    public ProcessorStats {
        targets = List.copyOf(targets);
    }
}
