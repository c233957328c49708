// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.LogLostException;
import io.millrace.core.PermanentException;
import io.millrace.core.TransientException;
import io.millrace.mysql.internal.binlog.ServerConnection;
import java.io.IOException;

/** Compares a position with what a server has: what lies behind it must be there still, what lies before it as well. */
final class LogHistory {

    private LogHistory() {}

    /**
     * Checks that rows are not older than the place from which the log is read after the load, and that the log is
     * kept from there on.
     *
     * @throws LogLostException if it is not kept, or the server is another one
     * @throws TransientException if the server has to catch up first
     */
    static void checkLoad(ServerConnection server, MySqlPosition log) throws IOException {
        if (log instanceof MySqlPosition.Gtids gtids) {
            check(server, gtids.executed());
            GtidSet executed = GtidSet.parse(server.gtids("gtid_executed"));
            if (!executed.containsAll(gtids.executed())) {
                throw new TransientException(
                        "the server has not committed all transactions that come before the load", null);
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

    /**
     * Checks that the server has executed the transactions, and has all others in its log.
     *
     * @throws LogLostException if it has not
     */
    static void check(ServerConnection server, GtidSet position) throws IOException {
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
        GtidSet unknown = position.minus(executed).minus(owned);
        if (!unknown.isEmpty()) {
            throw new LogLostException(
                    "the server does not have transactions that were read before: " + unknown
                            + ". It is another server, lags behind the one that was read, or was restored or reset.",
                    unknown.toString(),
                    null);
        }
    }

    /**
     * Checks that the file is one of this server.
     *
     * @throws LogLostException if it is not
     */
    static void check(ServerConnection server, MySqlPosition.File position) throws IOException {
        String uuid = server.variables("server_uuid").getOrDefault("server_uuid", "");
        if (!uuid.equals(position.serverUuid())) {
            throw new LogLostException(
                    "the position %s is of server %s, but server %s answers: files and offsets mean nothing there. Connect to the old server, or start from a position that you choose; with GTIDs any replica will do."
                            .formatted(position.toJson(), position.serverUuid(), uuid),
                    position.toJson(),
                    null);
        }
    }
}
