// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

/**
 * What the JVM of one run of one contestant has to do.
 *
 * @param warmUp drained first, untimed; no rows for none
 * @param timed drained then, again and again until {@code seconds} have passed
 * @param profile file name without its extension, for flame graphs of the timed part; empty for none
 */
public record Assignment(String contestant, Job warmUp, Job timed, int seconds, String profile) {

    /** {@return the topic of a pass over the timed job, counted from 1} */
    static String topic(Job job, int pass) {
        return job.topic() + "-" + pass;
    }
}
