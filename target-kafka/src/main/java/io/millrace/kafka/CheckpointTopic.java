// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.TransientException;
import io.millrace.core.format.JsonBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The compacted topic, of one partition, that holds the newest checkpoint of each target of each
 * pipeline. Used by one thread at a time.
 */
final class CheckpointTopic {

    /*
     * What is being asked for was mostly written a moment ago, so reading begins near the end and goes
     * back only if nothing was found. Consumers that read what is committed stop before the first
     * transaction that is open, of any pipeline. Behind it there may be more that is committed, so
     * where it matters reading goes on to the end of what was there when it began, and waits.
     */
    private static final Logger LOG = LoggerFactory.getLogger(CheckpointTopic.class);
    /** Names of pipelines and targets have no characters that JSON writes in another way. */
    private static final Pattern KEY = Pattern.compile("\\{\"pipeline\":\"([^\"]+)\",\"target\":\"([^\"]+)\"}");

    private static final Duration POLL = Duration.ofMillis(100);
    private static final long FIRST_WINDOW = 1_000;
    private static final int WINDOW_GROWTH = 20;

    /** Compaction leaves the newest segment alone, so that must not become large. */
    private static final String SEGMENT_BYTES = String.valueOf(8 << 20);

    private final KafkaOptions options;
    private final Brokers brokers;
    private final Map<String, Object> consumer;
    private final String topic;
    private final TopicPartition partition;
    private final OpenTransactions open;

    CheckpointTopic(KafkaOptions options, Brokers brokers, Map<String, Object> producer) {
        this.options = options;
        this.brokers = brokers;
        this.consumer = KafkaProperties.consumer(producer);
        this.topic = options.checkpointTopic();
        this.partition = new TopicPartition(topic, 0);
        this.open = new OpenTransactions(options, brokers);
    }

    /** {@return the key of a target's checkpoint} */
    static byte[] key(String pipeline, String target) {
        JsonBuffer key = new JsonBuffer(64);
        key.ascii("{\"pipeline\":");
        key.string(pipeline);
        key.ascii(",\"target\":");
        key.string(target);
        key.raw('}');
        return key.toByteArray();
    }

    /** {@return the key of what concerns a pipeline's checkpoints as a whole} */
    static byte[] key(String pipeline) {
        JsonBuffer key = new JsonBuffer(64);
        key.ascii("{\"pipeline\":");
        key.string(pipeline);
        key.raw('}');
        return key.toByteArray();
    }

    /** {@return the target of the pipeline whose checkpoint the key is; null if it is of another, or no such key} */
    static @Nullable String target(byte @Nullable [] key, String pipeline) {
        if (key == null) {
            return null;
        }
        Matcher matcher = KEY.matcher(new String(key, UTF_8));
        return matcher.matches() && matcher.group(1).equals(pipeline) ? matcher.group(2) : null;
    }

    /**
     * Creates the topic if it is missing, and otherwise sees whether it is as it must be.
     *
     * @throws KafkaTopicException if it is not, or may not be created
     */
    void prepare() throws InterruptedException {
        asking(() -> {
            TopicDescription found = describe();
            if (found == null && create()) {
                return;
            }
            check(found == null ? describe() : found);
        });
    }

    private @Nullable TopicDescription describe() throws ExecutionException, TimeoutException, InterruptedException {
        try {
            return brokers.answer(brokers.admin().describeTopics(List.of(topic)).allTopicNames())
                    .get(topic);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e;
        }
    }

