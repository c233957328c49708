// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What a target of these tests stores into, in place of a database: it outlives targets, and can fail. */
final class MemoryStorage {

    private final List<String> stored = new ArrayList<>();
    private final List<String> statements = new ArrayList<>();
    private boolean broken;
    private int untilItFails = Integer.MAX_VALUE;

    synchronized void store(String text) throws IOException {
        if (broken || untilItFails-- <= 0) {
            broken = true;
            throw new IOException("the storage does not answer");
        }
        stored.add(text);
    }

    synchronized void apply(String sql) {
        statements.add(sql);
    }

    synchronized void clear() {
        stored.clear();
    }

    synchronized List<String> stored() {
        return List.copyOf(stored);
    }

    synchronized List<String> statements() {
        return List.copyOf(statements);
    }

    /** Fails after a few more records, in the middle of a batch. */
    synchronized void failSoon() {
        untilItFails = 6;
    }

    synchronized void heal() {
        broken = false;
        untilItFails = Integer.MAX_VALUE;
    }
}
