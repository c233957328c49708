// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.TargetOptions;
import io.millrace.testkit.KafkaBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Topics of a broker that belong to one test of a kit. */
final class KafkaStorage implements AutoCloseable {

    private static final AtomicInteger TESTS = new AtomicInteger();
    private static final Pattern SQL = Pattern.compile("\"sql\":\"([^\"]*)\"");

    private final String prefix = "kit" + TESTS.incrementAndGet();
    private final String bootstrapServers;

    private final boolean exactlyOnce;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private final List<String> values = new ArrayList<>();

    KafkaStorage(KafkaBroker broker, boolean exactlyOnce) {
        this.bootstrapServers = broker.bootstrapServers();
        this.exactlyOnce = exactlyOnce;
        Map<String, Object> properties = Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                exactlyOnce ? "read_committed" : "read_uncommitted",
                "fetch.max.wait.ms",
                20);
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    KafkaTarget target(TargetOptions options) {
        return new KafkaTarget(KafkaOptions.builder(bootstrapServers)
                .target(options)
                .topic(prefix + ".%{/table}")
                .topicPartitions(2)
                .property("retry.backoff.ms", "10")
                // A script's changes are of 1970, which is longer ago than a broker keeps things by default.
                .topicConfig("retention.ms", "-1")
                .exactlyOnce(exactlyOnce)
                .checkpointTopic(prefix + "-checkpoints")
                .build());
    }

    /** {@return values of records, tombstones left out} */
    List<String> rows() throws Exception {
        List<String> values = values();
        values.removeIf(value -> SQL.matcher(value).find() || value.equals("tombstone"));
        return values;
    }

    List<String> statements() throws Exception {
        List<String> sql = new ArrayList<>();
        for (String value : values()) {
            Matcher matcher = SQL.matcher(value);
            if (matcher.find()) {
                sql.add(matcher.group(1));
            }
        }
        return sql;
    }

    /** Reads on from where it has read to: a kit asks often. */
    private synchronized List<String> values() throws Exception {
        List<TopicPartition> partitions = new ArrayList<>();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            List<String> topics = admin.listTopics().names().get().stream()
                    .filter(name -> name.startsWith(prefix + "."))
                    .toList();
            admin.describeTopics(topics)
                    .allTopicNames()
                    .get()
                    .forEach((name, topic) -> topic.partitions()
                            .forEach(partition -> partitions.add(new TopicPartition(name, partition.partition()))));
        }
        if (exactlyOnce) {
            partitions.stream()
                    .map(TopicPartition::topic)
                    .distinct()
                    .forEach(topic -> TopicReader.awaitNoOpenTransaction(bootstrapServers, topic));
        }
        consumer.assign(partitions);
        partitions.forEach(partition -> consumer.seek(partition, positions.getOrDefault(partition, 0L)));
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
            consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(TopicReader.value(record)));
        }
        partitions.forEach(partition -> positions.put(partition, consumer.position(partition)));
        return new ArrayList<>(values);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
