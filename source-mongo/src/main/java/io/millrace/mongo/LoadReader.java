// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import com.mongodb.MongoException;
import com.mongodb.client.MongoCursor;
import io.millrace.core.TableId;
import io.millrace.core.UnreadableEventException;
import io.millrace.core.source.Capture;
import io.millrace.core.source.load.ChunkReader;
import io.millrace.core.source.load.LoadedChunk;
import io.millrace.core.source.load.LoadedTo;
import io.millrace.mongo.internal.bson.MalformedBsonException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the collections that were there before, one after the other, in pieces along {@code _id}; for one connection.
 * Each piece is read whole before any of it is handed on. Used by the capture thread.
 */
final class LoadReader implements ChunkReader {

    private static final Logger LOG = LoggerFactory.getLogger(MongoStreamProcessor.class);

    /** Documents that make a chunk. */
    private static final int MOST_DOCUMENTS = 1_000;
    /** Bytes of documents that make a chunk; the next document goes into the next. */
    private static final int MOST_BYTES = 4 << 20;

    /** How often it is asked at most whether the log is there still. */
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();
    /** By how much of the time at most: the server looks for the first event behind the log's place. */
    private static final int LOOK_SHARE = 20;

    /** The stream that is read after the load. */
    interface Log {

        /** Asks the server whether the stream could begin at its place. */
        void check() throws IOException;

        /** Is called once, when the server holds nothing for the load any more. */
        void loadClosed();
    }

    private final String pipeline;
    private final LoadSession server;
    private final EventMapper mapper;
    private final Log log;
    private final String run;
    private final Thread owner = Thread.currentThread();
    private boolean closed;
    /** What is left to be read. The first is being read, if {@link #cursor} is there. */
    private final Deque<TableId> collections;

    private @Nullable LoadedTo at;
    private long nextLook = System.nanoTime();
    /** Null if the next documents have to be asked for. */
    private @Nullable MongoCursor<RawBsonDocument> cursor;
    /** Whether the cursor leaves out a document with the last of all keys. */
    private boolean lacksLast;

    private LoadedDocuments documents = new LoadedDocuments(new TableId("", ""));

    /**
     * @param to where to go on; null for the begin
     * @param run stands for the processor's run, in which each connection goes on where the one before has ended: only
     *     then is it the same pass
     */
    LoadReader(String pipeline, LoadSession server, EventMapper mapper, Log log, @Nullable LoadedTo to, String run)
            throws IOException {
        this.pipeline = pipeline;
        this.server = server;
        this.mapper = mapper;
        this.log = log;
        this.run = run;
        try {
            this.collections = new ArrayDeque<>(server.captured(to == null ? null : to.table()));
        } catch (MongoException e) {
            throw StreamFailures.ofLoad(e, "the list of collections");
        }
        if (to != null && !to.table().equals(collections.peek())) {
            warnOfGone(to.table());
        }
        this.at = to == null || to.pass().startsWith(run) ? to : to.inPass(newPass());
    }

    private String newPass() {
        return run + Long.toHexString(ThreadLocalRandom.current().nextLong());
    }

    private void warnOfGone(TableId collection) {
        LOG.warn(
                "{}: {} is gone before all of its documents were loaded. If it was renamed to a name that comes before {}, they are not loaded",
                pipeline,
                collection,
                collection);
    }

    @Override
    public @Nullable LoadedChunk next(Capture capture) throws IOException {
        while (!collections.isEmpty()) {
            checkLog();
            TableId collection = collections.element();
            try {
                LoadedChunk chunk = read(collection, capture);
                if (chunk != null) {
                    return chunk;
                }
            } catch (MongoException e) {
                throw StreamFailures.ofLoad(e, collection.toString());
            } catch (MalformedBsonException e) {
                throw new UnreadableEventException(
                        "a document of %s cannot be read: %s".formatted(collection, e.getMessage()), place(), e);
            }
        }
        return null;
    }

