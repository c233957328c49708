// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static io.millrace.kafka.Changes.row;
import static io.millrace.kafka.Changes.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.millrace.core.AbsentValueException;
import io.millrace.core.Batches;
import io.millrace.core.Record;
import io.millrace.core.TableSchema;
import io.millrace.core.TransientException;
import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.KafkaExtension;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What happens when a broker refuses, is away or does not answer, and what is left after closing. */
@Timeout(120)
@ExtendWith(KafkaExtension.class)
class KafkaFailureTest {

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private KafkaBroker broker;
    private final String database = "failing" + DATABASES.incrementAndGet();
    private final Changes changes = new Changes();
    private final TableSchema orders = table(database, "orders");
    private @Nullable KafkaTarget target;

    @BeforeEach
    void useBroker(KafkaBroker shared) {
        broker = shared;
    }

    @AfterEach
    void close() {
        broker.resume();
        if (target != null) {
            target.close();
        }
    }

    private KafkaOptions.Builder options() {
        return KafkaOptions.builder(broker.bootstrapServers()).topicPartitions(1);
    }

    private KafkaTarget open(KafkaOptions.Builder options) throws Exception {
        KafkaTarget opened = new KafkaTarget(options.build());
        target = opened;
        opened.open();
        return opened;
    }

    private static CompletableFuture<Void> start(KafkaTarget target, List<Record> records) throws Exception {
        return target.saveAsync(Batches.of(records)).toCompletableFuture();
    }

    private static Throwable failureOf(CompletableFuture<Void> stage) {
        return catchThrowableOfType(ExecutionException.class, () -> stage.get(30, TimeUnit.SECONDS))
                .getCause();
    }

    private List<String> values() {
        return TopicReader.read(broker.bootstrapServers(), database + ".orders").stream()
                .map(TopicReader::value)
                .toList();
    }

    private static List<String> json(List<Record> records) {
        return records.stream().map(Record::toJson).toList();
    }

    /** Text that compression cannot make small. */
    private static String noise(int length) {
        StringBuilder text = new StringBuilder(length);
        Random random = new Random(42);
        for (int i = 0; i < length; i++) {
            text.append((char) (' ' + random.nextInt(95)));
        }
        return text.toString();
    }

    @Test
    void shouldNameRecordThatProducerFindsTooLarge() throws Exception {
        KafkaTarget kafka = open(options().property("max.request.size", "20000"));
        Record before = changes.insert(orders, 1, "a");
        Record large = changes.insert(orders, 2, "x".repeat(30_000));
        Record behind = changes.insert(orders, 3, "c");

        Throwable failure = failureOf(start(kafka, List.of(before, large, behind)));
        Throwable refused = failureOf(start(kafka, List.of(behind)));

        assertThat(failure)
                .isInstanceOf(KafkaDeliveryException.class)
                .hasMessageContaining("too large")
                .hasMessageContaining("max.request.size")
                .hasMessageContaining("binlog.000007:" + large.source().position());
        assertThat(refused).isSameAs(failure);
        assertThat(values()).containsExactly(before.toJson());
    }

    @Test
    void shouldSendNothingBehindRecordThatBrokerFindsTooLarge() throws Exception {
        KafkaTarget kafka =
                open(options().topicConfig("max.message.bytes", "10000").property("batch.size", "1000"));
        List<Record> records = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            records.add(changes.insert(orders, i, "a"));
        }
        kafka.save(records);
        Record large = changes.insert(orders, 100, noise(30_000));

        Throwable failure = failureOf(start(kafka, List.of(large)));
        Throwable refused = failureOf(start(kafka, List.of(changes.insert(orders, 101, "behind"))));

