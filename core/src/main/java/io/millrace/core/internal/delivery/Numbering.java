// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import java.util.Map;

/**
 * Gives transactions their numbers, in the order in which they begin. Targets may have a part of a transaction under the
 * number that comes next: if another transaction begins in its place, it gets a number of its own. Used by the capture
 * thread.
 */
public final class Numbering {

    private final Map<Long, String> begun;
    private long last;

    /**
     * @param last the number of the last transaction before the first
     * @param begun ids of the transactions of which targets have a part, by their numbers
     */
    public Numbering(long last, Map<Long, String> begun) {
        this.last = last;
        this.begun = Map.copyOf(begun);
    }

    /** {@return a number for the transaction, and for no other} */
    long next(String id) {
        do {
            last++;
        } while (!begun.getOrDefault(last, id).equals(id));
        return last;
    }

    /** Nobody has seen the last number. */
    void takeBack() {
        last--;
    }

    long last() {
        return last;
    }
}
