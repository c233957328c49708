// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.Position;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Transaction;
import io.millrace.mysql.MySqlPosition.Place;
import io.millrace.mysql.MySqlTransaction.Gtid;

/**
 * Transactions of one server as the binlog's reader makes them, for microbenchmarks without a server. It is in
 * this package because what it makes is nobody else's business.
 */
public final class BinlogTransactions {

    /** The server that commits them. */
    public static final String SERVER = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

    private static final Place START = new Place("binlog.000007", 4);
    private static final long COMMITTED = 1_767_323_045_123_456L;

    private BinlogTransactions() {}

    /** @param number its number at the server, and in the pipeline */
    public static Transaction transaction(long number) {
        Gtid gtid = new Gtid(SERVER, number);
        return new MySqlTransaction(number, gtid.toString(), gtid, COMMITTED, START);
    }

    public static Boundary end(long number) {
        return new MySqlBoundary(new Gtid(SERVER, number), Gtid.ANONYMOUS, START.file(), START.offset(), null, null);
    }

    /** {@return a tracker that stands at a position of GTIDs} */
    public static PositionTracker track(Position position) {
        return new GtidTracker((MySqlPosition.Gtids) position);
    }
}
