// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static io.millrace.kafka.TransactionalPipeline.at;
import static io.millrace.kafka.TransactionalPipeline.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Batches;
import io.millrace.core.TransientException;
import io.millrace.testkit.KafkaBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Transactions that have ended, but not in all of their partitions: what a coordinator leaves that was killed
 * after it had decided, and took partitions without a leader for deleted when it started again. Here the
 * markers are cut off the logs of a broker that was killed.
 */
@Timeout(120)
class HangingTransactionTest {

    private static KafkaBroker broker;
    private static Admin admin;
    private static TransactionalPipeline aborted;
    private static TransactionalPipeline twice;
    private static TransactionalPipeline observed;
    private static TransactionalPipeline passed;
    private static TransactionalPipeline goingOn;
    /** Of the last of them, open all the time. */
    private static KafkaTarget session;

    /** A broker takes seconds to come back, so that it is killed once for all. */
    @BeforeAll
    static void leaveTransactionsHanging() throws Exception {
        broker = KafkaBroker.start();
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        aborted = new TransactionalPipeline(broker, "aborted");
        aborted.storedOnce().close();
        twice = new TransactionalPipeline(broker, "twice");
        KafkaTarget target = twice.storedOnce();
        store(target, twice.inserts("others", 1), at(2));
        target.close();
        observed = new TransactionalPipeline(broker, "observed");
        observed.storedOnce().close();
        passed = new TransactionalPipeline(broker, "passed");
        passed.storedOnce().close();
        goingOn = new TransactionalPipeline(broker, "going-on");
        session = goingOn.storedOnce();
        List.of(aborted, twice, observed, passed, goingOn).forEach(pipeline -> pipeline.awaitEnd(admin));

        List<TopicPartition> partitions = List.of(
                aborted.checkpoints(),
                aborted.data("orders"),
                twice.checkpoints(),
                twice.data("others"),
                twice.data("orders"),
                observed.checkpoints(),
                passed.data("orders"),
                goingOn.data("orders"),
                goingOn.checkpoints());
        broker.kill();
        for (TopicPartition partition : partitions) {
            broker.loseMarker(partition.topic(), partition.partition());
        }
        broker.startAgain();
        for (TopicPartition partition : partitions) {
            await().until(() -> hangingIn(partition) != null);
        }
    }

    @AfterAll
    static void stopBroker() {
        List.of(aborted, twice, observed, passed, goingOn).forEach(TransactionalPipeline::close);
        admin.close();
        broker.close();
    }

    /** {@return the producer that has a transaction open in the partition; null if there is none} */
    private static @Nullable ProducerState hangingIn(TopicPartition partition)
            throws InterruptedException, ExecutionException {
        return admin.describeProducers(List.of(partition)).partitionResult(partition).get().activeProducers().stream()
                .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                .findFirst()
                .orElse(null);
    }

