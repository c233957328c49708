// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.millrace.testkit.MySqlServer;
import java.sql.SQLException;
import java.util.List;

/** What tests ask of servers of both families in different words. */
final class TestServers {

    private TestServers() {}

    /** Leaves out the test on MariaDB. */
    static void onlyMySql(MySqlServer server, String why) {
        assumeFalse(server.release().isMariaDb(), why);
    }

    /** {@return what positions in files call the server} */
    static String identity(MySqlServer server) throws SQLException {
        return server.release().isMariaDb()
                ? "mariadb:"
                        + server.query("SELECT CONCAT(@@server_id, ':', @@server_uid)")
                                .get(0)
                                .get(0)
                : server.serverUuid();
    }

    /** {@return the end of the binlog as a file and an offset} */
    static StartFrom.File end(MySqlServer server) throws SQLException {
        List<String> status = server.query("SHOW MASTER STATUS").get(0);
        return new StartFrom.File(status.get(0), Long.parseLong(status.get(1)));
    }

    /**
     * {@return the id of the first transaction that was executed since then}
     *
     * @param before what the server had executed
     */
    static String firstSince(MySqlServer server, String before) throws SQLException {
        if (server.release().isMariaDb()) {
            int number = before.lastIndexOf('-') + 1;
            return before.substring(0, number) + (Long.parseLong(before.substring(number)) + 1);
        }
        return GtidSet.parse(server.executedGtids())
                .minus(GtidSet.parse(before))
                .toString()
                .replaceFirst("(:[0-9]+)-[0-9]+$", "$1");
    }
}
