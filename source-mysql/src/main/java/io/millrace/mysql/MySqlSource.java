// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.Findings;
import io.millrace.core.PermanentException;
import io.millrace.core.Position;
import io.millrace.core.Record;
import io.millrace.core.source.LogCodec;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Source;
import io.millrace.core.source.SourceReader;
import io.millrace.core.source.load.LoadCodec;
import io.millrace.core.source.load.LoadPosition;
import io.millrace.core.source.load.LoadTracker;
import io.millrace.core.source.load.LoadedChunk;
import io.millrace.core.source.load.LoadingThenLog;
import io.millrace.mysql.MySqlPosition.Place;
import io.millrace.mysql.internal.binlog.BinlogStream;
import io.millrace.mysql.internal.binlog.ServerConnection;
import io.millrace.mysql.internal.row.ServerFamily;
import io.millrace.mysql.internal.schema.SchemaHistory;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
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
    private final LogHistory logs;
    private final SchemaHistory schemas;

    /** Rows that were read, of which not all were handed on when the connection ended. */
    private final AtomicReference<@Nullable LoadedChunk> unfinished = new AtomicReference<>();

    private final String run = Long.toHexString(ThreadLocalRandom.current().nextLong()) + ".";

    MySqlSource(MySqlOptions options, Function<RowsEvent, List<Record>> dmlHook) {
        this.options = options;
        this.dmlHook = dmlHook;
        this.logs = new LogHistory(options);
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

            @Override
            public String identity(ServerConnection server) throws IOException {
                return ServerStatus.identity(server);
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
            new Preflight(options, server, this::openBeside, findings).run();
        }
    }

    @Override
    public Position firstPosition() throws IOException {
        try (ServerConnection server = open()) {
            return new FirstPosition(server, options, schemas).find();
        }
    }

    @Override
    public Position parsePosition(String json) {
        return LoadPosition.parse(json, MySqlPosition::parse);
    }

    @Override
    public PositionTracker track(Position position) {
        return LoadTracker.at(position, MySqlSource::trackLog);
    }

    private static PositionTracker trackLog(Position position) {
        if (position instanceof MySqlPosition.MariaDb gtids) {
            return new MariaDbTracker(gtids);
        }
        return position instanceof MySqlPosition.Gtids gtids
                ? new GtidTracker(gtids)
                : new FileTracker((MySqlPosition.File) position);
    }

    @Override
    public LogCodec codec() {
        return new LoadCodec(MySqlLogCodec.INSTANCE);
    }

    @Override
    public void targetsBeginAt(List<Position> positions) {
        logs.targetsBeginAt(positions);
    }

    @Override
    public SourceReader connect(Position from) throws IOException {
        if (from instanceof LoadPosition loading) {
            return load(loading);
        }
        ServerConnection server = open();
        try {
            checkKind(server, from);
            LogHistory.checkReplica(server, this::openBeside);
            LogPlace place;
            BinlogStream stream;
            if (from instanceof MySqlPosition.Gtids gtids) {
                GtidSet lost = logs.check(server, gtids.executed());
                // Among them may be what the state of the tables goes back to.
                schemas.begin(server, lost.isEmpty() ? gtids.schema() : null);
                stream = server.dumpAfter(gtids.executed().toString());
                place = LogPlace.ofGtids(schemas::id);
            } else if (from instanceof MySqlPosition.MariaDb gtids) {
                logs.check(server, gtids);
                schemas.begin(server);
                stream = server.dumpAfter(gtids.begin().toString());
                place = LogPlace.ofGtids(new DomainPlace(gtids.begin(), gtids.executed()));
            } else {
                MySqlPosition.File file = (MySqlPosition.File) from;
                logs.check(server, file);
                schemas.begin(server, file.schema());
                Place begin = file.begin();
                stream = server.dumpFrom(begin.file(), begin.offset());
                place = LogPlace.ofFile(begin, file.place(), schemas::id);
            }
            return new BinlogReader(options, server, stream, dmlHook, failures, place, schemas);
        } catch (IOException | RuntimeException e) {
            server.abort();
            throw e;
        }
    }

    private SourceReader load(LoadPosition from) throws IOException {
        ServerConnection server = open();
        try {
            checkKind(server, from.log());
            LogHistory.checkReplica(server, this::openBeside);
            LoadedChunk left = unfinished.get();
            LoadPosition place = left == null ? from : new LoadPosition(from.log(), left.end());
            LoadReader reader = new LoadReader(options, server, logs, place, run);
            return new LoadingThenLog(options.pipeline().service(), reader, unfinished, () -> connect(from.log()));
        } catch (IOException | RuntimeException e) {
            server.abort();
            throw e;
        }
    }

    /** A server of another kind may stand behind the address by now. */
    private static void checkKind(ServerConnection server, Position from) throws IOException {
        boolean isOfMariaDb = from instanceof MySqlPosition.File file
                ? file.serverUuid().startsWith(ServerStatus.MARIADB)
                : from instanceof MySqlPosition.MariaDb;
        if (isOfMariaDb != (server.family() == ServerFamily.MARIADB)) {
            throw new PermanentException(
                    "the position %s is one of %s, but the server is %s, which does not understand it. Connect to the old server, or start from a position that you choose."
                            .formatted(from.toJson(), isOfMariaDb ? "MariaDB" : "MySQL", server.version()),
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
