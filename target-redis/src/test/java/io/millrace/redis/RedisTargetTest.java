// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static io.millrace.redis.Pipelines.ORDERS;
import static io.millrace.redis.Pipelines.deliver;
import static io.millrace.redis.Pipelines.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.ErrorPolicy;
import io.millrace.core.FencedException;
import io.millrace.core.InvalidOptionsException;
import io.millrace.core.PermanentException;
import io.millrace.core.Processor;
import io.millrace.core.ProcessorState;
import io.millrace.core.Statement;
import io.millrace.core.TargetFailedException;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.format.PlainRow;
import io.millrace.testkit.RedisServer;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisDataException;

/** Lists and channels, possession and permissions, and what can go wrong with them. */
class RedisTargetTest extends SharedRedisTest {

    // ---- lists and statements

    @Test
    void shouldRefuseDeletesOfWhichTheFormatMakesNothing() {
        log.transaction(tx -> tx.delete(order(1, "a", null)));

        assertThatThrownBy(() -> deliverTo(
                        options(RedisCommand.RPUSH).format(PlainRow.builder().build())))
                .isInstanceOf(TargetFailedException.class)
                .hasMessageContaining("deletes(MARKED)");
        assertThat(client.exists("shop.orders")).isFalse();
    }

    @Test
    void shouldPushStatementsToTheTablesThatTheyName() throws Exception {
        writeOrders(0, 1);
        log.transaction(tx -> tx.statement(Statement.Kind.TRUNCATE_TABLE, ORDERS.table(), "TRUNCATE orders"));

        deliverTo(options(RedisCommand.RPUSH));

        assertThat(client.lrange("shop.orders", 0, -1))
                .hasSize(2)
                .last()
                .asString()
                .contains("TRUNCATE orders");
    }

    @Test
    void shouldPushStatementsElsewhereWhereKeysNameColumns() throws Exception {
        log.transaction(tx -> tx.statement(Statement.Kind.TRUNCATE_TABLE, ORDERS.table(), "TRUNCATE orders"));

        deliverTo(options(RedisCommand.RPUSH).key("o:%{/record/id}").statementKey("all-statements"));

        assertThat(client.llen("all-statements")).isEqualTo(1);
    }

    @Test
    void shouldWriteNothingOfABatchOfWhichOneKeyHoldsSomethingElse() {
        client.set("o:2", "a string");
        writeOrders(0, 4);

        assertThatThrownBy(() -> deliverTo(options(RedisCommand.RPUSH).key("o:%{/record/id}")))
                .isInstanceOf(TargetFailedException.class)
                .hasRootCauseInstanceOf(RedisDeliveryException.class)
                .hasMessageContaining("o:2")
                .hasMessageContaining("holds a string");
        assertThat(client.keys("o:*")).containsExactly("o:2");
    }

    /** The commands of a batch that is refused do run, on keys that nobody sees. */
    @ParameterizedTest
    @EnumSource(names = {"LPUSH", "RPUSH"})
    void shouldLeaveKeysAsTheyWereWhenABatchIsRefused(RedisCommand command) {
        client.set("o:2", "a string");
        client.rpush("o:1", "of others", "of others again");
        client.expire("o:1", 1_000);
        writeOrders(0, 4);

        assertThatThrownBy(() -> deliverTo(options(command).key("o:%{/record/id}")))
                .hasRootCauseInstanceOf(RedisDeliveryException.class);
        assertThat(client.keys("*")).containsExactlyInAnyOrder("o:1", "o:2", RedisCheckpointStore.key(pipeline));
        assertThat(client.lrange("o:1", 0, -1)).containsExactly("of others", "of others again");
        assertThat(client.ttl("o:1")).isPositive();
        assertThat(client.get("o:2")).isEqualTo("a string");
        assertThat(client.hkeys(RedisCheckpointStore.key(pipeline))).noneMatch(field -> field.startsWith("admitted"));
    }