    private static void abort(TopicPartition partition) throws Exception {
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

    @Test
    void shouldLeaveEachChangeOnceWhenItIsAbortedAsTold() throws Exception {
        TopicPartition checkpoints = aborted.checkpoints();
        TopicPartition data = aborted.data("orders");
        long start = hangingIn(checkpoints).currentTransactionStartOffset().getAsLong();

        KafkaTarget refused = aborted.open();
        KafkaHangingTransactionException failure = failureOf(refused);
        refused.close();
        assertThat(failure.transactionalId()).isEqualTo(aborted.transactionalId());
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
        KafkaTarget next = aborted.open();
        assertThat(next.restore()).isEqualTo(at(0));
        store(next, aborted.records(), at(1));
        assertThat(aborted.committed()).containsExactlyElementsOf(aborted.json());
    }

    @Test
    void shouldNotBeAbortedTogetherWithAnEarlierOne() throws Exception {
        assertThat(failureOf(twice.open()).startOffsets()).containsOnlyKeys(twice.checkpoints(), twice.data("others"));
    }

    @Test
    void shouldBeToldToOtherPipelinesToo() {
        KafkaOptions options =
                observed.options().connectTimeout(Duration.ofSeconds(2)).build();
        try (KafkaCheckpointStore store = new KafkaCheckpointStore(options)) {

            assertThatThrownBy(() -> store.open("another"))
                    .isInstanceOf(KafkaHangingTransactionException.class)
                    .hasMessageContaining(
                            "topic %s cannot be read beyond offset ",
                            observed.checkpoints().topic())
                    .hasMessageContaining(observed.transactionalId());
        }
    }

    @Test
    void shouldBeEndedByACommitWhereTheCheckpointHasPassed() throws Exception {
        TopicPartition data = passed.data("orders");
        KafkaTarget refused = passed.open();
        KafkaHangingTransactionException failure = failureOf(refused);
        refused.close();
        assertThat(failure.startOffsets()).isEqualTo(Map.of(data, 0L));
        assertThat(failure).hasMessageContaining("Do not abort");

        try (var producer = new KafkaProducer<>(
                passed.producerProperties(), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            var unused = producer.send(new ProducerRecord<>(data.topic(), 0, null, "ignored".getBytes()));
            producer.commitTransaction();
        }

        assertThat(passed.open().restore()).isEqualTo(at(1));
        List<String> expected = new ArrayList<>(passed.json());
        expected.add("ignored");
        assertThat(passed.committed()).containsExactlyElementsOf(expected);
    }

    @Test
    void shouldBeFoundByASessionThatWentOnOverIt() throws Exception {
        store(session, goingOn.inserts("others", 1), at(2));
        CompletableFuture<@Nullable Void> rejected = session.saveAsync(
                        Batches.of(List.of(goingOn.insert("others", 9, "x".repeat(30_000))), true, at(3)))
                .toCompletableFuture();
        Throwable failure = catchThrowableOfType(ExecutionException.class, () -> rejected.get(30, TimeUnit.SECONDS))
                .getCause();

        assertThatThrownBy(() -> session.recover(failure))
                .isInstanceOfSatisfying(
                        KafkaHangingTransactionException.class,
                        hanging -> assertThat(hanging.startOffsets()).isEqualTo(Map.of(goingOn.data("orders"), 0L)));
    }

    /** It could not be asked when the target began, and has a leader before the next transaction. */
    @Test
    void shouldBeFoundBeforeATopicIsUsedWhosePartitionHadNoLeader() throws Exception {
        // What it needs beside the topic is with the first broker.
        TransactionalPipeline pipeline = new TransactionalPipeline(broker, "led-elsewhere");
        TopicPartition data = pipeline.data("orders");
        KafkaTarget before = pipeline.begun();
        try (pipeline;
                KafkaBroker second = KafkaBroker.builder().joining(broker).start()) {
            NewTopic onSecond = new NewTopic(data.topic(), Map.of(0, List.of(2)));
            await().ignoreExceptions()
                    .until(() -> admin.createTopics(List.of(onSecond)).all().get() == null);
            store(before, pipeline.records(), at(1));
            before.close();
            pipeline.awaitEnd(admin);
            second.kill();
            second.loseMarker(data.topic(), data.partition());
            await().until(() -> leader(data) == null || leader(data).isEmpty());
            KafkaTarget next = pipeline.open();
            assertThat(next.restore()).isEqualTo(at(1));

            Throwable unknown = failureOfSave(pipeline, next);
            assertThat(unknown)
                    .isInstanceOf(TransientException.class)
                    .hasMessageContaining("topic %s has a partition without a leader", data.topic());
            second.startAgain();
            await().until(() -> hangingIn(data) != null);
            next.recover(unknown);

            assertThat(failureOfSave(pipeline, next))
                    .isInstanceOfSatisfying(
                            KafkaHangingTransactionException.class,
                            hanging -> assertThat(hanging.startOffsets()).isEqualTo(Map.of(data, 0L)));
        }
        // Until then, topics of other tests could get their partitions there.
        await().until(() -> admin.describeCluster().nodes().get().size() == 1);
    }

    private static Throwable failureOfSave(TransactionalPipeline pipeline, KafkaTarget target) {
        return catchThrowableOfType(ExecutionException.class, () -> store(target, pipeline.inserts("orders", 1), at(2)))
                .getCause();
    }

    private static @Nullable Node leader(TopicPartition data) throws InterruptedException, ExecutionException {
        return admin.describeTopics(List.of(data.topic()))
                .topicNameValues()
                .get(data.topic())
                .get()
                .partitions()
                .get(data.partition())
                .leader();
    }
}
