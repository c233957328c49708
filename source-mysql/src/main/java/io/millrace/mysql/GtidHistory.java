// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.LogLostException;
import io.millrace.core.PermanentException;
import io.millrace.core.TransientException;
import io.millrace.mysql.internal.binlog.ServerConnection;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether a server has the log behind a set of GTIDs, and whether it has the set itself. Waits for a replica
 * that lags by failing until it has caught up. Used by the thread that connects.
 */
final class GtidHistory {

    private static final Logger LOG = LoggerFactory.getLogger(MySqlBinlogProcessor.class);

    private final MySqlOptions options;
    private boolean lags;
    private long lagsSince;

    GtidHistory(MySqlOptions options) {
        this.options = options;
    }

    /**
     * Returns if the server can be read from there.
     *
     * @throws TransientException if it lacks transactions that it may get yet
     * @throws LogLostException if it has purged some that are wanted, or lacks some that were read
     */
    void check(ServerConnection server, GtidSet position) throws IOException {
        String mode = server.variables("gtid_mode").getOrDefault("gtid_mode", "OFF");
        if (!mode.equals("ON")) {
            throw new PermanentException(
                    "the position is a set of GTIDs, but the server has gtid_mode=" + mode
                            + ". Set gtid_mode=ON, or start from a file and offset.",
                    null);
        }
        GtidSet missing = GtidSet.parse(server.gtids("gtid_purged")).minus(position);
        if (!missing.isEmpty()) {
            throw new LogLostException(
                    "the server has purged transactions that were not read yet: " + missing
                            + ". Bring the targets up to date by other means and start from a position that you choose; raise binlog_expire_logs_seconds.",
                    missing.toString(),
                    null);
        }
        // A transaction may be sent before it counts as executed. It is owned until then; asked first, none is missed.
        GtidSet owned = GtidSet.parseOwned(server.gtids("gtid_owned"));
        GtidSet executed = GtidSet.parse(server.gtids("gtid_executed"));
        GtidSet unknown = position.minus(executed).minus(owned);
        if (unknown.isEmpty()) {
            lags = false;
        } else {
            judge(unknown);
        }
    }

    private void judge(GtidSet unknown) {
        long now = System.nanoTime();
        if (!lags) {
            lags = true;
            lagsSince = now;
        }
        if (now - lagsSince < options.catchUpTimeout().toNanos()) {
            throw new TransientException(
                    "the server does not have yet what was read before: %s. If it is a replica, it has %s to catch up"
                            .formatted(unknown, options.catchUpTimeout()),
                    null);
        }
        if (options.lostTransactions() == LostTransactions.STOP) {
            throw new LogLostException(
                    "the server does not have transactions that were read before: " + unknown
                            + ". It is another server, a replica that had not got them when it took over, or was restored or reset. The targets hold them: compare, then start from a position that you choose, or set lostTransactions(ACCEPT).",
                    unknown.toString(),
                    null);
        }
        LOG.warn(
                "{}: the server does not have transactions that were delivered: {}; the targets keep them",
                options.pipeline().id(),
                unknown);
    }
}
