// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.Findings;
import io.millrace.core.MillraceException;
import io.millrace.core.PermanentException;
import io.millrace.core.TableId;
import io.millrace.core.TransientException;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.internal.binlog.ServerConnection;
import io.millrace.mysql.internal.row.ServerFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at everything that keeps a server from being captured, and says of each what mends it. */
final class Preflight {

    private static final Logger LOG = LoggerFactory.getLogger(MySqlBinlogProcessor.class);

    private static final String SCOPE = " ON *.*";

    private static final Pattern PARTIAL_REVOKE = Pattern.compile("REVOKE [^`]* ON `((?:[^`]|``)*)`\\.\\*");

    /** Stands for a name that nobody gives. */
    private static final String NO_NAME = "no such name";

    private final MySqlOptions options;
    private final ServerConnection server;
    private final ServerStatus.Beside beside;
    private final Findings findings;

    Preflight(MySqlOptions options, ServerConnection server, ServerStatus.Beside beside, Findings findings) {
        this.options = options;
        this.server = server;
        this.beside = beside;
        this.findings = findings;
    }

    void run() throws IOException {
        Map<String, String> variables = server.variables(
                "log_bin",
                "binlog_format",
                "binlog_row_image",
                "binlog_row_metadata",
                "binlog_row_value_options",
                "gtid_mode",
                "server_id");
        checkLog(variables);
        checkReplica();
        checkRows(variables);
        if (isLoad()) {
            // Grants are shown in the quotes that the session has.
            LoadTable.prepare(server, options);
        }
        List<String> grants = grants();
        checkPrivileges(variables, onEverything(grants));
        checkServerId(variables);
        if (isLoad()) {
            checkReading(revoked(grants));
        }
        if (server.family() == ServerFamily.MARIADB) {
            checkStartOfMariaDb();
        } else {
            checkStartOfMySql(variables);
        }
    }

    private boolean isLoad() {
        return options.startFrom() == StartFrom.Place.INITIAL_LOAD;
    }

    private void checkStartOfMySql(Map<String, String> variables) throws IOException {
        if (options.startFrom() instanceof StartFrom.DomainGtids gtids) {
            refuseGtids(gtids.executed().toString());
        }
        String mode = variables.getOrDefault("gtid_mode", "OFF");
        if (options.startFrom() instanceof StartFrom.Gtids && !mode.equals("ON")) {
            findings.add(
                    "gtid_mode",
                    mode,
                    "must be ON to start from a set of GTIDs",
                    "switch it on, or use StartFrom.file(...)");
        }
    }

    private void checkStartOfMariaDb() throws IOException {
        if (options.startFrom() instanceof StartFrom.Gtids gtids
                && !gtids.executed().isEmpty()) {
            refuseGtids(gtids.executed().toString());
        }
    }

    private void refuseGtids(String gtids) throws IOException {
        findings.add(
                "startFrom",
                gtids,
                "is not of the kind of the server, " + server.version(),
                "take MySQL's from SELECT @@gtid_executed, MariaDB's from SELECT @@gtid_binlog_pos");
    }

    private void checkReplica() throws IOException {
        boolean isBlind = false;
        try {
            isBlind = ServerStatus.keepsReplicatedOutOfLog(server, beside);
        } catch (MillraceException e) {
            // Without REPLICATION CLIENT this is refused, which is a finding already.
        }
        if (isBlind) {
            findings.add(
                    "log_slave_updates",
                    "OFF",
                    "must be ON where the server replicates another one: its log lacks what it gets",
                    "set log_slave_updates=ON (MySQL: log_replica_updates) and restart the server, or read from the one that it replicates");
        }
    }

