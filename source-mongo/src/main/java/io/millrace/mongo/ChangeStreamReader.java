// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import com.mongodb.MongoException;
import com.mongodb.ServerCursor;
import com.mongodb.client.MongoChangeStreamCursor;
import io.millrace.core.Change;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.UnreadableEventException;
import io.millrace.core.filter.TableFilter;
import io.millrace.core.source.Capture;
import io.millrace.core.source.SourceReader;
import io.millrace.mongo.internal.bson.MalformedBsonException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes transactions, records and statements of a stream's events, for one cursor, or one after the other where the
 * server ends it by an invalidate. Used by the capture thread; {@link #abort} by any.
 */
final class ChangeStreamReader implements SourceReader {

    /*
     * Changes of one transaction stand next to each other, and nothing says that it has ended: it has when a change
     * of another one follows, or the server has nothing more. A router may have nothing more for now because a shard
     * is late with its part; there only a later time tells. Where a transaction ends must not depend on when it was
     * read: of two targets, one may be behind it and get it as one while the other has got a part of it. So changes of
     * another time are never taken in: each shard commits its part of a transaction at a time of its own. Each change
     * outside a transaction is one of its own.
     */

    private static final Logger LOG = LoggerFactory.getLogger(MongoStreamProcessor.class);

    /** What opens cursors. */
    interface Server {

        MongoChangeStreamCursor<RawBsonDocument> open(MongoPosition after) throws IOException;

        /**
         * {@return what to throw for the failure of an open cursor that is worth another attempt}
         *
         * @param place where it was to go on
         */
        IOException failed(MongoException e, MongoPosition place);

        /**
         * {@return whether it puts together what shards send}
         *
         * @param place for messages
         */
        boolean mergesShards(MongoPosition place) throws IOException;

        /** Called when no cursor is needed any more. */
        void closed();
    }

    private final Server server;
    private final StreamShape shape;
    private final EventMapper mapper;
    private final TableFilter filter;
    private final @Nullable Fragments fragments;
    private final boolean isMerged;
    private final Thread owner = Thread.currentThread();

    private MongoChangeStreamCursor<RawBsonDocument> cursor;
    /** After the last event that was taken. */
    private MongoPosition place;

    /** The server's number of the cursor that the last event, or piece of one, came from. */
    private long piecesFrom;

    private @Nullable MongoTransaction open;
    /** When all changes of the open transaction were committed. */
    private long openTime;

    private long nextOrdinal;
    private boolean skipping;
    private volatile boolean aborted;

    /** @param server what the stream is read from */
    ChangeStreamReader(MongoOptions options, EventMapper mapper, Server server, MongoPosition from) throws IOException {
        this.server = server;
        this.isMerged = server.mergesShards(from);
        this.shape = StreamShape.of(options);
        this.mapper = mapper;
        this.filter = options.pipeline().filter();
        this.fragments = options.splitLargeEvents() ? new Fragments() : null;
        this.place = from;
        this.cursor = server.open(from);
    }

    @Override
    public void readNext(Capture capture) throws IOException {
        if (aborted) {
            throw new IOException("the stream was closed");
        }
        if (cursor.available() == 0) {
            capture.flush();
        }
        RawBsonDocument document = next();
        if (document == null) {
            idle(capture);
            return;
        }
        byte[] bytes = bytes(document);
        capture.countBytes(bytes.length);
        byte[] whole = fragments == null ? bytes : joined(bytes, fragments);
        if (whole != null) {
            take(new ChangeEvent(whole, place.order()), capture);
        }
    }

    /**
     * The driver resumes behind a piece by itself, but the server makes the event anew then, with a document that it
     * looks up anew: the rest would be that of another event.
     */
    private byte @Nullable [] joined(byte[] bytes, Fragments of) throws IOException {
        ServerCursor from = cursor.getServerCursor();
        if (from != null) {
            if (from.getId() != piecesFrom) {
                if (of.isPending()) {
                    throw new IOException("the driver has resumed the stream amid the pieces of an event");
                }
                of.begin();
            }
            piecesFrom = from.getId();
        }
        return of.add(bytes, place.order());
    }

    private @Nullable RawBsonDocument next() throws IOException {
        try {
            return cursor.tryNext();
        } catch (MongoException e) {
            throw server.failed(e, place);
        } catch (IllegalStateException e) {
            // What the driver says when the client was closed meanwhile.
            throw new IOException("the stream was closed", e);
        }
    }

    /** The driver's array may be several times as large as the document in it. */
    static byte[] bytes(RawBsonDocument document) {
        ByteBuffer content = document.getByteBuffer().asNIO();
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        return bytes;
    }

    private void idle(Capture capture) throws IOException {
        boolean isEnded = cursor.getServerCursor() == null;
        // Amid the pieces of an event, the token that the server gives here leads to its middle.
        if (fragments == null || !fragments.isPending()) {
            moveOn(isEnded, capture);
        }
        capture.flush();
        if (isEnded) {
            // By an invalidate that the user's stages have left out: its token was the last.
            throw new IOException("the server has ended the stream");
        }
    }

    private void moveOn(boolean isEnded, Capture capture) {
        BsonDocument token = cursor.getResumeToken();
        ResumeToken reached = token == null ? null : ResumeToken.of(token);
        if (open != null && (!isMerged || isEnded || isLater(reached))) {
            end(capture);
        }
        if (open == null && reached != null && reached.data().compareTo(place.order()) > 0) {
            place = MongoPosition.after(reached, shape);
            capture.idle(new MongoBoundary(reached));
        }
    }

    /** {@return whether the token is of a later time than the last event} */
    private boolean isLater(@Nullable ResumeToken reached) {
        BsonTimestamp last = place.operationTime();
        BsonTimestamp now = reached == null ? null : MongoPosition.timeOf(reached.data());
        return last != null && now != null && now.compareTo(last) > 0;
    }

    private void take(ChangeEvent event, Capture capture) throws IOException {
        try {
            String transaction = event.transactionId();
            MongoTransaction of = open;
            if (of != null && !isOf(of, event, transaction)) {
                end(capture);
                of = null;
            }
            if (of == null) {
                of = begin(event, transaction, capture);
            }
            handOn(event, of, capture);
            place = MongoPosition.after(ResumeToken.of(event), shape);
            if (transaction == null) {
                end(capture);
            }
        } catch (MalformedBsonException e) {
            throw new UnreadableEventException(
                    "an event cannot be read: " + e.getMessage(), "resume token " + event.token(), e);
        }
        if (event.operation() == Operation.INVALIDATE) {
            cursor.close();
            cursor = server.open(place);
        }
    }

    private boolean isOf(MongoTransaction of, ChangeEvent event, @Nullable String transaction) {
        return transaction != null && transaction.equals(of.shownId()) && event.clusterTime() == openTime;
    }

    private MongoTransaction begin(ChangeEvent event, @Nullable String transaction, Capture capture) {
        String id = fragments == null ? event.token() : fragments.idOf(event);
        long number = capture.begin(id);
        skipping = capture.isSkipped(id) || capture.isSkipped(event.token());
        MongoTransaction begun = new MongoTransaction(number, id, transaction, event.wallTimeMillis() * 1_000);
        open = begun;
        openTime = event.clusterTime();
        nextOrdinal = 0;
        return begun;
    }

    private void end(Capture capture) {
        open = null;
        ResumeToken last = place.token();
        if (last == null) {
            throw new IllegalStateException("a transaction ends before its first event");
        }
        capture.end(new MongoBoundary(last));
    }

    private void handOn(ChangeEvent event, MongoTransaction of, Capture capture) {
        long ordinal = nextOrdinal++;
        if (skipping) {
            return;
        }
        Change change = mapper.map(event, of, ordinal);
        if (change instanceof Record record && filter.includes(record.table())) {
            capture.record(record);
        } else if (change instanceof Statement statement && isWanted(statement)) {
            capture.statement(statement);
        }
    }

    private boolean isWanted(Statement statement) {
        if (statement.tables().isEmpty()) {
            return statement.database().isEmpty() || filter.includesAnyOf(statement.database());
        }
        return statement.tables().stream().anyMatch(filter::includes);
    }

    /** The capture thread gives the cursor back at once; others leave that to it, as the driver reads on for a while. */
    @Override
    public void abort() {
        aborted = true;
        if (Thread.currentThread() == owner) {
            close();
        }
    }

    @Override
    public void close() {
        aborted = true;
        try {
            cursor.close();
        } catch (MongoException | IllegalStateException e) {
            LOG.debug("the server could not be told that a cursor is not needed any more", e);
        }
        server.closed();
    }
}
