// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.Position;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Transaction;
import io.millrace.mysql.MariaDbGtids.Last;
import io.millrace.mysql.MySqlTransaction.Gtid;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The last transaction of each of MariaDB's domains, which move on one by one. */
final class MariaDbTracker implements PositionTracker {

    private final Map<Long, Last> domains;
    private @Nullable MariaDbGtids readFrom;

    MariaDbTracker(MySqlPosition.MariaDb from) {
        this.domains = new TreeMap<>(from.executed().domains());
        this.readFrom = from.readFrom();
    }

    @Override
    public boolean includes(Transaction transaction) {
        MySqlTransaction of = (MySqlTransaction) transaction;
        if (of.loaded() != null) {
            return true;
        }
        Last last = domains.get(of.gtid().domain());
        return last != null && of.gtid().number() <= last.number();
    }

    @Override
    public boolean includes(Position other) {
        return position().includes(other);
    }

    @Override
    public boolean advance(Boundary boundary) {
        if (!(boundary instanceof MySqlBoundary end)) {
            // Tables were loaded for another target.
            return false;
        }
        Gtid gtid = end.gtid();
        Last last = domains.get(gtid.domain());
        boolean isNew = last == null || gtid.number() > last.number();
        if (isNew) {
            domains.put(gtid.domain(), new Last(gtid.server(), gtid.number()));
        }
        readFrom = end.readFrom() instanceof DumpStart.Behind behind ? behind.gtids() : null;
        return isNew;
    }

    @Override
    public Position position() {
        return new MySqlPosition.MariaDb(new MariaDbGtids(domains), readFrom);
    }
}
