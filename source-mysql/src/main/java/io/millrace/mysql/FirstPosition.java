// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.PermanentException;
import io.millrace.core.Position;
import io.millrace.core.source.load.LoadPosition;
import io.millrace.mysql.MySqlPosition.Place;
import io.millrace.mysql.internal.binlog.ServerConnection;
import io.millrace.mysql.internal.row.ServerFamily;
import io.millrace.mysql.internal.schema.SchemaHistory;
import io.millrace.mysql.internal.schema.SchemaHistory.Begun;
import java.io.IOException;

/** Asks a server for the position that {@link StartFrom} means. */
final class FirstPosition {

    private final ServerConnection server;
    private final MySqlOptions options;
    private final SchemaHistory schemas;
    private final StartFrom start;

    FirstPosition(ServerConnection server, MySqlOptions options, SchemaHistory schemas) {
        this.server = server;
        this.options = options;
        this.schemas = schemas;
        this.start = options.startFrom();
    }

    Position find() throws IOException {
        if (start instanceof StartFrom.File file) {
            return MySqlPosition.file(ServerStatus.identity(server), file.file(), file.offset());
        }
        return server.family() == ServerFamily.MARIADB ? ofMariaDb() : ofMySql();
    }

    private Position ofMySql() throws IOException {
        if (start instanceof StartFrom.Gtids gtids) {
            return MySqlPosition.gtids(gtids.executed());
        }
        if (start instanceof StartFrom.DomainGtids gtids) {
            throw wrongGtids(gtids.executed().toString());
        }
        String mode = server.variables("gtid_mode").getOrDefault("gtid_mode", "OFF");
        boolean gtids = mode.equals("ON");
        if (start == StartFrom.Place.LATEST) {
            return at(ServerStatus.end(server), gtids);
        }
        if (start == StartFrom.Place.INITIAL_LOAD) {
            prepareLoad();
            return new LoadPosition(at(gtids ? ServerStatus.end(server) : endOfCommitted(), gtids), null);
        }
        return gtids
                ? MySqlPosition.gtids(server.gtids("gtid_purged"))
                : MySqlPosition.file(ServerStatus.identity(server), ServerStatus.firstFile(server), 4);
    }

    private void prepareLoad() throws IOException {
        LoadTable.prepare(server, options);
        LoadTable.captured(server, options.pipeline().filter(), null);
        new LoadForecast(server, options).warn();
    }

    private MySqlPosition at(ServerStatus.Logged end, boolean gtids) throws IOException {
        Begun begun = schemas.beginAt(server, new Place(end.file(), end.offset()));
        String schema = begun == null ? null : begun.id();
        String executed = begun == null ? end.executed() : begun.executed();
        return gtids
                ? new MySqlPosition.Gtids(GtidSet.parse(executed), schema)
                : new MySqlPosition.File(ServerStatus.identity(server), end.file(), end.offset(), null, schema);
    }

    /**
     * {@return the end of the binlog at a moment at which all that is before it can be read from the tables} A file
     * may hold a transaction that is not committed in the tables yet; a set of GTIDs does not. The session is
     * {@linkplain LoadTable#prepare prepared}: while it waits for the lock, everybody who writes waits.
     */
    private ServerStatus.Logged endOfCommitted() throws IOException {
        server.execute("FLUSH TABLES WITH READ LOCK");
        try {
            return ServerStatus.end(server);
        } finally {
            server.execute("UNLOCK TABLES");
        }
    }

    private Position ofMariaDb() throws IOException {
        if (start instanceof StartFrom.DomainGtids gtids) {
            return MySqlPosition.gtids(gtids.executed());
        }
        if (start instanceof StartFrom.Gtids gtids) {
            if (!gtids.executed().isEmpty()) {
                throw wrongGtids(gtids.executed().toString());
            }
            return MySqlPosition.gtids(MariaDbGtids.empty());
        }
        if (start == StartFrom.Place.LATEST) {
            return MySqlPosition.gtids(MariaDbGtids.parse(server.gtids("gtid_binlog_pos")));
        }
        if (start == StartFrom.Place.INITIAL_LOAD) {
            prepareLoad();
            return new LoadPosition(MySqlPosition.gtids(ServerStatus.committedGtids(server)), null);
        }
        return MySqlPosition.gtids(ServerStatus.gtidsAt(server, ServerStatus.firstFile(server)));
    }

    private PermanentException wrongGtids(String gtids) throws IOException {
        return new PermanentException(
                "StartFrom.gtids(\"%s\") is not of the server's kind: it is %s. MySQL's are those of @@gtid_executed, MariaDB's those of @@gtid_binlog_pos."
                        .formatted(gtids, server.version()),
                null);
    }
}
