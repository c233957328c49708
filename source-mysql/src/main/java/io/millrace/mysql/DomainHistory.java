// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.LogLostException;
import io.millrace.mysql.MariaDbGtids.Last;
import io.millrace.mysql.internal.binlog.ServerConnection;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a server of MariaDB has of the log before and behind a position. Asked for a dump, a server looks for the
 * position's transactions by itself; but not for those before which reading begins, and in domains of which it has
 * none at all it would wait.
 */
final class DomainHistory {

    /** Of each domain and server the last transaction that stands in the server's log, or did. */
    private final List<Gtid> logged;
    /** Of each domain the last one that it got as a replica, which it need not have logged. */
    private final MariaDbGtids replicated;

    private final MariaDbGtids purged;

    private record Gtid(long domain, Last last) {}

    private DomainHistory(List<Gtid> logged, MariaDbGtids replicated, MariaDbGtids purged) {
        this.logged = logged;
        this.replicated = replicated;
        this.purged = purged;
    }

    static DomainHistory of(ServerConnection server) throws IOException {
        List<Gtid> logged = Stream.of(server.gtids("gtid_binlog_state").split(","))
                .flatMap(gtid -> MariaDbGtids.parse(gtid).domains().entrySet().stream())
                .map(gtid -> new Gtid(gtid.getKey(), gtid.getValue()))
                .toList();
        return new DomainHistory(
                logged,
                MariaDbGtids.parse(server.gtids("gtid_slave_pos")),
                ServerStatus.gtidsAt(server, ServerStatus.firstFile(server)));
    }

    /** {@return the transactions at which the positions stand, and reading begins, that the server does not have} */
    String lacking(List<MySqlPosition.MariaDb> positions) {
        return positions.stream()
                .flatMap(position -> Stream.of(position.begin(), position.executed()))
                .flatMap(gtids -> gtids.domains().entrySet().stream())
                .filter(gtid -> !has(gtid.getKey(), gtid.getValue()))
                .map(gtid -> text(gtid.getKey(), gtid.getValue()))
                .distinct()
                .collect(Collectors.joining(","));
    }

    /** The numbers of a server rise in each domain, so that what lies before its last one is there, too. */
    private boolean has(long domain, Last transaction) {
        return transaction.equals(replicated.domains().get(domain))
                || logged.stream()
                        .anyMatch(gtid -> gtid.domain() == domain
                                && gtid.last().server() == transaction.server()
                                && gtid.last().number() >= transaction.number());
    }

    /** {@return whether all that comes before the positions can be read from the tables} None must be lacking. */
    boolean hasCommitted(ServerConnection server, List<MySqlPosition.MariaDb> positions) throws IOException {
        MariaDbGtids committed = ServerStatus.committedGtids(server).highest(replicated);
        return positions.stream().allMatch(position -> committed.includes(position.executed()));
    }

    /** @throws LogLostException if the server has purged some of what comes behind the position */
    void checkKept(MariaDbGtids position) {
        Map<Long, Last> domains = position.domains();
        String lost = purged.domains().entrySet().stream()
                .filter(last -> !domains.containsKey(last.getKey())
                        || domains.get(last.getKey()).number() < last.getValue().number())
                .map(last -> text(last.getKey(), last.getValue()))
                .collect(Collectors.joining(","));
        if (!lost.isEmpty()) {
            throw new LogLostException(
                    "the server has purged transactions that were not read yet: those behind " + position + " up to "
                            + lost
                            + ". Bring the targets up to date by other means and start from a position that you choose; raise binlog_expire_logs_seconds.",
                    lost,
                    null);
        }
    }

    private static String text(long domain, Last last) {
        return domain + "-" + last.server() + "-" + last.number();
    }
}
