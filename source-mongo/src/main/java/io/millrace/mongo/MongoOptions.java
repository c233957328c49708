// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.client.model.changestream.FullDocument;
import com.mongodb.client.model.changestream.FullDocumentBeforeChange;
import io.millrace.core.Findings;
import io.millrace.core.PipelineOptions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.bson.BsonDocument;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/** The change stream to capture from, and how. Immutable; its text holds no secrets. */
public final class MongoOptions {

    private static final String SPLIT = "$changeStreamSplitLargeEvent";

    private final ConnectionString uri;
    private final WatchScope watch;
    private final List<BsonDocument> pipelineStages;
    private final FullDocument fullDocument;
    private final FullDocumentBeforeChange beforeImage;
    private final boolean expandedEvents;
    private final boolean splitLargeEvents;
    private final JsonForm jsonForm;
    private final boolean wholeEvents;
    private final StartFrom startFrom;
    private final Duration connectTimeout;
    private final Duration maxAwait;
    private final Duration readTimeout;
    private final PipelineOptions pipeline;

    private MongoOptions(Builder builder, ConnectionString uri, StartFrom startFrom, PipelineOptions pipeline) {
        this.uri = uri;
        this.watch = builder.watch;
        this.pipelineStages = builder.pipelineStages;
        this.fullDocument = builder.fullDocument;
        this.beforeImage = builder.beforeImage;
        this.expandedEvents = builder.expandedEvents;
        this.splitLargeEvents = builder.splitLargeEvents;
        this.jsonForm = builder.jsonForm;
        this.wholeEvents = builder.wholeEvents;
        this.startFrom = startFrom;
        this.connectTimeout = builder.connectTimeout;
        this.maxAwait = builder.maxAwait;
        this.readTimeout = builder.readTimeout;
        this.pipeline = pipeline;
    }

    public static Builder builder() {
        return new Builder();
    }

    ConnectionString uri() {
        return uri;
    }

    public WatchScope watch() {
        return watch;
    }

    /** {@return stages that the server applies to the events; the caller must not write to them} */
    public List<BsonDocument> pipelineStages() {
        return pipelineStages;
    }

    public FullDocument fullDocument() {
        return fullDocument;
    }

    public FullDocumentBeforeChange beforeImage() {
        return beforeImage;
    }

    public boolean expandedEvents() {
        return expandedEvents;
    }

    public boolean splitLargeEvents() {
        return splitLargeEvents;
    }

    public JsonForm jsonForm() {
        return jsonForm;
    }

    public boolean wholeEvents() {
        return wholeEvents;
    }

    public StartFrom startFrom() {
        return startFrom;
    }

    public Duration connectTimeout() {
        return connectTimeout;
    }

    /** {@return how long an idle server waits before it answers that there is nothing} */
    public Duration maxAwait() {
        return maxAwait;
    }

    /** {@return how long an answer may take beyond {@link #maxAwait()}} */
    public Duration readTimeout() {
        return readTimeout;
    }

    public PipelineOptions pipeline() {
        return pipeline;
    }

    @Override
    public String toString() {
        return "MongoOptions[" + uri.getHosts() + ", watch=" + watch + ", pipelineStages=" + pipelineStages.size()
                + ", fullDocument=" + fullDocument.getValue() + ", beforeImage=" + beforeImage.getValue()
                + ", expandedEvents=" + expandedEvents + ", splitLargeEvents=" + splitLargeEvents + ", jsonForm="
                + jsonForm + ", wholeEvents=" + wholeEvents + ", startFrom=" + startFrom + ", connectTimeout="
                + connectTimeout + ", maxAwait="
                + maxAwait + ", readTimeout=" + readTimeout + ", pipeline=" + pipeline + "]";
    }

    /** Not thread-safe. */
    public static final class Builder {

