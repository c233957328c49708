// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static io.millrace.kafka.Changes.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Batches;
import io.millrace.core.Record;
import io.millrace.core.TableSchema;
import io.millrace.core.TransientException;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.testkit.KafkaBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Transactions that have ended, but not in all of their partitions: what a coordinator leaves that was killed
 * after it had decided, and took partitions without a leader for deleted when it started again. Here the
 * markers are cut off the logs of a broker that was killed.
 */
@Timeout(120)
class HangingTransactionTest {

    private static final AtomicInteger PIPELINES = new AtomicInteger();
    private static KafkaBroker broker;

    private final String pipeline = "hanging" + PIPELINES.incrementAndGet();
    private final String transactionalId = pipeline + ".kafka";
    private final TableSchema orders = table(pipeline, "orders");
    private final TopicPartition data = new TopicPartition(pipeline + ".orders", 0);
    private final TopicPartition checkpoints = new TopicPartition(pipeline + "-checkpoints", 0);
    private final Changes changes = new Changes();
    private final List<Record> records = changes.inserts(orders, 10);
    private final Collection<KafkaTarget> opened = new ArrayList<>();
    private Admin admin;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void connect() {
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    @AfterEach
    void close() {
        opened.forEach(KafkaTarget::close);
        admin.close();
    }

    private KafkaOptions options() {
        return KafkaOptions.builder(broker.bootstrapServers())
                .exactlyOnce(true)
                .transactionInterval(Duration.ofSeconds(20))
                .topicConfig("retention.ms", "-1")
                .topicPartitions(1)
                .checkpointTopic(checkpoints.topic())
                .connectTimeout(Duration.ofSeconds(5))
                .property("max.request.size", "20000")
                .build();
    }

    private KafkaTarget open() throws Exception {
        KafkaTarget target = new KafkaTarget(options());
        opened.add(target);
        Batches.attach(target, pipeline);
        target.open();
        return target;
    }

    private static Checkpoint at(long transaction) {
        return new Checkpoint("test", "{\"at\":" + transaction + "}", transaction, null, 1);
    }

    private static void store(KafkaTarget target, List<Record> records, Checkpoint at) throws Exception {
        CompletableFuture<@Nullable Void> stage =
                target.saveAsync(Batches.of(records, true, at)).toCompletableFuture();
        target.flush();
        stage.get(30, TimeUnit.SECONDS);
    }

    /** {@return a target that has stored checkpoint 0} */
    private KafkaTarget begun() throws Exception {
        KafkaTarget target = open();
        target.restore();
        store(target, List.of(), at(0));
        return target;
    }

    /** {@return a target that has stored checkpoint 0, and then in one transaction the records and checkpoint 1} */
    private KafkaTarget storedOnce() throws Exception {
        KafkaTarget target = begun();
        store(target, records, at(1));
        return target;
    }

    private void leaveHangingIn(TopicPartition... partitions) throws Exception {
        awaitEnd();
        broker.kill();
        for (TopicPartition partition : partitions) {
            broker.loseMarker(partition.topic(), partition.partition());
        }
        broker.startAgain();
        for (TopicPartition partition : partitions) {
            await().until(() -> hangingIn(partition) != null);
        }
    }

    /** Waits until the coordinator has ended the last transaction. */
    private void awaitEnd() {
        await().until(() -> admin.describeTransactions(List.of(transactionalId))
                        .description(transactionalId)
                        .get()
                        .state()
                == TransactionState.COMPLETE_COMMIT);
    }

    /** {@return the producer that has a transaction open in the partition; null if there is none} */
    private @Nullable ProducerState hangingIn(TopicPartition partition)
            throws InterruptedException, ExecutionException {
        return admin.describeProducers(List.of(partition)).partitionResult(partition).get().activeProducers().stream()
                .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                .findFirst()
                .orElse(null);
    }

    private void abort(TopicPartition partition) throws Exception {
        ProducerState producer = hangingIn(partition);
        admin.abortTransaction(new AbortTransactionSpec(
                        partition,
                        producer.producerId(),
                        (short) producer.producerEpoch(),
                        producer.coordinatorEpoch().orElse(0)))
                .all()
                .get();
    }

    private static KafkaHangingTransactionException failureOf(KafkaTarget target) {
        return catchThrowableOfType(KafkaHangingTransactionException.class, target::restore);
    }

    private List<String> committed() {
        return TopicReader.readCommitted(broker.bootstrapServers(), data.topic()).stream()
                .map(TopicReader::value)
                .toList();
    }

    private List<String> json() {
        return records.stream().map(Record::toJson).toList();
    }

    @Test
    void shouldLeaveEachChangeOnceWhenItIsAbortedAsTold() throws Exception {
        storedOnce().close();
        leaveHangingIn(checkpoints, data);
        long start = hangingIn(checkpoints).currentTransactionStartOffset().getAsLong();

        KafkaTarget refused = open();
        KafkaHangingTransactionException failure = failureOf(refused);
        refused.close();
        assertThat(failure.transactionalId()).isEqualTo(transactionalId);
        assertThat(failure.producerId()).isEqualTo(hangingIn(data).producerId());
        assertThat(failure.startOffsets()).isEqualTo(Map.of(checkpoints, start, data, 0L));
        assertThat(failure)
                .hasMessageContaining("says CompleteCommit")
                .hasMessageContaining("not in %s from offset %d, %s from offset 0.", checkpoints, start, data)
                .hasMessageContaining(
                        "kafka-transactions.sh --bootstrap-server %s abort --topic %s --partition 0 --start-offset %d,",
                        broker.bootstrapServers(), checkpoints.topic(), start);

        for (TopicPartition partition : failure.startOffsets().keySet()) {
            abort(partition);
        }
        KafkaTarget next = open();
        assertThat(next.restore()).isEqualTo(at(0));
        store(next, records, at(1));
        assertThat(committed()).containsExactlyElementsOf(json());
    }

    @Test
    void shouldNotBeAbortedTogetherWithAnEarlierOne() throws Exception {
        KafkaTarget target = storedOnce();
        store(target, changes.inserts(table(pipeline, "others"), 1), at(2));
        target.close();
        TopicPartition others = new TopicPartition(pipeline + ".others", 0);
        leaveHangingIn(checkpoints, others, data);

        assertThat(failureOf(open()).startOffsets()).containsOnlyKeys(checkpoints, others);
    }

    @Test
    void shouldBeToldToOtherPipelinesToo() throws Exception {
        storedOnce().close();
        leaveHangingIn(checkpoints);
        try (KafkaCheckpointStore store = new KafkaCheckpointStore(options())) {

            assertThatThrownBy(() -> store.open("another"))
                    .isInstanceOf(KafkaHangingTransactionException.class)
                    .hasMessageContaining("topic %s cannot be read beyond offset ", checkpoints.topic())
                    .hasMessageContaining(transactionalId);
        }
    }

    @Test
    void shouldBeEndedByACommitWhereTheCheckpointHasPassed() throws Exception {
        storedOnce().close();
        leaveHangingIn(data);
        KafkaTarget refused = open();
        KafkaHangingTransactionException failure = failureOf(refused);
        refused.close();
        assertThat(failure.startOffsets()).isEqualTo(Map.of(data, 0L));
        assertThat(failure).hasMessageContaining("Do not abort");

        Map<String, Object> properties =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", transactionalId);
        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            var unused = producer.send(new ProducerRecord<>(data.topic(), 0, null, "ignored".getBytes()));
            producer.commitTransaction();
        }

        assertThat(open().restore()).isEqualTo(at(1));
        List<String> expected = new ArrayList<>(json());
        expected.add("ignored");
        assertThat(committed()).containsExactlyElementsOf(expected);
    }

