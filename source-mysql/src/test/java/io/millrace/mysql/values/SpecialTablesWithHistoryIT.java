// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import io.millrace.testkit.MySqlServers;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;

/** The same where the log does not name columns. */
@ParameterizedClass(autoCloseArguments = false)
@MySqlServers(MySqlRelease.MYSQL_8_0)
class SpecialTablesWithHistoryIT extends SpecialTablesIT {

    @TempDir
    Path directory;

    @BeforeParameterizedClassInvocation
    static void logNoNames(MySqlServer server) throws SQLException {
        server.execute("SET GLOBAL binlog_row_metadata = 'MINIMAL'");
    }

    @AfterParameterizedClassInvocation
    static void logNames(MySqlServer server) throws SQLException {
        server.execute("SET GLOBAL binlog_row_metadata = 'FULL'");
    }

    @Override
    Path history() {
        return directory;
    }
}
