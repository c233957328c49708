// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import io.millrace.testkit.MySqlServer;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The same where the log does not name columns. */
class SpecialTablesWithHistoryIT extends SpecialTablesIT {

    @TempDir
    Path directory;

    @BeforeAll
    static void logNoNames(MySqlServer server) throws SQLException {
        server.execute("SET GLOBAL binlog_row_metadata = 'MINIMAL'");
    }

    @AfterAll
    static void logNames(MySqlServer server) throws SQLException {
        server.execute("SET GLOBAL binlog_row_metadata = 'FULL'");
    }

    @Override
    Path history() {
        return directory;
    }
}
