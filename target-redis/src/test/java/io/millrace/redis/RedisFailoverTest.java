// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Processor;
import io.millrace.core.ProcessorState;
import io.millrace.core.TargetFailedException;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.RedisSentinel;
import io.millrace.testkit.RedisServer;
import io.millrace.testkit.ScriptedSource;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;

/** A replica takes the place of a master that was killed, with all that the master had, or with less. */
@Timeout(180)
class RedisFailoverTest {

    private static final String PIPELINE = "failover";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final ScriptedSource log = new ScriptedSource();
    private final ChangingTable table = new ChangingTable(log, new Random(5));
    private RedisServer master;
    private RedisServer replica;
    /** Between the master and its replica. */
    private FaultyProxy link;
    /** What the target is told of: it leads to the master, whichever that is. */
    private FaultyProxy address;

    @BeforeEach
    void startServers() throws Exception {
        master = RedisServer.builder().option("repl-diskless-sync-delay", "0").start();
        replica = RedisServer.start();
        link = FaultyProxy.before(master.host(), master.port());
        address = FaultyProxy.before(master.host(), master.port());
    }

    @AfterEach
    void stopServers() {
        address.close();
        link.close();
        replica.close();
        master.close();
    }

    private void replicateFrom(int port) {
        try (Jedis admin = admin(replica)) {
            admin.replicaof(master.host(), port);
        }
        awaitReplica();
    }

    /** Waits until the replica has all that the master has. */
    private void awaitReplica() {
        try (Jedis admin = admin(master)) {
            await().atMost(LIMIT).until(() -> {
                admin.set("written", "last");
                return admin.waitReplicas(1, 1_000) == 1;
            });
        }
    }

    private void failOver() {
        master.kill();
        try (Jedis admin = admin(replica)) {
            admin.replicaofNoOne();
        }
        address.leadTo(replica.host(), replica.port());
    }

    private static Jedis admin(RedisServer server) {
        return new Jedis(URI.create(server.uri()), 10_000);
    }

    private RedisOptions.Builder options(RedisCommand command) {
        return RedisOptions.builder("redis://127.0.0.1:" + address.port())
                .command(command)
                .timeout(Duration.ofSeconds(4))
                .target(Pipelines.target().batchSize(20).build());
    }

    private Processor processor(RedisOptions.Builder options) {
        return log.processor(Pipelines.pipeline(PIPELINE), List.of(new RedisTarget(options.build())));
    }

