// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Finding;
import io.millrace.core.Findings;
import io.millrace.core.TargetOptions;
import io.millrace.core.format.Format;
import io.millrace.core.format.InvalidTemplateException;
import io.millrace.core.format.NativeJson;
import io.millrace.core.format.Template;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How a {@link KafkaTarget} delivers. Immutable; printing it shows no secrets. */
public final class KafkaOptions {

    /** So many batches make a Kafka transaction that is worth its commit. */
    static final int EXACTLY_ONCE_IN_FLIGHT = 256;

    private final String bootstrapServers;
    private final TargetOptions target;
    private final Template topic;
    private final Template statementTopic;
    private final boolean statementsToTables;
    private final Format format;
    private final Format keyFormat;
    private final boolean tombstones;
    private final Set<KafkaHeader> headers;
    private final boolean sanitizeTopics;
    private final boolean createTopics;
    private final int topicPartitions;
    private final int topicReplication;
    private final Map<String, String> topicConfigs;
    private final Duration connectTimeout;
    private final boolean exactlyOnce;
    private final String checkpointTopic;
    private final Duration transactionInterval;
    private final @Nullable Template transactionTopic;
    private final Map<String, String> properties;

    private KafkaOptions(
            Builder builder, Template topic, Template statementTopic, @Nullable Template transactionTopic) {
        this.bootstrapServers = builder.bootstrapServers;
        this.target = builder.target();
        this.topic = topic;
        this.statementTopic = statementTopic;
        this.statementsToTables = builder.statementsToTables;
        this.format = builder.format;
        this.keyFormat = builder.keyFormat == null ? builder.format : builder.keyFormat;
        this.tombstones = builder.tombstones;
        this.headers = Collections.unmodifiableSet(EnumSet.copyOf(builder.headers));
        this.sanitizeTopics = builder.sanitizeTopics;
        this.createTopics = builder.createTopics;
        this.topicPartitions = builder.topicPartitions;
        this.topicReplication = builder.topicReplication;
        this.topicConfigs = Map.copyOf(builder.topicConfigs);
        this.connectTimeout = builder.connectTimeout;
        this.exactlyOnce = builder.exactlyOnce;
        this.checkpointTopic = builder.checkpointTopic;
        this.transactionInterval = builder.transactionInterval;
        this.transactionTopic = transactionTopic;
        this.properties = Map.copyOf(builder.properties);
    }

