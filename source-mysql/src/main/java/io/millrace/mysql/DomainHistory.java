// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.LogLostException;
import io.millrace.mysql.MariaDbGtids.Last;
import io.millrace.mysql.internal.binlog.ServerConnection;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a server of MariaDB has of the log behind a position. That it has the position's own transactions the server
 * checks when it is asked for a dump, but for domains of which it has none at all: for those it would wait.
 */
final class DomainHistory {

    private DomainHistory() {}

    /** @throws LogLostException if the server does not have what comes behind the position */
    static void check(ServerConnection server, MariaDbGtids position) throws IOException {
        Set<Long> known = Stream.of(server.gtids("gtid_binlog_state"), server.gtids("gtid_slave_pos"))
                .flatMap(gtids -> Stream.of(gtids.split(",")))
                .map(String::strip)
                .filter(gtid -> !gtid.isEmpty())
                .map(gtid -> Long.valueOf(gtid.substring(0, gtid.indexOf('-'))))
                .collect(Collectors.toSet());
        Map<Long, Last> domains = position.domains();
        String unknown = domains.entrySet().stream()
                .filter(last -> !known.contains(last.getKey()))
                .map(last -> text(last.getKey(), last.getValue()))
                .collect(Collectors.joining(","));
        if (!unknown.isEmpty()) {
            throw new LogLostException(
                    "the server does not have transactions that were read before: " + unknown
                            + ". It is another server, lags behind the one that was read, or was restored or reset.",
                    unknown,
                    null);
        }
        MariaDbGtids first = MariaDbGtids.parse(ServerStatus.gtidsAt(server, ServerStatus.firstFile(server)));
        String purged = first.domains().entrySet().stream()
                .filter(last -> !domains.containsKey(last.getKey())
                        || domains.get(last.getKey()).number() < last.getValue().number())
                .map(last -> text(last.getKey(), last.getValue()))
                .collect(Collectors.joining(","));
        if (!purged.isEmpty()) {
            throw new LogLostException(
                    "the server has purged transactions that were not read yet: those behind " + position + " up to "
                            + purged
                            + ". Bring the targets up to date by other means and start from a position that you choose; raise binlog_expire_logs_seconds.",
                    purged,
                    null);
        }
    }

    private static String text(long domain, Last last) {
        return domain + "-" + last.server() + "-" + last.number();
    }
}
