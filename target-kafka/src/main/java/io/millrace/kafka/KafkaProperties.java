// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static org.apache.kafka.clients.producer.ProducerConfig.ACKS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.BATCH_SIZE_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.BOOTSTRAP_SERVERS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.BUFFER_MEMORY_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.CLIENT_ID_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.COMPRESSION_TYPE_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.LINGER_MS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.MAX_BLOCK_MS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION;
import static org.apache.kafka.clients.producer.ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.RETRIES_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.TRANSACTIONAL_ID_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.TRANSACTION_TIMEOUT_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG;

import io.millrace.core.Findings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigValue;

/** Which producer properties are used: what users may not change, our defaults, and theirs. */
final class KafkaProperties {

    /** How long handing a record over may block; so long may {@code close()} wait for the lane, too. */
    static final int MAX_BLOCK_MS = 2_000;

    private static final String TWO_PHASE_COMMIT = "transaction.two.phase.commit.enable";
    private static final int TRANSACTION_TIMEOUT_MS = 60_000;
    private static final int LONGEST_BLOCK_MS = 10_000;
    private static final String NUMBER = "[0-9]{1,18}";
    private static final Pattern SECRET =
            Pattern.compile("password|secret|jaas|key|token|credential|auth.*info", Pattern.CASE_INSENSITIVE);

    /** The producer must try for ever, in order, until all in-sync replicas have a record. */
    private static final Map<String, String> FIXED = Map.of(
            ACKS_CONFIG, "all",
            ENABLE_IDEMPOTENCE_CONFIG, "true",
            RETRIES_CONFIG, String.valueOf(Integer.MAX_VALUE),
            DELIVERY_TIMEOUT_MS_CONFIG, String.valueOf(Integer.MAX_VALUE),
            PARTITIONER_IGNORE_KEYS_CONFIG, "false");

    private KafkaProperties() {}

    /** Adds a finding for each of the user's properties that would break a promise, or is no legal value. */
    static void check(Map<String, String> properties, Findings findings) {
        reserved(properties, BOOTSTRAP_SERVERS_CONFIG, "is an option of its own: bootstrapServers", findings);
        reserved(properties, KEY_SERIALIZER_CLASS_CONFIG, "is fixed: keys are bytes made by the format", findings);
        reserved(properties, VALUE_SERIALIZER_CLASS_CONFIG, "is fixed: values are bytes made by the format", findings);
        reserved(
                properties,
                TRANSACTIONAL_ID_CONFIG,
                "is made of the pipeline's id and the target's name: use the option exactlyOnce",
                findings);
        reserved(
                properties,
                TWO_PHASE_COMMIT,
                "is not supported: an open transaction that nobody ends must time out",
                findings);
        fixed(properties, ACKS_CONFIG, "must be all: with less, an acknowledged record can be lost", findings);
        fixed(properties, ENABLE_IDEMPOTENCE_CONFIG, "must be true: without it, retries change the order", findings);
        fixed(
                properties,
                PARTITIONER_IGNORE_KEYS_CONFIG,
                "must be false: a row's changes stay in order within the partition of their key",
                findings);
        String forever = "must be 2147483647: the producer alone retries in order, so it must never give up;"
                + " a target that is stuck shows as such";
        fixed(properties, RETRIES_CONFIG, forever, findings);
        fixed(properties, DELIVERY_TIMEOUT_MS_CONFIG, forever, findings);
        atMost(
                properties,
                MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                5,
                "must be at most 5: the broker keeps the order of no more",
                findings);
        atMost(
                properties,
                MAX_BLOCK_MS_CONFIG,
                LONGEST_BLOCK_MS,
                "must be at most %d: so long may closing have to wait".formatted(LONGEST_BLOCK_MS),
                findings);
        for (ConfigValue value : ProducerConfig.configDef().validate(properties)) {
            boolean ours = properties.containsKey(value.name());
            if (ours && !value.errorMessages().isEmpty()) {
                findings.add(
                        value.name(),
                        shown(value.name(), String.valueOf(properties.get(value.name()))),
                        "is not a legal value",
                        isSecret(value.name()) ? "" : String.join("; ", value.errorMessages()));
            }
        }
    }

    private static void reserved(Map<String, String> properties, String name, String why, Findings findings) {
        String value = properties.get(name);
        if (value != null) {
            findings.add("property " + name, shown(name, value), why, "");
        }
    }

    private static void fixed(Map<String, String> properties, String name, String why, Findings findings) {
        String value = properties.get(name);
        boolean same = value == null
                || value.equalsIgnoreCase(FIXED.get(name))
                || (name.equals(ACKS_CONFIG) && value.equals("-1"));
        findings.require(same, "property " + name, value == null ? "" : value, why);
    }

    private static void atMost(Map<String, String> properties, String name, long most, String why, Findings findings) {
        String value = properties.get(name);
        if (value != null && value.trim().matches(NUMBER)) {
            findings.require(Long.parseLong(value.trim()) <= most, "property " + name, value, why);
        }
    }

