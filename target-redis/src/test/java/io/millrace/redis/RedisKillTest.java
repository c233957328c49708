// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static io.millrace.redis.Pipelines.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Processor;
import io.millrace.core.ProcessorListener;
import io.millrace.testkit.RedisServer;
import io.millrace.testkit.ScriptedSource;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.RedisClient;

/** A server that is killed and paused while it stores, and comes back with what it had on disk. */
@Timeout(120)
class RedisKillTest {

    private static final int ROUNDS = 6;

    private final ScriptedSource log = new ScriptedSource();
    private final Random random = new Random(7);
    private final ChangingTable table = new ChangingTable(log, random);

    @ParameterizedTest
    @EnumSource(names = {"RPUSH", "XADD", "HSET"})
    void shouldLoseAndDoubleNothing(RedisCommand command) throws Exception {
        try (RedisServer server = RedisServer.builder().durable().start()) {
            RedisOptions options = RedisOptions.builder(server.uri())
                    .command(command)
                    .timeout(Duration.ofSeconds(2))
                    .target(Pipelines.target().batchSize(20).build())
                    .build();
            try (Processor processor = log.processor(Pipelines.pipeline("kill"), List.of(new RedisTarget(options)))) {
                CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
                for (int round = 0; round < ROUNDS; round++) {
                    table.change();
                    long seen = delivered(processor) + random.nextInt(200);
                    await().until(() -> run.isDone() || delivered(processor) >= seen);
                    server.kill();
                    table.change();
                    server.startAgain();
                }
                assertThat(processor.awaitDelivered(log.end(), Duration.ofSeconds(60)))
                        .isTrue();
                assertThat(run).isNotDone();
            }
            try (RedisClient client = RedisClient.create(server.uri())) {
                table.assertIsIn(client, command);
            }
        }
    }

    private static long delivered(Processor processor) {
        return processor.stats().targets().stream()
                .mapToLong(target -> target.records())
                .sum();
    }

    @Test
    void shouldWaitForAServerThatReadsItsData() throws Exception {
        try (RedisServer server = RedisServer.builder()
                .option("key-load-delay", "2000")
                .option("loading-process-events-interval-bytes", "1024")
                .start()) {
            RedisOptions options = RedisOptions.builder(server.uri())
                    .command(RedisCommand.HSET)
                    .target(Pipelines.target().build())
                    .build();
            List<String> failures = new CopyOnWriteArrayList<>();
            try (Processor processor = log.processor(Pipelines.pipeline("load"), List.of(new RedisTarget(options)))) {
                processor.addListener(new ProcessorListener() {
                    @Override
                    public void onTargetRetry(String target, Throwable failure, int attempt, Duration delay) {
                        failures.add(String.valueOf(failure.getMessage()));
                    }
                });
                CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
                table.change();
                assertThat(processor.awaitDelivered(log.end(), Duration.ofSeconds(30)))
                        .isTrue();
                try (RedisClient client = RedisClient.create(server.uri())) {
                    client.executeCommand(new CommandArguments(Protocol.Command.SAVE));
                }
                server.kill();
                table.change();
                server.startAgain();

                assertThat(processor.awaitDelivered(log.end(), Duration.ofSeconds(60)))
                        .isTrue();
                assertThat(run).isNotDone();
            }
            assertThat(failures).anyMatch(failure -> failure.contains("LOADING"));
            try (RedisClient client = RedisClient.create(server.uri())) {
                table.assertIsIn(client, RedisCommand.HSET);
            }
        }
    }

    @Test
    void shouldWaitForAServerThatDoesNotAnswer() throws Exception {
        try (RedisServer server = RedisServer.start()) {
            RedisOptions options = RedisOptions.builder(server.uri())
                    .timeout(Duration.ofMillis(300))
                    .target(Pipelines.target().build())
                    .build();
            try (Processor processor = log.processor(Pipelines.pipeline("pause"), List.of(new RedisTarget(options)))) {
                CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
                table.change();
                assertThat(processor.awaitDelivered(log.end(), Duration.ofSeconds(30)))
                        .isTrue();
                server.pause();
                table.change();
                await().atMost(30, TimeUnit.SECONDS)
                        .until(() -> processor.stats().targets().stream().anyMatch(target -> target.retries() > 0));
                server.resume();

                assertThat(processor.awaitDelivered(log.end(), Duration.ofSeconds(60)))
                        .isTrue();
                assertThat(run).isNotDone();
            }
            try (RedisClient client = RedisClient.create(server.uri())) {
                assertThat(client.llen("shop.orders")).isEqualTo(log.records().size());
            }
        }
    }

    /** A socket that takes nothing more would otherwise hold the thread that writes to it for ever. */
    @Test
    void shouldEndWhileAServerTakesNothingMore() throws Exception {
        try (RedisServer server = RedisServer.start()) {
            RedisOptions options = RedisOptions.builder(server.uri())
                    .timeout(Duration.ofSeconds(1))
                    .target(Pipelines.target().build())
                    .build();
            Processor processor = log.processor(Pipelines.pipeline("full"), List.of(new RedisTarget(options)));
            CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
            table.change();
            assertThat(processor.awaitDelivered(log.end(), Duration.ofSeconds(30)))
                    .isTrue();
            server.pause();
            String large = "x".repeat(1 << 20);
            for (int i = 0; i < 64; i++) {
                long id = -i;
                log.transaction(tx -> tx.insert(order(id, large, null)));
            }
            await().atMost(30, TimeUnit.SECONDS)
                    .until(() -> processor.stats().targets().stream().anyMatch(target -> target.retries() > 0));

            processor.close();

            assertThat(run).succeedsWithin(Duration.ofSeconds(30));
            server.resume();
        }
    }
}
