// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

/**
 * What a contestant has to drain: the changes of one table.
 *
 * @param port of the MySQL server on 127.0.0.1, user root without a password
 * @param tls whether the connection is to be encrypted
 * @param brokers Kafka's address, or that of Redis or MongoDB; empty if the contestant does not need it
 * @param table in the database {@code bench}; {@code *} for all
 * @param topic where to, for those that deliver to Kafka
 * @param state folder in which the contestant keeps its place in the log, from which it goes on if there
 *     is one; empty if it is to keep none and to begin at {@code start}
 * @param start where in the log the rows begin
 * @param rows how many changes; more may follow in the log
 * @param transactionSize of each transaction
 * @param hasVersions whether rows have versions, by which the order of each key's changes is checked;
 *     otherwise all are inserts, and their ids count from 0
 */
public record Job(
        int port,
        boolean tls,
        String brokers,
        String table,
        String topic,
        String state,
        Start start,
        long rows,
        int transactionSize,
        boolean hasVersions) {

    Job withTopic(String other) {
        return new Job(port, tls, brokers, table, other, state, start, rows, transactionSize, hasVersions);
    }

    Job withRows(long other) {
        return new Job(port, tls, brokers, table, topic, state, start, other, transactionSize, hasVersions);
    }

    Job withState(String other) {
        return new Job(port, tls, brokers, table, topic, other, start, rows, transactionSize, hasVersions);
    }

    /**
     * A place in the log, in each form that a contestant may want.
     *
     * @param gtids executed before it
     */
    public record Start(String file, long offset, String gtids) {

        /** Where there is no log, or it is drained from its begin. */
        static final Start NOWHERE = new Start("", 0, "");
    }
}
