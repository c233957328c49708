// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static io.millrace.kafka.Changes.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Batches;
import io.millrace.core.FencedException;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.TableSchema;
import io.millrace.core.TransientException;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.CheckpointLostException;
import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.KafkaExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Records and checkpoints in Kafka transactions, and who may write them. */
@Timeout(120)
@ExtendWith(KafkaExtension.class)
class ExactlyOnceTest {

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final String database = "exact" + DATABASES.incrementAndGet();
    private final String topic = database + ".orders";
    private final Changes changes = new Changes();
    private final TableSchema orders = table(database, "orders");
    private final Collection<KafkaTarget> opened = new ArrayList<>();
    private KafkaBroker broker;

    @BeforeEach
    void useBroker(KafkaBroker shared) {
        broker = shared;
    }

    @AfterEach
    void close() {
        opened.forEach(KafkaTarget::close);
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(Thread::isAlive)
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("kafka-")));
    }

    /** The interval is long, so that nothing but a flush commits. */
    private KafkaOptions.Builder options() {
        return KafkaOptions.builder(broker.bootstrapServers())
                .exactlyOnce(true)
                .transactionInterval(Duration.ofSeconds(20))
                .property("retry.backoff.ms", "10")
                // The changes are of 2023, which is longer ago than a broker keeps things by default.
                .topicConfig("retention.ms", "-1")
                .topicPartitions(1);
    }

    private KafkaTarget open(KafkaOptions.Builder options) throws Exception {
        KafkaTarget target = new KafkaTarget(options.build());
        opened.add(target);
        Batches.attach(target, database);
        target.open();
        target.restore();
        return target;
    }

    private static Checkpoint at(long transaction, long epoch) {
        return new Checkpoint("test", "{\"at\":" + transaction + "}", transaction, null, epoch);
    }

    private static CompletableFuture<@Nullable Void> add(KafkaTarget target, List<Record> records, Checkpoint at)
            throws Exception {
        return target.saveAsync(Batches.of(records, true, at)).toCompletableFuture();
    }

    private static void store(KafkaTarget target, List<Record> records, Checkpoint at) throws Exception {
        CompletableFuture<@Nullable Void> stage = add(target, records, at);
        target.flush();
        stage.get(30, TimeUnit.SECONDS);
    }

    /** Stores the first batch of a run. */
    private static void claim(KafkaTarget target, long epoch) throws Exception {
        Checkpoint last = target.restore();
        store(target, List.of(), at(last == null ? 0 : last.transaction(), epoch));
    }

    private static Throwable failureOf(CompletableFuture<@Nullable Void> stage) {
        return catchThrowableOfType(ExecutionException.class, () -> stage.get(30, TimeUnit.SECONDS))
                .getCause();
    }

    private List<String> committed() {
        return TopicReader.readCommitted(broker.bootstrapServers(), topic).stream()
                .map(TopicReader::value)
                .toList();
    }

    private static List<String> json(List<Record> records) {
        return records.stream().map(Record::toJson).toList();
    }

    @Test
    void shouldShowBatchesTogetherWhenNoneFollows() throws Exception {
        KafkaTarget kafka = open(options());
        List<Record> records = changes.inserts(orders, 20);
        assertThat(kafka.restore()).isNull();

        CompletableFuture<@Nullable Void> first = add(kafka, records.subList(0, 10), at(1, 1));
        CompletableFuture<@Nullable Void> second = add(kafka, records.subList(10, 20), at(2, 1));
        await().until(() -> TopicReader.read(broker.bootstrapServers(), topic).size() == 20);
        assertThat(TopicReader.readClosed(broker.bootstrapServers(), topic)).isEmpty();
        assertThat(first).isNotDone();
        kafka.flush();

        first.get(30, TimeUnit.SECONDS);
        second.get(30, TimeUnit.SECONDS);
        assertThat(committed()).containsExactlyElementsOf(json(records));
    }

    @Test
    void shouldCommitByItselfAfterAWhile() throws Exception {
        KafkaTarget kafka = open(options().transactionInterval(Duration.ofMillis(50)));

        add(kafka, changes.inserts(orders, 10), at(1, 1)).get(30, TimeUnit.SECONDS);

        assertThat(committed()).hasSize(10);
    }

    @Test
    void shouldGoOnWhereTheLastCommitEnded() throws Exception {
        KafkaTarget first = open(options());
        claim(first, 1);
        store(first, changes.inserts(orders, 10), at(7, 1));
        add(first, changes.inserts(orders, 10), at(8, 1));
        first.close();

        KafkaTarget second = open(options());

        assertThat(second.restore()).isEqualTo(at(7, 1));
        assertThat(committed()).hasSize(10);
    }

    @Test
    void shouldHaveStatementsInTheirPlace() throws Exception {
        KafkaTarget kafka = open(options());
        List<Record> before = changes.inserts(orders, 3);
        Statement statement = changes.statement(Statement.Kind.TRUNCATE_TABLE, "TRUNCATE TABLE orders", orders.table());
        List<Record> after = changes.inserts(orders, 3);

        store(kafka, before, at(1, 1));
        kafka.saveAsync(Batches.of(statement, at(2, 1))).toCompletableFuture().get(30, TimeUnit.SECONDS);
        store(kafka, after, at(3, 1));

        List<String> expected = new ArrayList<>(json(before));
        expected.add(statement.toJson());
        expected.addAll(json(after));
        assertThat(committed()).containsExactlyElementsOf(expected);
    }

    @Test
    void shouldKeepOrderInTopicsThatAreNew() throws Exception {
        KafkaTarget kafka = open(options().property("batch.size", "1000").property("linger.ms", "0"));
        for (int i = 0; i < 10; i++) {
            TableSchema fresh = table(database, "fresh" + i);
            List<Record> records = changes.inserts(fresh, 200);

            store(kafka, records, at(i, 1));

            assertThat(TopicReader.readCommitted(broker.bootstrapServers(), database + ".fresh" + i))
                    .extracting(TopicReader::value)
                    .containsExactlyElementsOf(json(records));
        }
    }

    @Test
    void shouldStoreNothingOfATransactionWithARejectedChange() throws Exception {
        KafkaTarget kafka =
                open(options().topicConfig("max.message.bytes", "10000").property("compression.type", "none"));
        claim(kafka, 1);
        List<Record> good = changes.inserts(orders, 10);
        Record large = changes.insert(orders, 100, "x".repeat(30_000));

        CompletableFuture<@Nullable Void> first = add(kafka, good, at(1, 1));
        CompletableFuture<@Nullable Void> second = add(kafka, List.of(large), at(2, 1));
        kafka.flush();
        Throwable failure = failureOf(second);

        assertThat(failure).isInstanceOfSatisfying(KafkaDeliveryException.class, rejected -> {
            assertThat(rejected.change()).isSameAs(large);
            assertThat(rejected.topic()).isEqualTo(topic);
        });
        assertThat(failureOf(first)).isSameAs(failure);
        kafka.recover(failure);
        assertThat(kafka.restore()).isEqualTo(at(0, 1));
        store(kafka, good, at(1, 1));
        assertThat(committed()).containsExactlyElementsOf(json(good));
    }

    @Test
    void shouldNameTheChangeThatTheProducerFindsTooLarge() throws Exception {
        KafkaTarget kafka = open(options().property("max.request.size", "20000"));
        claim(kafka, 1);
        Record large = changes.insert(orders, 100, "x".repeat(30_000));

        Throwable failure = failureOf(add(kafka, List.of(changes.insert(orders, 1, "a"), large), at(1, 1)));

        assertThat(failure)
                .isInstanceOfSatisfying(
                        KafkaDeliveryException.class,
                        rejected -> assertThat(rejected.change()).isSameAs(large));
        kafka.close();
        assertThat(committed()).isEmpty();
    }

    @Test
    void shouldWaitForReadersNoLongerThanItTakesToAbort() throws Exception {
        KafkaTarget kafka = open(options());
        claim(kafka, 1);
        add(kafka, changes.inserts(orders, 10), at(1, 1));
        await().until(() -> TopicReader.read(broker.bootstrapServers(), topic).size() == 10);

        kafka.close();
        try (var producer = producer("someone.else")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, new byte[] {1}, "later".getBytes()));
            producer.commitTransaction();
        }

        await().untilAsserted(() -> assertThat(committed()).containsExactly("later"));
    }

    @Test
    void shouldNotKeepTheLaneWaitingWhileTheBrokerStandsStill() throws Exception {
        KafkaTarget kafka = open(options().property("max.block.ms", "10000"));
        claim(kafka, 1);
        broker.pause();
        try {
            long start = System.nanoTime();
            CompletableFuture<@Nullable Void> pending = add(kafka, changes.inserts(orders, 1_000), at(1, 1));
            kafka.flush();
            add(kafka, changes.inserts(orders, 1_000), at(2, 1));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));

            kafka.close();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(40));
            assertThat(pending).isCompletedExceptionally();
        } finally {
            broker.resume();
        }
    }

    @Test
    void shouldGoOnWhenTheBrokerDoes() throws Exception {
        KafkaTarget kafka = open(options());
        List<Record> records = changes.inserts(orders, 10);
        store(kafka, records.subList(0, 5), at(1, 1));
        broker.pause();
        CompletableFuture<@Nullable Void> pending = add(kafka, records.subList(5, 10), at(2, 1));
        kafka.flush();
        await().during(Duration.ofSeconds(1)).until(() -> !pending.isDone());

        broker.resume();

        pending.get(30, TimeUnit.SECONDS);
        assertThat(committed()).containsExactlyElementsOf(json(records));
    }

    private KafkaProducer<byte[], byte[]> producer(String transactionalId) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", transactionalId),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Nested
    class Ownership {

        @Test
        void shouldBeLostInsideAnOpenTransaction() throws Exception {
            KafkaTarget old = open(options());
            claim(old, 1);
            store(old, changes.inserts(orders, 1), at(1, 1));
            List<Record> unfinished = changes.inserts(orders, 10);
            CompletableFuture<@Nullable Void> pending = add(old, unfinished, at(2, 1));
            await().until(() ->
                    TopicReader.read(broker.bootstrapServers(), topic).size() > 10);

            KafkaTarget successor = open(options());
            assertThat(successor.restore()).isEqualTo(at(1, 1));
            claim(successor, 2);
            old.flush();

            Throwable failure = failureOf(pending);
            assertThat(failure).isInstanceOf(TransientException.class);
            assertThatThrownBy(() -> old.recover(failure))
                    .isInstanceOf(FencedException.class)
                    .hasMessageContaining(database)
                    .hasMessageContaining("epoch 2");
            store(successor, unfinished, at(2, 2));
            assertThat(committed()).hasSize(11);
        }

        @Test
        void shouldBeSeenToBeLostWhileNothingHappens() throws Exception {
            KafkaTarget old = open(options());
            claim(old, 1);
            old.confirmOwnership();
            KafkaTarget successor = open(options());
            claim(successor, 2);

            assertThatThrownBy(old::confirmOwnership).isInstanceOf(FencedException.class);
            successor.confirmOwnership();
        }

        @Test
        void shouldGoToWhoeverHasReadLast() throws Exception {
            KafkaTarget old = open(options());
            store(old, changes.inserts(orders, 1), at(1, 1));
            KafkaTarget successor = open(options());
            assertThat(successor.restore()).isEqualTo(at(1, 1));

            CompletableFuture<@Nullable Void> refused = add(old, changes.inserts(orders, 5), at(2, 1));
            old.flush();
            Throwable failure = failureOf(refused);

            assertThatThrownBy(() -> old.recover(failure)).isInstanceOf(FencedException.class);
            store(successor, List.of(), at(1, 2));
            assertThat(committed()).hasSize(1);
        }

        @Test
        void shouldGoToWhoeverHasReadLastBeforeAnythingIsStored() throws Exception {
            KafkaTarget old = open(options());
            KafkaTarget successor = open(options());
            assertThat(successor.restore()).isNull();

            CompletableFuture<@Nullable Void> refused = add(old, changes.inserts(orders, 5), at(1, 1));
            old.flush();
            Throwable failure = failureOf(refused);

            assertThatThrownBy(() -> old.recover(failure)).isInstanceOf(FencedException.class);
            store(successor, changes.inserts(orders, 3), at(1, 1));
            assertThat(committed()).hasSize(3);
        }

        @Test
        void shouldNotBeLostToOneThatOnlyTookTheTransactionalId() throws Exception {
            KafkaTarget kafka = open(options());
            List<Record> records = changes.inserts(orders, 5);
            try (var producer = producer(database + ".kafka")) {
                producer.initTransactions();
            }
            CompletableFuture<@Nullable Void> refused = add(kafka, records, at(1, 1));
            kafka.flush();
            Throwable failure = failureOf(refused);

            kafka.recover(failure);
            assertThat(kafka.restore()).isNull();
            store(kafka, records, at(1, 1));

            assertThat(committed()).hasSize(5);
        }

        @Test
        void shouldBeConfirmedBeforeAndAfterTheFirstBatch() throws Exception {
            KafkaTarget kafka = open(options());
            claim(kafka, 1);
            kafka.close();
            KafkaTarget again = open(options());
            assertThat(again.restore()).isEqualTo(at(0, 1));

            again.confirmOwnership();
            claim(again, 2);
            again.confirmOwnership();
        }
    }

    @Nested
    class CheckpointsTopic {

        @Test
        void shouldBeCompactedWithOnePartition() throws Exception {
            String name = database + "-checkpoints";
            open(options().checkpointTopic(name).topicPartitions(3));

            try (Admin admin = admin()) {
                var description = admin.describeTopics(List.of(name))
                        .allTopicNames()
                        .get()
                        .get(name);
                assertThat(description.partitions()).hasSize(1);
            }
        }

        @Test
        void shouldBeRefusedWithSeveralPartitions() throws Exception {
            create(3, Map.of("cleanup.policy", "compact"));

            assertThatThrownBy(() -> open(options().checkpointTopic(database + "-own")))
                    .isInstanceOf(KafkaTopicException.class)
                    .hasMessageContaining("3 partitions");
        }

        @Test
        void shouldBeRefusedWhenItIsNotCompacted() throws Exception {
            create(1, Map.of("cleanup.policy", "compact,delete"));

            assertThatThrownBy(() -> open(options().checkpointTopic(database + "-own")))
                    .isInstanceOf(KafkaTopicException.class)
                    .hasMessageContaining("compact,delete")
                    .hasMessageContaining("kafka-configs.sh");
        }

        @Test
        void shouldNotBeCreatedUnlessThatIsAllowed() {
            assertThatThrownBy(() ->
                            open(options().checkpointTopic(database + "-own").createTopics(false)))
                    .isInstanceOf(KafkaTopicException.class)
                    .hasMessageContaining("createTopics(true)");
        }

        @Test
        void shouldBeReadFarBackWhenOthersHaveWrittenMuch() throws Exception {
            create(1, Map.of("cleanup.policy", "compact"));
            KafkaTarget kafka = open(options().checkpointTopic(database + "-own"));
            claim(kafka, 5);
            kafka.close();
            try (var producer = producer("another.pipeline")) {
                producer.initTransactions();
                for (int i = 0; i < 3; i++) {
                    producer.beginTransaction();
                    for (int j = 0; j < 2_000; j++) {
                        producer.send(new ProducerRecord<>(
                                database + "-own", CheckpointTopic.key("another", "t" + j), new byte[10]));
                    }
                    producer.commitTransaction();
                }
            }

            assertThat(open(options().checkpointTopic(database + "-own")).restore())
                    .isEqualTo(at(0, 5));
        }

        @Test
        void shouldBeWaitedForWhileAnotherPipelineHasItOpen() throws Exception {
            create(1, Map.of("cleanup.policy", "compact"));
            KafkaOptions.Builder own = options().checkpointTopic(database + "-own");
            KafkaTarget kafka = open(own);
            try (var producer = producer("another.pipeline")) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(
                                database + "-own", CheckpointTopic.key("another", "t"), new byte[10]))
                        .get();
                store(kafka, List.of(), at(3, 1));
                kafka.close();

                CompletableFuture<@Nullable Checkpoint> restored = CompletableFuture.supplyAsync(() -> {
                    try {
                        return open(own).restore();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
                await().during(Duration.ofSeconds(1)).until(() -> !restored.isDone());
                producer.commitTransaction();

                assertThat(restored.get(30, TimeUnit.SECONDS)).isEqualTo(at(3, 1));
            }
        }

        @Test
        void shouldSayWhoHasItOpen() throws Exception {
            create(1, Map.of("cleanup.policy", "compact"));
            try (var producer = producer("another.pipeline")) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(
                                database + "-own", CheckpointTopic.key("another", "t"), new byte[10]))
                        .get();

                assertThatThrownBy(() -> open(
                                options().checkpointTopic(database + "-own").connectTimeout(Duration.ofSeconds(2))))
                        .isInstanceOf(TransientException.class)
                        .hasMessageContaining("beyond offset 0")
                        .hasMessageContaining("another.pipeline (producer id ")
                        .hasMessageContaining("since 20")
                        .hasMessageContaining("Ongoing");
                producer.abortTransaction();
            }
        }

        @Test
        void shouldNotBeReadWhenDamaged() throws Exception {
            create(1, Map.of("cleanup.policy", "compact"));
            try (var producer = producer("someone.else")) {
                producer.initTransactions();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(
                        database + "-own", CheckpointTopic.key(database, "kafka"), "{\"format\":1".getBytes()));
                producer.commitTransaction();
            }

            assertThatThrownBy(() -> open(options().checkpointTopic(database + "-own")))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("damaged");
        }

        @Test
        void shouldBeMissedWhenItWasEmptiedMeanwhile() throws Exception {
            create(1, Map.of("cleanup.policy", "compact"));
            KafkaTarget kafka = open(options().checkpointTopic(database + "-own"));
            claim(kafka, 1);
            try (Admin admin = admin()) {
                admin.deleteTopics(List.of(database + "-own")).all().get();
                await().until(() -> !admin.listTopics().names().get().contains(database + "-own"));
                create(1, Map.of("cleanup.policy", "compact"));
            }

            assertThatThrownBy(kafka::confirmOwnership).isInstanceOf(CheckpointLostException.class);
        }

        private void create(int partitions, Map<String, String> configs) throws Exception {
            try (Admin admin = admin()) {
                admin.createTopics(List.of(new NewTopic(database + "-own", partitions, (short) 1).configs(configs)))
                        .all()
                        .get();
            }
        }

        private Admin admin() {
            return Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        }
    }
}
