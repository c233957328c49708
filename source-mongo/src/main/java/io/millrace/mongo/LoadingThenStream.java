// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import com.mongodb.MongoException;
import io.millrace.core.source.Capture;
import io.millrace.core.source.SourceReader;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the collections, and then reads the stream from where it was before. Used by the capture thread;
 * {@link #abort} by any.
 */
final class LoadingThenStream implements SourceReader {

    private static final Logger LOG = LoggerFactory.getLogger(MongoStreamProcessor.class);

    /** Opens the stream. */
    interface Stream {
        SourceReader open() throws IOException;
    }

    private final EventMapper mapper;
    private final LoadSession server;
    private final LoadReader load;
    private final AtomicReference<@Nullable LoadedChunk> unfinished;
    private final Stream stream;
    private final Runnable onClosed;
    private final Thread owner = Thread.currentThread();
    private volatile @Nullable SourceReader opened;
    private volatile boolean aborted;

    /**
     * @param unfinished holds a chunk that was not handed on to its end; the next connection begins with it
     * @param onClosed called when the connection ends while collections are loaded
     */
    LoadingThenStream(
            EventMapper mapper,
            LoadSession server,
            LoadReader load,
            AtomicReference<@Nullable LoadedChunk> unfinished,
            Stream stream,
            Runnable onClosed) {
        this.mapper = mapper;
        this.server = server;
        this.load = load;
        this.unfinished = unfinished;
        this.stream = stream;
        this.onClosed = onClosed;
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
            chunk.handOn(mapper, capture);
            // Whatever the end throws, it has been taken in by then.
            unfinished.set(null);
            capture.end(new LoadBoundary(chunk.end()));
            return;
        }
        capture.idle(new LoadBoundary(null));
        capture.flush();
        endLoad();
        reader = stream.open();
        opened = reader;
        if (aborted) {
            reader.abort();
        }
    }

    private void endLoad() {
        try {
            load.close();
            server.close();
        } catch (MongoException | IllegalStateException e) {
            LOG.debug("the server could not be told that a session is not needed any more", e);
        }
    }

    /** The capture thread gives the cursor back at once; others leave that to it, as the driver reads on for a while. */
    @Override
    public void abort() {
        aborted = true;
        SourceReader reader = opened;
        if (reader != null) {
            reader.abort();
        } else if (Thread.currentThread() == owner) {
            endLoad();
        }
    }

    @Override
    public void close() {
        aborted = true;
        SourceReader reader = opened;
        if (reader != null) {
            reader.close();
            return;
        }
        endLoad();
        onClosed.run();
    }
}
