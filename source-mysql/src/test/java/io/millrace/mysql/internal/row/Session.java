// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import io.millrace.testkit.MySqlServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A test's connection to the server, in a database of its own, and what the server logged of it. */
final class Session implements AutoCloseable {

    private final Path folder;
    private final String database;
    private final Connection connection;
    private final Statement statement;

    /** Invalid values are stored as the server likes, so that zero dates and their like get in. */
    Session(MySqlServer server) throws SQLException {
        folder = server.dataFolder();
        database = server.createDatabase();
        connection = server.connect(database);
        statement = connection.createStatement();
        run("SET time_zone = '+00:00', sql_mode = ''");
    }

    String database() {
        return database;
    }

    void run(String sql) throws SQLException {
        statement.execute(sql);
    }

    /** {@return the first column of each row} */
    List<@Nullable String> query(String sql) throws SQLException {
        try (ResultSet result = statement.executeQuery(sql)) {
            List<@Nullable String> values = new ArrayList<>();
            while (result.next()) {
                values.add(result.getString(1));
            }
            return values;
        }
    }

    /** Runs statements and {@return the events that the server logged for them} */
    List<BinlogFile.Event> eventsOf(String... sql) throws SQLException {
        String file;
        long from;
        try (ResultSet status = statement.executeQuery("SHOW MASTER STATUS")) {
            status.next();
            file = status.getString(1);
            from = status.getLong(2);
        }
        for (String one : sql) {
            run(one);
        }
        Path path = folder.resolve(file);
        try (ResultSet status = statement.executeQuery("SHOW MASTER STATUS")) {
            status.next();
            return BinlogFile.events(path, from, status.getLong(2));
        }
    }

    /** Runs statements and {@return the rows that the server logged for them} */
    List<LoggedRow> rowsOf(String... sql) throws SQLException {
        return BinlogFile.rows(eventsOf(sql));
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
