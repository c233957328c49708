// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import java.util.Arrays;

/** All committed changes of one row, as {@link Step}s. Written by the row's writer, read when that has ended. */
final class RowHistory {

    private int[] steps = new int[4];
    private int size;

    void add(int step) {
        if (size == steps.length) {
            steps = Arrays.copyOf(steps, 2 * size);
        }
        steps[size++] = step;
    }

    int size() {
        return size;
    }

    int step(int index) {
        return steps[index];
    }

    int last() {
        return size == 0 ? Step.NONE : steps[size - 1];
    }

    /** {@return the index of that step, negative if it was never committed} */
    int indexOf(int step) {
        return Arrays.binarySearch(steps, 0, size, step);
    }
}
