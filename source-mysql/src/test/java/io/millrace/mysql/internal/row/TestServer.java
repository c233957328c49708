// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** TEMPORARY: until the testkit's server is there. */
final class TestServer {

    private TestServer() {}

    static Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:mysql://127.0.0.1:33999/?sslMode=DISABLED&allowPublicKeyRetrieval=true", "root", "");
    }

    static Path dataDirectory() {
        return Path.of("/tmp/rowsrv/d/data");
    }
}
