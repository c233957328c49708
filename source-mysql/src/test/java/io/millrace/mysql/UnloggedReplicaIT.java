// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Finding;
import io.millrace.core.PermanentException;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A replica that does not log what it gets: its log looks whole. */
@Timeout(180)
class UnloggedReplicaIT {

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
            replica.execute("STOP SLAVE");
            assertThat(findings(options)).isEmpty();
        }
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
