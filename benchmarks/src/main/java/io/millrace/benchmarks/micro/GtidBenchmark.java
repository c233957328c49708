// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.micro;

import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Transaction;
import io.millrace.mysql.BinlogTransactions;
import io.millrace.mysql.GtidSet;
import io.millrace.mysql.MySqlPosition;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The position of a pipeline, as a set of GTIDs of two servers. An operation is one transaction, or one text. */
public class GtidBenchmark extends Microbenchmark {

    private static final String OTHER_SERVER = "ffffffff-71ca-11e1-9e33-c80aa9429562";
    private static final long LENGTH = 1_000;

    /** Of the server that commits now; each is of 1,000 transactions, and one is missing before the next. */
    @Param({"1", "100"})
    public int intervals = 1;

    private GtidSet set = GtidSet.empty();
    private PositionTracker tracker = BinlogTransactions.track(MySqlPosition.gtids(set));
    private Transaction known = BinlogTransactions.transaction(1);
    private long last;

    @Setup
    public void fill() {
        StringBuilder text = new StringBuilder(OTHER_SERVER + ":1-123456789," + BinlogTransactions.SERVER);
        last = 0;
        for (int i = 0; i < intervals; i++) {
            text.append(':').append(last + 2);
            last += LENGTH + 1;
            text.append('-').append(last);
        }
        set = GtidSet.parse(text.toString());
        tracker = BinlogTransactions.track(MySqlPosition.gtids(set));
        known = BinlogTransactions.transaction(last / 2);
    }

    /** Moves over the next transaction's end, which is made for it. */
    @Benchmark
    public boolean addNext() {
        return tracker.advance(BinlogTransactions.end(++last));
    }

    @Benchmark
    public boolean contains() {
        return tracker.includes(known);
    }

    /** As each checkpoint does. */
    @Benchmark
    public String format() {
        return set.toString();
    }
}
