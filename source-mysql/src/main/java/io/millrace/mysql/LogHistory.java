// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.LogLostException;
import io.millrace.core.PermanentException;
import io.millrace.core.Position;
import io.millrace.core.TransientException;
import io.millrace.core.source.SourceBehindException;
import io.millrace.core.source.load.LoadPosition;
import io.millrace.mysql.internal.binlog.ServerConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares positions with what a server has: what lies behind one must be there still, what lies before it as well. A
 * replica that lags is waited for, by failing until it has caught up. Used by the thread that connects.
 */
final class LogHistory {

    private static final Logger LOG = LoggerFactory.getLogger(MySqlBinlogProcessor.class);

    private static final String NOT_COMMITTED =
            "the server has not committed all transactions that come before the load";

    private final MySqlOptions options;
    /** Where the log is read from for each target, or was at the start. */
    private List<MySqlPosition> started = List.of();
    /** That whose server is known to have committed, on MariaDB, what comes before the load. */
    private @Nullable ServerConnection committed;

    private boolean lags;
    private long lagsSince;
    /** What servers lacked, and need not get any more: they are not waited for again. */
    private GtidSet accepted = GtidSet.empty();

    LogHistory(MySqlOptions options) {
        this.options = options;
    }

    /**
     * @param positions where the targets begin. The log is read from the lowest; a server that has all before that can
     *     lack what another target has, or what rows that are loaded have to show
     */
    void targetsBeginAt(List<Position> positions) {
        started = positions.stream()
                .map(position -> (MySqlPosition) LoadPosition.logOf(position))
                .toList();
    }

    /** {@return what comes before the position, or before that of a target} */
    private GtidSet withStarted(GtidSet position) {
        GtidSet all = position;
        for (MySqlPosition one : started) {
            all = one instanceof MySqlPosition.Gtids gtids ? all.plus(gtids.executed()) : all;
        }
        return all;
    }

    /** {@return the position, and those of targets that are ahead of it} */
    private List<MySqlPosition.MariaDb> withStarted(MySqlPosition.MariaDb position) {
        List<MySqlPosition.MariaDb> all = new ArrayList<>(List.of(position));
        for (MySqlPosition one : started) {
            if (one instanceof MySqlPosition.MariaDb gtids && !position.includes(gtids)) {
                all.add(gtids);
            }
        }
        return all;
    }

    /** @throws PermanentException if the server's log lacks what it replicates */
    static void checkReplica(ServerConnection server, ServerStatus.Beside beside) throws IOException {
        if (ServerStatus.keepsReplicatedOutOfLog(server, beside)) {
            throw new PermanentException(
                    "the server replicates another one, but does not log what it gets (log_slave_updates=OFF): changes would be missing without a word. Set log_slave_updates=ON (MySQL: log_replica_updates) and restart the server, or read from the one that it replicates.",
                    null);
        }
    }

    /**
     * Checks that rows are not older than the place from which the log is read after the load, and that the log is
     * kept from there on.
     *
     * @throws LogLostException if it is not kept, or the server is another one
     * @throws TransientException if the server has to catch up first
     */
    void checkLoad(ServerConnection server, MySqlPosition log) throws IOException {
        if (log instanceof MySqlPosition.MariaDb gtids) {
            check(server, gtids);
            if (!hasCommitted(server, withStarted(gtids))) {
                throw new TransientException(NOT_COMMITTED, null);
            }
            return;
        }
        if (log instanceof MySqlPosition.Gtids gtids) {
            check(server, gtids.executed());
            // Those that it lost in a failover do not come, and rows are of what it has instead.
            GtidSet owned = GtidSet.parseOwned(server.gtids("gtid_owned"));
            GtidSet pending = withStarted(gtids.executed()).minus(GtidSet.parse(server.gtids("gtid_executed")));
            if (!pending.minus(owned).equals(pending)) {
                throw new TransientException(NOT_COMMITTED, null);
            }
            return;
        }
        MySqlPosition.File file = (MySqlPosition.File) log;
        check(server, file);
        String first = ServerStatus.firstFile(server);
        if (BinlogFiles.compare(file.begin().file(), first) < 0) {
            throw new LogLostException(
                    "the server has purged the binlog from %s on, which is read after the load; it begins with %s by now. Start anew, and raise binlog_expire_logs_seconds."
                            .formatted(file.begin().file(), first),
                    file.toJson(),
                    null);
        }
    }

