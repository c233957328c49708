// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.transform.Transform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What every target has: a name, what it wants, and how it is fed. Immutable. */
public final class TargetOptions {

    private final String name;
    private final boolean sendData;
    private final boolean executeDdl;
    private final int batchSize;
    private final long batchBytes;
    private final int maxInFlight;
    private final Duration linger;
    private final long queueBytes;
    private final long spillBytes;
    private final RetryOptions retry;
    private final ErrorPolicy errorPolicy;
    private final boolean optional;
    private final Duration stallAfter;
    private final TargetStart start;
    private final List<Transform> transforms;

    private TargetOptions(Builder builder) {
        this.name = builder.name;
        this.sendData = builder.sendData;
        this.executeDdl = builder.executeDdl;
        this.batchSize = builder.batchSize;
        this.batchBytes = builder.batchBytes;
        this.maxInFlight = builder.maxInFlight;
        this.linger = builder.linger;
        this.queueBytes = builder.queueBytes;
        this.spillBytes = builder.spillBytes;
        this.retry = builder.retry;
        this.errorPolicy = builder.errorPolicy;
        this.optional = builder.optional;
        this.stallAfter = builder.stallAfter;
        this.start = builder.start;
        this.transforms = List.copyOf(builder.transforms);
    }

    /** {@return options of that name, everything else by default} */
    public static TargetOptions named(String name) {
        return builder(name).build();
    }

