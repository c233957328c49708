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
import io.millrace.mysql.MySqlPosition.Loading;
import io.millrace.mysql.MySqlPosition.Place;
import io.millrace.mysql.internal.binlog.BinlogStream;
import io.millrace.mysql.internal.binlog.ServerConnection;
import java.io.IOException;
import java.util.List;
import java.util.Map;
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

    private boolean closed;

    private final DumpFailures failures = new DumpFailures();
    private final LogHistory history;

    /** Rows that were read, of which not all were handed on when the connection ended. */
    private final AtomicReference<@Nullable LoadedChunk> unfinished = new AtomicReference<>();

    private final String run = Long.toHexString(ThreadLocalRandom.current().nextLong()) + ".";

    MySqlSource(MySqlOptions options, Function<RowsEvent, List<Record>> dmlHook) {
        this.options = options;
        this.dmlHook = dmlHook;
        this.history = new LogHistory(options);
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
                LoadTable.prepare(server, options);
                new LoadForecast(server, options).warn();
                return new Loading(gtids ? end(server, uuid, true) : endOfCommitted(server, uuid), null);
            }
            return gtids
                    ? MySqlPosition.gtids(server.gtids("gtid_purged"))
                    : MySqlPosition.file(uuid, ServerStatus.firstFile(server), 4);
        }
    }

    private static MySqlPosition end(ServerConnection server, String uuid, boolean gtids) throws IOException {
        ServerStatus.Logged end = ServerStatus.end(server);
        return gtids ? MySqlPosition.gtids(end.executed()) : MySqlPosition.file(uuid, end.file(), end.offset());
    }

    /**
     * {@return the end of the binlog at a moment at which all that is before it can be read from the tables} A file
     * may hold a transaction that is not committed in the tables yet; a set of GTIDs does not.
     *
     * @param server {@linkplain LoadTable#prepare prepared}: while it waits for the lock, everybody who writes waits
     */
    private static MySqlPosition endOfCommitted(ServerConnection server, String uuid) throws IOException {
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
            checkKind(server);
            LogPlace place;
            BinlogStream stream;
            if (from instanceof MySqlPosition.Gtids gtids) {
                history.check(server, gtids.executed());
                stream = server.dumpAfter(gtids.executed().toString());
                Place unknown = new Place("", 4);
                place = new LogPlace(unknown, unknown, true);
            } else {
                MySqlPosition.File file = (MySqlPosition.File) from;
                history.check(server, file);
                Place begin = file.begin();
                stream = server.dumpFrom(begin.file(), begin.offset());
                place = new LogPlace(begin, file.place(), false);
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
            checkKind(server);
            LoadedChunk left = unfinished.get();
            Loading place = left == null ? from : new Loading(from.log(), left.end());
            LoadReader reader = new LoadReader(options, server, history, place, run);
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
