// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source.load;

import io.millrace.core.source.Capture;
import io.millrace.core.source.SourceReader;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Loads the tables, and then reads the log from where it was before. */
public final class LoadingThenLog implements SourceReader {

    /** Opens the log. */
    public interface Log {
        SourceReader open() throws IOException;
    }

    private final String service;
    private final ChunkReader load;
    private final AtomicReference<@Nullable LoadedChunk> unfinished;
    private final Log log;
    private volatile @Nullable SourceReader opened;
    private volatile boolean aborted;

    /**
     * @param service see {@link io.millrace.core.SourceInfo#service}
     * @param load goes on behind the chunk that is unfinished, if there is one
     * @param unfinished holds a chunk that was not handed on to its end; the next connection begins with it
     */
    public LoadingThenLog(
            String service, ChunkReader load, AtomicReference<@Nullable LoadedChunk> unfinished, Log log) {
        this.service = service;
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
        if (aborted) {
            throw new IOException("the load was closed");
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
        load.close();
        reader = log.open();
        opened = reader;
        if (aborted) {
            reader.abort();
        }
    }

    @Override
    public void abort() {
        aborted = true;
        SourceReader reader = opened;
        if (reader != null) {
            reader.abort();
        } else {
            load.abort();
        }
    }

    @Override
    public void close() {
        SourceReader reader = opened;
        if (reader != null) {
            reader.close();
        } else {
            load.abort();
            load.close();
        }
    }
}
