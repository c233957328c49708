// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where the guarantee was broken: all are counted, the first are kept in full. Not thread-safe. */
final class Problems {

    private static final int KEPT = 50;

    /** What can be wrong. */
    enum Kind {
        /** A committed change never arrived. */
        MISSING,
        /** A change came again that must not. */
        DOUBLED,
        OUT_OF_ORDER,
        /** A change arrived that was never committed. */
        UNEXPECTED,
        /** A change arrived with other values, or as another kind of change. */
        WRONG,
        /** What the topic says last of a row is not what the table holds. */
        DIFFERENT,
        /** A process did what it must not. */
        MISBEHAVED
    }

    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    private final List<String> first = new ArrayList<>();
    private final Set<RowKey> rows = new LinkedHashSet<>();

    void add(Kind kind, RowKey row, String text) {
        if (rows.size() < KEPT) {
            rows.add(row);
        }
        add(kind, row + ": " + text);
    }

    void add(Kind kind, String text) {
        if (counts.merge(kind, 1, Integer::sum) <= KEPT) {
            first.add(Names.of(kind) + ": " + text);
        }
    }

    int count(Kind kind) {
        return counts.getOrDefault(kind, 0);
    }

    boolean isEmpty() {
        return counts.isEmpty();
    }

    /** {@return the first of each kind, in words} */
    List<String> first() {
        return first;
    }

    /** {@return the first rows that something is wrong with} */
    Set<RowKey> rows() {
        return rows;
    }
}
