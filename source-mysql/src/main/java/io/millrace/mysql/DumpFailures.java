// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.PermanentException;
import io.millrace.mysql.internal.binlog.EvictedException;
import java.time.Duration;

/**
 * Remembers, from one connection to the next, how dumps have failed, for those failures that would go on for
 * ever. Used by the capture thread.
 */
final class DumpFailures {

    private static final int MOST = 8;

    /** A server tells of the old connection of a reader that has lost its network, too. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(1);

    private int count;
    private long lastNanos;
    private String last = "";

    /** {@return whether the dump before failed in the same way, and at the same place} */
    boolean isRepeated(PermanentException failure, String place) {
        String now = place + ": " + failure.getMessage();
        boolean isRepeated = now.equals(last);
        last = now;
        return isRepeated;
    }

    /**
     * Another reader of the same server id has taken the place of this one. Two that are both alive would do so
     * to each other for ever.
     *
     * @throws PermanentException if it has happened too often
     */
    void addEviction(EvictedException eviction) {
        long now = System.nanoTime();
        count = count > 0 && now - lastNanos < FORGOTTEN.toNanos() ? count + 1 : 1;
        lastNanos = now;
        if (count >= MOST) {
            throw new PermanentException(
                    "another reader has taken this one's place %d times: %s".formatted(count, eviction.getMessage()),
                    eviction);
        }
    }
}
