// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Finding;
import io.millrace.core.Findings;
import io.millrace.core.TargetOptions;
import io.millrace.core.format.Format;
import io.millrace.core.format.InvalidTemplateException;
import io.millrace.core.format.NativeJson;
import io.millrace.core.format.Template;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a {@link RedisTarget} delivers. Immutable; printing it shows no secrets. */
public final class RedisOptions {

    private final RedisServers servers;
    private final TargetOptions target;
    private final RedisCommand command;
    private final @Nullable Template key;
    private final @Nullable Template statementKey;
    private final Format format;
    private final String streamField;
    private final long maxLength;
    private final Duration ttl;
    private final Duration tombstoneTtl;
    private final String checkpointKey;

    private RedisOptions(
            Builder builder, RedisServers servers, @Nullable Template key, @Nullable Template statementKey) {
        this.servers = servers;
        this.target = builder.target;
        this.command = builder.command;
        this.key = key;
        this.statementKey = statementKey;
        this.format = builder.format;
        this.streamField = builder.streamField;
        this.maxLength = builder.maxLength;
        this.ttl = builder.ttl;
        this.tombstoneTtl = builder.tombstoneTtl;
        this.checkpointKey = builder.checkpointKey;
    }

    /**
     * @param uris of the server, {@code redis://user:password@host:port/database}, with {@code rediss} for
     *     TLS; of a cluster, those of some of its nodes
     */
    public static Builder builder(String... uris) {
        return new Builder(List.of(uris));
    }

    RedisServers servers() {
        return servers;
    }

    /** {@return what all targets have: name, batches, retry} */
    public TargetOptions target() {
        return target;
    }

    public RedisCommand command() {
        return command;
    }

    /** {@return names the key or channel of a change; null if it is made of the table and the primary key} */
    public @Nullable Template key() {
        return key;
    }

    /** {@return names the key or channel of statements that {@link #key()} does not fit; null if none is set} */
    public @Nullable Template statementKey() {
        return statementKey;
    }

    public Format format() {
        return format;
    }

    /** {@return the field of a stream's entries that holds the change} */
    public String streamField() {
        return streamField;
    }

    /** {@return about how many entries a stream keeps; 0 for all} */
    public long maxLength() {
        return maxLength;
    }

    /** {@return for how long a mirrored row is kept after its last change; zero for ever} */
    public Duration ttl() {
        return ttl;
    }

    /** {@return for how long it is remembered that a mirrored row was deleted} */
    public Duration tombstoneTtl() {
        return tombstoneTtl;
    }

    /** {@return the hash that holds the pipeline's checkpoints} */
    String checkpointKey(String pipeline) {
        return checkpointKey.isEmpty() ? RedisCheckpointStore.key(pipeline) : checkpointKey;
    }

    /** {@return all options, without passwords} */
    @Override
    public String toString() {
        return "RedisOptions[servers=" + servers + ", command=" + command + ", key=" + key + ", statementKey="
                + statementKey + ", streamField=" + streamField + ", maxLength=" + maxLength + ", ttl=" + ttl
                + ", tombstoneTtl=" + tombstoneTtl + ", checkpointKey=" + checkpointKey + ", target=" + target + "]";
    }

    /** Not thread-safe. */
    public static final class Builder {

        /** Redis fails over a time that is too long for it, in the middle of a script. */
        private static final Duration LONGEST_TTL = Duration.ofDays(36_500);

        final List<String> uris;
        String master = "";
        List<String> sentinels = List.of();
        boolean cluster;
        Duration timeout = Duration.ofSeconds(10);
        int minReplicas;
        private TargetOptions target = TargetOptions.named("redis");
        private RedisCommand command = RedisCommand.RPUSH;
        private String key = "";
        private String statementKey = "";
        private Format format = NativeJson.INSTANCE;
        private String streamField = "event";
        private long maxLength;
        private Duration ttl = Duration.ZERO;
        private Duration tombstoneTtl = Duration.ofDays(1);
        private String checkpointKey = "";

        private Builder(List<String> uris) {
            this.uris = uris;
        }

        /** Name, batches and retry. Default: those of a target named {@code redis}. */
        public Builder target(TargetOptions value) {
            this.target = Objects.requireNonNull(value, "target");
            return this;
        }

        /** What is done with each change. Default {@link RedisCommand#RPUSH}. */
        public Builder command(RedisCommand value) {
            this.command = Objects.requireNonNull(value, "command");
            return this;
        }

        /**
         * A {@link Template} that names the key of each change, or the channel. Default
         * <code>%{/schema_name}.%{/table_name}</code>; of a mirrored row, {@code <schema>:<table>:} and the
         * values of its primary key, separated by colons ({@code %} and {@code :} within a value as
         * {@code %25} and {@code %3A}).
         */
        public Builder key(String value) {
            this.key = Objects.requireNonNull(value, "key");
            return this;
        }

        /**
         * A {@link Template} that names the key or channel of statements that name no table, and of all where
         * {@link #key} names columns, which statements do not have. Default
         * <code>%{/service}.statements</code>. Mirrors store no statements.
         */
        public Builder statementKey(String value) {
            this.statementKey = Objects.requireNonNull(value, "statementKey");
            return this;
        }

