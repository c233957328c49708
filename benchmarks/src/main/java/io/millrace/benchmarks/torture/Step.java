// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

/**
 * One change of a row as a number that rises from change to change: an insert or an update raises the
 * row's version, and a delete ends it.
 */
final class Step {

    /** The row was never there. */
    static final int NONE = 0;

    private Step() {}

    static int written(int version) {
        return version << 1;
    }

    static int deleted(int version) {
        return version << 1 | 1;
    }

    static int version(int step) {
        return step >> 1;
    }

    /** {@return whether the row is there after the step} */
    static boolean isThere(int step) {
        return step != NONE && (step & 1) == 0;
    }

    /** {@return the insert or update that follows} */
    static int nextWritten(int step) {
        return written(version(step) + 1);
    }

    static String text(int step) {
        return (isThere(step) ? "v" : "deleted v") + version(step);
    }
}
