// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.core.transform.Transform;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What every pipeline has, whatever its source: an identity, a place for its checkpoints, and how it
 * behaves when things go wrong. Immutable.
 */
public final class PipelineOptions {

    private final String id;
    private final String service;
    private final CheckpointStore checkpoints;
    private final boolean expectCheckpoint;
    private final TableFilter filter;
    private final List<Transform> transforms;
    private final Duration checkpointInterval;
    private final Duration startTimeout;
    private final Duration pauseAfter;
    private final Duration closeTimeout;
    private final RetryOptions retry;
    private final Map<String, String> skippedTransactions;
    private final @Nullable Path spillDirectory;

    private PipelineOptions(Builder builder, CheckpointStore checkpoints) {
        this.id = builder.id;
        this.service = builder.service;
        this.checkpoints = checkpoints;
        this.expectCheckpoint = builder.expectCheckpoint;
        this.filter = builder.filter;
        this.transforms = List.copyOf(builder.transforms);
        this.checkpointInterval = builder.checkpointInterval;
        this.startTimeout = builder.startTimeout;
        this.pauseAfter = builder.pauseAfter;
        this.closeTimeout = builder.closeTimeout;
        this.retry = builder.retry;
        this.skippedTransactions = Map.copyOf(builder.skippedTransactions);
        this.spillDirectory = builder.spillDirectory;
    }

    /**
     * @param id the pipeline's identity: checkpoints are stored under it and the id by which a MySQL
     *     server knows the reader is derived from it, so it must be unique and must not change
     */
    public static Builder builder(String id) {
        return new Builder(id);
    }

    public String id() {
        return id;
    }

    /** {@return the name that records carry as their service} */
    public String service() {
        return service;
    }

    public CheckpointStore checkpoints() {
        return checkpoints;
    }

    /** {@return whether starting without any checkpoint is an error} */
    public boolean expectCheckpoint() {
        return expectCheckpoint;
    }

    /** {@return which tables are captured} */
    public TableFilter filter() {
        return filter;
    }

    /** {@return what is done to changes before they go to any target, in order; unmodifiable} */
    public List<Transform> transforms() {
        return transforms;
    }

    /** {@return how old a stored checkpoint may get while records are acknowledged} */
    public Duration checkpointInterval() {
        return checkpointInterval;
    }

    /** {@return how long a source or target that cannot be reached at the start is tried} */
    public Duration startTimeout() {
        return startTimeout;
    }

    /** {@return how long a full target holds the source back before its connection is given up} */
    public Duration pauseAfter() {
        return pauseAfter;
    }

    /** {@return how long {@link Processor#close()} waits for acknowledgements} */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /** {@return how a lost connection to the source is made anew} */
    public RetryOptions retry() {
        return retry;
    }

    /** {@return the ids of transactions that are left out, and why; unmodifiable} */
    public Map<String, String> skippedTransactions() {
        return skippedTransactions;
    }

    /** {@return where changes wait on disk for targets that are behind; null if they do not} */
    public @Nullable Path spillDirectory() {
        return spillDirectory;
    }

    @Override
    public String toString() {
        return "PipelineOptions[id=" + id + ", service=" + service + ", checkpoints=" + checkpoints
                + ", expectCheckpoint=" + expectCheckpoint + ", filter=" + filter + ", transforms=" + transforms
                + ", checkpointInterval=" + checkpointInterval + ", startTimeout=" + startTimeout
                + ", pauseAfter=" + pauseAfter + ", closeTimeout=" + closeTimeout + ", retry=" + retry
                + ", skippedTransactions=" + skippedTransactions + ", spillDirectory=" + spillDirectory + "]";
    }

    /** Not thread-safe. */
    public static final class Builder {

        private final String id;
        private String service;
        private @Nullable CheckpointStore checkpoints;
        private boolean expectCheckpoint;
        private TableFilter filter = TableFilter.includeAll();
        private final List<Transform> transforms = new ArrayList<>();
        private Duration checkpointInterval = Duration.ofSeconds(1);
        private Duration startTimeout = Duration.ofSeconds(30);
        private Duration pauseAfter = Duration.ofSeconds(20);
        private Duration closeTimeout = Duration.ofSeconds(30);
        private RetryOptions retry = RetryOptions.defaults();
        private final Map<String, String> skippedTransactions = new LinkedHashMap<>();
        private @Nullable Path spillDirectory;

        private Builder(String id) {
            this.id = Objects.requireNonNull(id, "id");
            this.service = id;
        }