    /** @param bootstrapServers brokers to begin with, {@code host:port}, comma-separated */
    public static Builder builder(String bootstrapServers) {
        return new Builder(bootstrapServers);
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** {@return what all targets have: name, batches, retry} */
    public TargetOptions target() {
        return target;
    }

    /** {@return names the topic of a record, and of a statement for each table that it names} */
    public Template topic() {
        return topic;
    }

    /** {@return names the topic of a statement that names no table} */
    public Template statementTopic() {
        return statementTopic;
    }

    /** {@return whether a statement goes to the topics of the tables that it names} */
    public boolean statementsToTables() {
        return statementsToTables;
    }

    public Format format() {
        return format;
    }

    /** {@return what writes keys} */
    public Format keyFormat() {
        return keyFormat;
    }

    /** {@return whether a delete is followed by a record of the same key without a value} */
    public boolean tombstones() {
        return tombstones;
    }

    /** {@return what goes into the headers of each record; unmodifiable} */
    public Set<KafkaHeader> headers() {
        return headers;
    }

    /** {@return whether what no topic can be named with becomes {@code _}} */
    public boolean sanitizeTopics() {
        return sanitizeTopics;
    }

    /** {@return whether topics that are missing are created} */
    public boolean createTopics() {
        return createTopics;
    }

    /** {@return partitions of created topics; 0 for the broker's default} */
    public int topicPartitions() {
        return topicPartitions;
    }

    /** {@return replication factor of created topics; 0 for the broker's default} */
    public int topicReplication() {
        return topicReplication;
    }

    /** {@return configuration of created topics; unmodifiable} */
    public Map<String, String> topicConfigs() {
        return topicConfigs;
    }

    /** {@return how long to wait for an answer when connecting, and when topics are looked up or created} */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /** {@return whether records and checkpoint are stored in one Kafka transaction} */
    public boolean exactlyOnce() {
        return exactlyOnce;
    }

    /** {@return the compacted topic that holds checkpoints} */
    public String checkpointTopic() {
        return checkpointTopic;
    }

    /** {@return how long a Kafka transaction may gather batches} */
    public Duration transactionInterval() {
        return transactionInterval;
    }

    /** {@return names the topic that tells of each source transaction that it is complete; null for none} */
    public @Nullable Template transactionTopic() {
        return transactionTopic;
    }

    /** {@return the user's own producer properties, secrets included; unmodifiable} */
    public Map<String, String> properties() {
        return properties;
    }

    /** {@return all options, without the values of secrets} */
    @Override
    public String toString() {
        return "KafkaOptions[bootstrapServers=" + bootstrapServers + ", topic=" + topic
                + ", statementTopic=" + statementTopic + ", statementsToTables=" + statementsToTables
                + ", tombstones=" + tombstones + ", headers=" + headers + ", sanitizeTopics=" + sanitizeTopics
                + ", createTopics=" + createTopics
                + ", topicPartitions=" + topicPartitions + ", topicReplication=" + topicReplication
                + ", topicConfigs=" + topicConfigs + ", connectTimeout=" + connectTimeout + ", exactlyOnce="
                + exactlyOnce + ", checkpointTopic=" + checkpointTopic + ", transactionInterval="
                + transactionInterval + ", transactionTopic=" + transactionTopic
                + ", properties=" + KafkaProperties.printable(properties) + ", target=" + target + "]";
    }

    /** Not thread-safe. */
    public static final class Builder {

        private static final Pattern SERVER =
                Pattern.compile("(?:[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.%a-z]+]):([0-9]{1,5})");

        private final String bootstrapServers;
        private @Nullable TargetOptions target;
        private String topic = "%{/schema_name}.%{/table_name}";
        private String statementTopic = "%{/service}.statements";
        private boolean statementsToTables = true;
        private Format format = NativeJson.INSTANCE;
        private @Nullable Format keyFormat;
        private boolean tombstones = true;
        private Set<KafkaHeader> headers = EnumSet.of(KafkaHeader.NATIVE);
        private boolean sanitizeTopics;
        private boolean createTopics = true;
        private int topicPartitions;
        private int topicReplication;
        private final Map<String, String> topicConfigs = new LinkedHashMap<>();
        private Duration connectTimeout = Duration.ofSeconds(10);
        private boolean exactlyOnce;
        private String checkpointTopic = "millrace-checkpoints";
        private Duration transactionInterval = Duration.ofMillis(200);
        private @Nullable String transactionTopic;
        private final Map<String, String> properties = new LinkedHashMap<>();

        private Builder(String bootstrapServers) {
            this.bootstrapServers = Objects.requireNonNull(bootstrapServers, "bootstrapServers");
        }

        /**
         * Name, batches and retry. Default: those of a target named {@code kafka}, with
         * {@code maxInFlight} 256 where delivery is {@link #exactlyOnce}: a Kafka transaction holds no
         * more batches than that, and few large ones cost less than many small ones.
         */
        public Builder target(TargetOptions value) {
            this.target = Objects.requireNonNull(value, "target");
            return this;
        }

        private TargetOptions target() {
            if (target != null) {
                return target;
            }
            TargetOptions.Builder named = TargetOptions.builder("kafka");
            return (exactlyOnce ? named.maxInFlight(EXACTLY_ONCE_IN_FLIGHT) : named).build();
        }

        /**
         * A {@link Template} that names the topic of each change. Default
         * <code>%{/schema_name}.%{/table_name}</code>.
         */
        public Builder topic(String value) {
            this.topic = Objects.requireNonNull(value, "topic");
            return this;
        }

        /**
         * A {@link Template} that names the topic of statements that name no table. Default
         * <code>%{/service}.statements</code>.
         */
        public Builder statementTopic(String value) {
            this.statementTopic = Objects.requireNonNull(value, "statementTopic");
            return this;
        }

        /**
         * Whether a statement goes to the topic of each table that it names, once per topic. If not,
         * all statements go to {@link #statementTopic(String)}; so it has to be where {@link #topic}
         * names columns, which statements do not have. Default true.
         */
        public Builder statementsToTables(boolean value) {
            this.statementsToTables = value;
            return this;
        }

        /**
         * Whether records and the checkpoint are stored in one Kafka transaction, so that consumers
         * with {@code isolation.level=read_committed} see each record once, through crashes too. The
         * {@code transactional.id} is {@code <pipeline>.<target name>}: a second instance of the
         * pipeline fences the first. Default false: at least once.
         */
        public Builder exactlyOnce(boolean value) {
            this.exactlyOnce = value;
            return this;
        }

        /**
         * The topic that holds checkpoints, compacted and of one partition; created if it is missing
         * and {@link #createTopics} allows. Many pipelines may share it. Used where delivery is
         * {@link #exactlyOnce}, and by {@link KafkaCheckpointStore}. Default
         * {@code millrace-checkpoints}.
         */
        public Builder checkpointTopic(String value) {
            this.checkpointTopic = Objects.requireNonNull(value, "checkpointTopic");
            return this;
        }

        /**
         * How long a Kafka transaction gathers batches while more are coming; when none is, it is
         * committed at once. Longer means fewer commits, and records that consumers see later.
         * Default 200 ms.
         */
        public Builder transactionInterval(Duration value) {
            this.transactionInterval = Objects.requireNonNull(value, "transactionInterval");
            return this;
        }

        /**
         * A {@link Template} that names, by the first change of a source transaction, the topic that is
         * told when all of it is there: one record of JSON, keyed by the transaction's id. Needs
         * {@link #exactlyOnce}. Default: none.
         */
        public Builder transactionTopic(String value) {
            this.transactionTopic = Objects.requireNonNull(value, "transactionTopic");
            return this;
        }

        /** What changes look like. Default {@link NativeJson}. */
        public Builder format(Format value) {
            this.format = Objects.requireNonNull(value, "format");
            return this;
        }

        /** What keys look like. Default: as {@link #format} has them. */
        public Builder keyFormat(Format value) {
            this.keyFormat = Objects.requireNonNull(value, "keyFormat");
            return this;
        }

        /**
         * Whether a delete is followed by a record of the same key without a value, by which log
         * compaction forgets the key. Tables without a primary key get none. Default true.
         */
        public Builder tombstones(boolean value) {
            this.tombstones = value;
            return this;
        }

        /**
         * What goes into the headers of each record; none to leave them empty. Default
         * {@link KafkaHeader#NATIVE}.
         */
        public Builder headers(KafkaHeader... values) {
            this.headers = EnumSet.noneOf(KafkaHeader.class);
            this.headers.addAll(Arrays.asList(values));
            return this;
        }

        /**
         * Whether what no topic can be named with becomes {@code _}, and a name that is too long is cut. Two names
         * that become the same topic end the run, if both come within it: what came before the start is not
         * remembered. Default false: a change whose topic cannot be is refused.
         */
        public Builder sanitizeTopics(boolean value) {
            this.sanitizeTopics = value;
            return this;
        }

        /** Whether topics that are missing are created; if not, a missing one is an error. Default true. */
        public Builder createTopics(boolean value) {
            this.createTopics = value;
            return this;
        }

        /** Partitions of created topics. Default 0: as the broker does by itself. */
        public Builder topicPartitions(int value) {
            this.topicPartitions = value;
            return this;
        }

        /** Replication factor of created topics. Default 0: as the broker does by itself. */
        public Builder topicReplication(int value) {
            this.topicReplication = value;
            return this;
        }

        /** Configuration of created topics, such as {@code cleanup.policy}. */
        public Builder topicConfig(String name, String value) {
            topicConfigs.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /**
         * How long to wait for an answer when connecting, and when topics are looked up or created.
         * Default 10 seconds. Then the lane tries again, as its retry options say.
         */
        public Builder connectTimeout(Duration value) {
            this.connectTimeout = Objects.requireNonNull(value, "connectTimeout");
            return this;
        }

        /**
         * A property of Kafka's producer, such as {@code security.protocol}; those that an admin client
         * knows go to it as well. Defaults that differ from Kafka's: {@code compression.type} lz4,
         * {@code buffer.memory} an eighth of the heap (4 to 64 MiB), {@code batch.size} a 128th of that (at
         * least 16 KiB), {@code linger.ms} 5,
         * {@code max.block.ms} 2,000 (at most 10,000: so long may closing have to wait), and
         * {@code max.in.flight.requests.per.connection} 1. With more, up to 5, a broker far away takes
         * more per second; but if it refuses the first batch of a new producer for a partition and takes
         * the second, the order is lost, and the partition stands still until a restart.
         *
         * <p>Where delivery is {@link #exactlyOnce}, {@code max.in.flight.requests.per.connection} is 5 by
         * default, since there a lost order ends in an aborted transaction, and {@code max.block.ms} bounds
         * nothing but how long closing waits. {@code transaction.timeout.ms} may be set.
         *
         * <p>What would break order or durability is refused: {@code acks}, {@code enable.idempotence},
         * {@code retries}, {@code delivery.timeout.ms} and {@code partitioner.ignore.keys} have one
         * value only.
         */
        public Builder property(String name, String value) {
            properties.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /** Producer properties, as by {@link #property}. */
        public Builder properties(Map<String, String> values) {
            values.forEach(this::property);
            return this;
        }

        /** @throws io.millrace.core.InvalidOptionsException with everything that is wrong */
        public KafkaOptions build() {
            Findings findings = new Findings();
            checkServers(findings);
            Template compiledTopic = compiled("topic", topic, findings);
            Template compiledStatementTopic = compiled("statementTopic", statementTopic, findings);
            findings.require(topicPartitions >= 0, "topicPartitions", topicPartitions, "must not be negative");
            findings.require(
                    topicReplication >= 0 && topicReplication <= Short.MAX_VALUE,
                    "topicReplication",
                    topicReplication,
                    "must be 0 to " + Short.MAX_VALUE);
            findings.require(
                    connectTimeout.toMillis() >= 1 && connectTimeout.toMillis() <= Integer.MAX_VALUE,
                    "connectTimeout",
                    connectTimeout,
                    "must be at least a millisecond and at most 24 days");
            Template compiledTransactionTopic =
                    transactionTopic == null ? null : compiled("transactionTopic", transactionTopic, findings);
            findings.require(
                    TopicNames.isLegal(checkpointTopic),
                    "checkpointTopic",
                    checkpointTopic,
                    "must be a topic: " + TopicNames.legal());
            KafkaProperties.check(properties, findings);
            checkExactlyOnce(findings);
            findings.throwIfAny("KafkaOptions of " + target().name());
            return new KafkaOptions(
                    this,
                    Objects.requireNonNull(compiledTopic),
                    Objects.requireNonNull(compiledStatementTopic),
                    compiledTransactionTopic);
        }

        private void checkExactlyOnce(Findings findings) {
            findings.require(
                    transactionInterval.toMillis() >= 1
                            && transactionInterval.toMillis() * 2 <= KafkaProperties.transactionTimeout(properties),
                    "transactionInterval",
                    transactionInterval,
                    "must be at least a millisecond and at most half of the producer property transaction.timeout.ms ("
                            + KafkaProperties.transactionTimeout(properties) + ")");
            if (!exactlyOnce) {
                String why = "needs exactlyOnce(true): without it there are no Kafka transactions";
                findings.require(transactionTopic == null, "transactionTopic", "'" + transactionTopic + "'", why);
                findings.require(!headers.contains(KafkaHeader.PART), "headers", KafkaHeader.PART, why);
            }
        }

        private void checkServers(Findings findings) {
            for (String server : bootstrapServers.split(",", -1)) {
                var matcher = SERVER.matcher(server.trim());
                boolean legal = matcher.matches() && Integer.parseInt(matcher.group(1)) <= 65_535;
                findings.require(legal, "bootstrapServers", server, "must be host:port, several separated by commas");
            }
        }

        private static @Nullable Template compiled(String option, String text, Findings findings) {
            try {
                return Template.compile(text);
            } catch (InvalidTemplateException e) {
                findings.add(
                        new Finding(option, "'" + text + "'", "must be a template", String.valueOf(e.getMessage())));
                return null;
            }
        }
    }
}