    private void awaitDelivered(Processor processor) throws InterruptedException {
        assertThat(processor.awaitDelivered(log.end(), LIMIT))
                .as(() -> processor.status().toString())
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"RPUSH", "XADD", "HSET"})
    void shouldGoOnWhereTheReplicaHasEverything(RedisCommand command) throws Exception {
        replicateFrom(link.port());
        try (Processor processor = processor(options(command))) {
            CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
            table.change();
            awaitDelivered(processor);
            awaitReplica();

            failOver();

            table.change();
            awaitDelivered(processor);
            assertThat(run).isNotDone();
        }
        assertIsInReplica(command);
    }

    /** Data and checkpoint are those of the same moment; so the next start delivers what is missing, and no more. */
    @ParameterizedTest
    @EnumSource(names = {"RPUSH", "XADD", "HSET"})
    void shouldStopAndDeliverAgainWhatTheReplicaHadNotGot(RedisCommand command) throws Exception {
        replicateFrom(link.port());
        try (Processor processor = processor(options(command))) {
            CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
            table.change();
            awaitDelivered(processor);
            awaitReplica();
            loseWhatIsOnTheWayToTheReplica();
            table.change();
            awaitDelivered(processor);

            failOver();

            table.change();
            assertThatThrownBy(() -> run.get(60, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(CheckpointException.class)
                    .hasMessageContaining("set back");
        }
        Pipelines.deliver(log, PIPELINE, options(command).build());
        assertIsInReplica(command);
    }

    /** Its predecessor, which the replica takes for the owner, is long gone: nobody would go on. */
    @Test
    void shouldNotTakeAReplicaFromBeforeItsStartForATakeover() throws Exception {
        replicateFrom(link.port());
        table.change();
        Pipelines.deliver(log, PIPELINE, options(RedisCommand.RPUSH).build());
        awaitReplica();
        loseWhatIsOnTheWayToTheReplica();
        try (Processor processor = processor(options(RedisCommand.RPUSH))) {
            CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
            table.change();
            awaitDelivered(processor);

            failOver();

            table.change();
            assertThatThrownBy(() -> run.get(60, TimeUnit.SECONDS)).hasRootCauseInstanceOf(CheckpointException.class);
            assertThat(processor.status().state()).isEqualTo(ProcessorState.FAILED);
        }
        Pipelines.deliver(log, PIPELINE, options(RedisCommand.RPUSH).build());
        assertIsInReplica(RedisCommand.RPUSH);
    }

    @ParameterizedTest
    @EnumSource(names = {"RPUSH", "HSET"})
    void shouldAcknowledgeNothingThatAFailoverCouldLose(RedisCommand command) throws Exception {
        replicateFrom(link.port());
        long acknowledgedTransactions;
        RedisOptions.Builder options = options(command).minReplicas(1).timeout(Duration.ofSeconds(1));
        try (Processor processor = processor(options)) {
            CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
            table.change();
            awaitDelivered(processor);
            long acknowledged = log.records().size();
            acknowledgedTransactions = processor.stats().transactions();
            loseWhatIsOnTheWayToTheReplica();
            table.change();

            await().atMost(LIMIT)
                    .until(() -> processor.stats().targets().stream().anyMatch(target -> target.retries() > 1));
            assertThat(processor.stats().targets().get(0).records()).isEqualTo(acknowledged);
            assertThat(run).isNotDone();
        }
        failOver();
        try (RedisClient client = RedisClient.create(replica.uri())) {
            Checkpoint stored = Checkpoint.parse(client.hget(RedisCheckpointStore.key(PIPELINE), "redis"));
            assertThat(stored.transaction()).isEqualTo(acknowledgedTransactions);
        }
        Pipelines.deliver(log, PIPELINE, options(command).build());
        assertIsInReplica(command);
    }

    /** What was stored already, but not on enough servers, is neither lost nor stored again. */
    @Test
    void shouldGoOnWhenTheReplicaIsThereAgain() throws Exception {
        replicateFrom(link.port());
        try (Processor processor =
                processor(options(RedisCommand.RPUSH).minReplicas(1).timeout(Duration.ofSeconds(1)))) {
            CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
            table.change();
            awaitDelivered(processor);
            link.refuse();
            link.cutAll();
            table.change();
            await().atMost(LIMIT)
                    .until(() -> processor.stats().targets().stream().anyMatch(target -> target.retries() > 1));

            link.heal();

            awaitDelivered(processor);
            assertThat(run).isNotDone();
            failOver();
        }
        assertIsInReplica(RedisCommand.RPUSH);
    }

    private void loseWhatIsOnTheWayToTheReplica() {
        link.refuse();
        link.cutAll();
    }

    private void assertIsInReplica(RedisCommand command) {
        try (RedisClient client = RedisClient.create(replica.uri())) {
            table.assertIsIn(client, command);
        }
    }

    @Test
    void shouldFollowTheSentinels() throws Exception {
        replicateFrom(master.port());
        try (RedisSentinel sentinel = RedisSentinel.watching("orders", master)) {
            awaitKnownReplica(sentinel);
            try (Processor processor = throughSentinels(sentinel)) {
                CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
                table.change();
                await().atMost(LIMIT).until(() -> processor.stats().records() > 100);

                master.kill();

                table.change();
                await().atMost(LIMIT).until(() -> run.isDone() || processor.awaitDelivered(log.end(), LIMIT));
            }
            deliverAsASupervisorDoes(sentinel);
        }
        for (RedisCommand command : List.of(RedisCommand.RPUSH, RedisCommand.XADD, RedisCommand.HSET)) {
            try (RedisClient client = RedisClient.create(replica.uri() + "/" + database(command))) {
                table.assertIsIn(client, command);
            }
        }
    }

    private static void awaitKnownReplica(RedisSentinel sentinel) {
        try (Jedis asked = new Jedis(URI.create(sentinel.uri()))) {
            await().atMost(LIMIT)
                    .until(() -> asked.sentinelReplicas("orders").stream()
                            .anyMatch(known -> known.get("flags").equals("slave")));
        }
    }

    /** Starts again after each stop; a replica may have had less than the master. */
    private void deliverAsASupervisorDoes(RedisSentinel sentinel) {
        while (true) {
            try (Processor processor = throughSentinels(sentinel)) {
                processor.runUntil(log.end());
                return;
            } catch (TargetFailedException e) {
                assertThat(e).hasRootCauseInstanceOf(CheckpointException.class);
            }
        }
    }

    private Processor throughSentinels(RedisSentinel sentinel) {
        List<RedisTarget> targets = List.of(RedisCommand.RPUSH, RedisCommand.XADD, RedisCommand.HSET).stream()
                .map(command -> new RedisTarget(RedisOptions.builder(master.uri() + "/" + database(command))
                        .sentinels("orders", "redis://127.0.0.1:1", sentinel.uri())
                        .command(command)
                        .timeout(Duration.ofSeconds(4))
                        .target(TargetOptions.builder(command.name().toLowerCase(Locale.ROOT))
                                .retry(Pipelines.quickRetry())
                                .batchSize(20)
                                .build())
                        .build()))
                .toList();
        return log.processor(Pipelines.pipeline(PIPELINE), targets);
    }

    /** {@return a database of its own, since lists and streams have the same keys} */
    private static int database(RedisCommand command) {
        return command.ordinal();
    }
}
