// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.LogLostException;
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
        return isPast(((MySqlTransaction) transaction).gtid());
    }

    /**
     * Of two servers that have parted, each gives the numbers behind that place anew. {@link LogHistory} compares
     * positions with a server that is connected to; here the log comes to one.
     */
    private boolean isPast(Gtid gtid) {
        Last last = domains.get(gtid.domain());
        if (last == null || gtid.number() > last.number()) {
            return false;
        }
        if (gtid.number() == last.number() && gtid.server() != last.server()) {
            Gtid delivered = new Gtid(gtid.domain() + "-" + last.server() + "-", last.number());
            throw new LogLostException(
                    "the server has transaction %s where %s was delivered, and so not what was delivered before that. Compare the target with the source, then start from a position that you choose."
                            .formatted(gtid, delivered),
                    delivered.toString(),
                    null);
        }
        return true;
    }

    @Override
    public boolean includes(Position other) {
        return position().includes(other);
    }

    @Override
    public boolean advance(Boundary boundary) {
        MySqlBoundary end = (MySqlBoundary) boundary;
        // The group that prepared what ends here may be of another domain.
        boolean isNew = !end.prepared().isAnonymous() && moveTo(end.prepared());
        isNew |= moveTo(end.gtid());
        readFrom = end.readFrom() instanceof DumpStart.Behind behind ? behind.gtids() : null;
        return isNew;
    }

    private boolean moveTo(Gtid gtid) {
        if (isPast(gtid)) {
            return false;
        }
        domains.put(gtid.domain(), new Last(gtid.server(), gtid.number()));
        return true;
    }

    @Override
    public Position position() {
        return new MySqlPosition.MariaDb(new MariaDbGtids(domains), readFrom);
    }
}