    @Test
    void shouldBeFoundByASessionThatWentOnOverIt() throws Exception {
        KafkaTarget target = storedOnce();
        leaveHangingIn(data, checkpoints);
        TableSchema others = table(pipeline, "others");
        store(target, changes.inserts(others, 1), at(2));
        CompletableFuture<@Nullable Void> rejected = target.saveAsync(
                        Batches.of(List.of(changes.insert(others, 9, "x".repeat(30_000))), true, at(3)))
                .toCompletableFuture();
        Throwable failure = catchThrowableOfType(ExecutionException.class, () -> rejected.get(30, TimeUnit.SECONDS))
                .getCause();

        assertThatThrownBy(() -> target.recover(failure))
                .isInstanceOfSatisfying(
                        KafkaHangingTransactionException.class,
                        hanging -> assertThat(hanging.startOffsets()).isEqualTo(Map.of(data, 0L)));
    }

    /** It could not be asked when the target began, and has a leader before the next transaction. */
    @Test
    void shouldBeFoundBeforeATopicIsUsedWhosePartitionHadNoLeader() throws Exception {
        // What it needs beside the topic is with the first broker.
        KafkaTarget before = begun();
        try (KafkaBroker second = KafkaBroker.builder().joining(broker).start()) {
            NewTopic onSecond = new NewTopic(data.topic(), Map.of(0, List.of(2)));
            await().ignoreExceptions()
                    .until(() -> admin.createTopics(List.of(onSecond)).all().get() == null);
            store(before, records, at(1));
            before.close();
            awaitEnd();
            second.kill();
            second.loseMarker(data.topic(), data.partition());
            await().until(() -> leader() == null || leader().isEmpty());
            KafkaTarget next = open();
            assertThat(next.restore()).isEqualTo(at(1));

            Throwable unknown = failureOfSave(next);
            assertThat(unknown)
                    .isInstanceOf(TransientException.class)
                    .hasMessageContaining("topic %s has a partition without a leader", data.topic());
            second.startAgain();
            await().until(() -> hangingIn(data) != null);
            next.recover(unknown);

            assertThat(failureOfSave(next))
                    .isInstanceOfSatisfying(
                            KafkaHangingTransactionException.class,
                            hanging -> assertThat(hanging.startOffsets()).isEqualTo(Map.of(data, 0L)));
        }
    }

    private Throwable failureOfSave(KafkaTarget target) {
        return catchThrowableOfType(ExecutionException.class, () -> store(target, changes.inserts(orders, 1), at(2)))
                .getCause();
    }

    private @Nullable Node leader() throws InterruptedException, ExecutionException {
        return admin.describeTopics(List.of(data.topic()))
                .topicNameValues()
                .get(data.topic())
                .get()
                .partitions()
                .get(data.partition())
                .leader();
    }
}
