// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

/**
 * What a contestant has to drain: the changes of one table.
 *
 * @param port of the MySQL server on 127.0.0.1, user root without a password
 * @param brokers Kafka's address; empty if the contestant does not need it
 * @param table in the database {@code bench}
 * @param topic where to, for those that deliver to Kafka
 * @param start where in the log the rows begin
 * @param rows how many changes; more may follow in the log
 * @param transactionSize of each transaction
 * @param hasVersions whether rows have versions, by which the order of each key's changes is checked;
 *     otherwise all are inserts, and their ids count from 0
 */
public record Job(
        int port,
        String brokers,
        String table,
        String topic,
        Start start,
        long rows,
        int transactionSize,
        boolean hasVersions) {

    Job to(String otherTopic, long otherRows) {
        return new Job(port, brokers, table, otherTopic, start, otherRows, transactionSize, hasVersions);
    }

    /**
     * A place in the log, in each form that a contestant may want.
     *
     * @param gtids executed before it
     */
    public record Start(String file, long offset, String gtids) {}
}
