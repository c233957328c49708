// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a transaction has changed so far, over what was committed before it. Not thread-safe. */
final class Draft {

    /** One row's change. */
    private record Change(RowKey row, int step) {}

    private final Map<RowKey, RowHistory> committed;
    private final List<Change> changes = new ArrayList<>();
    private final Map<RowKey, Integer> current = new HashMap<>();

    Draft(Map<RowKey, RowHistory> committed) {
        this.committed = committed;
    }

    /** {@return the row's last step, as the transaction sees it} */
    int last(RowKey row) {
        Integer mine = current.get(row);
        if (mine != null) {
            return mine;
        }
        RowHistory history = committed.get(row);
        return history == null ? Step.NONE : history.last();
    }

    void add(RowKey row, int step) {
        changes.add(new Change(row, step));
        current.put(row, step);
    }

    int size() {
        return changes.size();
    }

    /** Forgets all but the first changes: a savepoint was rolled back to. */
    void truncate(int size) {
        changes.subList(size, changes.size()).clear();
        current.clear();
        changes.forEach(change -> current.put(change.row(), change.step()));
    }

    /** Makes it part of the rows' histories. */
    void commit() {
        for (Change change : changes) {
            committed.computeIfAbsent(change.row(), row -> new RowHistory()).add(change.step());
        }
    }
}
