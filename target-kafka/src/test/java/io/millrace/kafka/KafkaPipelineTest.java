// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static io.millrace.kafka.Changes.table;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.millrace.core.PipelineOptions;
import io.millrace.core.Processor;
import io.millrace.core.ProcessorStats.TargetStats;
import io.millrace.core.TableSchema;
import io.millrace.core.TargetFailedException;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.source.Source;
import io.millrace.testkit.KafkaBroker;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The target in its lane, fed by a processor, while a broker of its own is paused and killed. */
@Timeout(120)
class KafkaPipelineTest {

    private static final Pattern TEXT = Pattern.compile("\"name\":\"([0-9]+) ");
    private static final AtomicInteger DATABASES = new AtomicInteger();
    private static KafkaBroker broker;

    private final String database = "pipeline" + DATABASES.incrementAndGet();
    private final TableSchema orders = table(database, "orders");
    private final InMemoryCheckpointStore checkpoints = new InMemoryCheckpointStore();
    private ScriptedProcessor running;
    private CompletableFuture<Void> run;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = KafkaBroker.start();
    }

    @AfterEach
    void closeProcessor() {
        running.close();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    private static final class ScriptedProcessor extends Processor {

        private final Source source;

        ScriptedProcessor(PipelineOptions options, KafkaTarget target, Source source) {
            super(options, List.of(target));
            this.source = source;
        }

        @Override
        protected Source source() {
            return source;
        }

        /** {@return how many records it has acknowledged} */
        long delivered() {
            return stats().targets().stream().mapToLong(TargetStats::records).sum();
        }
    }

    private ScriptedProcessor start(long transactions, LongFunction<String> text) {
        KafkaOptions kafka = KafkaOptions.builder(broker.bootstrapServers())
                .topicPartitions(3)
                .property("buffer.memory", "200000")
                .property("batch.size", "16384")
                .property("max.block.ms", "300")
                .connectTimeout(Duration.ofSeconds(10))
                .target(TargetOptions.builder("kafka").batchSize(100).build())
                .build();
        PipelineOptions options = PipelineOptions.builder("pipeline")
                .checkpoints(checkpoints)
                .checkpointInterval(Duration.ofMillis(50))
                .closeTimeout(Duration.ofSeconds(2))
                .build();
        running =
                new ScriptedProcessor(options, new KafkaTarget(kafka), new ScriptedSource(orders, transactions, text));
        run = CompletableFuture.runAsync(running);
        return running;
    }

    private void stop() throws Exception {
        running.close();
        run.get(30, SECONDS);
    }

    private static String text(long row) {
        return row + " " + "x".repeat(200);
    }

    private static void awaitDelivered(ScriptedProcessor processor, long transactions) throws InterruptedException {
        assertThat(processor.awaitDelivered(new ScriptedSource.Offset(transactions), Duration.ofSeconds(60)))
                .as(() -> processor.stats().toString())
                .isTrue();
    }

    /** {@return for each key the numbers of its rows, as they arrived; each key within one partition} */
    private Map<String, List<Long>> rowsByKey() {
        Map<String, Integer> partitions = new HashMap<>();
        Map<String, List<Long>> rows = new HashMap<>();
        TopicReader.read(broker.bootstrapServers(), database + ".orders").forEach(record -> {
            String key = TopicReader.key(record);
            Matcher text = TEXT.matcher(TopicReader.value(record));
            assertThat(text.find()).isTrue();
            assertThat(partitions.putIfAbsent(key, record.partition())).isIn(null, record.partition());
            rows.computeIfAbsent(key, any -> new ArrayList<>()).add(Long.parseLong(text.group(1)));
        });
        return rows;
    }

    private void assertEachRowOnceInOrder(long rows) {
        Map<String, List<Long>> byKey = rowsByKey();
        assertThat(byKey.values().stream().mapToLong(List::size).sum()).isEqualTo(rows);
        assertThat(byKey).hasSize(ScriptedSource.KEYS);
        byKey.forEach((key, numbers) -> {
            assertThat(numbers).as(key).isSorted().doesNotHaveDuplicates();
        });
    }

    @Test
    void shouldLoseAndRepeatNothingWhileBrokerIsPaused() throws Exception {
        long transactions = 5_000;
        ScriptedProcessor processor = start(transactions, KafkaPipelineTest::text);
        await().until(() -> processor.delivered() > 1_000);

        broker.pause();
        await().during(Duration.ofSeconds(2)).until(() -> processor.delivered() > 0);
        broker.resume();

        awaitDelivered(processor, transactions);
        stop();
        assertEachRowOnceInOrder(transactions * ScriptedSource.ROWS);
    }

    @Test
    void shouldLoseNothingAndKeepOrderWhenBrokerIsKilled() throws Exception {
        long transactions = 5_000;
        ScriptedProcessor processor = start(transactions, KafkaPipelineTest::text);
        await().until(() -> processor.delivered() > 1_000);

        broker.kill();
        broker.startAgain();

        awaitDelivered(processor, transactions);
        stop();
        // A broker that died may not remember what it stored last, so that the producer sends it again.
        Map<String, List<Long>> firstArrivals = rowsByKey();
        firstArrivals.replaceAll((key, numbers) -> numbers.stream().distinct().toList());
        assertThat(firstArrivals.values().stream().mapToLong(List::size).sum())
                .isEqualTo(transactions * ScriptedSource.ROWS);
        firstArrivals.forEach((key, numbers) -> assertThat(numbers).as(key).isSorted());
    }

    @Test
    void shouldCloseInTimeWhileBrokerIsPaused() throws Exception {
        ScriptedProcessor processor = start(100_000, KafkaPipelineTest::text);
        await().until(() -> processor.delivered() > 1_000);
        broker.pause();
        try {
            stop();
        } finally {
            broker.resume();
        }

        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("kafka-")));
    }

    @Test
    void shouldStopAtRecordThatIsTooLargeAndResumeThere() throws Exception {
        long transactions = 200;
        start(transactions, row -> row == 1_234 ? row + " " + "x".repeat(2_000_000) : text(row));

        ExecutionException failure = catchThrowableOfType(ExecutionException.class, () -> run.get(30, SECONDS));

        assertThat(failure).hasCauseInstanceOf(TargetFailedException.class);
        assertThat(failure.getCause())
                .hasCauseInstanceOf(KafkaDeliveryException.class)
                .hasStackTraceContaining("log:123 (transaction tx-123)");

        awaitDelivered(start(transactions, KafkaPipelineTest::text), transactions);
        stop();
        assertThat(rowsByKey().values().stream().flatMap(List::stream).distinct())
                .hasSize((int) transactions * ScriptedSource.ROWS);
    }
}