        assertThat(failure)
                .isInstanceOfSatisfying(KafkaDeliveryException.class, delivery -> {
                    assertThat(delivery.topic()).isEqualTo(database + ".orders");
                    assertThat(delivery.source()).isSameAs(large.source());
                })
                .hasMessageContaining("max.message.bytes");
        assertThat(refused).isSameAs(failure);
        assertThat(values()).containsExactlyElementsOf(json(records));
    }

    @Test
    void shouldDeliverAgainAfterRecovery() throws Exception {
        KafkaTarget kafka = open(options().topicConfig("max.message.bytes", "10000"));
        Record first = changes.insert(orders, 1, "a");
        Record second = changes.insert(orders, 2, "b");
        kafka.save(List.of(first));
        Throwable failure = failureOf(start(kafka, List.of(changes.insert(orders, 3, noise(30_000)))));

        kafka.recover(failure);
        kafka.save(List.of(second));

        assertThat(values()).containsExactly(first.toJson(), second.toJson());
    }

    @Test
    void shouldNotRepeatWhatStandsBeforeARejectedChange() throws Exception {
        KafkaTarget kafka = open(options().property("max.request.size", "20000"));
        List<Record> good = changes.inserts(orders, 10);
        List<Record> batch = new ArrayList<>(good);
        batch.add(6, changes.insert(orders, 100, "x".repeat(30_000)));
        Throwable failure = failureOf(start(kafka, batch));

        kafka.recover(failure);
        kafka.save(new ArrayList<>(good));

        assertThat(values()).containsExactlyElementsOf(json(good));
    }

    @Test
    void shouldSayWhichBrokersDoNotAnswer() throws Exception {
        String nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = "127.0.0.1:" + socket.getLocalPort();
        }
        KafkaTarget kafka = new KafkaTarget(KafkaOptions.builder(nobody)
                .connectTimeout(Duration.ofMillis(300))
                .build());
        target = kafka;

        assertThatThrownBy(kafka::open)
                .isInstanceOf(TransientException.class)
                .hasMessageContaining(nobody)
                .hasMessageContaining("300 ms");
        assertThat(clientThreads()).isEmpty();
    }

    @Test
    void shouldCallUnknownHostUnreachable() {
        KafkaTarget kafka = new KafkaTarget(
                KafkaOptions.builder("no.such.host.invalid:9092").build());

        assertThatThrownBy(kafka::open)
                .isInstanceOf(TransientException.class)
                .hasMessageContaining("no.such.host.invalid");
    }

    @Test
    void shouldGoOnWhenDeletedTopicIsBack() throws Exception {
        KafkaTarget kafka = open(options());
        String topic = database + ".orders";
        kafka.save(changes.inserts(orders, 1));
        List<Record> records = changes.inserts(orders, 10);

        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.deleteTopics(List.of(topic)).all().get();
            // Until the broker has no log of it any more, it may still take what is sent.
            await().until(() -> !admin.listTopics().names().get().contains(topic) && !hasLog(admin, topic));
            CompletableFuture<Void> pending = start(kafka, records);
            assertThat(pending).isNotDone();
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
            pending.get(30, TimeUnit.SECONDS);
        }

        assertThat(values()).containsExactlyElementsOf(json(records));
    }

    private static boolean hasLog(Admin admin, String topic) throws Exception {
        return admin.describeLogDirs(List.of(1)).allDescriptions().get().values().stream()
                .flatMap(folders -> folders.values().stream())
                .flatMap(folder -> folder.replicaInfos().keySet().stream())
                .anyMatch(partition -> partition.topic().equals(topic));
    }

    @Test
    void shouldDeliverInOrderAfterBrokerWasAway() throws Exception {
        KafkaTarget kafka = open(options());
        List<Record> records = changes.inserts(orders, 300);
        kafka.save(records.subList(0, 100));

        broker.pause();
        CompletableFuture<Void> second = start(kafka, records.subList(100, 200));
        CompletableFuture<Void> third = start(kafka, records.subList(200, 300));
        assertThat(second).isNotDone();
        broker.resume();

        second.get(30, TimeUnit.SECONDS);
        third.get(30, TimeUnit.SECONDS);
        assertThat(values()).containsExactlyElementsOf(json(records));
    }

    @Test
    void shouldGoOnWhereFullBufferStoppedBatch() throws Exception {
        KafkaTarget kafka = open(options()
                .property("buffer.memory", "65536")
                .property("batch.size", "16384")
                .property("compression.type", "none")
                .property("max.block.ms", "300"));
        List<Record> first = changes.inserts(orders, 10);
        deliver(kafka, first);
        List<Record> second = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            second.add(changes.insert(orders, i, noise(1_000)));
        }
        List<Record> third = changes.inserts(orders, 10);

        broker.pause();
        CompletableFuture<Void> stopped = start(kafka, second);
        CompletableFuture<Void> refused = start(kafka, third);
        assertThat(stopped).isNotDone();
        assertThat(failureOf(refused)).isInstanceOf(TransientException.class);
        broker.resume();
        Throwable failure = failureOf(stopped);
        assertThat(failure).isInstanceOf(TransientException.class).hasMessageContaining("300 ms");
        kafka.recover(failure);
        deliver(kafka, second);
        deliver(kafka, third);

        List<Record> all = new ArrayList<>(first);
        all.addAll(second);
        all.addAll(third);
        assertThat(values()).containsExactlyElementsOf(json(all));
    }

    /** With so small a buffer, and so little time, it may stop whenever the broker answers slowly. */
    private static void deliver(KafkaTarget kafka, List<Record> records) throws Exception {
        while (true) {
            Throwable failure = start(kafka, records)
                    .<@Nullable Throwable>handle((nothing, stopped) -> stopped)
                    .get(30, TimeUnit.SECONDS);
            if (failure == null) {
                return;
            }
            kafka.recover(failure);
        }
    }

    @Test
    void shouldCloseAtOnceWhileBrokerIsAway() throws Exception {
        KafkaTarget kafka = open(options());
        kafka.save(changes.inserts(orders, 1));
        broker.pause();
        CompletableFuture<Void> pending = start(kafka, changes.inserts(orders, 10));

        long start = System.nanoTime();
        kafka.close();
        Duration took = Duration.ofNanos(System.nanoTime() - start);

        assertThat(took).isLessThan(Duration.ofSeconds(20));
        assertThat(pending).isCompletedExceptionally();
        assertThat(clientThreads()).isEmpty();
    }

    @Test
    void shouldLeaveNoThreads() throws Exception {
        KafkaTarget kafka = open(options());
        kafka.save(changes.inserts(orders, 100));
        assertThat(clientThreads()).isNotEmpty();

        kafka.close();

        assertThat(clientThreads()).isEmpty();
    }

    @Test
    void shouldLeaveNoThreadsAfterInterrupt() throws Exception {
        KafkaTarget kafka = open(options());
        kafka.save(changes.inserts(orders, 1));
        broker.pause();
        start(kafka, changes.inserts(orders, 10));
        Map<String, Object> seen = new HashMap<>();
        Thread lane = new Thread(() -> {
            try {
                kafka.save(List.of(changes.insert(orders, 11, "a")));
            } catch (Exception e) {
                seen.put("failure", e);
            }
            Thread.currentThread().interrupt();
            kafka.close();
            seen.put("interrupted", Thread.currentThread().isInterrupted());
        });
        lane.start();
        await().until(() -> lane.getState() == Thread.State.WAITING);

        lane.interrupt();
        lane.join(TimeUnit.SECONDS.toMillis(30));

        assertThat(lane.isAlive()).isFalse();
        assertThat(seen.get("failure")).isInstanceOf(InterruptedException.class);
        assertThat(seen.get("interrupted")).isEqualTo(true);
        assertThat(clientThreads()).isEmpty();
    }

    @Test
    void shouldRefuseInsertWithoutItsKey() throws Exception {
        KafkaTarget kafka = open(options());
        Record odd = new Record(Record.Kind.INSERT, null, row(orders, Changes.ABSENT, "a"), changes.source(), 0);

        assertThatThrownBy(() -> kafka.save(List.of(odd)))
                .isInstanceOfSatisfying(KafkaDeliveryException.class, refused -> {
                    assertThat(refused.change()).isSameAs(odd);
                    assertThat(refused).hasCauseInstanceOf(AbsentValueException.class);
                });
    }

    private static List<String> clientThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("kafka-"))
                .toList();
    }
}
