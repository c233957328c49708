// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.TargetOptions;
import io.millrace.testkit.KafkaBroker;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;

/** Topics of a broker that belong to one test of a kit. */
final class KafkaStorage {

    private static final AtomicInteger TESTS = new AtomicInteger();
    private static final Pattern SQL = Pattern.compile("\"sql\":\"([^\"]*)\"");

    private final String prefix = "kit" + TESTS.incrementAndGet();
    private final String bootstrapServers;

    private final boolean exactlyOnce;

    KafkaStorage(KafkaBroker broker, boolean exactlyOnce) {
        this.bootstrapServers = broker.bootstrapServers();
        this.exactlyOnce = exactlyOnce;
    }

    KafkaTarget target(TargetOptions options) {
        return new KafkaTarget(KafkaOptions.builder(bootstrapServers)
                .target(options)
                .topic(prefix + ".%{/table}")
                .topicPartitions(2)
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

    private List<String> values() throws Exception {
        List<String> topics;
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            topics = admin.listTopics().names().get().stream()
                    .filter(name -> name.startsWith(prefix + "."))
                    .toList();
        }
        List<String> values = new ArrayList<>();
        for (String topic : topics) {
            TopicReader.readCommitted(bootstrapServers, topic).forEach(record -> values.add(TopicReader.value(record)));
        }
        return values;
    }
}
