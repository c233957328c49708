// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

/**
 * What happens when a server does not have transactions that were read from another, as after a failover to a replica
 * that had not got them.
 */
public enum LostTransactions {

    /** A {@link io.millrace.core.LogLostException} that names them. */
    STOP,

    /**
     * They are named in the log at WARN, and what the server has committed instead is delivered. The targets keep
     * what was delivered of them. Of MariaDB, which gives the numbers of lost transactions anew, they cannot be
     * accepted: there it means {@link #STOP}.
     */
    ACCEPT
}
