// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.PermanentException;
import io.millrace.core.Position;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Transaction;
import io.millrace.mysql.MySqlTransaction.Gtid;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A set of GTIDs that grows by one transaction at a time. */
final class GtidTracker implements PositionTracker {

    private final Map<String, GtidIntervals> sources = new TreeMap<>();
    private @Nullable String schema;

    GtidTracker(MySqlPosition.Gtids from) {
        schema = from.schema();
        from.executed().sources().forEach((source, intervals) -> sources.put(source, GtidIntervals.of(intervals)));
    }

    @Override
    public boolean includes(Transaction transaction) {
        Gtid gtid = ((MySqlTransaction) transaction).gtid();
        GtidIntervals intervals = sources.get(gtid.source());
        return intervals != null && intervals.contains(gtid.number());
    }

    @Override
    public boolean includes(Position other) {
        if (!(other instanceof MySqlPosition.Gtids gtids)) {
            return position().includes(other);
        }
        return gtids.executed().sources().entrySet().stream().allMatch(source -> {
            GtidIntervals intervals = sources.get(source.getKey());
            return intervals != null && intervals.containsAll(source.getValue());
        });
    }

    @Override
    public boolean advance(Boundary boundary) {
        MySqlBoundary end = (MySqlBoundary) boundary;
        Gtid gtid = end.gtid();
        if (gtid.isAnonymous()) {
            throw new PermanentException(
                    "a transaction without a GTID ends at %s:%d, but this pipeline's position is a set of GTIDs. Set gtid_mode=ON on the server, or start from a file and offset."
                            .formatted(end.file(), end.offset()),
                    null);
        }
        if (!end.prepared().isAnonymous()) {
            add(end.prepared());
        }
        boolean moved = add(gtid);
        if (moved) {
            schema = end.schema();
        }
        return moved;
    }

    private boolean add(Gtid gtid) {
        GtidIntervals intervals = sources.get(gtid.source());
        if (intervals == null) {
            intervals = new GtidIntervals();
            sources.put(gtid.source(), intervals);
        }
        return intervals.add(gtid.number(), gtid.number());
    }

    @Override
    public Position position() {
        return new MySqlPosition.Gtids(GtidSet.of(sources), schema);
    }
}
