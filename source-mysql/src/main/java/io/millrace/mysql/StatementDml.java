// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

/**
 * What is done with data statements that the binlog holds as text, not as the rows that they changed: those of
 * sessions with {@code binlog_format} STATEMENT or MIXED.
 */
public enum StatementDml {
    /** They stop the run: which rows they changed is not known. */
    STOP,
    /**
     * They are delivered as {@link io.millrace.core.Statement}s, in their place, with the tables that they name.
     * What else they depend on (user variables, the seed of RAND, the id that was generated, the time) is not
     * delivered, so that applying them elsewhere need not give the same rows.
     */
    DELIVER
}