    /** @param name the target's name: its checkpoint is stored under it, so it must not change */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** {@return the name under which the target's checkpoint is stored} */
    public String name() {
        return name;
    }

    /** {@return whether rows, and statements that change rows, are delivered} */
    public boolean sendData() {
        return sendData;
    }

    /** {@return whether DDL is delivered, through {@link Target#executeDdl}} */
    public boolean executeDdl() {
        return executeDdl;
    }

    public int batchSize() {
        return batchSize;
    }

    /** {@return bytes at which a batch is full; a single larger record makes a batch of its own} */
    public long batchBytes() {
        return batchBytes;
    }

    /** {@return batches that an asynchronous target may have unacknowledged} */
    public int maxInFlight() {
        return maxInFlight;
    }

    /** {@return how long a batch that is not full waits for more} */
    public Duration linger() {
        return linger;
    }

    /** {@return bytes that may wait for this target, the unacknowledged included} */
    public long queueBytes() {
        return queueBytes;
    }

    /** {@return bytes that may wait for this target on disk, where the pipeline has a place for them} */
    public long spillBytes() {
        return spillBytes;
    }

    public RetryOptions retry() {
        return retry;
    }

    /** {@return what happens to a change that cannot be delivered} */
    public ErrorPolicy errorPolicy() {
        return errorPolicy;
    }

    /** {@return whether the others go on without this target when it fails for good} */
    public boolean optional() {
        return optional;
    }

    /** {@return how long a batch may stay unacknowledged before that is reported} */
    public Duration stallAfter() {
        return stallAfter;
    }

    /** {@return where the target begins if it has no checkpoint} */
    public TargetStart start() {
        return start;
    }

    /** {@return what is done to changes on their way to the target, behind the pipeline's own; unmodifiable} */
    public List<Transform> transforms() {
        return transforms;
    }

    @Override
    public String toString() {
        return "TargetOptions[name=" + name + ", sendData=" + sendData + ", executeDdl=" + executeDdl
                + ", batchSize=" + batchSize + ", batchBytes=" + batchBytes + ", maxInFlight="
                + maxInFlight + ", linger=" + linger + ", queueBytes=" + queueBytes
                + ", spillBytes=" + spillBytes + ", retry=" + retry
                + ", errorPolicy=" + errorPolicy + ", optional=" + optional + ", stallAfter=" + stallAfter
                + ", start=" + start + ", transforms=" + transforms + "]";
    }

    /** Not thread-safe. */
    public static final class Builder {

        private static final long MEBIBYTE = 1L << 20;

        private final String name;
        private boolean sendData = true;
        private boolean executeDdl;
        private int batchSize = 1_000;
        private long batchBytes = MEBIBYTE;
        private int maxInFlight = 16;
        private Duration linger = Duration.ZERO;
        private long queueBytes = Math.max(
                4 * MEBIBYTE, Math.min(64 * MEBIBYTE, Runtime.getRuntime().maxMemory() / 8));
        private long spillBytes = 1L << 30;
        private RetryOptions retry = RetryOptions.defaults();
        private ErrorPolicy errorPolicy = ErrorPolicy.stop();
        private boolean optional;
        private Duration stallAfter = Duration.ofSeconds(30);
        private TargetStart start = TargetStart.bySource();
        private final List<Transform> transforms = new ArrayList<>();

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        /** Whether rows, and statements that change rows, are delivered. Default true. */
        public Builder sendData(boolean value) {
            this.sendData = value;
            return this;
        }

        /** Whether DDL is delivered. Default false: it is passed over. */
        public Builder executeDdl(boolean value) {
            this.executeDdl = value;
            return this;
        }

        /** The most changes in a batch. Default 1,000. */
        public Builder batchSize(int value) {
            this.batchSize = value;
            return this;
        }

        /** Bytes at which a batch is full. Default 1 MiB. */
        public Builder batchBytes(long value) {
            this.batchBytes = value;
            return this;
        }

        /** Unacknowledged batches of an asynchronous target. Default 16. */
        public Builder maxInFlight(int value) {
            this.maxInFlight = value;
            return this;
        }

        /** How long a batch that is not full waits for more. Default zero: what is there goes. */
        public Builder linger(Duration value) {
            this.linger = Objects.requireNonNull(value, "linger");
            return this;
        }

        /**
         * Bytes that may wait for the target before the source is held back. Default an eighth of the
         * heap, at least 4 MiB and at most 64 MiB.
         */
        public Builder queueBytes(long value) {
            this.queueBytes = value;
            return this;
        }

        /**
         * Bytes that may wait for the target on disk, once {@link #queueBytes} are used up, where
         * {@link PipelineOptions#spillDirectory()} is set. Default 1 GiB.
         */
        public Builder spillBytes(long value) {
            this.spillBytes = value;
            return this;
        }

        /** How failures are answered. */
        public Builder retry(RetryOptions value) {
            this.retry = Objects.requireNonNull(value, "retry");
            return this;
        }

        /** What happens to a change that cannot be delivered. Default: {@link ErrorPolicy#stop()}. */
        public Builder errorPolicy(ErrorPolicy value) {
            this.errorPolicy = Objects.requireNonNull(value, "errorPolicy");
            return this;
        }

        /**
         * Whether the others go on without this target: when it fails for good, or has been full for
         * {@link PipelineOptions#pauseAfter()}, it is detached, and told of to listeners. Its checkpoint
         * stays, so the next start begins where it was left. Default false: a target that fails ends the
         * processor, and one that is full holds the source back.
         */
        public Builder optional(boolean value) {
            this.optional = value;
            return this;
        }

        /**
         * How long a batch may stay unacknowledged before that is reported: to listeners, in the target's
         * state and in {@link Processor#health()}. Nothing else happens then: the batch is not sent again,
         * since it may still arrive. Default 30 s.
         */
        public Builder stallAfter(Duration value) {
            this.stallAfter = Objects.requireNonNull(value, "stallAfter");
            return this;
        }

        /**
         * Where the target begins if it has no checkpoint. Default {@link TargetStart#bySource()}: where
         * the source's start option says.
         */
        public Builder start(TargetStart value) {
            this.start = Objects.requireNonNull(value, "start");
            return this;
        }

        /**
         * Adds a step that all changes take on their way to this target, behind those added before and behind
         * those of the {@linkplain PipelineOptions#transforms() pipeline}.
         */
        public Builder transform(Transform value) {
            this.transforms.add(Objects.requireNonNull(value, "transform"));
            return this;
        }

        /** @throws InvalidOptionsException with everything that is wrong */
        public TargetOptions build() {
            Findings findings = new Findings();
            Names.check("name", name, findings);
            findings.require(batchSize >= 1, "batchSize", batchSize, "must be at least 1");
            findings.require(batchBytes >= 1, "batchBytes", batchBytes, "must be at least 1");
            findings.require(maxInFlight >= 1, "maxInFlight", maxInFlight, "must be at least 1");
            findings.require(!linger.isNegative(), "linger", linger, "must not be negative");
            findings.require(queueBytes >= 1, "queueBytes", queueBytes, "must be at least 1");
            findings.require(spillBytes >= 1, "spillBytes", spillBytes, "must be at least 1");
            findings.require(
                    !stallAfter.isNegative() && !stallAfter.isZero(), "stallAfter", stallAfter, "must be positive");
            Target deadLetters = errorPolicy.deadLetters();
            findings.require(
                    deadLetters == null || deadLetters.options().transforms().isEmpty(),
                    "errorPolicy",
                    errorPolicy,
                    "must name a target without transforms: dead letters are not transformed");
            findings.require(
                    deadLetters == null || !deadLetters.keepsCheckpoint(),
                    "errorPolicy",
                    errorPolicy,
                    "must name a target for dead letters that keeps no checkpoint of its own (Kafka without exactly once, Redis with PUBLISH)");
            findings.throwIfAny("TargetOptions of " + name);
            return new TargetOptions(this);
        }
    }
}
