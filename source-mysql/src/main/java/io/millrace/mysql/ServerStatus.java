// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.PermanentException;
import io.millrace.core.TransientException;
import io.millrace.mysql.internal.binlog.ServerConnection;
import io.millrace.mysql.internal.binlog.UnknownStatementException;
import io.millrace.mysql.internal.row.ServerFamily;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a server says of its binlog files. The statements' names differ; the server tells by refusing. */
final class ServerStatus {

    /** Begins the identity of a server of MariaDB. */
    static final String MARIADB = "mariadb:";

    /** More than lies between the log and the tables when a transaction is committed. */
    private static final Duration XA_COMMIT = Duration.ofSeconds(5);

    private ServerStatus() {}

    /** Opens another connection to the server. */
    interface Beside {
        ServerConnection open() throws IOException;
    }

    /**
     * The end of the binlog.
     *
     * @param executed GTIDs of everything before it; empty without GTIDs
     */
    record Logged(String file, long offset, String executed) {}

    private static List<@Nullable String[]> status(ServerConnection server) throws IOException {
        return either(server, "SHOW BINARY LOG STATUS", "SHOW MASTER STATUS");
    }

    /** {@return databases by which the server chooses what it logs; empty if it logs everything} */
    static String filters(ServerConnection server) throws IOException {
        List<@Nullable String[]> rows = status(server);
        return rows.isEmpty() ? "" : (text(rows.get(0)[2]) + " " + text(rows.get(0)[3])).strip();
    }

    /**
     * {@return whether the server replicates another one without logging what it gets} Then its log lacks that, and
     * nothing there says so.
     */
    static boolean keepsReplicatedOutOfLog(ServerConnection server, Beside beside) throws IOException {
        if (!server.variables("log_slave_updates", "log_replica_updates").containsValue("OFF")) {
            return false;
        }
        if (server.family() == ServerFamily.MARIADB) {
            if (!hasSlavesRunning(server)) {
                return false;
            }
            // A server that shuts down counts one, too, but takes no connection any more.
            try (ServerConnection another = beside.open()) {
                if (!identity(another).equals(identity(server))) {
                    throw new TransientException(
                            "the address leads to several servers, one of which may lack in its log what it replicates",
                            null);
                }
                return hasSlavesRunning(another);
            }
        }
        // The twelfth column says whether changes are applied.
        return either(server, "SHOW REPLICA STATUS", "SHOW SLAVE STATUS").stream()
                .anyMatch(row -> "Yes".equals(row[11]));
    }

    private static boolean hasSlavesRunning(ServerConnection server) throws IOException {
        return server.query("SHOW GLOBAL STATUS LIKE 'Slaves_running'").stream().anyMatch(row -> !"0".equals(row[1]));
    }

    /** {@return the end of the binlog} */
    static Logged end(ServerConnection server) throws IOException {
        List<@Nullable String[]> rows = status(server);
        if (rows.isEmpty()) {
            throw new PermanentException(
                    "the server writes no binlog (SHOW MASTER STATUS is empty); set log_bin", null);
        }
        @Nullable String[] row = rows.get(0);
        String executed = row.length > 4 ? Objects.requireNonNullElse(row[4], "") : "";
        return new Logged(text(row[0]), Long.parseLong(text(row[1])), executed);
    }

    /** {@return the oldest binlog file that the server still has} */
    static String firstFile(ServerConnection server) throws IOException {
        List<@Nullable String[]> rows = server.query("SHOW BINARY LOGS");
        if (rows.isEmpty()) {
            throw new PermanentException(
                    "the server has no binlog files (SHOW BINARY LOGS is empty); set log_bin", null);
        }
        return text(rows.get(0)[0]);
    }

    /**
     * {@return what tells the server from others: its UUID} MariaDB has none. Nodes of Galera share an id, so that
     * it goes with what the server makes of its network interface and port; before 10.5.26, 10.6.19, 10.11.9 and 11.4.3
     * with its host, port and directory.
     */
    static String identity(ServerConnection server) throws IOException {
        Map<String, String> all =
                server.variables("server_uuid", "server_id", "server_uid", "hostname", "port", "datadir");
        if (server.family() == ServerFamily.MYSQL) {
            return all.getOrDefault("server_uuid", "");
        }
        String place = String.join(":", text(all.get("hostname")), text(all.get("port")), text(all.get("datadir")));
        String uid = text(all.get("server_uid"));
        return MARIADB + all.get("server_id") + ":" + (uid.isEmpty() ? place.replace('\\', '/') : uid);
    }

    /** {@return the GTIDs of MariaDB before which a binlog file begins} */
    static MariaDbGtids gtidsAt(ServerConnection server, String file) throws IOException {
        return gtidsAt(server, file, "4");
    }

    /**
     * {@return GTIDs of MariaDB up to which all is committed} The log may have more: what is in it already is seen in
     * the tables only a little later.
     */
    static MariaDbGtids committedGtids(ServerConnection server) throws IOException {
        server.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
        server.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
        Map<String, String> snapshot = new HashMap<>();
        for (@Nullable String[] row : server.query("SHOW STATUS LIKE 'binlog_snapshot_%'")) {
            snapshot.put(text(row[0]).toLowerCase(Locale.ROOT), text(row[1]));
        }
        server.execute("COMMIT");
        awaitXaCommits(server);
        return gtidsAt(
                server,
                snapshot.getOrDefault("binlog_snapshot_file", ""),
                snapshot.getOrDefault("binlog_snapshot_position", ""));
    }

    /**
     * A snapshot counts an XA COMMIT as soon as it is logged, a moment before its rows are seen; until then the server
     * says that it is prepared. Of one that stays so for longer, nobody has begun the commit.
     */
    private static void awaitXaCommits(ServerConnection server) throws IOException {
        Set<List<String>> committing = prepared(server);
        long begin = System.nanoTime();
        while (!committing.isEmpty() && System.nanoTime() - begin < XA_COMMIT.toNanos()) {
            server.query("SELECT SLEEP(0.01)");
            committing.retainAll(prepared(server));
        }
    }

    private static Set<List<String>> prepared(ServerConnection server) throws IOException {
        Set<List<String>> ids = new HashSet<>();
        for (@Nullable String[] row : server.query("XA RECOVER")) {
            ids.add(Stream.of(row).map(ServerStatus::text).toList());
        }
        return ids;
    }

    private static MariaDbGtids gtidsAt(ServerConnection server, String file, String offset) throws IOException {
        String gtids = server.query("SELECT BINLOG_GTID_POS('" + file + "', " + offset + ")")
                .get(0)[0];
        if (gtids == null) {
            throw new TransientException("the server knows no GTIDs at " + file + ":" + offset, null);
        }
        return MariaDbGtids.parse(gtids);
    }

    /** {@return rows of the first statement that the server knows} */
    static List<@Nullable String[]> either(ServerConnection server, String modern, String old) throws IOException {
        try {
            return server.query(modern);
        } catch (UnknownStatementException e) {
            return server.query(old);
        }
    }

    private static String text(@Nullable String value) {
        return Objects.requireNonNullElse(value, "");
    }
}
