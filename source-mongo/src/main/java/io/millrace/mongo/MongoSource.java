// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.MongoSocketReadTimeoutException;
import com.mongodb.client.ChangeStreamIterable;
import com.mongodb.client.MongoChangeStreamCursor;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.model.changestream.FullDocumentBeforeChange;
import io.millrace.core.Findings;
import io.millrace.core.Position;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.source.LogCodec;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Source;
import io.millrace.core.source.SourceReader;
import io.millrace.core.source.load.LoadCodec;
import io.millrace.core.source.load.LoadPosition;
import io.millrace.core.source.load.LoadTracker;
import io.millrace.core.source.load.LoadedChunk;
import io.millrace.core.source.load.LoadingThenLog;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A change stream as a {@link Source}. */
final class MongoSource implements Source {

    private static final Logger LOG = LoggerFactory.getLogger(MongoStreamProcessor.class);

    private static final BsonDocument SPLIT = new BsonDocument("$changeStreamSplitLargeEvent", new BsonDocument());

    private final MongoOptions options;
    private final StreamShape shape;
    private final EventMapper mapper;

    /** Documents that were read, of which not all were handed on when the connection ended. */
    private final AtomicReference<@Nullable LoadedChunk> unfinished = new AtomicReference<>();

    private final String run = Long.toHexString(ThreadLocalRandom.current().nextLong()) + ".";

    /** Where a stream has met an error that nobody knows. Used by the capture thread. */
    private @Nullable MongoPosition failedAt;
    /** The last piece of an event that the server splits otherwise now. A router tells it only once it is asked for more. */
    private @Nullable MongoPosition splitOtherwiseAt;

    private @Nullable MongoClient client;
    /** Whether a stream is open: its cursor can be given back only while the client is. */
    private boolean reading;

    private boolean closed;

    MongoSource(MongoOptions options) {
        this.options = options;
        this.shape = StreamShape.of(options);
        this.mapper = new EventMapper(options.pipeline().service(), options.jsonForm(), options.wholeEvents());
    }

    @Override
    public String type() {
        return "mongodb";
    }

    // ---- before the first event

    @Override
    public void check(Findings findings) throws IOException {
        try {
            new Preflight(options, client(), () -> cursor(stream(null)).close()).check(findings);
        } catch (IllegalStateException e) {
            throw closedMeanwhile(e);
        }
    }

    @Override
    public Position firstPosition() throws IOException {
        if (options.startFrom() instanceof StartFrom.At at) {
            return at.position().in(shape);
        }
        try {
            BsonTimestamp now = client().getDatabase("admin")
                    .runCommand(new BsonDocument("ping", new BsonInt32(1)), BsonDocument.class)
                    .getTimestamp("operationTime");
            MongoPosition end = MongoPosition.afterOperationTime(now).in(shape);
            return options.startFrom() == StartFrom.Now.INITIAL_LOAD ? new LoadPosition(end, null) : end;
        } catch (MongoException e) {
            throw StreamFailures.of(e, MongoPosition.operationTime(Instant.now()));
        } catch (IllegalStateException e) {
            throw closedMeanwhile(e);
        }
    }

    @Override
    public Position parsePosition(String json) {
        return LoadPosition.parse(json, MongoPosition::parse);
    }

    /** @throws CheckpointException if the position was read from a stream that was asked for otherwise */
    @Override
    public PositionTracker track(Position position) {
        return LoadTracker.at(position, this::trackStream);
    }

    private PositionTracker trackStream(Position position) {
        MongoPosition from = (MongoPosition) position;
        StreamShape before = from.stream();
        String changes = before == null ? "" : shape.changedSince(before);
        if (!changes.isEmpty()) {
            throw new CheckpointException(
                    "the position %s was read from another stream: %s. A token may mean nothing there, and what the old stream left out would be missing. Set the options back; or, if that is what you want, rewind the targets by PipelineCheckpoints to MongoPosition.token(...) of that token."
                            .formatted(from.toJson(), changes),
                    null);
        }
        return new TokenTracker(from, shape);
    }

