// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.RowImage;
import io.millrace.core.TableId;
import io.millrace.core.source.Capture;
import io.millrace.mysql.MySqlPosition.Loading;
import io.millrace.mysql.internal.binlog.ResultRows;
import io.millrace.mysql.internal.binlog.ServerConnection;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the tables that were there before, one after the other, in pieces along their primary keys; for one
 * connection. Each piece is read whole before any of it is handed on.
 */
final class LoadReader {

    private static final Logger LOG = LoggerFactory.getLogger(MySqlBinlogProcessor.class);

    /** Rows that a SELECT asks for, and that make a chunk. */
    private static final int MOST_ROWS = 4_096;
    /** Bytes of rows that make a chunk; the next row goes into the next. */
    private static final int MOST_BYTES = 4 << 20;

    private final MySqlOptions options;
    private final ServerConnection server;
    private final Deque<TableId> tables;

    private @Nullable LoadTable table;
    private long rows;
    private List<String> after;
    /** The result that is being read; null if the next rows have to be asked for. */
    private @Nullable ResultRows result;

    private int rowsOfResult;
    /** Whether the last row of the table has been read. */
    private boolean hasEnded;

    LoadReader(MySqlOptions options, ServerConnection server, Loading from) throws IOException {
        this.options = options;
        this.server = server;
        LoadTable.prepare(server, options);
        this.tables =
                new ArrayDeque<>(LoadTable.captured(server, options.pipeline().filter(), from.table()));
        this.rows = from.rows();
        this.after = from.after();
        if (!tables.isEmpty() && tables.peek().equals(from.table())) {
            table = LoadTable.describe(server, tables.peek(), options);
            if (table != null && !table.goesOnBehindRows()) {
                rows = 0;
            }
        }
    }

    /** {@return the next rows; null once all tables have been read} */
    @Nullable LoadedChunk next(Capture capture) throws IOException {
        while (!tables.isEmpty()) {
            LoadTable current = table;
            if (current == null) {
                current = LoadTable.describe(server, tables.element(), options);
                rows = 0;
                after = List.of();
                table = current;
                hasEnded = false;
            }
            LoadedChunk chunk = current == null ? null : read(current, capture);
            if (chunk != null) {
                return chunk;
            }
            if (current != null) {
                LOG.info("{}: loaded {} rows of {}", options.pipeline().id(), rows, tables.element());
            }
            table = null;
            tables.remove();
        }
        return null;
    }

    /** {@return the next rows of the table; null if there are none} */
    private @Nullable LoadedChunk read(LoadTable current, Capture capture) throws IOException {
        List<RowImage> chunk = new ArrayList<>();
        long bytes = 0;
        while (!hasEnded && chunk.size() < MOST_ROWS && bytes < MOST_BYTES) {
            ResultRows open = result;
            if (open == null) {
                capture.flush();
                open = server.select(current.select(after, MOST_ROWS));
                rowsOfResult = 0;
                result = open;
            }
            byte @Nullable [] @Nullable [] values = open.next();
            if (values == null) {
                result = null;
                hasEnded = rowsOfResult < MOST_ROWS || !current.goesOnBehindRows();
                continue;
            }
            rowsOfResult++;
            RowImage row = current.row(values);
            chunk.add(row);
            bytes += row.sizeBytes();
            after = current.keyOf(values);
        }
        if (chunk.isEmpty()) {
            return null;
        }
        rows += chunk.size();
        capture.countBytes(bytes);
        return new LoadedChunk(current.id(), chunk, new LoadBoundary(current.id(), rows, after));
    }
}
