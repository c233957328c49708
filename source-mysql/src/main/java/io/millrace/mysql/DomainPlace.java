// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.UnreadableEventException;
import io.millrace.mysql.MariaDbGtids.Last;
import io.millrace.mysql.MySqlTransaction.Gtid;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Where a connection that reads by MariaDB's GTIDs stands in each domain. Used by the capture thread. */
final class DomainPlace {

    private final MariaDbGtids deliverFrom;
    private final Map<Long, Last> read;

    // Of the group that began last.
    private long domain;
    private @Nullable Last before;

    /** @param deliverFrom groups up to it were delivered */
    DomainPlace(MariaDbGtids readFrom, MariaDbGtids deliverFrom) {
        this.deliverFrom = deliverFrom;
        this.read = new TreeMap<>(readFrom.domains());
    }

    /**
     * A group begins.
     *
     * @throws UnreadableEventException if it comes out of order in its domain: what was delivered before could then
     *     not be told from what was not
     */
    void begin(Gtid gtid, String where) {
        Last last = read.put(gtid.domain(), new Last(gtid.server(), gtid.number()));
        if (last != null && gtid.number() <= last.number()) {
            throw new UnreadableEventException(
                    "transaction %s comes behind number %d of its domain: numbers have to rise in each domain. Set gtid_strict_mode=ON on the server, and give servers that write independently domains of their own (gtid_domain_id). To go on behind it, start from a file and offset, which does not ask for an order;"
                            .formatted(gtid, last.number()),
                    where,
                    null);
        }
        domain = gtid.domain();
        before = last;
    }

    boolean wasDelivered(Gtid gtid) {
        Last last = deliverFrom.domains().get(gtid.domain());
        return last != null && gtid.number() <= last.number();
    }

    /** {@return the position from which a dump brings the group that began last, and all behind it} */
    MariaDbGtids beforeGroup() {
        Map<Long, Last> all = new TreeMap<>(read);
        if (before == null) {
            all.remove(domain);
        } else {
            all.put(domain, before);
        }
        return new MariaDbGtids(all);
    }
}