    /** A user who may not rename keys any more cannot put them aside. Nothing of others must be lost over that. */
    @ParameterizedTest
    @EnumSource(names = {"RPUSH", "XADD"})
    void shouldNotDeleteWhatItCouldNotPutAside(RedisCommand command) throws Exception {
        if (command == RedisCommand.RPUSH) {
            client.rpush("o:1", "of others");
        } else {
            client.xadd("o:1", new StreamEntryID("0-7"), Map.of("event", "of others"));
        }
        client.set("o:2", "a string");
        writeOrders(0, 1);
        RedisOptions options =
                optionsOf("writer", command).key("o:%{/record/id}").build();
        try (Jedis admin = new Jedis(URI.create(server.uri()));
                Processor processor = log.processor(Pipelines.pipeline(pipeline), List.of(new RedisTarget(options)))) {
            admin.aclSetUser("writer", "on", ">secret", "~*", "&*", "+@all");
            try {
                CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
                assertThat(processor.awaitDelivered(log.end(), Duration.ofSeconds(30)))
                        .isTrue();
                admin.aclSetUser("writer", "-rename");
                writeOrders(1, 4);

                assertThatThrownBy(() -> run.get(30, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(TargetFailedException.class)
                        .hasMessageContaining("ACL");
            } finally {
                admin.aclDelUser("writer");
            }
        }
        assertThat(client.keys("o:*")).containsExactlyInAnyOrder("o:0", "o:1", "o:2");
        assertThat(client.get("o:2")).isEqualTo("a string");
        String first = command == RedisCommand.RPUSH
                ? client.lindex("o:1", 0)
                : client.xrange("o:1", "-", "+").get(0).getFields().get("event");
        assertThat(first).isEqualTo("of others");
    }

    @Test
    void shouldPushMoreValuesThanOneCommandTakes() throws Exception {
        writeOrders(0, 25_000);

        deliverTo(options(RedisCommand.LPUSH)
                .target(Pipelines.target().batchSize(25_000).build()));

        assertThat(client.llen("shop.orders")).isEqualTo(25_000);
        assertThat(client.lindex("shop.orders", 0)).contains("\"id\":24999,");
        assertThat(client.lindex("shop.orders", -1)).contains("\"id\":0,");
    }

    @Test
    void shouldGoOnWithoutTheChangeThatIsAtFault() throws Exception {
        client.set("o:2", "a string");
        writeOrders(0, 4);

        deliverTo(options(RedisCommand.RPUSH)
                .key("o:%{/record/id}")
                .target(Pipelines.target().errorPolicy(ErrorPolicy.skip()).build()));

        assertThat(client.keys("o:*")).containsExactlyInAnyOrder("o:0", "o:1", "o:2", "o:3");
    }

    // ---- possession

    @ParameterizedTest
    @EnumSource(names = {"RPUSH", "XADD", "HSET", "SET"})
    void shouldEndWhenAnotherInstanceTakesOver(RedisCommand command) throws Exception {
        writeOrders(0, 3);
        RedisOptions options = options(command).build();
        try (Processor first = log.processor(Pipelines.pipeline(pipeline), List.of(new RedisTarget(options)));
                Processor second = log.processor(Pipelines.pipeline(pipeline), List.of(new RedisTarget(options)))) {
            CompletableFuture<Void> firstRun = CompletableFuture.runAsync(first);
            assertThat(first.awaitDelivered(log.end(), Duration.ofSeconds(30))).isTrue();
            CompletableFuture<Void> secondRun = CompletableFuture.runAsync(second);
            assertThat(second.awaitDelivered(log.end(), Duration.ofSeconds(30))).isTrue();
            writeOrders(3, 6);

            assertThat(second.awaitDelivered(log.end(), Duration.ofSeconds(30))).isTrue();
            assertThatThrownBy(() -> firstRun.get(30, TimeUnit.SECONDS)).hasRootCauseInstanceOf(FencedException.class);
            assertThat(first.status().state()).isEqualTo(ProcessorState.FENCED);
            long stored = switch (command) {
                case RPUSH -> client.llen("shop.orders");
                case XADD -> client.xlen("shop.orders");
                default -> client.keys("shop:orders:*").size();
            };
            assertThat(stored).isEqualTo(6);
            assertThat(secondRun).isNotDone();
        }
    }

    @Test
    void shouldStopWhenRedisHasForgottenEverything() throws Exception {
        writeOrders(0, 3);
        RedisOptions options = options(RedisCommand.RPUSH).build();
        try (Processor processor = log.processor(Pipelines.pipeline(pipeline), List.of(new RedisTarget(options)))) {
            CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
            assertThat(processor.awaitDelivered(log.end(), Duration.ofSeconds(30)))
                    .isTrue();
            client.flushAll();
            writeOrders(3, 6);

            assertThatThrownBy(() -> run.get(30, TimeUnit.SECONDS))
                    .hasRootCauseInstanceOf(CheckpointException.class)
                    .rootCause()
                    .hasMessageContaining("has lost the checkpoints of pipeline " + pipeline);
            assertThat(client.exists("shop.orders")).isFalse();
        }
    }

    /** Asking who owns the target must not make the loss look like what is expected. */
    @Test
    void shouldStopWhenRedisHasForgottenEverythingWhileTheSourceIsConnectedAnew() throws Exception {
        log.breakAfter(3);
        writeOrders(0, 3);
        RedisOptions options = options(RedisCommand.RPUSH).build();
        try (Processor processor = log.processor(Pipelines.pipeline(pipeline), List.of(new RedisTarget(options)))) {
            CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
            assertThat(processor.awaitDelivered(log.end(), Duration.ofSeconds(30)))
                    .isTrue();
            client.flushAll();
            // The connection ends before these are read.
            writeOrders(3, 5);

            assertThatThrownBy(() -> run.get(30, TimeUnit.SECONDS)).hasRootCauseInstanceOf(CheckpointException.class);
            assertThat(client.exists("shop.orders")).isFalse();
        }
    }

    @Test
    void shouldStopWhenRedisWasSetBack() throws Exception {
        writeOrders(0, 3);
        RedisOptions options = options(RedisCommand.RPUSH).build();
        try (Processor processor = log.processor(Pipelines.pipeline(pipeline), List.of(new RedisTarget(options)))) {
            CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
            assertThat(processor.awaitDelivered(log.end(), Duration.ofSeconds(30)))
                    .isTrue();
            String early = client.hget(RedisCheckpointStore.key(pipeline), "redis");
            writeOrders(3, 6);
            assertThat(processor.awaitDelivered(log.end(), Duration.ofSeconds(30)))
                    .isTrue();
            // As after a failover to a replica that had not got the last writes yet.
            client.ltrim("shop.orders", 0, 2);
            client.hset(RedisCheckpointStore.key(pipeline), "redis", early);
            writeOrders(6, 9);

            assertThatThrownBy(() -> run.get(30, TimeUnit.SECONDS)).hasRootCauseInstanceOf(CheckpointException.class);
        }
        deliverTo(options(RedisCommand.RPUSH));
        assertThat(client.llen("shop.orders")).isEqualTo(9);
    }

    @Test
    void shouldLoadScriptsAgainThatWereFlushed() throws Exception {
        RedisOptions options = options(RedisCommand.HSET).build();
        try (Processor processor = log.processor(Pipelines.pipeline(pipeline), List.of(new RedisTarget(options)))) {
            CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
            writeOrders(0, 3);
            assertThat(processor.awaitDelivered(log.end(), Duration.ofSeconds(30)))
                    .isTrue();
            client.scriptFlush("any");
            writeOrders(3, 6);

            assertThat(processor.awaitDelivered(log.end(), Duration.ofSeconds(30)))
                    .isTrue();
            assertThat(run).isNotDone();
        }
        assertThat(client.keys("shop:orders:*")).hasSize(6);
    }

    // ---- channels

    @Test
    void shouldPublishToSubscribers() throws Exception {
        List<String> messages = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch subscribed = new CountDownLatch(1);
        JedisPubSub subscriber = new JedisPubSub() {
            @Override
            public void onMessage(String channel, String message) {
                messages.add(message);
            }

            @Override
            public void onSubscribe(String channel, int count) {
                subscribed.countDown();
            }
        };
        Thread thread = new Thread(() -> {
            try (RedisClient own = RedisClient.create(server.uri())) {
                own.subscribe(subscriber, "flex.shop.orders");
            }
        });
        thread.start();
        assertThat(subscribed.await(30, TimeUnit.SECONDS)).isTrue();
        writeOrders(0, 20);

        deliverTo(options(RedisCommand.PUBLISH).key("flex.%{/database}.%{/table}"));

        await().until(() -> messages.size() == 20);
        assertThat(messages.get(19)).contains("\"record\":{\"id\":19,");
        subscriber.unsubscribe();
        thread.join();
    }

    // ---- options and servers

    @Test
    void shouldTellEverythingThatIsWrongWithOptionsAndNoPassword() {
        assertThatThrownBy(() -> RedisOptions.builder("http://user:secret@host:1")
                        .key("%{/nonsense}")
                        .maxLength(-1)
                        .ttl(Duration.ofSeconds(1))
                        .cluster(true)
                        .checkpointKey("without-a-tag")
                        .sentinels("", "redis://:secret@host:2")
                        .minReplicas(-1)
                        .tombstoneTtl(Duration.ofSeconds(Long.MAX_VALUE))
                        .build())
                .isInstanceOf(InvalidOptionsException.class)
                .hasMessageContaining("uri")
                .hasMessageContaining("key")
                .hasMessageContaining("maxLength")
                .hasMessageContaining("ttl")
                .hasMessageContaining("hash tag")
                .hasMessageContaining("sentinels")
                .hasMessageContaining("minReplicas")
                .hasMessageContaining("tombstoneTtl")
                .hasMessageNotContaining("secret");
        assertThat(RedisOptions.builder("redis://user:secret@host:1").build().toString())
                .contains("host:1")
                .doesNotContain("secret");
    }

    @Test
    void shouldStopWhenTheServerWantsAPassword() throws Exception {
        try (RedisServer locked =
                RedisServer.builder().option("requirepass", "secret").start()) {
            writeOrders(0, 1);
            assertThatThrownBy(() -> deliver(
                            log,
                            pipeline,
                            RedisOptions.builder(locked.uri())
                                    .target(Pipelines.target().build())
                                    .build()))
                    .isInstanceOf(TargetFailedException.class)
                    .hasMessageContaining("NOAUTH");

            String uri = locked.uri().replace("redis://", "redis://:secret@");
            deliver(
                    log,
                    pipeline,
                    RedisOptions.builder(uri).target(Pipelines.target().build()).build());
        }
    }

    /** What the documentation says that a user needs. */
    @ParameterizedTest
    @CsvSource({
        "RPUSH, eval rpush llen hdel exists rename del",
        "XADD, eval xadd xinfo xrange hscan hdel exists rename del",
        "HSET, get set hdel del pexpire persist scan",
        "SET, get set hdel del pexpire persist scan",
    })
    void shouldNeedNoMorePermissionsThanItSays(RedisCommand command, String ofTheCommand) throws Exception {
        String allowed = "hello evalsha script|load multi exec ping hmget hget hset type " + ofTheCommand;
        List<String> rules = new ArrayList<>(
                List.of("on", ">secret", "~o:*", "~millrace:{" + pipeline + "}:*", "~millrace:version:*", "-@all"));
        Stream.of(allowed.split(" ")).forEach(name -> rules.add("+" + name));
        try (Jedis admin = new Jedis(URI.create(server.uri()))) {
            admin.aclSetUser("least", rules.toArray(String[]::new));
            try {
                RedisOptions.Builder options = RedisOptions.builder(
                                server.uri().replace("redis://", "redis://least:secret@"))
                        .command(command)
                        .key("o:%{/record/id}")
                        .target(Pipelines.target()
                                .errorPolicy(ErrorPolicy.skip())
                                .build());
                // None of them takes it: what a refusal needs is needed, too.
                client.sadd("o:2", "a set");
                writeOrders(0, 4);
                if (command.mirrors()) {
                    log.transaction(
                            tx -> tx.statement(Statement.Kind.TRUNCATE_TABLE, ORDERS.table(), "TRUNCATE orders"));
                    writeOrders(3, 5);
                }

                deliverTo(options);

                assertThat(client.keys("o:*")).contains("o:2", "o:3");
            } finally {
                admin.aclDelUser("least");
            }
        }
    }

    /** It renames keys only when a batch is refused, what may be after months. */
    @ParameterizedTest
    @CsvSource({"RPUSH, rename", "XADD, rename", "LPUSH, del"})
    void shouldTellAtTheStartThatItCouldNotPutKeysAside(RedisCommand command, String lacking) {
        assertThatStartIsRefused(optionsOf("writer", command), lacking);
    }

    @Test
    void shouldTellAtTheStartThatItMayNotWaitForReplicas() {
        assertThatStartIsRefused(optionsOf("writer", RedisCommand.HSET).minReplicas(1), "wait");
    }

    private void assertThatStartIsRefused(RedisOptions.Builder options, String lacking) {
        writeOrders(0, 3);
        try (Jedis admin = new Jedis(URI.create(server.uri()))) {
            admin.aclSetUser("writer", "on", ">secret", "~*", "&*", "+@all", "-" + lacking);
            try {
                assertThatThrownBy(() -> deliverTo(options))
                        .isInstanceOf(TargetFailedException.class)
                        .hasRootCauseInstanceOf(JedisDataException.class)
                        .cause()
                        .isInstanceOf(PermanentException.class)
                        .hasMessageContaining("'" + lacking + "' command")
                        .hasMessageContaining("the ACL lacks +" + lacking);
            } finally {
                admin.aclDelUser("writer");
            }
        }
        assertThat(client.keys("*")).isEmpty();
    }

    /** Without a transaction, its commands would run one by one. */
    @Test
    void shouldStopWhenTheUserMayNotBeginTransactions() {
        try (Jedis admin = new Jedis(URI.create(server.uri()))) {
            admin.aclSetUser("writer", "on", ">secret", "~*", "&*", "+@all", "-multi");
        }
        writeOrders(0, 3);
        try {
            String uri = server.uri().replace("redis://", "redis://writer:secret@");

            assertThatThrownBy(() -> deliver(
                            log,
                            pipeline,
                            RedisOptions.builder(uri)
                                    .target(Pipelines.target().build())
                                    .build()))
                    .isInstanceOf(TargetFailedException.class)
                    .hasMessageContaining("NOPERM")
                    .hasMessageContaining("MULTI");
            assertThat(client.keys("*")).isEmpty();
        } finally {
            try (Jedis admin = new Jedis(URI.create(server.uri()))) {
                admin.aclDelUser("writer");
            }
        }
    }

    @Test
    void shouldDeliverToAClusterWhereKeysShareASlot() throws Exception {
        try (RedisServer node = RedisServer.builder().cluster().start()) {
            try (Jedis admin = new Jedis(URI.create(node.uri()))) {
                admin.clusterAddSlotsRange(0, 16_383);
                await().until(() -> admin.clusterInfo().contains("cluster_state:ok"));
            }
            writeOrders(0, 3);
            RedisOptions.Builder options = RedisOptions.builder(node.uri())
                    .target(Pipelines.target().build())
                    .cluster(true);

            assertThatThrownBy(() ->
                            deliver(log, pipeline, options.key("%{/table}").build()))
                    .isInstanceOf(TargetFailedException.class)
                    .hasMessageContaining("hash tag");
            deliver(log, pipeline, options.key("{" + pipeline + "}.%{/table}").build());

            try (RedisClient plain = RedisClient.create(node.uri())) {
                assertThat(plain.llen("{" + pipeline + "}.orders")).isEqualTo(3);
            }
            writeOrders(3, 4);
            assertThatThrownBy(() -> deliver(
                            log,
                            pipeline,
                            options.cluster(false).key("%{/table}").build()))
                    .isInstanceOf(TargetFailedException.class)
                    .hasMessageContaining("CROSSSLOT");
        }
    }
}