        private String uri = "";
        private WatchScope watch = WatchScope.deployment();
        private List<BsonDocument> pipelineStages = List.of();
        private FullDocument fullDocument = FullDocument.DEFAULT;
        private FullDocumentBeforeChange beforeImage = FullDocumentBeforeChange.OFF;
        private boolean expandedEvents;
        private boolean splitLargeEvents;
        private JsonForm jsonForm = JsonForm.PLAIN;
        private boolean wholeEvents = true;
        private @Nullable StartFrom startFrom;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration maxAwait = Duration.ofSeconds(1);
        private Duration readTimeout = Duration.ofSeconds(60);
        private @Nullable PipelineOptions pipeline;

        private Builder() {}

        /**
         * The replica set or sharded cluster, as {@code mongodb://} or {@code mongodb+srv://}, with user, TLS and all
         * that the driver takes from it. Required. The user needs {@code find} and {@code changeStream} on what is
         * watched.
         */
        public Builder uri(String value) {
            this.uri = Objects.requireNonNull(value, "uri");
            return this;
        }

        /** What is watched. Default the whole deployment, which no dropped collection can end. */
        public Builder watch(WatchScope value) {
            this.watch = Objects.requireNonNull(value, "watch");
            return this;
        }

        /**
         * Stages that the server applies to events, mostly one {@code $match}. They must leave {@code _id},
         * {@code operationType}, {@code clusterTime}, {@code ns} and {@code documentKey} as they are. Default none.
         */
        public Builder pipelineStages(List<? extends Bson> value) {
            this.pipelineStages = value.stream().map(Bson::toBsonDocument).toList();
            return this;
        }

        /** Whether updates come with the whole document, and which state of it. Default only what changed. */
        public Builder fullDocument(FullDocument value) {
            this.fullDocument = Objects.requireNonNull(value, "fullDocument");
            return this;
        }

        /**
         * Whether updates, replacements and deletes come with the document as it was, as the record's
         * {@code fullDocumentBeforeChange}. From MongoDB 6.0 on, for collections that keep it. Default off.
         */
        public Builder beforeImage(FullDocumentBeforeChange value) {
            this.beforeImage = Objects.requireNonNull(value, "beforeImage");
            return this;
        }

        /**
         * Whether created collections, indexes and their like come as statements too, and not only what drops and
         * renames. From MongoDB 6.0 on. Default no.
         */
        public Builder expandedEvents(boolean value) {
            this.expandedEvents = value;
            return this;
        }

        /**
         * Whether the server sends events of more than 16 MB in pieces, which are put together here; without it such
         * an event ends the run. From MongoDB 6.0.9 on. Default no.
         */
        public Builder splitLargeEvents(boolean value) {
            this.splitLargeEvents = value;
            return this;
        }

        /** How documents are written as JSON. Default {@link JsonForm#PLAIN}. */
        public Builder jsonForm(JsonForm value) {
            this.jsonForm = Objects.requireNonNull(value, "jsonForm");
            return this;
        }

        /**
         * Whether a record's row is the whole event. Otherwise it is the document: its fields are the columns, after
         * the change, or before it for a delete, where the event has that; otherwise its key alone. Then updates need
         * {@link #fullDocument} to be UPDATE_LOOKUP or REQUIRED. Default yes.
         */
        public Builder wholeEvents(boolean value) {
            this.wholeEvents = value;
            return this;
        }

        /** Where to begin when there is no checkpoint. Required. */
        public Builder startFrom(StartFrom value) {
            this.startFrom = Objects.requireNonNull(value, "startFrom");
            return this;
        }

        /** How long it may take to connect, and to find a server that can be read from. Default 10 s. */
        public Builder connectTimeout(Duration value) {
            this.connectTimeout = Objects.requireNonNull(value, "connectTimeout");
            return this;
        }

        /**
         * How long an idle server waits before it answers that there is nothing; the position moves on then, and
         * {@code close()} waits for it. Default 1 s.
         */
        public Builder maxAwait(Duration value) {
            this.maxAwait = Objects.requireNonNull(value, "maxAwait");
            return this;
        }

