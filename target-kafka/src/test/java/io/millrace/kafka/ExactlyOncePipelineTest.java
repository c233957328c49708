// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static io.millrace.kafka.Changes.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.ErrorPolicy;
import io.millrace.core.FencedException;
import io.millrace.core.PipelineOptions;
import io.millrace.core.Processor;
import io.millrace.core.ProcessorState;
import io.millrace.core.Record;
import io.millrace.core.RetryOptions;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.source.Source;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.ScriptedSource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole pipelines that deliver exactly once, through a proxy and beside a successor that disturb them. */
@Timeout(120)
class ExactlyOncePipelineTest {

    private static final AtomicInteger PIPELINES = new AtomicInteger();
    private static final Pattern ID = Pattern.compile("\"record\":\\{\"id\":([0-9]+)");
    private static KafkaBroker broker;

    private final String pipeline = "eos" + PIPELINES.incrementAndGet();
    private final String topic = pipeline + ".orders";
    private final TableSchema orders = table(pipeline, "orders");
    private final ScriptedSource log = new ScriptedSource();
    private final List<Running> started = new ArrayList<>();
    private int rows;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = KafkaBroker.builder()
                .behindProxy()
                .property("transaction.abort.timed.out.transaction.cleanup.interval.ms", "200")
                .start();
    }

    @BeforeEach
    void quiet() {
        broker.proxy().heal();
    }

    @AfterEach
    void closeAll() {
        broker.proxy().heal();
        started.forEach(Running::close);
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(Thread::isAlive)
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("kafka-")));
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    /** A processor on a thread of its own. */
    private static final class Running extends Processor {

        private final Source source;
        private final int closeAt;
        private final CompletableFuture<@Nullable Void> end;
        private int seen;

        Running(PipelineOptions options, KafkaTarget target, Source source, int closeAt) {
            super(options, List.of(target));
            this.source = source;
            this.closeAt = closeAt;
            this.end = new CompletableFuture<>();
        }

        Running start() {
            new Thread(() -> {
                        try {
                            run();
                            end.complete(null);
                        } catch (Throwable t) {
                            end.completeExceptionally(t);
                        }
                    })
                    .start();
            return this;
        }

        @Override
        protected Source source() {
            return source;
        }

        @Override
        protected Record process(Record record) {
            if (++seen == closeAt) {
                close();
            }
            return record;
        }
    }

    private KafkaOptions.Builder options() {
        FaultyProxy proxy = broker.proxy();
        return KafkaOptions.builder(proxy.host() + ":" + proxy.port())
                .exactlyOnce(true)
                .transactionInterval(Duration.ofMillis(20))
                .topicPartitions(3)
                .topicConfig("retention.ms", "-1")
                .checkpointTopic(pipeline + "-checkpoints")
                .property("request.timeout.ms", "1000")
                .property("transaction.timeout.ms", "5000")
                .property("reconnect.backoff.max.ms", "100")
                .connectTimeout(Duration.ofSeconds(5))
                .target(target().build());
    }

    private static TargetOptions.Builder target() {
        return TargetOptions.builder("kafka")
                .batchSize(50)
                .maxInFlight(32)
                .retry(RetryOptions.builder()
                        .initialBackoff(Duration.ofMillis(10))
                        .maxBackoff(Duration.ofMillis(200))
                        .build());
    }

    private Running start(KafkaOptions.Builder options, int closeAt) {
        PipelineOptions pipelineOptions = PipelineOptions.builder(pipeline)
                .checkpoints(new InMemoryCheckpointStore())
                .checkpointInterval(Duration.ofMillis(50))
                .closeTimeout(Duration.ofSeconds(5))
                .startTimeout(Duration.ofSeconds(60))
                .build();
        Running running = new Running(pipelineOptions, new KafkaTarget(options.build()), log.source(), closeAt).start();
        started.add(running);
        return running;
    }

    private void write(int transactions, int size) {
        for (int i = 0; i < transactions; i++) {
            log.transaction(tx -> {
                for (int j = 0; j < size; j++) {
                    tx.insert(RowImage.of(orders, Map.of("id", (long) rows++, "name", "x".repeat(100))));
                }
            });
        }
    }

    private void awaitDelivered(Running running) throws InterruptedException {
        assertThat(running.awaitDelivered(log.end(), Duration.ofSeconds(60)))
                .as(() -> running.status() + " " + running.stats())
                .isTrue();
    }

    private void assertEachRowOnce() {
        List<Long> ids = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : TopicReader.readCommitted(broker.bootstrapServers(), topic)) {
            Matcher id = ID.matcher(TopicReader.value(record));
            assertThat(id.find()).isTrue();
            ids.add(Long.parseLong(id.group(1)));
        }
        assertThat(ids.stream().sorted().toList())
                .isEqualTo(LongStream.range(0, rows).boxed().toList());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldHaveEachRowOnceThroughWhateverHappensToConnections(long seed) throws Exception {
        disturb(seed);
    }

    static LongStream manySeeds() {
        return LongStream.range(100, 200);
    }

    @ParameterizedTest
    @MethodSource("manySeeds")
    @Tag("long")
    void shouldHaveEachRowOnceThroughManyDisturbances(long seed) throws Exception {
        disturb(seed);
    }

    private void disturb(long seed) throws Exception {
        Random random = new Random(seed);
        Running running = start(options(), 0);
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<@Nullable Void> disturber = CompletableFuture.runAsync(() -> {
            while (!over.get()) {
                disturbOnce(random);
            }
        });
        for (int i = 0; i < 40; i++) {
            write(1 + random.nextInt(5), 1 + random.nextInt(i % 10 == 0 ? 2_000 : 50));
            pause(random.nextInt(50));
        }
        over.set(true);
        disturber.get(30, TimeUnit.SECONDS);
        broker.proxy().heal();

        awaitDelivered(running);
        running.close();
        assertEachRowOnce();
    }

    private void disturbOnce(Random random) {
        FaultyProxy proxy = broker.proxy();
        switch (random.nextInt(8)) {
            case 0 -> proxy.cutAll();
            case 1 -> {
                proxy.blackHole();
                pause(random.nextInt(300));
                proxy.heal();
            }
            case 2 -> takeTransactionalId();
            default -> proxy.cutAfter(random.nextInt(3_000));
        }
        pause(random.nextInt(150));
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** As an instance does that is ended before it has stored anything. */
    private void takeTransactionalId() {
        Map<String, Object> properties =
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", pipeline + ".kafka");
        try (var producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
        }
    }

    @Test
    void shouldHaveEachRowOnceThroughARestartOfTheBroker() throws Exception {
        write(20, 50);
        // A broker that finds a transaction timed out while it starts may complete the abort without markers
        // in the partitions (docs/kafka.md), so the transaction has to outlast the restart, as by default.
        Running running = start(options().property("transaction.timeout.ms", "60000"), 0);
        await().until(() -> running.stats().targets().stream().anyMatch(target -> target.records() > 100));
        CompletableFuture<@Nullable Void> writing = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 50; i++) {
                write(1, 50);
                pause(20);
            }
        });

        broker.restart();

        writing.get(60, TimeUnit.SECONDS);
        awaitDelivered(running);
        assertEachRowOnce();
    }

    @Test
    void shouldCountOnThroughRestartsInsideATransaction() throws Exception {
        KafkaOptions.Builder options =
                options().headers(KafkaHeader.PART, KafkaHeader.TRANSACTION).transactionTopic(pipeline + ".ends");
        write(2, 10);
        write(1, 6_000);
        write(2, 10);
        for (int closeAt : new int[] {1_500, 3_000, 4_500}) {
            start(options, closeAt).end.get(30, TimeUnit.SECONDS);
        }
        awaitDelivered(start(options, 0));

        assertEachRowOnce();
        List<Integer> parts = TopicReader.readCommitted(broker.bootstrapServers(), topic).stream()
                .map(TopicReader::headers)
                .filter(headers -> "tx-3".equals(headers.get("millrace.transaction")))
                .map(headers -> Integer.parseInt(headers.get("millrace.part")))
                .distinct()
                .sorted()
                .toList();
        assertThat(parts).hasSizeGreaterThan(3);
        assertThat(parts.get(parts.size() - 1)).isEqualTo(parts.size() - 1);
        List<ConsumerRecord<byte[], byte[]>> ends =
                TopicReader.readCommitted(broker.bootstrapServers(), pipeline + ".ends");
        assertThat(ends).extracting(TopicReader::key).containsExactlyInAnyOrder("tx-1", "tx-2", "tx-3", "tx-4", "tx-5");
        assertThat(ends)
                .extracting(TopicReader::value)
                .contains("{\"transaction_id\":\"tx-3\",\"number\":3,\"changes\":6000,\"records\":6000,\"parts\":"
                        + parts.size() + ",\"commit_timestamp_us\":null}");
    }

    @Test
    void shouldGoOnWithoutWhatIsRejected() throws Exception {
        write(5, 50);
        log.transaction(tx -> tx.insert(RowImage.of(orders, Map.of("id", -1L, "name", "x".repeat(2_000_000)))));
        write(5, 50);

        Running running =
                start(options().target(target().errorPolicy(ErrorPolicy.skip()).build()), 0);

        awaitDelivered(running);
        assertThat(running.stats().targets().get(0).rejected()).isEqualTo(1);
        assertEachRowOnce();
    }

    @Test
    void shouldEndFencedWhenAnotherInstanceIsStarted() throws Exception {
        write(5, 50);
        Running old = start(options(), 0);
        awaitDelivered(old);

        Running successor = start(options(), 0);
        awaitDelivered(successor);
        write(5, 50);

        awaitDelivered(successor);
        assertThat(old.awaitState(ProcessorState.FENCED, Duration.ofSeconds(30)))
                .as(() -> old.status().toString())
                .isTrue();
        assertThatThrownBy(() -> old.end.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasStackTraceContaining(FencedException.class.getName());
        assertThat(successor.status().state()).isEqualTo(ProcessorState.STREAMING);
        assertEachRowOnce();
    }

    @Test
    void shouldEndFencedWhenItStoodStillInsideATransaction() throws Exception {
        write(5, 50);
        Running old = start(options().transactionInterval(Duration.ofMillis(2_000)), 0);
        awaitDelivered(old);
        broker.proxy().blackHole();
        write(20, 50);
        Running successor = start(direct(), 0);
        awaitDelivered(successor);
        write(5, 50);
        awaitDelivered(successor);

        broker.proxy().heal();

        assertThat(old.awaitState(ProcessorState.FENCED, Duration.ofSeconds(30)))
                .as(() -> old.status().toString())
                .isTrue();
        assertThat(successor.status().state()).isEqualTo(ProcessorState.STREAMING);
        assertEachRowOnce();
    }

    /** Around the proxy. */
    private KafkaOptions.Builder direct() {
        return KafkaOptions.builder(broker.bootstrapServers())
                .exactlyOnce(true)
                .topicPartitions(3)
                .checkpointTopic(pipeline + "-checkpoints")
                .target(target().build());
    }

    @Test
    void shouldGoOnAfterKafkaEndedATransactionThatTookTooLong() throws Exception {
        write(5, 50);
        Running running = start(
                options().transactionInterval(Duration.ofMillis(400)).property("transaction.timeout.ms", "1000"), 0);
        awaitDelivered(running);
        for (int i = 0; i < 3; i++) {
            AtomicBoolean over = new AtomicBoolean();
            CompletableFuture<@Nullable Void> writing = CompletableFuture.runAsync(() -> {
                while (!over.get()) {
                    write(1, 10);
                    pause(10);
                }
            });
            await().until(this::hasOpenTransaction);
            broker.proxy().blackHole();
            over.set(true);
            writing.get(30, TimeUnit.SECONDS);
            write(20, 10);
            await().until(() -> !hasOpenTransaction());
            broker.proxy().heal();

            awaitDelivered(running);
        }
        assertThat(running.status().state()).isEqualTo(ProcessorState.STREAMING);
        assertEachRowOnce();
    }

    private boolean hasOpenTransaction() throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            String id = pipeline + ".kafka";
            return admin.describeTransactions(List.of(id)).description(id).get().state() == TransactionState.ONGOING;
        }
    }
}
