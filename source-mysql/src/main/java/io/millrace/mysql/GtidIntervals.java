// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import java.util.Arrays;

/**
 * The transaction numbers of one source that a set holds, as intervals; grows. Adding the next
 * number after the last interval, which is nearly every case, moves one long. Not thread-safe.
 */
final class GtidIntervals {

    /** Pairs of first and last, inclusive, rising and never touching each other. */
    private long[] bounds = new long[2];

    private int size;

    static GtidIntervals of(long[] intervals) {
        GtidIntervals copy = new GtidIntervals();
        copy.bounds = Arrays.copyOf(intervals, Math.max(2, intervals.length));
        copy.size = intervals.length;
        return copy;
    }

    /** {@return whether any of the numbers is new} */
    boolean add(long first, long last) {
        if (size > 0 && first == bounds[size - 1] + 1) {
            bounds[size - 1] = last;
        } else if (size == 0 || first > bounds[size - 1]) {
            insert(size, first, last);
        } else {
            return merge(first, last);
        }
        return true;
    }

    private boolean merge(long first, long last) {
        int from = 0;
        while (from < size && bounds[from + 1] + 1 < first) {
            from += 2;
        }
        if (from == size || bounds[from] > last + 1) {
            insert(from, first, last);
            return true;
        }
        if (bounds[from] <= first && bounds[from + 1] >= last) {
            return false;
        }
        int to = from;
        while (to + 2 < size && bounds[to + 2] <= last + 1) {
            to += 2;
        }
        long mergedFirst = Math.min(first, bounds[from]);
        long mergedLast = Math.max(last, bounds[to + 1]);
        System.arraycopy(bounds, to + 2, bounds, from + 2, size - to - 2);
        size -= to - from;
        bounds[from] = mergedFirst;
        bounds[from + 1] = mergedLast;
        return true;
    }

    private void insert(int at, long first, long last) {
        if (size + 2 > bounds.length) {
            bounds = Arrays.copyOf(bounds, Math.max(4, 2 * bounds.length));
        }
        System.arraycopy(bounds, at, bounds, at + 2, size - at);
        bounds[at] = first;
        bounds[at + 1] = last;
        size += 2;
    }

    boolean contains(long number) {
        return indexOf(number) >= 0;
    }

    /** @param intervals pairs of first and last, inclusive */
    boolean containsAll(long[] intervals) {
        for (int i = 0; i < intervals.length; i += 2) {
            int within = indexOf(intervals[i]);
            if (within < 0 || intervals[i + 1] > bounds[within + 1]) {
                return false;
            }
        }
        return true;
    }

    /** {@return where the interval that holds the number begins in the bounds, -1 if none does} */
    private int indexOf(long number) {
        int low = 0;
        int high = size / 2 - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (number < bounds[2 * middle]) {
                high = middle - 1;
            } else if (number > bounds[2 * middle + 1]) {
                low = middle + 1;
            } else {
                return 2 * middle;
            }
        }
        return -1;
    }

    long[] toArray() {
        return Arrays.copyOf(bounds, size);
    }
}