    /** The server searches a file of its log for the answer, which does not change. */
    private boolean hasCommitted(ServerConnection server, List<MySqlPosition.MariaDb> positions) throws IOException {
        if (committed != server && DomainHistory.of(server).hasCommitted(server, positions)) {
            committed = server;
        }
        return committed == server;
    }

    /**
     * Checks that the server has executed the transactions, and what targets had beyond them, and has all others in
     * its log.
     *
     * @return those that it does not have, and need not by {@link LostTransactions#ACCEPT}
     * @throws SourceBehindException if it lacks transactions that it may get yet
     * @throws LogLostException if it has purged some that are wanted, or lacks some that were read
     */
    GtidSet check(ServerConnection server, GtidSet position) throws IOException {
        String mode = server.variables("gtid_mode").getOrDefault("gtid_mode", "OFF");
        if (!mode.equals("ON")) {
            throw new PermanentException(
                    "the position is a set of GTIDs, but the server has gtid_mode=" + mode
                            + ". Set gtid_mode=ON, or start from a file and offset.",
                    null);
        }
        GtidSet purged = GtidSet.parse(server.gtids("gtid_purged"));
        GtidSet missing = purged.minus(position);
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
        GtidSet lacking = withStarted(position).minus(executed).minus(owned);
        GtidSet unknown = lacking.minus(accepted);
        if (unknown.isEmpty()) {
            lags = false;
            return lacking;
        }
        awaitCatchUp(unknown.toString());
        if (options.lostTransactions() == LostTransactions.STOP) {
            throw lost(unknown.toString(), "or set lostTransactions(ACCEPT)");
        }
        LOG.warn(
                "{}: the server does not have transactions that were delivered: {}; the targets keep them",
                options.pipeline().id(),
                unknown);
        accepted = accepted.plus(unknown);
        lags = false;
        return lacking;
    }

    /**
     * Checks the same of a server of MariaDB. What it lacks cannot be accepted: it gives the numbers anew, by which
     * what was delivered is told from what was not.
     *
     * @throws SourceBehindException if it lacks transactions that it may get yet
     * @throws LogLostException if it has purged some that are wanted, or lacks some that were read
     */
    void check(ServerConnection server, MySqlPosition.MariaDb position) throws IOException {
        DomainHistory history = DomainHistory.of(server);
        String unknown = history.lacking(withStarted(position));
        if (unknown.isEmpty()) {
            lags = false;
        } else {
            awaitCatchUp(unknown);
            throw lost(
                    unknown,
                    "since lostTransactions(ACCEPT) does not hold for MariaDB, which gives their numbers anew");
        }
        history.checkKept(position.begin());
    }

    /** @throws SourceBehindException as long as the server may get the transactions yet */
    private void awaitCatchUp(String unknown) {
        long now = System.nanoTime();
        if (!lags) {
            lags = true;
            lagsSince = now;
        }
        if (now - lagsSince < options.catchUpTimeout().toNanos()) {
            throw new SourceBehindException(
                    "the server does not have yet what was read before: %s. If it is a replica, it has %s to catch up"
                            .formatted(unknown, options.catchUpTimeout()));
        }
    }

    private static LogLostException lost(String unknown, String acceptance) {
        return new LogLostException(
                "the server does not have transactions that were read before: " + unknown
                        + ". It is another server, a replica that had not got them when it took over, or was restored or reset. The targets hold them: compare, then start from a position that you choose, "
                        + acceptance + ".",
                unknown,
                null);
    }

    /**
     * Checks that the file is one of this server.
     *
     * @throws LogLostException if it is not
     */
    void check(ServerConnection server, MySqlPosition.File position) throws IOException {
        String uuid = ServerStatus.identity(server);
        if (!uuid.equals(position.serverUuid())) {
            throw new LogLostException(
                    "the position %s is of server %s, but server %s answers: files and offsets mean nothing there. Connect to the old server, or start from a position that you choose; with GTIDs any replica will do."
                            .formatted(position.toJson(), position.serverUuid(), uuid),
                    position.toJson(),
                    null);
        }
    }
}
