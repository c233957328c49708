// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Does what docs/kafka.md tells an operator to do about transactions that the broker has ended but left open in
 * partitions: commits what the checkpoint counts as delivered and aborts the rest. No capturer may be running.
 */
final class HangingTransactions {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final byte[] KEY_OF_NO_ROW = "{\"id\":-1}".getBytes(UTF_8);

    private final String brokers;
    private final RunLog log;

    HangingTransactions(String brokers, RunLog log) {
        this.brokers = brokers;
        this.log = log;
    }

    /** {@return how many transactions they were} */
    int end() throws IOException {
        Map<String, Object> asCapturer = Map.of(
                "bootstrap.servers",
                brokers,
                "transactional.id",
                CapturerSettings.PIPELINE + "." + CapturerSettings.TARGET);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers));
                var producer = new KafkaProducer<>(asCapturer, new ByteArraySerializer(), new ByteArraySerializer())) {
            // What is open after this will never end.
            producer.initTransactions();
            StoredCheckpoint checkpoint = StoredCheckpoint.readTopic(brokers);
            Set<Integer> epochs = new HashSet<>();
            List<ProducerRecord<byte[], byte[]>> inCommit = new ArrayList<>();
            for (Map.Entry<TopicPartition, ProducerState> open : open(admin).entrySet()) {
                TopicPartition partition = open.getKey();
                boolean delivered = isDelivered(partition, open.getValue(), checkpoint);
                if (delivered) {
                    inCommit.add(new ProducerRecord<>(partition.topic(), partition.partition(), KEY_OF_NO_ROW, null));
                } else {
                    abort(admin, partition, open.getValue());
                }
                epochs.add(open.getValue().producerEpoch());
                log.event("%s %s: %s", delivered ? "committing" : "aborted", partition, open.getValue());
            }
            producer.beginTransaction();
            for (ProducerRecord<byte[], byte[]> last : inCommit) {
                // The commit tells what the future would tell.
                var unused = producer.send(last);
            }
            producer.commitTransaction();
            return epochs.size();
        } catch (ExecutionException e) {
            throw new IOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static Map<TopicPartition, ProducerState> open(Admin admin)
            throws ExecutionException, InterruptedException {
        List<TopicPartition> all = new ArrayList<>();
        admin.describeTopics(admin.listTopics().names().get())
                .allTopicNames()
                .get()
                .forEach((name, topic) ->
                        topic.partitions().forEach(info -> all.add(new TopicPartition(name, info.partition()))));
        Map<TopicPartition, ProducerState> open = new HashMap<>();
        admin.describeProducers(all)
                .all()
                .get()
                .forEach((partition, state) -> state.activeProducers().stream()
                        .filter(producer ->
                                producer.currentTransactionStartOffset().isPresent())
                        .forEach(producer -> open.put(partition, producer)));
        return open;
    }

    private boolean isDelivered(TopicPartition partition, ProducerState open, StoredCheckpoint checkpoint)
            throws IOException {
        if (partition.topic().equals(StoredCheckpoint.TOPIC)) {
            return false;
        }
        Map<String, Object> config = Map.of("bootstrap.servers", brokers, "allow.auto.create.topics", "false");
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, open.currentTransactionStartOffset().orElseThrow());
            while (true) {
                for (ConsumerRecord<byte[], byte[]> first : consumer.poll(POLL)) {
                    TopicEvent event = TopicEvent.of(first);
                    return checkpoint.includes(event.gtid(), event.ordinal());
                }
            }
        }
    }

    private static void abort(Admin admin, TopicPartition partition, ProducerState open)
            throws ExecutionException, InterruptedException {
        admin.abortTransaction(new AbortTransactionSpec(
                        partition,
                        open.producerId(),
                        (short) open.producerEpoch(),
                        open.coordinatorEpoch().orElse(0)))
                .all()
                .get();
    }
}