    private String place() {
        LoadedTo place = at;
        return place == null ? "the begin of the load" : "the load behind " + place;
    }

    /** Documents would be read in vain of which the log does not tell what becomes of them. */
    private void checkLog() throws IOException {
        long now = System.nanoTime();
        if (now - nextLook >= 0) {
            log.check();
            long after = System.nanoTime();
            nextLook = after + Math.max(LOOK_NANOS, LOOK_SHARE * (after - now));
        }
    }

    /** {@return the next documents of the collection; null if there are none, and it has been passed} */
    private @Nullable LoadedChunk read(TableId collection, Capture capture) {
        if (cursor == null) {
            capture.flush();
            if (!ask(collection)) {
                return null;
            }
        }
        LoadedTo from = here(collection);
        LoadedChunk.Rows chunk = new LoadedChunk.Rows();
        ChangeEvent last = null;
        long bytes = 0;
        while (chunk.size() < MOST_DOCUMENTS && bytes < MOST_BYTES) {
            RawBsonDocument next = nextDocument(collection);
            if (next == null) {
                break;
            }
            ChangeEvent document = documents.event(ChangeStreamReader.bytes(next));
            // Reading goes on with the document that was the last, if that is still there.
            if (last == null && key(document).equals(from.after())) {
                continue;
            }
            chunk.add(mapper.loaded(document), document.bytes());
            bytes += document.bytes().length;
            last = document;
        }
        if (last == null) {
            end(from);
            return null;
        }
        capture.countBytes(bytes);
        LoadedTo end = new LoadedTo(collection, from.pass(), from.rows() + chunk.size(), List.of(), key(last));
        at = end;
        return chunk.upTo(end);
    }

    private @Nullable RawBsonDocument nextDocument(TableId collection) {
        MongoCursor<RawBsonDocument> open = Objects.requireNonNull(cursor);
        if (!open.hasNext() && lacksLast) {
            open.close();
            open = server.last(collection);
            cursor = open;
            lacksLast = false;
        }
        return open.hasNext() ? open.next() : null;
    }

    private LoadedTo here(TableId collection) {
        LoadedTo here = at;
        if (here == null || !here.table().equals(collection)) {
            here = new LoadedTo(collection, newPass(), 0, List.of(), List.of());
            at = here;
        }
        return here;
    }

    /** {@return false if the collection is gone} */
    private boolean ask(TableId collection) {
        if (!server.exists(collection)) {
            warnOfGone(collection);
            List<TableId> present = server.captured(collection);
            collections.clear();
            collections.addAll(present);
            return false;
        }
        documents = new LoadedDocuments(collection);
        List<String> after = here(collection).after();
        cursor = server.documents(collection, after);
        lacksLast = !after.isEmpty();
        return true;
    }

    /** BSON in base64: no JSON tells every key from every other. */
    private static List<String> key(ChangeEvent document) {
        return List.of(Base64.getEncoder().encodeToString(document.documentKey()));
    }

    private void end(LoadedTo last) {
        closeCursor();
        LOG.info("{}: loaded {} documents of {}", pipeline, last.rows(), collections.remove());
    }

    private void closeCursor() {
        MongoCursor<RawBsonDocument> open = cursor;
        cursor = null;
        if (open != null) {
            open.close();
        }
    }

    /** The capture thread gives the cursor back at once; others leave that to it, as the driver reads on for a while. */
    @Override
    public void abort() {
        if (Thread.currentThread() == owner) {
            giveBack();
        }
    }

    @Override
    public void close() {
        giveBack();
        if (!closed) {
            closed = true;
            log.loadClosed();
        }
    }

    private void giveBack() {
        try {
            closeCursor();
            server.close();
        } catch (MongoException | IllegalStateException e) {
            LOG.debug("the server could not be told that a session is not needed any more", e);
        }
    }
}
