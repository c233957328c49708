// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.source.Capture;
import io.millrace.core.source.SourceReader;
import io.millrace.mysql.internal.binlog.ServerConnection;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Loads the tables, and then reads the log from where it was before. */
final class LoadingThenLog implements SourceReader {

    /** Opens the log. */
    interface Log {
        SourceReader open() throws IOException;
    }

    private final String service;
    private final ServerConnection server;
    private final LoadReader load;
    private final AtomicReference<@Nullable LoadedChunk> unfinished;
    private final Log log;
    private volatile @Nullable SourceReader opened;
    private volatile boolean aborted;

    /** @param unfinished holds a chunk that was not handed on to its end; the next connection begins with it */
    LoadingThenLog(
            String service,
            ServerConnection server,
            LoadReader load,
            AtomicReference<@Nullable LoadedChunk> unfinished,
            Log log) {
        this.service = service;
        this.server = server;
        this.load = load;
        this.unfinished = unfinished;
        this.log = log;
    }

    @Override
    public void readNext(Capture capture) throws IOException {
        SourceReader reader = opened;
        if (reader != null) {
            reader.readNext(capture);
            return;
        }
        LoadedChunk chunk = unfinished.get();
        if (chunk == null) {
            chunk = load.next(capture);
        }
        if (chunk != null) {
            unfinished.set(chunk);
            chunk.handOn(service, capture);
            // Whatever the end throws, it has been taken in by then.
            unfinished.set(null);
            capture.end(new LoadBoundary(chunk.end()));
            return;
        }
        capture.idle(new LoadBoundary(null));
        capture.flush();
        server.close();
        reader = log.open();
        opened = reader;
        if (aborted) {
            reader.abort();
        }
    }

    @Override
    public void abort() {
        aborted = true;
        server.abort();
        SourceReader reader = opened;
        if (reader != null) {
            reader.abort();
        }
    }

    @Override
    public void close() {
        server.abort();
        SourceReader reader = opened;
        if (reader != null) {
            reader.close();
        }
    }
}