    @Override
    public LogCodec codec() {
        return new LoadCodec(MongoLogCodec.INSTANCE);
    }

    // ---- the stream

    @Override
    public SourceReader connect(Position from) throws IOException {
        if (from instanceof LoadPosition loading) {
            return load(loading);
        }
        SourceReader reader = new ChangeStreamReader(options, mapper, new Streams(), (MongoPosition) from);
        synchronized (this) {
            reading = true;
        }
        return reader;
    }

    private SourceReader load(LoadPosition from) throws IOException {
        MongoClient known;
        synchronized (this) {
            known = client();
            reading = true;
        }
        MongoPosition log = (MongoPosition) from.log();
        LoadSession server = null;
        try {
            server = new LoadSession(known, options, log);
            LoadedChunk left = unfinished.get();
            LoadReader reader = new LoadReader(
                    options.pipeline().id(),
                    server,
                    mapper,
                    new LoadLog(log),
                    left == null ? from.to() : left.end(),
                    run);
            return new LoadingThenLog(options.pipeline().service(), reader, unfinished, () -> connect(log));
        } catch (IOException | RuntimeException e) {
            if (server != null) {
                server.close();
            }
            readerClosed();
            throw e;
        }
    }

    /** What a load needs to know of the stream that is read after it. */
    private final class LoadLog implements LoadReader.Log {

        private final MongoPosition begin;

        LoadLog(MongoPosition begin) {
            this.begin = begin;
        }

        @Override
        public void check() throws IOException {
            checkLog(begin);
        }

        @Override
        public void loadClosed() {
            readerClosed();
        }
    }

    /** @throws io.millrace.core.LogLostException if the stream cannot begin there any more */
    private void checkLog(MongoPosition log) throws IOException {
        try {
            open(log, stream -> stream.batchSize(1)).close();
        } catch (MongoSocketReadTimeoutException e) {
            // A log that is gone is told at once: the server is looking for an event in it.
            LOG.debug(
                    "{}: whether the log is there was not found out",
                    options.pipeline().id(),
                    e);
        } catch (MongoException e) {
            throw StreamFailures.of(e, log);
        }
    }

    private synchronized void readerClosed() {
        reading = false;
        if (closed) {
            close();
        }
    }

    private final class Streams implements ChangeStreamReader.Server {

        @Override
        public MongoChangeStreamCursor<RawBsonDocument> open(MongoPosition after) throws IOException {
            try {
                return MongoSource.this.open(after, stream -> stream);
            } catch (MongoException e) {
                throw StreamFailures.of(e, after);
            } catch (IllegalStateException e) {
                throw closedMeanwhile(e);
            }
        }

        /** An error that nobody knows is worth one more attempt, if the stream has got further since the last one. */
        @Override
        public IOException failed(MongoException e, MongoPosition place) {
            if (StreamFailures.isOtherSplit(e) && !isSplitOtherwiseAt(place)) {
                splitOtherwiseAt = place;
                return new IOException(e.getMessage(), e);
            }
            if (StreamFailures.isUnclear(e) && !Objects.equals(place, failedAt)) {
                failedAt = place;
                return new IOException(e.getMessage(), e);
            }
            return StreamFailures.ofOpen(e, place);
        }

        @Override
        public boolean mergesShards(MongoPosition place) throws IOException {
            try {
                return Preflight.isSharded(client());
            } catch (MongoException e) {
                throw StreamFailures.of(e, place);
            } catch (IllegalStateException e) {
                throw closedMeanwhile(e);
            }
        }

        @Override
        public void closed() {
            readerClosed();
        }
    }

    /** What the driver says of a client that was closed is an illegal state. */
    private static IOException closedMeanwhile(IllegalStateException e) {
        return new IOException("closed", e);
    }

    private MongoChangeStreamCursor<RawBsonDocument> open(
            MongoPosition after, UnaryOperator<ChangeStreamIterable<Document>> options) throws IOException {
        if (isSplitOtherwiseAt(after)) {
            return cursor(options.apply(streamBehindSplit(after)));
        }
        try {
            return cursor(options.apply(stream(after)));
        } catch (MongoException e) {
            if (!StreamFailures.isOtherSplit(e)) {
                throw e;
            }
            return cursor(options.apply(streamBehindSplit(after)));
        }
    }

