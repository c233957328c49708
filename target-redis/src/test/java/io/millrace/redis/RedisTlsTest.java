// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static io.millrace.redis.Pipelines.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.PermanentException;
import io.millrace.core.Processor;
import io.millrace.core.TargetFailedException;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.testkit.RedisSentinel;
import io.millrace.testkit.RedisServer;
import io.millrace.testkit.ScriptedSource;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;

/** Servers and sentinels that want TLS, users and passwords. */
@Timeout(180)
class RedisTlsTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String STORE = "javax.net.ssl.trustStore";
    private static final String STORE_PASSWORD = "javax.net.ssl.trustStorePassword";

    private final ScriptedSource log = new ScriptedSource();

    /** As the JVM's options do. */
    private static void trust() throws IOException {
        System.setProperty(STORE, RedisServer.trustStore().toString());
        System.setProperty(STORE_PASSWORD, "changeit");
    }

    @AfterEach
    void trustNoMore() {
        System.clearProperty(STORE);
        System.clearProperty(STORE_PASSWORD);
    }

    private static RedisServer.Builder locked() {
        return RedisServer.builder()
                .tls()
                .option("requirepass", "secret")
                .option("masterauth", "secret")
                .option("repl-diskless-sync-delay", "0");
    }

    private static Jedis admin(RedisServer server) {
        return new Jedis(URI.create(withPassword(server.uri(), ":secret")), 10_000);
    }

    private static String withPassword(String uri, String userInfo) {
        return uri.replace("://", "://" + userInfo + "@");
    }

    private static RedisOptions.Builder options(String uri) {
        return RedisOptions.builder(uri)
                .timeout(Duration.ofSeconds(4))
                .target(Pipelines.target().batchSize(20).build());
    }

    @ParameterizedTest
    @EnumSource(names = {"RPUSH", "HSET"})
    void shouldDeliverOverTlsAsAUserOfTheAcl(RedisCommand command) throws Exception {
        trust();
        ChangingTable table = new ChangingTable(log, new Random(4));
        try (RedisServer server = locked().start();
                Jedis admin = admin(server)) {
            admin.aclSetUser("writer", "on", ">of writer", "~*", "+@all");
            table.change();

            Pipelines.deliver(
                    log,
                    "tls",
                    options(withPassword(server.tlsUri(), "writer:of%20writer"))
                            .command(command)
                            .build());

            try (RedisClient client = RedisClient.create(withPassword(server.uri(), ":secret"))) {
                table.assertIsIn(client, command);
            }
        }
    }

    @Test
    void shouldStopWhenThePasswordIsWrong() throws Exception {
        trust();
        log.transaction(tx -> tx.insert(order(1, "a", null)));
        try (RedisServer server = locked().start()) {
            assertStops(withPassword(server.tlsUri(), ":wrong"), "WRONGPASS");
        }
    }

    @Test
    void shouldStopWhenTheCertificateIsNotTrusted() throws Exception {
        log.transaction(tx -> tx.insert(order(1, "a", null)));
        try (RedisServer server = locked().start()) {
            assertStops(withPassword(server.tlsUri(), ":secret"), "certificate is not accepted");

            trust();
            assertStops(
                    withPassword(server.tlsUri(), ":secret").replace("127.0.0.1", "localhost"),
                    "certificate is not accepted");
        }
    }

    private void assertStops(String uri, String why) {
        RedisOptions options = options(uri).build();

        assertThatThrownBy(() -> Pipelines.deliver(log, "tls", options))
                .isInstanceOf(TargetFailedException.class)
                .hasCauseInstanceOf(PermanentException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("secret");
    }

    @Test
    void shouldFollowSentinelsOverTlsAndWithPasswords() throws Exception {
        trust();
        ChangingTable table = new ChangingTable(log, new Random(6));
        try (RedisServer master = locked().start();
                RedisServer replica = locked().start();
                RedisSentinel sentinel = RedisSentinel.watching(
                        "orders", master, "sentinel auth-pass orders secret", "requirepass of-the-sentinel")) {
            try (Jedis ofReplica = admin(replica)) {
                ofReplica.replicaof(master.host(), master.tlsPort());
            }
            String sentinelUri = withPassword(sentinel.tlsUri(), ":of-the-sentinel");
            awaitKnownReplica(sentinelUri);
            RedisOptions options = options(withPassword("rediss://not-asked:1", ":secret"))
                    .sentinels("orders", sentinelUri)
                    .build();
            try (Processor processor = log.processor(Pipelines.pipeline("tls"), List.of(new RedisTarget(options)))) {
                CompletableFuture<Void> run = CompletableFuture.runAsync(processor);
                table.change();
                assertThat(processor.awaitDelivered(log.end(), LIMIT)).isTrue();

                master.kill();

                table.change();
                await().atMost(LIMIT).until(() -> run.isDone() || processor.awaitDelivered(log.end(), LIMIT));
            }
            deliverAsASupervisorDoes(options);
            try (RedisClient client = RedisClient.create(withPassword(replica.uri(), ":secret"))) {
                table.assertIsIn(client, RedisCommand.RPUSH);
            }
        }
    }

    private static void awaitKnownReplica(String sentinelUri) {
        try (Jedis asked = new Jedis(URI.create(sentinelUri))) {
            await().atMost(LIMIT)
                    .until(() -> asked.sentinelReplicas("orders").stream()
                            .anyMatch(known -> known.get("flags").equals("slave")
                                    && known.get("master-link-status").equals("ok")));
        }
    }

    /** Starts again after each stop; the replica may have had less than the master. */
    private void deliverAsASupervisorDoes(RedisOptions options) {
        while (true) {
            try {
                Pipelines.deliver(log, "tls", options);
                return;
            } catch (TargetFailedException e) {
                assertThat(e).hasRootCauseInstanceOf(CheckpointException.class);
            }
        }
    }
}