    /** {@return everything a producer without transactions is made with} */
    static Map<String, Object> producer(KafkaOptions options) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(CLIENT_ID_CONFIG, "millrace-" + options.target().name());
        all.put(COMPRESSION_TYPE_CONFIG, "lz4");
        all.put(LINGER_MS_CONFIG, "5");
        // A broker that knows nothing of a producer takes whatever sequence number comes first. If the
        // first batch for a partition is refused (a leader that is not ready, mostly of a new topic) and
        // the second, already under way, is taken, the order is broken and the first is refused for
        // ever. So there is no second until the first is acknowledged.
        all.put(MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
        long bufferMemory = number(
                options.properties(),
                BUFFER_MEMORY_CONFIG,
                bufferMemory(Runtime.getRuntime().maxMemory()));
        all.put(BUFFER_MEMORY_CONFIG, String.valueOf(bufferMemory));
        all.put(BATCH_SIZE_CONFIG, String.valueOf(batchSize(bufferMemory)));
        all.put(MAX_BLOCK_MS_CONFIG, String.valueOf(MAX_BLOCK_MS));
        all.putAll(options.properties());
        all.putAll(FIXED);
        all.put(BOOTSTRAP_SERVERS_CONFIG, options.bootstrapServers());
        return all;
    }

    /** {@return everything a producer with transactions is made with} */
    static Map<String, Object> transactional(KafkaOptions options, String transactionalId) {
        Map<String, Object> all = producer(options);
        all.put(TRANSACTIONAL_ID_CONFIG, transactionalId);
        // What would break the order without transactions ends in an aborted one with them: of two
        // batches that swap places, the one that was refused first is refused for good, and so is the
        // transaction. So the safe number is the one that the broker keeps the order of.
        if (!options.properties().containsKey(MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION)) {
            all.put(MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "5");
        }
        // A call that gives up makes the transaction void, so none does before the transaction itself is
        // void; it is a thread of its own that waits.
        all.put(MAX_BLOCK_MS_CONFIG, String.valueOf(transactionTimeout(options.properties())));
        return all;
    }

    /** {@return everything that the producer of a pipeline's checkpoints is made with} */
    static Map<String, Object> checkpoints(KafkaOptions options, String pipeline) {
        Map<String, Object> all = transactional(options, pipeline + ".checkpoints");
        all.put(MAX_BLOCK_MS_CONFIG, String.valueOf(maxBlock(options.properties())));
        if (!options.properties().containsKey(CLIENT_ID_CONFIG)) {
            all.put(CLIENT_ID_CONFIG, "millrace-" + pipeline + "-store");
        }
        return all;
    }

    /** {@return milliseconds after which the broker aborts a transaction} */
    static long transactionTimeout(Map<String, String> properties) {
        return number(properties, TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MS);
    }

    /** {@return milliseconds that a call of the lane may be blocked} */
    static long maxBlock(Map<String, String> properties) {
        return number(properties, MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
    }

    private static long number(Map<String, String> properties, String name, long fallback) {
        String value = properties.get(name);
        return value != null && value.trim().matches(NUMBER) ? Long.parseLong(value.trim()) : fallback;
    }

    /** An eighth of the heap, between 4 MiB and 64 MiB. */
    static long bufferMemory(long maxHeap) {
        return Math.max(4L << 20, Math.min(64L << 20, maxHeap / 8));
    }

    /**
     * {@return the size of a batch with which 128 partitions can be filled at once} With one request on its way, a
     * large batch is what keeps the wait for its acknowledgement from counting. Of 512 KiB it stays well below what
     * brokers take by default, 1 MiB, also where it compresses worse than the one before.
     */
    static long batchSize(long bufferMemory) {
        return Math.max(16L << 10, Math.min(512L << 10, bufferMemory / 128));
    }

    /** {@return what an admin client understands of the producer's properties} */
    static Map<String, Object> admin(Map<String, Object> producer) {
        Map<String, Object> all = new LinkedHashMap<>(producer);
        all.keySet()
                .removeIf(name -> ProducerConfig.configNames().contains(name)
                        && !AdminClientConfig.configNames().contains(name));
        all.remove(RETRIES_CONFIG);
        all.computeIfPresent(CLIENT_ID_CONFIG, (name, id) -> id + "-admin");
        return all;
    }

    /** {@return what a consumer that reads what was committed is made with, of a producer's properties} */
    static Map<String, Object> consumer(Map<String, Object> producer) {
        Map<String, Object> all = new LinkedHashMap<>(producer);
        all.keySet()
                .removeIf(name -> ProducerConfig.configNames().contains(name)
                        && !ConsumerConfig.configNames().contains(name));
        all.remove(ConsumerConfig.INTERCEPTOR_CLASSES_CONFIG);
        all.computeIfPresent(CLIENT_ID_CONFIG, (name, id) -> id + "-checkpoints");
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        // Closing waits for the last answer, which at the log's end has nothing to tell.
        all.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "20");
        return all;
    }

    /** {@return the properties in the order of their names, without the values of secrets} */
    static Map<String, String> printable(Map<String, String> properties) {
        Map<String, String> printable = new TreeMap<>(properties);
        printable.replaceAll(KafkaProperties::shown);
        return printable;
    }

    private static String shown(String name, String value) {
        return isSecret(name) ? "[hidden]" : value;
    }

    private static boolean isSecret(String name) {
        return SECRET.matcher(name).find();
    }
}
