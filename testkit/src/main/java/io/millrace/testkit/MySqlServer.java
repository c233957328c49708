// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import io.millrace.testkit.internal.MySqlInstallation;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A real MySQL or MariaDB server. It writes a binlog in row format with full metadata, where it can, and has GTIDs and
 * TLS. It is made to be fast, not durable, unless {@link Builder#durable()} is asked for.
 *
 * <p>Needs the artifact of its {@link MySqlRelease} and MySQL's JDBC driver on the class path. Methods that run SQL use
 * a connection of their own each time, and may be called by any thread.
 */
public final class MySqlServer extends LocalServer {

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final MySqlRelease release;
    private final MySqlInstallation installation;
    private final Map<String, @Nullable String> options;

    private MySqlServer(Builder builder) throws IOException {
        super("mysqld", "mysql", true);
        this.release = builder.release;
        this.installation = release.installation(builder.ownLibraries);
        this.options = new LinkedHashMap<>(builder.options);
    }

    /** {@return a running server of MySQL 8.0 with the default options} */
    public static MySqlServer start() throws IOException {
        return builder().start();
    }

    /** {@return a builder of a server of MySQL 8.0} */
    public static Builder builder() {
        return builder(MySqlRelease.MYSQL_8_0);
    }

    public static Builder builder(MySqlRelease release) {
        return new Builder(release);
    }

    /** {@return the folder with the server's data and binlog files} */
    public Path dataFolder() {
        return folder().resolve("data");
    }

    @Override
    void prepare() throws IOException {
        String lowerCase = options.get("lower-case-table-names");
        installation.initialise(dataFolder(), lowerCase == null ? "0" : lowerCase);
    }

    @Override
    List<String> command() {
        List<String> command = new ArrayList<>(installation.command(dataFolder()));
        command.add("--bind-address=" + host());
        command.add("--port=" + port());
        command.add("--socket=" + folder().resolve("s.sock"));
        command.add("--pid-file=" + folder().resolve("mysqld.pid"));
        // A server that starts deletes what it finds there of others.
        command.add("--tmpdir=" + folder());
        options.forEach((name, value) -> command.add("--" + name + (value == null ? "" : "=" + value)));
        return command;
    }

    @Override
    Map<String, String> environment() {
        return installation.environment();
    }

    public MySqlRelease release() {
        return release;
    }

    /** {@return the name of a user who may do everything} */
    public String user() {
        return "root";
    }

    /** {@return the password of {@link #user()}: none} */
    public String password() {
        return "";
    }

    /**
     * {@return where a statement that gets no answer for two minutes fails, rather than hang} It is without TLS, of which
     * each connection would take ten times as long.
     *
     * @param database the default database; empty for none
     */
    public String jdbcUrl(String database) {
        return "jdbc:mysql://" + host() + ":" + port() + "/" + database
                + "?sslMode=DISABLED&allowPublicKeyRetrieval=true"
                + "&rewriteBatchedStatements=true&useServerPrepStmts=false"
                + "&socketTimeout=120000";
    }

    /** {@return a new JDBC connection without a default database} */
    public Connection connect() throws SQLException {
        return connect("");
    }

    /** {@return a new JDBC connection} */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), user(), password());
    }

    /** Runs statements in one session, each its own transaction. */
    public void execute(String... sql) throws SQLException {
        executeIn("", sql);
    }

    /**
     * Runs statements in one session with that default database, each its own transaction. What is prepared by XA can be
     * ended by another session afterwards.
     */
    public void executeIn(String database, String... sql) throws SQLException {
        String session = "";
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String text : sql) {
                statement.execute(text);
                if (text.startsWith("XA PREPARE")) {
                    session = idOf(statement);
                }
            }
        }
        if (!session.isEmpty()) {
            awaitEnd(session);
        }
    }

    private static String idOf(Statement statement) throws SQLException {
        try (ResultSet id = statement.executeQuery("SELECT CONNECTION_ID()")) {
            id.next();
            return id.getString(1);
        }
    }

    /** The server hears a little later that a connection was closed. */
    private void awaitEnd(String session) throws SQLException {
        while (!query("SELECT id FROM information_schema.processlist WHERE id = " + session)
                .isEmpty()) {
            execute("DO SLEEP(0.005)");
        }
    }

    /** Runs statements as one transaction. */
    public void transaction(String... sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (String text : sql) {
                statement.execute(text);
            }
            connection.commit();
        }
    }

    /** {@return the rows of a query, their values as text} */
    public List<List<@Nullable String>> query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<List<@Nullable String>> rows = new ArrayList<>();
            while (result.next()) {
                List<@Nullable String> row = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.add(result.getString(i));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    private String value(String sql) throws SQLException {
        return String.valueOf(query(sql).get(0).get(0));
    }

    /** {@return the name of a new database, empty and of nobody else} */
    public String createDatabase() throws SQLException {
        String name = "db" + DATABASES.incrementAndGet();
        execute("CREATE DATABASE " + name);
        return name;
    }

    /** {@return the server's UUID; MariaDB has none} */
    public String serverUuid() throws SQLException {
        return value("SELECT @@server_uuid");
    }

    /** {@return GTIDs of everything that was committed; MariaDB tells the last of each domain} */
    public String executedGtids() throws SQLException {
        String variable = release.isMariaDb() ? "gtid_binlog_pos" : "gtid_executed";
        return value("SELECT @@GLOBAL." + variable).replace("\n", "");
    }

    /** Options of a server; they are mysqld's own, without the leading dashes. Not thread-safe. */
    public static final class Builder {

        private final MySqlRelease release;
        private final Map<String, @Nullable String> options = new LinkedHashMap<>();
        private boolean ownLibraries;

        private Builder(MySqlRelease release) {
            this.release = release;
            option("server-id", "1");
            option("log-bin", "binlog");
            option("binlog-format", "ROW");
            option("binlog-row-image", "FULL");
            option("performance-schema", "OFF");
            option("innodb-buffer-pool-size", "32M");
            option("innodb-doublewrite", "OFF");
            option("innodb-flush-log-at-trx-commit", "0");
            option("sync-binlog", "0");
            option("innodb-fast-shutdown", "2");
            option("max-connections", "60");
            option("max-allowed-packet", "1G");
            option("table-open-cache", "100");
            option("table-definition-cache", "400");
            option("skip-name-resolve", null);
            release.addOptions(this);
        }

        /** @param value null for an option that is only named */
        public Builder option(String name, @Nullable String value) {
            options.put(name, value);
            return this;
        }

        /** Leaves out an option that is set by default. */
        public Builder without(String name) {
            options.remove(name);
            return this;
        }

        /**
         * What was committed outlives {@link MySqlServer#kill()}: for tests of crashes. It is in the files, though
         * not on the disk: the machine must not crash.
         */
        public Builder durable() {
            return option("innodb-doublewrite", "ON").option("innodb-flush-log-at-trx-commit", "2");
        }

        /** Uses libaio and libnuma as the testkit writes them even where the system has its own. */
        public Builder ownLibraries() {
            ownLibraries = true;
            return this;
        }

        /**
         * {@return the running server}
         *
         * @throws IOException if it cannot be started, with the end of its error log
         * @throws UnsupportedPlatformException if this is not Linux x86-64
         */
        public MySqlServer start() throws IOException {
            UnsupportedPlatformException.check("MySQL");
            MySqlServer server = new MySqlServer(this);
            server.begin();
            return server;
        }
    }
}
