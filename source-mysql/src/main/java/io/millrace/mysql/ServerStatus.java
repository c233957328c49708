// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.MillraceException;
import io.millrace.core.PermanentException;
import io.millrace.mysql.internal.binlog.ServerConnection;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a server says of its binlog files. The statements' names differ; the server tells by refusing. */
final class ServerStatus {

    private ServerStatus() {}

    /**
     * The end of the binlog.
     *
     * @param executed GTIDs of everything before it; empty without GTIDs
     */
    record Logged(String file, long offset, String executed) {}

    /** {@return the end of the binlog} */
    static Logged end(ServerConnection server) throws IOException {
        List<@Nullable String[]> rows = either(server, "SHOW BINARY LOG STATUS", "SHOW MASTER STATUS");
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

    /** {@return rows of the first statement that the server accepts} */
    static List<@Nullable String[]> either(ServerConnection server, String modern, String old) throws IOException {
        try {
            return server.query(modern);
        } catch (MillraceException e) {
            return server.query(old);
        }
    }

    private static String text(@Nullable String value) {
        return Objects.requireNonNullElse(value, "");
    }
}
