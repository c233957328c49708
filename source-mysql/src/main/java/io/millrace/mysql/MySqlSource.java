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
import io.millrace.mysql.internal.row.ServerFamily;
import java.io.IOException;
import java.util.List;
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

    private boolean closed;

    private final DumpFailures failures = new DumpFailures();

    /** Rows that were read, of which not all were handed on when the connection ended. */
    private final AtomicReference<@Nullable LoadedChunk> unfinished = new AtomicReference<>();

    MySqlSource(MySqlOptions options, Function<RowsEvent, List<Record>> dmlHook) {
        this.options = options;
        this.dmlHook = dmlHook;
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
        try (ServerConnection server = open()) {
            return new FirstPosition(server, options.startFrom()).find();
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
        if (position instanceof MySqlPosition.MariaDb gtids) {
            return new MariaDbTracker(gtids);
        }
        return position instanceof MySqlPosition.Gtids gtids
                ? new GtidTracker(gtids.executed())
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
            checkKind(server, from);
            LogPlace place;
            BinlogStream stream;
            if (from instanceof MySqlPosition.Gtids gtids) {
                checkHistory(server, gtids.executed());
                stream = server.dumpAfter(gtids.executed().toString());
                place = LogPlace.ofGtids();
            } else if (from instanceof MySqlPosition.MariaDb gtids) {
                DomainHistory.check(server, gtids.begin());
                stream = server.dumpAfter(gtids.begin().toString());
                place = LogPlace.ofGtids(new DomainPlace(gtids.begin(), gtids.executed()));
            } else {
                MySqlPosition.File file = (MySqlPosition.File) from;
                checkServer(server, file);
                Place begin = file.begin();
                stream = server.dumpFrom(begin.file(), begin.offset());
                place = LogPlace.ofFile(begin, file.place());
            }
            return new BinlogReader(options, server, stream, dmlHook, failures, place);
        } catch (IOException | RuntimeException e) {
            server.abort();
            throw e;
        }
    }

    private SourceReader load(Loading from) throws IOException {
        ServerConnection server = open();
        try {
            checkKind(server, from.log());
            LoadedChunk left = unfinished.get();
            LoadReader reader = new LoadReader(options, server, left == null ? from : left.after(from));
            return new LoadingThenLog(
                    options.pipeline().service(), server, reader, unfinished, () -> connect(from.log()));
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
                            .formatted(
                                    ((MySqlPosition) from).toJson(),
                                    isOfMariaDb ? "MariaDB" : "MySQL",
                                    server.version()),
                    null);
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
        String uuid = ServerStatus.identity(server);
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
            if (closed) {
                throw new IOException("closed");
            }
            current = server;
        }
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
    }
}
