// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import org.jspecify.annotations.Nullable;

/** What a topic has told of one row so far. */
final class RowProgress {

    /** The row's committed changes; none for a row that is not known. */
    final RowHistory history;

    /** For each committed change the capturer's process that sent it last, 0 if none did. */
    final short[] senders;

    /** The partition that the row is in, -1 at first. */
    int partition = -1;

    /** Index of the change that came last, and the process that sent it. */
    int index = -1;

    int run;

    /** How many changes have come from the first one on, without a gap. */
    int complete;

    /** Checksum of the row as it stands; null if it is not there. */
    @Nullable Long checksum;

    boolean endsInTombstone;

    RowProgress(RowHistory history) {
        this.history = history;
        this.senders = new short[history.size()];
    }

    /** Notes that the change at {@code newIndex} came. */
    void take(int newIndex, int sender) {
        senders[newIndex] = (short) sender;
        index = newIndex;
        run = sender;
        while (complete < senders.length && senders[complete] != 0) {
            complete++;
        }
    }
}
