// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.Findings;
import io.millrace.core.LogLostException;
import io.millrace.core.PermanentException;
import io.millrace.core.Position;
import io.millrace.core.Record;
import io.millrace.core.source.LogCodec;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Source;
import io.millrace.core.source.SourceReader;
import io.millrace.mysql.MySqlPosition.Loading;
import io.millrace.mysql.MySqlPosition.Place;
import io.millrace.mysql.internal.binlog.BinlogStream;
import io.millrace.mysql.internal.binlog.ServerConnection;
import io.millrace.mysql.internal.schema.SchemaHistory;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A MySQL server's binlog as a {@link Source}. */
final class MySqlSource implements Source {

    private final MySqlOptions options;
    private final Function<RowsEvent, List<Record>> dmlHook;

    /** The connection that a method is using now, so that {@link #close} can end it. */
    private @Nullable ServerConnection current;

    /** One that asks what tables look like, beside the current one. */
    private @Nullable ServerConnection asking;

    private boolean closed;

    private final DumpFailures failures = new DumpFailures();
    private final SchemaHistory schemas;

    /** Rows that were read, of which not all were handed on when the connection ended. */
    private final AtomicReference<@Nullable LoadedChunk> unfinished = new AtomicReference<>();

    MySqlSource(MySqlOptions options, Function<RowsEvent, List<Record>> dmlHook) {
        this.options = options;
        this.dmlHook = dmlHook;
        this.schemas = new SchemaHistory(options, new SchemaHistory.Server() {
            @Override
            public ServerConnection connect() throws IOException {
                return openBeside();
            }

            @Override
            public Place end(ServerConnection server) throws IOException {
                ServerStatus.Logged end = ServerStatus.end(server);
                return new Place(end.file(), end.offset());
            }
        });
    }

    @Override
    public String type() {
        return "mysql";
    }

    @Override
    public void check(Findings findings) throws IOException {
        try (ServerConnection server = open()) {
            new Preflight(options, server, findings).run();
        }
    }

    @Override
    public Position firstPosition() throws IOException {
        StartFrom start = options.startFrom();
        if (start instanceof StartFrom.Gtids gtids) {
            return MySqlPosition.gtids(gtids.executed());
        }
        try (ServerConnection server = open()) {
            Map<String, String> variables = server.variables("server_uuid", "gtid_mode");
            String uuid = variables.getOrDefault("server_uuid", "");
            if (start instanceof StartFrom.File file) {
                return MySqlPosition.file(uuid, file.file(), file.offset());
            }
            boolean gtids = variables.getOrDefault("gtid_mode", "OFF").equals("ON");
            if (start == StartFrom.Place.LATEST) {
                return end(server, uuid, gtids);
            }
            if (start == StartFrom.Place.INITIAL_LOAD) {
                return new Loading(gtids ? end(server, uuid, true) : endOfCommitted(server, uuid), null, 0, List.of());
            }
            return gtids
                    ? MySqlPosition.gtids(server.gtids("gtid_purged"))
                    : MySqlPosition.file(uuid, ServerStatus.firstFile(server), 4);
        }
    }

    private MySqlPosition end(ServerConnection server, String uuid, boolean gtids) throws IOException {
        ServerStatus.Logged end = ServerStatus.end(server);
        String schema = schemas.beginAt(server, new Place(end.file(), end.offset()));
        return gtids
                ? new MySqlPosition.Gtids(GtidSet.parse(end.executed()), schema)
                : new MySqlPosition.File(uuid, end.file(), end.offset(), null, schema);
    }

    /**
     * {@return the end of the binlog at a moment at which all that is before it can be read from the tables} A file
     * may hold a transaction that is not committed in the tables yet; a set of GTIDs does not.
     */
    private MySqlPosition endOfCommitted(ServerConnection server, String uuid) throws IOException {
        server.execute("FLUSH TABLES WITH READ LOCK");
        try {
            return end(server, uuid, false);
        } finally {
            server.execute("UNLOCK TABLES");
        }
    }

    @Override
    public Position parsePosition(String json) {
        return MySqlPosition.parse(json);
    }

    @Override
    public PositionTracker track(Position position) {
        if (position instanceof Loading loading) {
            return new LoadTracker(loading, track(loading.log()));
        }
        return position instanceof MySqlPosition.Gtids gtids
                ? new GtidTracker(gtids)
                : new FileTracker((MySqlPosition.File) position);
    }

    @Override
    public LogCodec codec() {
        return MySqlLogCodec.INSTANCE;
    }

