// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Change;
import io.millrace.core.internal.spill.ChangeWriter;
import io.millrace.core.internal.spill.SpillReader;
import io.millrace.core.source.Boundary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What goes from the capture thread to the lanes at a time, so that a lock is taken per some hundred
 * kilobytes and not per record: changes in order, and between them the boundaries of transactions.
 * Written by the capture thread, then only read.
 */
final class Parcel implements SpillReader {

    private static final int FULL_BYTES = 512 * 1024;
    private static final int FULL_CHANGES = 4_096;

    /** A boundary, and how many of the parcel's changes stand before it. */
    record Mark(int changesBefore, Boundary boundary, long transaction) {}

    private final List<Change> changes;
    private final List<Mark> marks = new ArrayList<>();
    private long bytes;

    /** @param expected how many changes are likely to come */
    Parcel(int expected) {
        changes = new ArrayList<>(expected);
    }

    void add(Change change) {
        changes.add(change);
        bytes += change.sizeBytes();
    }

    void mark(Boundary boundary, long transaction) {
        marks.add(new Mark(changes.size(), boundary, transaction));
    }

    /** Writes changes and boundaries in their order, as {@link #change} and {@link #boundary} take them back. */
    void writeTo(ChangeWriter out) throws IOException {
        int nextMark = 0;
        for (int i = 0; i <= changes.size(); i++) {
            for (; nextMark < marks.size() && marks.get(nextMark).changesBefore() == i; nextMark++) {
                out.write(marks.get(nextMark).boundary(), marks.get(nextMark).transaction());
            }
            if (i < changes.size()) {
                out.write(changes.get(i));
            }
        }
    }

    @Override
    public void change(Change change) {
        add(change);
    }

    @Override
    public void boundary(Boundary boundary, long number) {
        mark(boundary, number);
    }

    boolean isEmpty() {
        return changes.isEmpty() && marks.isEmpty();
    }

    boolean isFull() {
        return bytes >= FULL_BYTES || changes.size() + marks.size() >= FULL_CHANGES;
    }

    int size() {
        return changes.size();
    }

    Change change(int index) {
        return changes.get(index);
    }

    int markCount() {
        return marks.size();
    }

    Mark mark(int index) {
        return marks.get(index);
    }

    /** {@return bytes of heap that the parcel holds, roughly} */
    long bytes() {
        return bytes + 64L * marks.size() + 128;
    }
}
