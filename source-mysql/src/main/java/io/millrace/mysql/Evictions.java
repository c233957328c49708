// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.PermanentException;
import io.millrace.mysql.internal.binlog.EvictedException;
import java.time.Duration;

/**
 * Counts how often another reader of the same server id has taken the place of this one. Two that are
 * both alive would do so to each other for ever. Used by the capture thread.
 */
final class Evictions {

    private static final int MOST = 8;

    /** A server tells of the old connection of a reader that has lost its network, too. */
    private static final Duration FORGOTTEN = Duration.ofMinutes(1);

    private int count;
    private long lastNanos;

    /** @throws PermanentException if it has happened too often */
    void add(EvictedException eviction) {
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