        /**
         * How long an answer may take beyond {@link #maxAwait}; then the connection is taken for dead and made anew. A
         * server that begins at an old position looks through its oplog for the first event that is wanted: where
         * these are rare it must be given the time. Default 60 s.
         */
        public Builder readTimeout(Duration value) {
            this.readTimeout = Objects.requireNonNull(value, "readTimeout");
            return this;
        }

        /** What every pipeline has. Required. */
        public Builder pipeline(PipelineOptions value) {
            this.pipeline = Objects.requireNonNull(value, "pipeline");
            return this;
        }

        /** @throws io.millrace.core.InvalidOptionsException with everything that is wrong */
        public MongoOptions build() {
            Findings findings = new Findings();
            ConnectionString parsed = parsed(findings);
            StartFrom start = startFrom;
            if (start == null) {
                findings.add(
                        "startFrom",
                        "not set",
                        "is required",
                        "say where to begin without a checkpoint: StartFrom.latest(), initialLoad(), operationTime(...) or token(...)");
            }
            PipelineOptions pipe = pipeline;
            if (pipe == null) {
                findings.add("pipeline", "not set", "is required", "pass PipelineOptions.builder(id)...build()");
            }
            if (pipelineStages.stream().anyMatch(stage -> stage.containsKey(SPLIT))) {
                findings.add(
                        "pipelineStages",
                        SPLIT,
                        "must not split events, since nobody would put them together",
                        "leave the stage out and set splitLargeEvents(true)");
            }
            if (!wholeEvents && (fullDocument == FullDocument.DEFAULT || fullDocument == FullDocument.WHEN_AVAILABLE)) {
                findings.add(
                        "fullDocument",
                        fullDocument.name(),
                        "must be another with wholeEvents(false), since updates would come without a document",
                        "set fullDocument(UPDATE_LOOKUP) or REQUIRED");
            }
            if (wholeEvents && pipe != null && pipe.filter().hasColumnRules()) {
                findings.add(
                        "pipeline.filter",
                        "rules of columns",
                        "must have none with whole events, whose documents stand in one column",
                        "set wholeEvents(false) for documents as rows, or leave fields out by pipelineStages ($unset)");
            }
            if (start == StartFrom.Now.INITIAL_LOAD && !pipelineStages.isEmpty()) {
                findings.add(
                        "pipelineStages",
                        pipelineStages.size() + " stages",
                        "must be empty with StartFrom.initialLoad(), since they are for events and not for documents",
                        "use the filter of PipelineOptions, or process()");
            }
            findings.require(isTime(connectTimeout), "connectTimeout", connectTimeout, "must be 1 ms to 1 h");
            findings.require(isTime(maxAwait), "maxAwait", maxAwait, "must be 1 ms to 1 h");
            findings.require(isTime(readTimeout), "readTimeout", readTimeout, "must be 1 ms to 1 h");
            findings.throwIfAny("MongoOptions");
            return new MongoOptions(
                    this, Objects.requireNonNull(parsed), Objects.requireNonNull(start), Objects.requireNonNull(pipe));
        }

        /** The driver's messages do not repeat the password. */
        private @Nullable ConnectionString parsed(Findings findings) {
            if (uri.isBlank()) {
                findings.add("uri", "not set", "is required", "pass mongodb://host:27017/?replicaSet=name");
                return null;
            }
            try {
                return new ConnectionString(uri);
            } catch (IllegalArgumentException e) {
                findings.add(
                        "uri",
                        "a text that is no connection string",
                        "must be mongodb://... or mongodb+srv://...",
                        String.valueOf(e.getMessage()));
                return null;
            }
        }

        private static boolean isTime(Duration value) {
            return value.toMillis() >= 1 && value.compareTo(Duration.ofHours(1)) <= 0;
        }
    }
}
