// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.TableId;
import io.millrace.core.TransientException;
import io.millrace.core.source.Capture;
import io.millrace.core.source.load.ChunkReader;
import io.millrace.core.source.load.LoadPosition;
import io.millrace.core.source.load.LoadedChunk;
import io.millrace.core.source.load.LoadedTo;
import io.millrace.mysql.internal.binlog.MessageTooLargeException;
import io.millrace.mysql.internal.binlog.RefusedTextException;
import io.millrace.mysql.internal.binlog.ResultRows;
import io.millrace.mysql.internal.binlog.ServerConnection;
import io.millrace.mysql.internal.row.LoadedRow;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the tables that were there before, one after the other, in pieces along their primary keys; for one
 * connection. Each piece is read whole before any of it is handed on.
 */
final class LoadReader implements ChunkReader {

    private static final Logger LOG = LoggerFactory.getLogger(MySqlBinlogProcessor.class);

    /** Rows that a SELECT asks for, and that make a chunk. */
    private static final int MOST_ROWS = 4_096;
    /** Bytes of rows that make a chunk; the next row goes into the next. */
    private static final int MOST_BYTES = 4 << 20;

    /** How often it is asked whether the log is there still. */
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    private final MySqlOptions options;
    private final ServerConnection server;
    private final LogHistory history;
    private final String run;
    /** What is left to be read. The first is being read, if {@link #result} is there. */
    private final Deque<TableId> tables;

    private final MySqlPosition log;
    private @Nullable LoadedTo at;
    private long nextLook = System.nanoTime();
    /** The result that is being read; null if the next rows have to be asked for. */
    private @Nullable Result result;

    /**
     * @param from where to go on
     * @param run stands for the processor's run, in which each connection goes on where the one before has ended:
     *     only then is it the same pass
     */
    LoadReader(MySqlOptions options, ServerConnection server, LogHistory history, LoadPosition from, String run)
            throws IOException {
        this.options = options;
        this.server = server;
        this.history = history;
        this.run = run;
        LoadTable.prepare(server, options);
        this.log = (MySqlPosition) from.log();
        LoadedTo to = from.to();
        this.tables = captured(to == null ? null : to.table());
        if (to != null && !to.table().equals(tables.peek())) {
            warnOfGone(to.table());
        }
        this.at = to == null || to.pass().startsWith(run) ? to : to.inPass(newPass());
    }

    private String newPass() {
        return run + Long.toHexString(ThreadLocalRandom.current().nextLong());
    }

    private Deque<TableId> captured(@Nullable TableId from) throws IOException {
        return new ArrayDeque<>(LoadTable.captured(server, options.pipeline().filter(), from));
    }

    @Override
    public @Nullable LoadedChunk next(Capture capture) throws IOException {
        while (true) {
            Result open = result;
            if (open == null) {
                capture.flush();
                open = ask();
                result = open;
            }
            if (open == null) {
                return null;
            }
            LoadedChunk chunk = read(open, capture);
            if (chunk != null) {
                return chunk;
            }
        }
    }

    /** {@return the next rows of the first table that is there; null if none is left} */
    private @Nullable Result ask() throws IOException {
        while (!tables.isEmpty()) {
            checkLog();
            LoadTable table = lock(tables.element());
            if (table != null) {
                return ask(table);
            }
        }
        return null;
    }

    private Result ask(LoadTable table) throws IOException {
        LoadedTo from = at;
        if (from == null || !table.canGoOn(from)) {
            from = table.begin(newPass());
        }
        try {
            return new Result(table, server.select(table.select(from.after(), MOST_ROWS)), from);
        } catch (RefusedTextException e) {
            LOG.warn(
                    "{}: {} is read in one go, and from its begin, since one of its keys is no text: {}",
                    options.pipeline().id(),
                    table.id(),
                    e.getMessage());
            return ask(table.inOneGo());
        }
    }

    /** Rows would be read in vain of which the log does not tell what becomes of them. */
    private void checkLog() throws IOException {
        long now = System.nanoTime();
        if (now - nextLook >= 0) {
            history.checkLoad(server, log);
            nextLook = now + LOOK_NANOS;
        }
    }

    /** {@return the table, which then stays as it is until the rows that are asked for are read; null if it is gone} */
    private @Nullable LoadTable lock(TableId id) throws IOException {
        server.execute("START TRANSACTION READ ONLY");
        try {
            // A SELECT keeps the table's definition from changing, to the end of the transaction.
            server.query(LoadTable.nothingOf(id));
        } catch (TransientException e) {
            Deque<TableId> present = captured(id);
            if (id.equals(present.peek())) {
                throw e;
            }
            warnOfGone(id);
            tables.clear();
            tables.addAll(present);
            return null;
        }
        return LoadTable.describe(server, id, options);
    }

    private void warnOfGone(TableId table) {
        LOG.warn(
                "{}: {} is gone, and maybe not all of its rows were loaded. If it was renamed to a name that comes before {}, they are not loaded",
                options.pipeline().id(),
                table,
                table);
    }

    /** {@return the next rows of the table; null if there are none} */
    private @Nullable LoadedChunk read(Result open, Capture capture) throws IOException {
        LoadedChunk.Rows chunk = new LoadedChunk.Rows();
        long bytes = 0;
        // Of what was asked for piece by piece the end is read, too: it lets go of the table.
        boolean isPiece = open.table.goesOnBehindRows();
        while ((isPiece || chunk.size() < MOST_ROWS) && bytes < MOST_BYTES) {
            LoadedRow row = open.next(options.maxRowBytes());
            if (row == null) {
                end(open);
                break;
            }
            chunk.add(row, row.bytes());
            bytes += row.sizeBytes();
        }
        if (chunk.size() == 0) {
            return null;
        }
        capture.countBytes(bytes);
        LoadedTo end = open.end();
        at = end;
        return chunk.upTo(end);
    }

    private void end(Result open) throws IOException {
        result = null;
        server.execute("COMMIT");
        if (open.count < MOST_ROWS || !open.table.goesOnBehindRows()) {
            LOG.info(
                    "{}: loaded {} rows of {}",
                    options.pipeline().id(),
                    open.end().rows(),
                    tables.remove());
        }
    }

    @Override
    public void abort() {
        server.abort();
    }

    @Override
    public void close() {
        server.close();
    }

    /** Rows of a table that were asked for together. */
    private static final class Result {

        private final LoadTable table;
        private final ResultRows rows;
        private final LoadedTo from;
        private int count;
        private @Nullable LoadedRow last;

        Result(LoadTable table, ResultRows rows, LoadedTo from) {
            this.table = table;
            this.rows = rows;
            this.from = from;
        }

        @Nullable LoadedRow next(long mostBytes) throws IOException {
            byte[] values;
            try {
                values = rows.next(mostBytes);
            } catch (MessageTooLargeException e) {
                throw RowTooLargeException.loaded(e.bytes(), mostBytes, table.id());
            }
            if (values == null) {
                return null;
            }
            count++;
            last = table.row(values);
            return last;
        }

        /** {@return the place behind the last row that was read} */
        LoadedTo end() {
            List<String> after = last == null ? from.after() : table.keyOf(last);
            return new LoadedTo(from.table(), from.pass(), from.rows() + count, from.key(), after);
        }
    }
}
