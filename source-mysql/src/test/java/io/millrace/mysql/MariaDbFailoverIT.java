// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static io.millrace.mysql.SourceAndReplica.ids;
import static io.millrace.mysql.SourceAndReplica.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.LogLostException;
import io.millrace.core.PipelineOptions;
import io.millrace.core.ProcessorState;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.source.load.LoadPosition;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same of MariaDB as {@link MySqlFailoverIT}, by GTIDs of domains. */
@Timeout(120)
class MariaDbFailoverIT {

    private static SourceAndReplica servers;

    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
    private MySqlServer source;
    private MySqlServer replica;

    @BeforeAll
    static void startServers() throws Exception {
        servers = new SourceAndReplica(MySqlRelease.MARIADB_11_4);
    }

    @AfterAll
    static void stopServers() {
        servers.close();
    }

    @BeforeEach
    void begin() throws Exception {
        servers.begin();
        source = servers.source();
        replica = servers.replica();
    }

    @AfterEach
    void end() {
        servers.end();
    }

    private MySqlOptions.Builder options() throws SQLException {
        return servers.options().catchUpTimeout(Duration.ofSeconds(60)).pipeline(pipeline());
    }

    private PipelineOptions pipeline() {
        return Captured.pipeline("shop", store)
                .startTimeout(Duration.ofMillis(300))
                .build();
    }

    @Test
    void shouldGoOnWithAReplicaThatTookOver() throws Exception {
        try (Captured captured = Captured.start(options().build()).streaming()) {
            insert(source, 1, 20);
            servers.awaitReplica();
            servers.failOver();
            insert(replica, 21, 40);

            await().until(() -> captured.ids().size() >= 40);
            assertThat(captured.ids()).isEqualTo(ids(40));
        }
    }

    @Test
    void shouldWaitForAReplicaThatLags() throws Exception {
        try (Captured captured = Captured.start(options().build()).streaming()) {
            servers.letReplicaLag();
            insert(source, 1, 20);
            await().until(() -> captured.ids().size() == 20);
            servers.moveTo(replica);
            await().until(() -> captured.processor().status().state() == ProcessorState.BACKOFF
                    && captured.processor().status().toString().contains("catch up"));

            servers.letReplicaCatchUp();
            servers.awaitReplica();
            servers.failOver();
            insert(replica, 21, 25);

            await().until(() -> captured.ids().size() >= 25);
            assertThat(captured.ids()).isEqualTo(ids(25));
        }
    }

    @Test
    void shouldWaitAtTheStartForAReplicaThatLags() throws Exception {
        MySqlOptions options = options().build();
        try (Captured captured = Captured.start(options).streaming()) {
            servers.letReplicaLag();
            insert(source, 1, 20);
            await().until(() -> captured.ids().size() == 20);
        }
        servers.leadTo(replica);
        try (Captured captured = Captured.start(options)) {
            await().until(() -> captured.processor().status().attempt() >= 7);

            servers.letReplicaCatchUp();
            insert(source, 21, 25);
            await().until(() -> captured.ids().size() >= 5);
            assertThat(captured.ids()).containsExactly(21L, 22L, 23L, 24L, 25L);
        }
    }

    /** The replica gives the numbers of what it had not got anew: nothing of that may pass for delivered. */
    @ParameterizedTest
    @EnumSource(LostTransactions.class)
    void shouldNameTheTransactionsThatAFailoverLost(LostTransactions setting) throws Exception {
        MySqlOptions options = options()
                .catchUpTimeout(Duration.ofMillis(300))
                .lostTransactions(setting)
                .build();
        try (Captured captured = Captured.start(options).streaming()) {
            insert(source, 1, 2);
            servers.awaitReplica();
            servers.cutReplicaOff();
            insert(source, 3, 7);
            await().until(() -> captured.ids().size() == 7);
            insert(replica, 103, 113);
            String last = source.executedGtids();
            servers.failOver();

            assertThatThrownBy(captured::join)
                    .isInstanceOfSatisfying(
                            LogLostException.class, e -> assertThat(e.missing()).isEqualTo(last))
                    .hasMessageContaining("lostTransactions(ACCEPT) does not hold for MariaDB");
            assertThat(captured.ids()).isEqualTo(ids(7));
        }
    }