    private void checkLog(Map<String, String> variables) {
        if (!variables.getOrDefault("log_bin", "OFF").equals("ON")) {
            findings.add(
                    "log_bin", "OFF", "must be ON", "set log_bin=binlog in the server's configuration and restart it");
        }
        String format = variables.getOrDefault("binlog_format", "ROW");
        if (!format.equals("ROW") && options.statementDml() == StatementDml.DELIVER) {
            LOG.warn(
                    "{}: binlog_format is {}: changes that it logs as statements are delivered as such",
                    options.pipeline().id(),
                    format);
        } else if (!format.equals("ROW")) {
            findings.add(
                    "binlog_format",
                    format,
                    "must be ROW: other formats log statements, not rows",
                    "SET GLOBAL binlog_format = 'ROW', and reconnect the applications; or take statements by statementDml(DELIVER)");
        }
    }

    private void checkRows(Map<String, String> variables) throws IOException {
        String metadata = variables.getOrDefault("binlog_row_metadata", "not known to this server");
        if (!metadata.equals("FULL")) {
            checkSchemaHistory(metadata);
        }
        String image = variables.getOrDefault("binlog_row_image", "FULL");
        if (!image.equals("FULL")) {
            LOG.warn(
                    "{}: binlog_row_image is {}: columns that a change did not touch are absent from its records",
                    options.pipeline().id(),
                    image);
        }
        String rowValues = variables.getOrDefault("binlog_row_value_options", "");
        if (!rowValues.isEmpty() && image.equals("MINIMAL")) {
            findings.add(
                    "binlog_row_value_options",
                    rowValues,
                    "must be empty where binlog_row_image is MINIMAL: a difference says nothing without the value before",
                    "SET GLOBAL binlog_row_value_options = '', or SET GLOBAL binlog_row_image = 'FULL'");
        }
    }

    private void checkSchemaHistory(String metadata) throws IOException {
        Path directory = options.schemaHistory();
        if (directory == null) {
            findings.add(
                    "binlog_row_metadata",
                    metadata,
                    "must be FULL: without it the binlog does not name columns",
                    "SET GLOBAL binlog_row_metadata = 'FULL' (MySQL 8.0.1, MariaDB 10.5 or later); or keep a history of the tables by MySqlOptions.schemaHistory(directory)");
        } else if (Files.exists(directory) && !(Files.isDirectory(directory) && Files.isWritable(directory))) {
            findings.add(
                    "schemaHistory",
                    directory.toString(),
                    "must be a directory",
                    "choose one that this user may write to");
        } else {
            checkStatements();
            LOG.info(
                    "{}: binlog_row_metadata is {}: a history of the tables is kept in {}",
                    options.pipeline().id(),
                    metadata,
                    directory);
        }
    }

    /** Which statements are logged depends on the database of their session, whatever tables they change. */
    private void checkStatements() throws IOException {
        String filters = "";
        try {
            filters = ServerStatus.filters(server);
        } catch (MillraceException e) {
            // Without REPLICATION CLIENT this is refused, which is a finding already.
        }
        if (!filters.isEmpty()) {
            findings.add(
                    "binlog_do_db, binlog_ignore_db",
                    filters,
                    "must not be set where the log does not name columns: it may lack changes of tables of which it has rows",
                    "restart the server without them, or SET GLOBAL binlog_row_metadata = 'FULL' (MySQL 8.0.1 or later)");
        }
    }

    private void checkPrivileges(Map<String, String> variables, String grants) {
        String user = options.user();
        require(grants, "REPLICATION SLAVE", "read the binlog", user);
        String status = grants.contains("BINLOG MONITOR") ? "BINLOG MONITOR" : "REPLICATION CLIENT";
        require(grants, status, "ask where the binlog begins and ends", user);
        boolean hasGtids = server.family() == ServerFamily.MARIADB
                || variables.getOrDefault("gtid_mode", "OFF").equals("ON");
        if (isLoad() && !hasGtids && !grants.contains("FLUSH_TABLES")) {
            require(grants, "RELOAD", "lock all tables while the end of the binlog is noted", user);
        }
    }

