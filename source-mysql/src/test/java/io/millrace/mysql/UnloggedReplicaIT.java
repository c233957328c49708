// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Finding;
import io.millrace.core.PermanentException;
import io.millrace.core.TransientException;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.mysql.internal.binlog.ServerConnection;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A replica that does not log what it gets: its log looks whole. */
@Timeout(180)
class UnloggedReplicaIT {

    /** A thread each: none waits for another's end. */
    private static final Executor ASKING = task -> new Thread(task, "asking").start();

    @ParameterizedTest
    @EnumSource(
            value = MySqlRelease.class,
            names = {"MYSQL_8_0", "MARIADB_11_4"})
    void shouldNotReadFromItWhileItReplicates(MySqlRelease release) throws Exception {
        try (MySqlServer source = MySqlServer.builder(release).start();
                MySqlServer replica = MySqlServer.builder(release)
                        .option("server-id", "2")
                        .option("log-slave-updates", "OFF")
                        .start();
                FaultyProxy address = FaultyProxy.before(source.host(), source.port())) {
            SourceAndReplica.replicate(source, replica);
            source.execute("CREATE DATABASE shop", "CREATE TABLE shop.t (id INT PRIMARY KEY)");
            MySqlOptions options = Captured.source(source, StartFrom.latest())
                    .host(address.host())
                    .port(address.port())
                    .pipeline(Captured.pipeline("shop", new InMemoryCheckpointStore())
                            .build())
                    .build();
            try (Captured captured = Captured.start(options).streaming()) {
                source.execute("INSERT INTO shop.t VALUES (1)");
                await().until(() -> captured.ids().equals(List.of(1L)));
                awaitReplica(replica);

                address.leadTo(replica.host(), replica.port());
                address.cutAll();

                assertThatThrownBy(captured::join)
                        .isInstanceOf(PermanentException.class)
                        .hasMessageContaining("log_slave_updates=OFF");
            }
            assertThat(findings(options)).contains("log_slave_updates");
            if (release.isMariaDb()) {
                assertThatThrownBy(() -> askBehindOneAddress(replica, source))
                        .isInstanceOf(TransientException.class)
                        .hasMessageContaining("several servers");
            }
            replica.execute("STOP SLAVE");
            assertThat(findings(options)).isEmpty();
        }
    }

    /** While it does so it counts a replica's thread, whether it has one or not. */
    @Test
    void shouldNotTakeAServerThatShutsDownForAReplica() throws Exception {
        try (MySqlServer server = MySqlServer.builder(MySqlRelease.MARIADB_11_4).start()) {
            MySqlOptions options = options(server);
            List<CompletableFuture<Throwable>> ends = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                ServerConnection connection = connect(options);
                ends.add(CompletableFuture.supplyAsync(() -> catchThrowable(() -> askOn(connection, options)), ASKING));
            }

            server.execute("SHUTDOWN");

            for (CompletableFuture<Throwable> end : ends) {
                assertThat(end.get()).isNotInstanceOf(PermanentException.class);
            }
        }
    }

    /** One connection comes to one of them, the next to the other. */
    private static void askBehindOneAddress(MySqlServer one, MySqlServer other) throws IOException {
        try (ServerConnection connection = connect(options(one))) {
            LogHistory.checkReplica(connection, () -> connect(options(other)));
        }
    }

    private static MySqlOptions options(MySqlServer server) {
        return Captured.source(server, StartFrom.latest())
                .pipeline(
                        Captured.pipeline("shop", new InMemoryCheckpointStore()).build())
                .build();
    }

    private static void askOn(ServerConnection connection, MySqlOptions options) throws IOException {
        try (connection) {
            while (true) {
                LogHistory.checkReplica(connection, () -> connect(options));
            }
        }
    }

    private static ServerConnection connect(MySqlOptions options) throws IOException {
        ServerConnection connection = new ServerConnection(options);
        connection.open();
        return connection;
    }

    private static void awaitReplica(MySqlServer replica) {
        await().ignoreExceptions()
                .until(() -> replica.query("SELECT id FROM shop.t").equals(List.of(List.of("1"))));
    }

    private static List<String> findings(MySqlOptions options) {
        try (MySqlBinlogProcessor processor = new MySqlBinlogProcessor(options, List.of(new Captured.Memory()))) {
            return processor.diagnose().stream().map(Finding::setting).toList();
        }
    }
}