    @Override
    public SourceReader connect(Position from) throws IOException {
        if (from instanceof Loading loading) {
            return load(loading);
        }
        ServerConnection server = open();
        try {
            checkKind(server);
            LogPlace place;
            BinlogStream stream;
            if (from instanceof MySqlPosition.Gtids gtids) {
                checkHistory(server, gtids.executed());
                schemas.begin(server, gtids.schema());
                stream = server.dumpAfter(gtids.executed().toString());
                Place unknown = new Place("", 4);
                place = new LogPlace(unknown, unknown, true, schemas::id);
            } else {
                MySqlPosition.File file = (MySqlPosition.File) from;
                checkServer(server, file);
                schemas.begin(server, file.schema());
                Place begin = file.begin();
                stream = server.dumpFrom(begin.file(), begin.offset());
                place = new LogPlace(begin, file.place(), false, schemas::id);
            }
            return new BinlogReader(options, server, stream, dmlHook, failures, place, schemas);
        } catch (IOException | RuntimeException e) {
            server.abort();
            throw e;
        }
    }

    private SourceReader load(Loading from) throws IOException {
        ServerConnection server = open();
        try {
            checkKind(server);
            LoadedChunk left = unfinished.get();
            LoadReader reader = new LoadReader(options, server, left == null ? from : left.after(from));
            return new LoadingThenLog(
                    options.pipeline().service(), server, reader, unfinished, () -> connect(from.log()));
        } catch (IOException | RuntimeException e) {
            server.abort();
            throw e;
        }
    }

    /** A server of another kind may stand behind the address by now; its log would be misread. */
    private static void checkKind(ServerConnection server) throws IOException {
        String version = server.version();
        if (Preflight.isMariaDb(version)) {
            throw new PermanentException(
                    "the server is MariaDB (" + version + "), whose binlog is not read by this version", null);
        }
    }

    private static void checkHistory(ServerConnection server, GtidSet position) throws IOException {
        String mode = server.variables("gtid_mode").getOrDefault("gtid_mode", "OFF");
        if (!mode.equals("ON")) {
            throw new PermanentException(
                    "the position is a set of GTIDs, but the server has gtid_mode=" + mode
                            + ". Set gtid_mode=ON, or start from a file and offset.",
                    null);
        }
        GtidSet purged = GtidSet.parse(server.gtids("gtid_purged"));
        GtidSet missing = purged.minus(position);
        if (!missing.isEmpty()) {
            throw new LogLostException(
                    "the server has purged transactions that were not read yet: " + missing
                            + ". Bring the targets up to date by other means and start from a position that you choose; raise binlog_expire_logs_seconds.",
                    missing.toString(),
                    null);
        }
        // A transaction may be sent before it counts as executed. It is owned until then; asked first, none is missed.
        GtidSet owned = GtidSet.parseOwned(server.gtids("gtid_owned"));
        GtidSet executed = GtidSet.parse(server.gtids("gtid_executed"));
        GtidSet unknown = position.minus(executed).minus(owned);
        if (!unknown.isEmpty()) {
            throw new LogLostException(
                    "the server does not have transactions that were read before: " + unknown
                            + ". It is another server, lags behind the one that was read, or was restored or reset.",
                    unknown.toString(),
                    null);
        }
    }

    private static void checkServer(ServerConnection server, MySqlPosition.File position) throws IOException {
        String uuid = server.variables("server_uuid").getOrDefault("server_uuid", "");
        if (!uuid.equals(position.serverUuid())) {
            throw new LogLostException(
                    "the position %s is of server %s, but server %s answers: files and offsets mean nothing there. Connect to the old server, or start from a position that you choose; with GTIDs any replica will do."
                            .formatted(position.toJson(), position.serverUuid(), uuid),
                    position.toJson(),
                    null);
        }
    }

    private ServerConnection open() throws IOException {
        ServerConnection server = new ServerConnection(options);
        synchronized (this) {
            checkOpen();
            current = server;
        }
        return open(server);
    }

    private ServerConnection openBeside() throws IOException {
        ServerConnection server = new ServerConnection(options);
        synchronized (this) {
            checkOpen();
            asking = server;
        }
        return open(server);
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
    }

    private static ServerConnection open(ServerConnection server) throws IOException {
        try {
            server.open();
            return server;
        } catch (IOException | RuntimeException e) {
            server.abort();
            throw e;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (current != null) {
            Objects.requireNonNull(current).abort();
        }
        if (asking != null) {
            Objects.requireNonNull(asking).abort();
        }
    }
}