    /** {@return whether it was created here, and not by another at the same time} */
    private boolean create() throws ExecutionException, TimeoutException, InterruptedException {
        if (!options.createTopics()) {
            throw new KafkaTopicException(
                    topic,
                    ("topic %s, which is to hold the checkpoints, does not exist. Create it with one partition and"
                                    + " cleanup.policy=compact, or let it be created by KafkaOptions"
                                    + " createTopics(true)")
                            .formatted(topic),
                    null);
        }
        Map<String, String> configs = new LinkedHashMap<>();
        configs.put(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT);
        configs.put(TopicConfig.SEGMENT_BYTES_CONFIG, SEGMENT_BYTES);
        if (options.topicReplication() > 1) {
            configs.put(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, String.valueOf(options.topicReplication() - 1));
        }
        NewTopic wanted = new NewTopic(topic, 1, Topics.replication(options).orElse((short) -1)).configs(configs);
        try {
            brokers.answer(brokers.admin().createTopics(List.of(wanted)).all());
            LOG.info("{}: created topic {} for checkpoints", options.target().name(), topic);
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return false;
            }
            throw e;
        }
    }

    private void check(@Nullable TopicDescription found)
            throws ExecutionException, TimeoutException, InterruptedException {
        if (found == null) {
            throw new TransientException("topic " + topic + " is being created", null);
        }
        if (found.partitions().size() != 1) {
            throw new KafkaTopicException(
                    topic,
                    ("topic %s, which is to hold the checkpoints, has %d partitions but must have one: the order of"
                                    + " checkpoints is that of a partition. Name another topic by KafkaOptions"
                                    + " checkpointTopic, or delete this one if nothing needs it")
                            .formatted(topic, found.partitions().size()),
                    null);
        }
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config config = Objects.requireNonNull(brokers.answer(
                        brokers.admin().describeConfigs(List.of(resource)).all())
                .get(resource));
        String policy = config.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
        if (!TopicConfig.CLEANUP_POLICY_COMPACT.equals(policy)) {
            throw new KafkaTopicException(
                    topic,
                    ("topic %s, which is to hold the checkpoints, has cleanup.policy=%s but must have compact: the"
                                    + " broker would delete checkpoints after a while. Alter it: kafka-configs.sh"
                                    + " --alter --topic %s --add-config cleanup.policy=compact")
                            .formatted(topic, policy, topic),
                    null);
        }
    }

    /**
     * {@return the newest record of the key, null if there is none}
     *
     * @param upTo {@code READ_UNCOMMITTED} to go as far as the log does now, and to wait for transactions
     *     that are open; {@code READ_COMMITTED} to go as far as one can without waiting
     * @throws KafkaHangingTransactionException if what it waits for never ends
     */
    @Nullable StoredCheckpoint newest(byte[] key, IsolationLevel upTo) throws InterruptedException {
        ConsumerRecord<byte[], byte[]> record = newestRecord(key, upTo);
        return record == null ? null : StoredCheckpoint.of(record);
    }

    /** As {@link #newest}, for keys whose values are no checkpoints. */
    @Nullable ConsumerRecord<byte[], byte[]> newestRecord(byte[] key, IsolationLevel upTo) throws InterruptedException {
        Newest newest = new Newest(key);
        asking(() -> {
            long begin = offset(OffsetSpec.earliest(), upTo);
            long end = offset(OffsetSpec.latest(), upTo);
            long window = FIRST_WINDOW;
            long from;
            do {
                from = Math.max(begin, end - window);
                read(from, end, newest);
                window *= WINDOW_GROWTH;
            } while (newest.found == null && from > begin);
        });
        return newest.found;
    }

    /** Shows all records that the log holds now. */
    void readAll(Consumer<ConsumerRecord<byte[], byte[]>> to) throws InterruptedException {
        asking(() -> read(
                offset(OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED),
                offset(OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED),
                to));
    }

    private static final class Newest implements Consumer<ConsumerRecord<byte[], byte[]>> {

        private final byte[] key;
        private @Nullable ConsumerRecord<byte[], byte[]> found;

        Newest(byte[] key) {
            this.key = key;
        }

        @Override
        public void accept(ConsumerRecord<byte[], byte[]> record) {
            if (Arrays.equals(record.key(), key)) {
                found = record;
            }
        }
    }

    private long offset(OffsetSpec spec, IsolationLevel level)
            throws ExecutionException, TimeoutException, InterruptedException {
        return brokers.answer(brokers.admin()
                        .listOffsets(Map.of(partition, spec), new ListOffsetsOptions(level))
                        .partitionResult(partition))
                .offset();
    }

    private void read(long from, long end, Consumer<ConsumerRecord<byte[], byte[]>> to) throws InterruptedException {
        if (from >= end) {
            return;
        }
        long patience = options.connectTimeout().toNanos();
        try (var reader = new KafkaConsumer<>(consumer, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            reader.assign(List.of(partition));
            reader.seek(partition, from);
            long position = from;
            long deadline = System.nanoTime() + patience;
            while (position < end) {
                for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                    if (record.offset() < end) {
                        to.accept(record);
                    }
                }
                if (reader.position(partition) > position) {
                    position = reader.position(partition);
                    deadline = System.nanoTime() + patience;
                } else if (System.nanoTime() > deadline) {
                    throw open.blocking(partition, position);
                }
            }
        }
    }

    /** Something that is asked of the brokers. */
    private interface Question {
        void ask() throws ExecutionException, TimeoutException, InterruptedException;
    }

    private void asking(Question question) throws InterruptedException {
        try {
            question.ask();
        } catch (InterruptException e) {
            throw interrupted();
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            Throwable cause = Brokers.cause(e);
            throw cause instanceof TimeoutException
                    ? brokers.unreachable(cause)
                    : KafkaFailures.of(cause, "using the checkpoints of " + topic, topic, options.bootstrapServers());
        }
    }

    /** {@return Java's own exception for one of Kafka's, which has set the thread's flag again} */
    static InterruptedException interrupted() {
        Thread.interrupted();
        return new InterruptedException("interrupted while waiting for Kafka");
    }
}
