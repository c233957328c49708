// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Processor;
import io.millrace.core.TargetFailedException;
import io.millrace.testkit.RedisServer;
import io.millrace.testkit.ScriptedSource;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.params.MigrateParams;
import redis.clients.jedis.util.JedisClusterCRC16;

/** A cluster of two masters; all keys of the pipeline are in one slot, which the second has. */
@Timeout(180)
class RedisClusterTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int SLOTS = 16_384;
    /** A pipeline whose slot is in the upper half. */
    private static final String PIPELINE = IntStream.range(0, 100)
            .mapToObj(number -> "cluster" + number)
            .filter(id -> JedisClusterCRC16.getSlot(id) >= SLOTS / 2)
            .findFirst()
            .orElseThrow();

    private static final int SLOT = JedisClusterCRC16.getSlot(PIPELINE);
    private static final String KEY = "{" + PIPELINE + "}.orders";

    private final ScriptedSource log = new ScriptedSource();
    private final ChangingTable table = new ChangingTable(log, new Random(3));
    private RedisServer first;
    private RedisServer second;
    private Jedis firstAdmin;
    private Jedis secondAdmin;

    @BeforeEach
    void startCluster() throws Exception {
        first = RedisServer.builder().cluster().start();
        second = RedisServer.builder().cluster().start();
        firstAdmin = new Jedis(URI.create(first.uri()), 10_000);
        secondAdmin = new Jedis(URI.create(second.uri()), 10_000);
        firstAdmin.clusterAddSlotsRange(0, SLOTS / 2 - 1);
        secondAdmin.clusterAddSlotsRange(SLOTS / 2, SLOTS - 1);
        firstAdmin.sendCommand(
                Protocol.Command.CLUSTER,
                "MEET",
                second.host(),
                Integer.toString(second.port()),
                Integer.toString(second.busPort()));
        await().atMost(LIMIT)
                .until(() -> List.of(firstAdmin, secondAdmin).stream()
                        .allMatch(admin -> admin.clusterInfo().contains("cluster_state:ok")
                                && admin.clusterInfo().contains("cluster_known_nodes:2")));
    }

    @AfterEach
    void stopCluster() {
        firstAdmin.close();
        secondAdmin.close();
        first.close();
        second.close();
    }

    private RedisOptions.Builder options() {
        return RedisOptions.builder(first.uri())
                .key(KEY)
                .target(Pipelines.target().batchSize(20).build());
    }

    @Test
    void shouldSayWhatToSetWhereAServerTurnsOutToBeOfACluster() {
        table.change();

        assertThatThrownBy(() -> Pipelines.deliver(log, PIPELINE, options().build()))
                .isInstanceOf(TargetFailedException.class)
                .hasMessageContaining("MOVED")
                .hasMessageContaining("set cluster(true)");
    }

    @Test
    void shouldFollowASlotThatMoves() throws Exception {
        RedisOptions options = options().cluster(true).build();
        try (Processor processor = log.processor(Pipelines.pipeline(PIPELINE), List.of(new RedisTarget(options)))) {
            CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
            table.change();
            assertThat(processor.awaitDelivered(log.end(), LIMIT)).isTrue();
            beginToMoveTheSlot();
            table.change();
            await().atMost(LIMIT)
                    .until(() -> run.isDone()
                            || processor.stats().targets().stream().anyMatch(target -> target.retries() > 0));

            endMovingTheSlot();

            assertThat(processor.awaitDelivered(log.end(), LIMIT))
                    .as(() -> processor.status().toString())
                    .isTrue();
            assertThat(run).isNotDone();
        }
        assertThat(firstAdmin.lrange(KEY, 0, -1))
                .isEqualTo(log.records().stream().map(record -> record.toJson()).toList());
    }

    @ParameterizedTest
    @EnumSource(names = {"RPUSH", "XADD"})
    void shouldStartOnceItsSlotHasMoved(RedisCommand command) throws Exception {
        RedisOptions options = options().cluster(true).command(command).build();
        table.change();
        Pipelines.deliver(log, PIPELINE, options);
        beginToMoveTheSlot();
        table.change();
        try (Processor processor = log.processor(Pipelines.pipeline(PIPELINE), List.of(new RedisTarget(options)))) {
            CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
            await().atMost(LIMIT)
                    .until(() -> run.isDone()
                            || processor.stats().targets().stream().anyMatch(target -> target.retries() > 0));

            endMovingTheSlot();

            assertThat(processor.awaitDelivered(log.end(), LIMIT))
                    .as(() -> processor.status().toString())
                    .isTrue();
        }
        long stored = command == RedisCommand.RPUSH ? firstAdmin.llen(KEY) : firstAdmin.xlen(KEY);
        assertThat(stored).isEqualTo(log.records().size());
    }

    /** Some of the keys are here and some there: what needs all of them has to wait. */
    private void beginToMoveTheSlot() {
        firstAdmin.clusterSetSlotImporting(SLOT, secondAdmin.clusterMyId());
        secondAdmin.clusterSetSlotMigrating(SLOT, firstAdmin.clusterMyId());
        secondAdmin.migrate(first.host(), first.port(), 10_000, MigrateParams.migrateParams(), KEY);
    }

    private void endMovingTheSlot() {
        for (String key : secondAdmin.clusterGetKeysInSlot(SLOT, 100)) {
            secondAdmin.migrate(first.host(), first.port(), 10_000, MigrateParams.migrateParams(), key);
        }
        String owner = firstAdmin.clusterMyId();
        firstAdmin.clusterSetSlotNode(SLOT, owner);
        secondAdmin.clusterSetSlotNode(SLOT, owner);
    }
}
