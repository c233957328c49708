// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

/** A way to drain a backlog. */
interface Contestant {

    /** Reads all rows of the job, from a new connection on, and returns when the last was tallied. */
    void drain(Job job, Tally tally) throws Exception;
}
