// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

/** What is done to the capturer, to its servers, and to the connections between them. */
enum Fault {
    /** SIGKILL, then a new process. */
    KILL_CAPTURER,
    /** SIGTERM, then a new process once the old one has ended in order. */
    RESTART_CAPTURER,
    PAUSE_CAPTURER,
    KILL_SOURCE,
    RESTART_SOURCE,
    PAUSE_SOURCE,
    CUT_SOURCE,
    BLACK_HOLE_SOURCE,
    KILL_BROKER,
    RESTART_BROKER,
    PAUSE_BROKER,
    CUT_BROKER,
    BLACK_HOLE_BROKER,
    /** A new binlog file. */
    ROTATE_LOG,
    /** Deletes the binlog files that no checkpoint needs any more. */
    PURGE_LOG,
    /** A second process of the same pipeline while the first one runs. */
    SECOND_INSTANCE;

    boolean isOfCapturer() {
        return switch (this) {
            case KILL_CAPTURER, RESTART_CAPTURER, PAUSE_CAPTURER, SECOND_INSTANCE -> true;
            default -> false;
        };
    }
}