    /** Reading begins before an XA transaction that is prepared, at a place that the replica has. */
    @Test
    void shouldNameTheTransactionsThatAFailoverLostBehindOneThatIsPrepared() throws Exception {
        MySqlOptions options = options().catchUpTimeout(Duration.ofMillis(300)).build();
        try (Captured captured = Captured.start(options).streaming()) {
            source.executeIn("shop", "XA START 'a'", "INSERT INTO t VALUES (99)", "XA END 'a'", "XA PREPARE 'a'");
            servers.awaitReplica();
            servers.cutReplicaOff();
            insert(source, 1, 4);
            await().until(() -> captured.ids().size() == 4);
            insert(replica, 101, 113);
            servers.failOver();

            assertThatThrownBy(captured::join)
                    .isInstanceOf(LogLostException.class)
                    .hasMessageContaining("does not have transactions that were read before");
            assertThat(captured.ids()).isEqualTo(ids(4));
        }
    }

    /** Its rows would be those of a server that is behind the place from which it reads the log. */
    @Test
    void shouldLoadForATargetFromAReplicaOnceItHasWhatComesBeforeThat() throws Exception {
        insert(source, 1, 4);
        servers.awaitReplica();
        SourceAndReplica.saveCheckpoint(store, "memory", MySqlPosition.gtids(source.executedGtids()));
        servers.letReplicaLag();
        insert(source, 5, 8);
        SourceAndReplica.saveCheckpoint(
                store, "later", new LoadPosition(MySqlPosition.gtids(source.executedGtids()), null));
        servers.leadTo(replica);

        Captured.Memory later = SourceAndReplica.later();
        try (Captured captured = Captured.start(options().build(), new Captured.Memory(), record -> record, later)) {
            await().until(() ->
                    !later.records().isEmpty() || captured.processor().status().attempt() >= 5);
            assertThat(later.records()).isEmpty();

            servers.letReplicaCatchUp();
            await().until(() -> captured.ids().size() >= 4 && later.records().size() >= 8);
            assertThat(captured.ids()).containsExactly(5L, 6L, 7L, 8L);
            assertThat(later.records())
                    .extracting(record -> record.row().getLong("id"))
                    .containsExactlyElementsOf(ids(8));
        }
    }

    /** Nothing is read but from where the other target is, which the replica has. */
    @Test
    void shouldNameWhatAFailoverLostOfATargetThatIsAhead() throws Exception {
        MySqlOptions options = options().catchUpTimeout(Duration.ofMillis(300)).build();
        insert(source, 1, 4);
        servers.awaitReplica();
        SourceAndReplica.saveCheckpoint(store, "memory", MySqlPosition.gtids(source.executedGtids()));
        servers.letReplicaLag();
        insert(source, 5, 8);
        SourceAndReplica.saveCheckpoint(store, "later", MySqlPosition.gtids(source.executedGtids()));
        servers.failOver();
        insert(replica, 105, 108);

        try (Captured captured =
                Captured.start(options, new Captured.Memory(), record -> record, SourceAndReplica.later())) {
            assertThatThrownBy(captured::join)
                    .isInstanceOf(LogLostException.class)
                    .hasMessageContaining("does not have transactions that were read before");
            assertThat(captured.ids()).isEmpty();
        }
    }

    /** As nodes of Galera have. */
    @Test
    void shouldTellServersOfOneIdByFileAndOffset() throws Exception {
        try (MySqlServer another =
                MySqlServer.builder(MySqlRelease.MARIADB_11_4).start()) {
            MySqlOptions options = servers.options(TestServers.end(source))
                    .pipeline(Captured.pipeline("shop", store).build())
                    .build();
            try (Captured captured = Captured.start(options).streaming()) {
                insert(source, 1, 1);
                await().until(() -> captured.ids().equals(ids(1)));
                servers.moveTo(another);

                assertThatThrownBy(captured::join)
                        .isInstanceOf(LogLostException.class)
                        .hasMessageContaining("is of server mariadb:1:");
            }
        }
    }
}
