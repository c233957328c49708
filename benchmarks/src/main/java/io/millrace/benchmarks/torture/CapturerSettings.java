// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

/**
 * What the capturer's process is told, as JSON on its command line.
 *
 * @param run number of the process, which its records carry as their service
 * @param target name of the target, which its checkpoint and its ownership go by
 * @param start GTIDs after which to begin without a checkpoint
 * @param checkpoints directory of the checkpoint files
 */
record CapturerSettings(
        int run,
        Mode mode,
        Sabotage sabotage,
        String target,
        String sourceHost,
        int sourcePort,
        String brokers,
        String start,
        String checkpoints) {

    static final String PIPELINE = "torture";
    static final String TARGET = "kafka";

    private static final String SERVICE = "torture-";

    String service() {
        return SERVICE + run;
    }

    static int runOf(String service) {
        return Integer.parseInt(service.substring(SERVICE.length()));
    }
}