        /** The name that records carry as their service. Default: the pipeline's id. */
        public Builder service(String value) {
            this.service = Objects.requireNonNull(value, "service");
            return this;
        }

        /** Where checkpoints are kept. Required: without one a restart would not know where it was. */
        public Builder checkpoints(CheckpointStore value) {
            this.checkpoints = Objects.requireNonNull(value, "checkpoints");
            return this;
        }

        /**
         * Whether starting is an error if none of the targets has a checkpoint. Recommended in production
         * once a pipeline has run: a lost checkpoint directory is then noticed. Needs not be taken back
         * to add a target. That a single one of several targets has lost its checkpoint is always
         * noticed. Default false.
         */
        public Builder expectCheckpoint(boolean value) {
            this.expectCheckpoint = value;
            return this;
        }

        /** Which tables are captured. Default: all. */
        public Builder filter(TableFilter value) {
            this.filter = Objects.requireNonNull(value, "filter");
            return this;
        }

        /** Adds a step that all changes take on their way to every target, behind those added before. */
        public Builder transform(Transform value) {
            this.transforms.add(Objects.requireNonNull(value, "transform"));
            return this;
        }

        /** How old a stored checkpoint may get while records are acknowledged. Default 1 s. */
        public Builder checkpointInterval(Duration value) {
            this.checkpointInterval = Objects.requireNonNull(value, "checkpointInterval");
            return this;
        }

        /**
         * How long a source or target that cannot be reached at the start is tried before the run fails;
         * once running, it is tried for ever. A source that was reached but has to catch up with what was read before
         * has a time of its own for that. Default 30 s.
         */
        public Builder startTimeout(Duration value) {
            this.startTimeout = Objects.requireNonNull(value, "startTimeout");
            return this;
        }

        /**
         * How long a full target holds the source back before the connection to the source is given up
         * until there is room. A server cuts a connection that is not read (MySQL after
         * {@code net_write_timeout}), so keep it well below. Default 20 s.
         */
        public Builder pauseAfter(Duration value) {
            this.pauseAfter = Objects.requireNonNull(value, "pauseAfter");
            return this;
        }

        /** How long {@link Processor#close()} waits for acknowledgements. Default 30 s. */
        public Builder closeTimeout(Duration value) {
            this.closeTimeout = Objects.requireNonNull(value, "closeTimeout");
            return this;
        }

        /** How a lost connection to the source is made anew. */
        public Builder retry(RetryOptions value) {
            this.retry = Objects.requireNonNull(value, "retry");
            return this;
        }

        /**
         * Leaves a whole transaction out, unread: the way past one that cannot be read. It is logged when
         * it is passed, with the reason, and counted.
         *
         * @param id as records and messages name it: {@link SourceInfo#transactionId()}
         * @param reason who decided it, and why; for the log
         */
        public Builder skipTransaction(String id, String reason) {
            this.skippedTransactions.put(Objects.requireNonNull(id, "id"), Objects.requireNonNull(reason, "reason"));
            return this;
        }

        /**
         * A directory on a disk of this machine where changes wait for a target whose
         * {@link TargetOptions#queueBytes()} are used up, up to {@link TargetOptions#spillBytes()}: a target
         * that is slow or down for a while then holds neither the source nor the other targets back. The
         * files are a cache only, and are deleted at the end. Not set by default: such a target holds
         * the source back.
         */
        public Builder spillDirectory(Path value) {
            this.spillDirectory = Objects.requireNonNull(value, "spillDirectory");
            return this;
        }

        /** @throws InvalidOptionsException with everything that is wrong */
        public PipelineOptions build() {
            Findings findings = new Findings();
            Names.check("id", id, findings);
            CheckpointStore store = checkpoints;
            if (store == null) {
                findings.add(
                        "checkpoints",
                        "not set",
                        "is required",
                        "pass new FileCheckpointStore(directory), or an InMemoryCheckpointStore to begin anew each time");
            }
            positive(findings, "checkpointInterval", checkpointInterval);
            positive(findings, "startTimeout", startTimeout);
            positive(findings, "pauseAfter", pauseAfter);
            positive(findings, "closeTimeout", closeTimeout);
            findings.throwIfAny("PipelineOptions of " + id);
            return new PipelineOptions(this, Objects.requireNonNull(store));
        }

        private static void positive(Findings findings, String setting, Duration value) {
            findings.require(!value.isNegative() && !value.isZero(), setting, value, "must be positive");
        }
    }
}