    /**
     * A server does not show tables to those who have no rights to them, and would so keep them from being loaded. It
     * refuses to read what it does not show, be it there or not.
     */
    private void checkReading(Set<String> revoked) throws IOException {
        TableFilter filter = options.pipeline().filter();
        for (TableId table : filter.representatives(NO_NAME)) {
            checkReading(table);
            for (String database : table.database().equals(NO_NAME) ? revoked : Set.<String>of()) {
                TableId there = new TableId(database, table.name());
                if (filter.includes(there)) {
                    checkReading(there);
                }
            }
        }
    }

    private void checkReading(TableId table) throws IOException {
        try {
            server.query(LoadTable.nothingOf(table));
        } catch (PermanentException e) {
            String scope = name(table.database()) + "." + name(table.name());
            findings.add(
                    "privilege SELECT",
                    "missing for user '" + options.user() + "' on " + scope,
                    "is needed to load what the filter takes in",
                    "GRANT SELECT ON " + scope + " TO '" + options.user() + "'@'<host>', or narrow the filter");
        } catch (TransientException e) {
            LOG.debug("{}: {} is not there to be loaded", options.pipeline().id(), table);
        }
    }

    /** {@return databases that are left out of what the user holds on everything, but for those of the server} */
    private static Set<String> revoked(List<String> grants) {
        Set<String> databases = new TreeSet<>();
        for (String grant : grants) {
            Matcher revoke = PARTIAL_REVOKE.matcher(grant);
            if (revoke.lookingAt()) {
                databases.add(revoke.group(1).replace("``", "`"));
            }
        }
        databases.removeAll(LoadTable.SYSTEM_DATABASES);
        return databases;
    }

    private static String name(String of) {
        return of.equals(NO_NAME) ? "*" : LoadTable.quoted(of);
    }

    private void require(String grants, String privilege, String purpose, String user) {
        boolean all = grants.contains("ALL PRIVILEGES ON *.*") || grants.contains("SUPER");
        if (!all && !grants.contains(privilege)) {
            findings.add(
                    "privilege " + privilege,
                    "missing for user '" + user + "'",
                    "is needed to " + purpose,
                    "GRANT " + privilege + " ON *.* TO '" + user + "'@'<host>'");
        }
    }

    /** {@return what the user holds on everything; privileges on single databases do not help here} */
    private static String onEverything(List<String> grants) {
        StringBuilder text = new StringBuilder();
        for (String row : grants) {
            String grant = row.toUpperCase(Locale.ROOT).replace("`", "");
            int scope = grant.indexOf(SCOPE);
            if (scope >= 0) {
                // Behind it stands the account, whose name may look like a privilege.
                text.append(grant, 0, scope).append(SCOPE).append('\n');
            }
        }
        return text.toString();
    }

    /** {@return what the user holds, by itself and by the roles that are active} */
    private List<String> grants() throws IOException {
        List<String> grants = new ArrayList<>(grants("SHOW GRANTS"));
        try {
            List<@Nullable String[]> role = server.query("SELECT CURRENT_ROLE()");
            String roles = role.isEmpty() ? null : role.get(0)[0];
            if (roles != null && !roles.equals("NONE")) {
                grants.addAll(grants("SHOW GRANTS FOR CURRENT_USER() USING " + roles));
            }
        } catch (MillraceException e) {
            // A server without roles refuses the question, and so has none to add.
        }
        return grants;
    }

    private List<String> grants(String sql) throws IOException {
        return server.query(sql).stream()
                .map(row -> Objects.requireNonNullElse(row[0], ""))
                .toList();
    }

    private void checkServerId(Map<String, String> variables) throws IOException {
        String mine = Long.toString(options.serverId());
        boolean taken = mine.equals(variables.get("server_id"));
        try {
            for (@Nullable String[] replica : ServerStatus.either(server, "SHOW REPLICAS", "SHOW SLAVE HOSTS")) {
                taken |= mine.equals(replica[0]);
            }
        } catch (MillraceException e) {
            // Without REPLICATION SLAVE this is refused too, which is a finding already.
        }
        if (taken) {
            findings.add(
                    "serverId",
                    mine,
                    "is in use by the server or one of its replicas",
                    "choose another with MySqlOptions.serverId, or another pipeline id");
        }
    }
}
