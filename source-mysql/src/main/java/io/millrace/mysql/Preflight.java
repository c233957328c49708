// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.Findings;
import io.millrace.core.MillraceException;
import io.millrace.mysql.internal.binlog.ServerConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at everything that keeps a server from being captured, and says of each what mends it. */
final class Preflight {

    private static final Logger LOG = LoggerFactory.getLogger(MySqlBinlogProcessor.class);

    private static final String SCOPE = " ON *.*";

    private final MySqlOptions options;
    private final ServerConnection server;
    private final Findings findings;

    Preflight(MySqlOptions options, ServerConnection server, Findings findings) {
        this.options = options;
        this.server = server;
        this.findings = findings;
    }

    static boolean isMariaDb(String version) {
        return version.toLowerCase(Locale.ROOT).contains("mariadb");
    }

    void run() throws IOException {
        String version = server.version();
        if (isMariaDb(version)) {
            findings.add(
                    "server", version, "must be MySQL: the binlog of MariaDB is not read", "connect to a MySQL server");
            return;
        }
        Map<String, String> variables = server.variables(
                "log_bin",
                "binlog_format",
                "binlog_row_image",
                "binlog_row_metadata",
                "binlog_row_value_options",
                "gtid_mode",
                "server_id");
        checkLog(variables);
        checkRows(variables);
        checkPrivileges();
        checkServerId(variables);
        if (options.startFrom() instanceof StartFrom.Gtids) {
            String mode = variables.getOrDefault("gtid_mode", "OFF");
            if (!mode.equals("ON")) {
                findings.add(
                        "gtid_mode",
                        mode,
                        "must be ON to start from a set of GTIDs",
                        "switch it on, or use StartFrom.file(...)");
            }
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

    private void checkRows(Map<String, String> variables) {
        String metadata = variables.getOrDefault("binlog_row_metadata", "not known to this server");
        if (!metadata.equals("FULL")) {
            checkHistory(metadata);
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

    private void checkHistory(String metadata) {
        Path directory = options.schemaHistory();
        if (directory == null) {
            findings.add(
                    "binlog_row_metadata",
                    metadata,
                    "must be FULL: without it the binlog does not name columns",
                    "SET GLOBAL binlog_row_metadata = 'FULL' (MySQL 8.0.1 or later); or keep a history of the tables by MySqlOptions.schemaHistory(directory)");
        } else if (Files.exists(directory) && !(Files.isDirectory(directory) && Files.isWritable(directory))) {
            findings.add(
                    "schemaHistory",
                    directory.toString(),
                    "must be a directory",
                    "choose one that this user may write to");
        } else {
            LOG.info(
                    "{}: binlog_row_metadata is {}: a history of the tables is kept in {}",
                    options.pipeline().id(),
                    metadata,
                    directory);
        }
    }

    private void checkPrivileges() throws IOException {
        String grants = grants("SHOW GRANTS");
        if (!grants.contains("REPLICATION SLAVE") || !grants.contains("REPLICATION CLIENT")) {
            grants += grantsOfRoles();
        }
        String user = options.user();
        require(grants, "REPLICATION SLAVE", "read the binlog", user);
        require(grants, "REPLICATION CLIENT", "ask where the binlog begins and ends", user);
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
    private String grants(String sql) throws IOException {
        StringBuilder text = new StringBuilder();
        for (@Nullable String[] row : server.query(sql)) {
            String grant = Objects.requireNonNullElse(row[0], "")
                    .toUpperCase(Locale.ROOT)
                    .replace("`", "");
            int scope = grant.indexOf(SCOPE);
            if (scope >= 0) {
                // Behind it stands the account, whose name may look like a privilege.
                text.append(grant, 0, scope).append(SCOPE).append('\n');
            }
        }
        return text.toString();
    }

    private String grantsOfRoles() throws IOException {
        try {
            List<@Nullable String[]> role = server.query("SELECT CURRENT_ROLE()");
            String roles = role.isEmpty() ? null : role.get(0)[0];
            return roles == null || roles.equals("NONE") ? "" : grants("SHOW GRANTS FOR CURRENT_USER() USING " + roles);
        } catch (MillraceException e) {
            // A server without roles refuses the question, and so has none to add.
            return "";
        }
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
