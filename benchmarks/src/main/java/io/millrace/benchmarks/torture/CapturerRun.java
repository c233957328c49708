// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

/**
 * What the check has to know of a capturer's process that has ended.
 *
 * @param number what its records carry
 * @param start the checkpoint that it found
 * @param orderly whether everything that it sent was in the checkpoint when it ended
 * @param retries how often its target failed and went on
 * @param mostAgain how many of its changes may come again at most
 */
record CapturerRun(int number, StoredCheckpoint start, boolean orderly, long retries, long mostAgain) {}