        /** Default {@link NativeJson}. {@link RedisCommand#HSET} and {@link RedisCommand#SET} do not use it. */
        public Builder format(Format value) {
            this.format = Objects.requireNonNull(value, "format");
            return this;
        }

        /** The field of a stream's entries that holds the change. Default {@code event}. */
        public Builder streamField(String value) {
            this.streamField = Objects.requireNonNull(value, "streamField");
            return this;
        }

        /**
         * About how many entries a stream keeps ({@code MAXLEN ~}); 0, the default, for all. What is trimmed
         * is gone, whether or not a consumer has read it.
         */
        public Builder maxLength(long value) {
            this.maxLength = value;
            return this;
        }

        /** For how long a mirrored row is kept after its last change; zero, the default, for ever. */
        public Builder ttl(Duration value) {
            this.ttl = Objects.requireNonNull(value, "ttl");
            return this;
        }

        /**
         * For how long it is remembered that a mirrored row was deleted, so that changes that come again after
         * a checkpoint was set back do not bring it back. Default a day.
         */
        public Builder tombstoneTtl(Duration value) {
            this.tombstoneTtl = Objects.requireNonNull(value, "tombstoneTtl");
            return this;
        }

        /**
         * The hash that holds the pipeline's checkpoints. Default {@code millrace:{<pipeline>}:checkpoints}. In
         * a cluster, it and all keys must be in one slot: put the same hash tag into {@link #key},
         * {@link #statementKey} and this.
         */
        public Builder checkpointKey(String value) {
            this.checkpointKey = Objects.requireNonNull(value, "checkpointKey");
            return this;
        }

        /** Whether the servers are nodes of a Redis Cluster. Default false. */
        public Builder cluster(boolean value) {
            this.cluster = value;
            return this;
        }

        /**
         * Lets Redis Sentinels say which server is the master, at the start and after each failure. Of the server's
         * URI, user, password, database and TLS count, and of each sentinel's URI for that sentinel; the server's
         * host and port do not. Default: no sentinels.
         *
         * @param masterName what the sentinels call it
         */
        public Builder sentinels(String masterName, String... sentinelUris) {
            this.master = Objects.requireNonNull(masterName, "masterName");
            this.sentinels = List.of(sentinelUris);
            return this;
        }

        /**
         * How many replicas must have a batch before it counts as stored ({@code WAIT}); 0, the default, for none.
         * While fewer have it, the target waits and tries again. A failover to one of these replicas then loses
         * nothing that was acknowledged. Not for {@link RedisCommand#PUBLISH}.
         */
        public Builder minReplicas(int value) {
            this.minReplicas = value;
            return this;
        }

        /** How long to wait for a connection, and for an answer. Default 10 seconds. */
        public Builder timeout(Duration value) {
            this.timeout = Objects.requireNonNull(value, "timeout");
            return this;
        }

        /** @throws io.millrace.core.InvalidOptionsException with everything that is wrong */
        public RedisOptions build() {
            Findings findings = new Findings();
            RedisServers servers = RedisServers.of(this, findings);
            String usual = command.mirrors() ? "" : "%{/schema_name}.%{/table_name}";
            Template compiledKey = compiled("key", key.isEmpty() ? usual : key, findings);
            String usualForStatements = command.mirrors() ? "" : "%{/service}.statements";
            Template compiledStatementKey =
                    compiled("statementKey", statementKey.isEmpty() ? usualForStatements : statementKey, findings);
            findings.require(maxLength >= 0, "maxLength", maxLength, "must not be negative");
            findings.require(
                    maxLength == 0 || command == RedisCommand.XADD, "maxLength", maxLength, "is for XADD only");
            findings.require(
                    minReplicas == 0 || command != RedisCommand.PUBLISH,
                    "minReplicas",
                    minReplicas,
                    "is not for PUBLISH: nothing is stored");
            findings.require(ttl.isZero() || command.mirrors(), "ttl", ttl, "is for HSET and SET only");
            findings.require(ttl.isZero() || isTimeToLive(ttl), "ttl", ttl, "must be a millisecond to a hundred years");
            findings.require(
                    isTimeToLive(tombstoneTtl),
                    "tombstoneTtl",
                    tombstoneTtl,
                    "must be a millisecond to a hundred years");
            findings.require(
                    statementKey.isEmpty() || !command.mirrors(),
                    "statementKey",
                    statementKey,
                    "is not for mirrors: they store no statements");
            findings.require(
                    !cluster || checkpointKey.isEmpty() || checkpointKey.matches(".*\\{[^}]+}.*"),
                    "checkpointKey",
                    checkpointKey,
                    "must have a hash tag in a cluster, the same as the other keys: {orders}:checkpoints");
            findings.throwIfAny("RedisOptions of " + target.name());
            return new RedisOptions(this, Objects.requireNonNull(servers), compiledKey, compiledStatementKey);
        }

        private static boolean isTimeToLive(Duration value) {
            return value.compareTo(Duration.ofMillis(1)) >= 0 && value.compareTo(LONGEST_TTL) <= 0;
        }

        private static @Nullable Template compiled(String option, String text, Findings findings) {
            try {
                return text.isEmpty() ? null : Template.compile(text);
            } catch (InvalidTemplateException e) {
                findings.add(
                        new Finding(option, "'" + text + "'", "must be a template", String.valueOf(e.getMessage())));
                return null;
            }
        }
    }
}
