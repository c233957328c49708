// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.MillraceException;
import io.millrace.core.TransientException;
import io.millrace.mysql.internal.binlog.ServerConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns before a load of what may stop the pipeline behind it, when hours have been spent. */
final class LoadForecast {

    private static final Logger LOG = LoggerFactory.getLogger(MySqlBinlogProcessor.class);

    /** What is loaded where server, network or targets are slow. */
    private static final long BYTES_PER_SECOND = 10_000_000;

    private final ServerConnection server;
    private final MySqlOptions options;

    LoadForecast(ServerConnection server, MySqlOptions options) {
        this.server = server;
        this.options = options;
    }

    void warn() throws IOException {
        warnOfRetention();
        warnOfPrepared();
    }

    private void warnOfRetention() throws IOException {
        Map<String, String> variables =
                server.variables("binlog_expire_logs_seconds", "binlog_expire_logs_auto_purge", "expire_logs_days");
        long kept = Long.parseLong(variables.getOrDefault("binlog_expire_logs_seconds", "0"));
        if (kept == 0) {
            // MariaDB takes parts of days.
            kept = (long) (86_400 * Double.parseDouble(variables.getOrDefault("expire_logs_days", "0")));
        }
        boolean isPurged = kept > 0
                && variables.getOrDefault("binlog_expire_logs_auto_purge", "ON").equals("ON");
        long bytes = isPurged ? bytes() : 0;
        if (bytes / BYTES_PER_SECOND > kept) {
            LOG.warn(
                    "{}: the server keeps its binlog for {}, but to load {} MB may take longer, and it is read only then. Raise binlog_expire_logs_seconds until the load is done: once the log is purged, it has to begin anew",
                    options.pipeline().id(),
                    Duration.ofSeconds(kept),
                    bytes / 1_000_000);
        }
    }

    /** {@return how much is to be loaded; 0 if a server of very many tables takes too long to find out} */
    private long bytes() throws IOException {
        try {
            return LoadTable.bytes(
                    server,
                    options.pipeline().filter(),
                    options.connectTimeout().dividedBy(2));
        } catch (TransientException e) {
            LOG.debug(
                    "{}: how much is to be loaded was not found out",
                    options.pipeline().id(),
                    e);
            return 0;
        }
    }

    /** Their rows are not in the tables yet, and in the log before the place from which it is read. */
    private void warnOfPrepared() throws IOException {
        int count;
        try {
            count = server.query("XA RECOVER").size();
        } catch (MillraceException e) {
            // It takes a right that is needed for nothing else.
            LOG.debug(
                    "{}: which XA transactions are prepared was not found out",
                    options.pipeline().id(),
                    e);
            return;
        }
        if (count > 0) {
            LOG.warn(
                    "{}: {} XA transactions are prepared. The stream stops where one of them is committed, since its rows are not known: let them end first",
                    options.pipeline().id(),
                    count);
        }
    }
}