    private boolean isSplitOtherwiseAt(MongoPosition place) {
        return splitOtherwiseAt != null && splitOtherwiseAt.order().equals(place.order());
    }

    /**
     * A token that leads into the pieces of an event is of no use where the server does not split the event as before,
     * since the document that it looks up is another by now. But events can be compared with it, from its time on.
     */
    private ChangeStreamIterable<Document> streamBehindSplit(MongoPosition after) throws IOException {
        BsonTimestamp time = Objects.requireNonNull(after.operationTime(), "a token of an event begins with its time");
        BsonDocument behind = new BsonDocument("$gt", new BsonString(after.order()));
        BsonDocument match = new BsonDocument("$match", new BsonDocument("_id._data", behind));
        return stream(MongoPosition.operationTime(time), match);
    }

    private static MongoChangeStreamCursor<RawBsonDocument> cursor(ChangeStreamIterable<Document> stream) {
        return (MongoChangeStreamCursor<RawBsonDocument>)
                stream.withDocumentClass(RawBsonDocument.class).cursor();
    }

    /**
     * @param after null to begin with what is changed from now on
     * @param more stages behind those of the options
     */
    private ChangeStreamIterable<Document> stream(@Nullable MongoPosition after, BsonDocument... more)
            throws IOException {
        ChangeStreamIterable<Document> stream = watch(stages(more))
                .fullDocument(options.fullDocument())
                .maxAwaitTime(options.maxAwait().toMillis(), TimeUnit.MILLISECONDS);
        if (options.beforeImage() != FullDocumentBeforeChange.OFF) {
            stream = stream.fullDocumentBeforeChange(options.beforeImage());
        }
        if (options.expandedEvents()) {
            stream = stream.showExpandedEvents(true);
        }
        ResumeToken token = after == null ? null : after.token();
        if (token != null) {
            // Unlike resumeAfter, it goes on behind an invalidate too.
            stream = stream.startAfter(token.document());
        } else if (after != null && after.operationTime() != null) {
            stream = stream.startAtOperationTime(after.operationTime());
        }
        return stream;
    }

    private List<BsonDocument> stages(BsonDocument... more) {
        List<BsonDocument> stages = new ArrayList<>(options.pipelineStages());
        stages.addAll(List.of(more));
        if (options.splitLargeEvents()) {
            stages.add(SPLIT);
        }
        return stages;
    }

    private ChangeStreamIterable<Document> watch(List<BsonDocument> stages) throws IOException {
        WatchScope scope = options.watch();
        if (scope.database().isEmpty()) {
            return client().watch(stages);
        }
        return scope.collection().isEmpty()
                ? client().getDatabase(scope.database()).watch(stages)
                : client().getDatabase(scope.database())
                        .getCollection(scope.collection())
                        .watch(stages);
    }

    private synchronized MongoClient client() throws IOException {
        if (closed) {
            throw new IOException("closed");
        }
        MongoClient known = client;
        if (known == null) {
            known = MongoClients.create(settings());
            client = known;
        }
        return known;
    }

    private MongoClientSettings settings() {
        long connectMillis = options.connectTimeout().toMillis();
        long answerMillis = options.maxAwait().plus(options.readTimeout()).toMillis();
        return MongoClientSettings.builder()
                .applyConnectionString(options.uri())
                .applyToClusterSettings(cluster -> cluster.serverSelectionTimeout(connectMillis, TimeUnit.MILLISECONDS))
                .applyToSocketSettings(socket -> socket.connectTimeout((int) connectMillis, TimeUnit.MILLISECONDS)
                        .readTimeout((int) answerMillis, TimeUnit.MILLISECONDS))
                .build();
    }

    /** A stream that is open ends by itself, within {@link MongoOptions#maxAwait()}, and the client after it. */
    @Override
    public synchronized void close() {
        closed = true;
        if (client != null && !reading) {
            client.close();
        }
    }
}
