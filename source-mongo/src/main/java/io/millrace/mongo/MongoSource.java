// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoSecurityException;
import com.mongodb.client.ChangeStreamIterable;
import com.mongodb.client.MongoChangeStreamCursor;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.model.changestream.FullDocument;
import com.mongodb.client.model.changestream.FullDocumentBeforeChange;
import io.millrace.core.Findings;
import io.millrace.core.Position;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.source.LogCodec;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Source;
import io.millrace.core.source.SourceReader;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/** A change stream as a {@link Source}. */
final class MongoSource implements Source {

    /** How long an answer may take beyond the time that the server waits for events on purpose. */
    private static final Duration ANSWER = Duration.ofSeconds(30);

    /** MongoDB 6.0. */
    private static final int WIRE_VERSION_OF_IMAGES = 17;

    private static final BsonDocument SPLIT = new BsonDocument("$changeStreamSplitLargeEvent", new BsonDocument());

    private final MongoOptions options;
    private final StreamShape shape;
    private final EventMapper mapper;

    private @Nullable MongoClient client;
    /** Whether a stream is open: its cursor can be given back only while the client is. */
    private boolean reading;

    private boolean closed;

    MongoSource(MongoOptions options) {
        this.options = options;
        this.shape = StreamShape.of(options);
        this.mapper = new EventMapper(options.pipeline().service(), options.jsonForm());
    }

    @Override
    public String type() {
        return "mongodb";
    }

    // ---- before the first event

    @Override
    public void check(Findings findings) throws IOException {
        try {
            BsonDocument hello = admin(new BsonDocument("hello", new BsonInt32(1)));
            boolean isCluster = hello.containsKey("setName") || hello.containsKey("msg");
            findings.require(isCluster, "uri", "a server by itself", "must be of a replica set or a sharded cluster");
            int version = hello.getNumber("maxWireVersion", new BsonInt32(0)).intValue();
            if (version < WIRE_VERSION_OF_IMAGES) {
                checkOldServer(findings);
            }
            if (findings.all().isEmpty()) {
                open(null).close();
            }
        } catch (MongoSecurityException e) {
            findings.add("uri", options.toString(), "must name a user whom the server knows", message(e));
        } catch (MongoCommandException e) {
            if (e.getCode() == StreamFailures.UNAUTHORIZED) {
                findings.add(
                        "uri",
                        "a user without the right to watch " + options.watch(),
                        "must name a user who may",
                        "grant find and changeStream on it, or on all databases for the deployment; the role read has both");
            } else {
                findings.add(
                        "pipelineStages",
                        options.pipelineStages().size() + " stages",
                        "must be taken by the server",
                        message(e));
            }
        } catch (MongoException e) {
            throw new IOException(e.getMessage(), e);
        } catch (IllegalStateException e) {
            throw closedMeanwhile(e);
        }
    }

    private void checkOldServer(Findings findings) {
        String found = "a server before 6.0";
        boolean images = options.fullDocument() == FullDocument.WHEN_AVAILABLE
                || options.fullDocument() == FullDocument.REQUIRED;
        boolean before = options.beforeImage() == FullDocumentBeforeChange.WHEN_AVAILABLE
                || options.beforeImage() == FullDocumentBeforeChange.REQUIRED;
        findings.require(!images, "fullDocument", found, "must be DEFAULT or UPDATE_LOOKUP there");
        findings.require(!before, "beforeImage", found, "must be OFF there");
        findings.require(!options.expandedEvents(), "expandedEvents", found, "must be false there");
        findings.require(!options.splitLargeEvents(), "splitLargeEvents", found, "must be false there");
    }

    private static String message(MongoException e) {
        return String.valueOf(e.getMessage());
    }

    @Override
    public Position firstPosition() throws IOException {
        if (options.startFrom() instanceof StartFrom.At at) {
            return at.position().in(shape);
        }
        try {
            BsonDocument answer = admin(new BsonDocument("ping", new BsonInt32(1)));
            return MongoPosition.afterOperationTime(answer.getTimestamp("operationTime"))
                    .in(shape);
        } catch (MongoException e) {
            throw StreamFailures.of(e, MongoPosition.operationTime(Instant.now()));
        } catch (IllegalStateException e) {
            throw closedMeanwhile(e);
        }
    }

    private BsonDocument admin(BsonDocument command) throws IOException {
        return client().getDatabase("admin").runCommand(command, BsonDocument.class);
    }

    @Override
    public Position parsePosition(String json) {
        return MongoPosition.parse(json);
    }

    /** @throws CheckpointException if the position was read from a stream that was asked for otherwise */
    @Override
    public PositionTracker track(Position position) {
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
        return MongoLogCodec.INSTANCE;
    }

    // ---- the stream

    @Override
    public SourceReader connect(Position from) throws IOException {
        SourceReader reader =
                new ChangeStreamReader(options, mapper, this::openAfter, this::readerClosed, (MongoPosition) from);
        synchronized (this) {
            reading = true;
        }
        return reader;
    }

    private synchronized void readerClosed() {
        reading = false;
        if (closed) {
            close();
        }
    }

    private MongoChangeStreamCursor<RawBsonDocument> openAfter(MongoPosition after) throws IOException {
        try {
            return open(after);
        } catch (MongoException e) {
            throw StreamFailures.of(e, after);
        } catch (IllegalStateException e) {
            throw closedMeanwhile(e);
        }
    }

    /** What the driver says of a client that was closed is an illegal state. */
    private static IOException closedMeanwhile(IllegalStateException e) {
        return new IOException("closed", e);
    }

    /** @param after null to begin with what is changed from now on */
    private MongoChangeStreamCursor<RawBsonDocument> open(@Nullable MongoPosition after) throws IOException {
        ChangeStreamIterable<Document> stream = watch(stages())
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
        return (MongoChangeStreamCursor<RawBsonDocument>)
                stream.withDocumentClass(RawBsonDocument.class).cursor();
    }

    private List<BsonDocument> stages() {
        List<BsonDocument> stages = new ArrayList<>(options.pipelineStages());
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
        long answerMillis = options.maxAwait().plus(ANSWER).toMillis();
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
