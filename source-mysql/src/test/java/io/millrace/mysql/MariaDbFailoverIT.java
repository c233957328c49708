// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.LogLostException;
import io.millrace.core.Position;
import io.millrace.core.ProcessorState;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.source.load.LoadPosition;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same of MariaDB as {@link MySqlFailoverIT}: a source and its replica behind one address, by GTIDs of domains. */
@Timeout(120)
class MariaDbFailoverIT {

    private MySqlServer source;
    private MySqlServer replica;
    private FaultyProxy address;
    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();

    @BeforeEach
    void start() throws Exception {
        source = MySqlServer.builder(MySqlRelease.MARIADB_11_4).start();
        replica = MySqlServer.builder(MySqlRelease.MARIADB_11_4)
                .option("server-id", "2")
                .option("log-slave-updates", "ON")
                .start();
        address = FaultyProxy.before(source.host(), source.port());
        replica.execute(
                "CHANGE MASTER TO MASTER_HOST = '" + source.host() + "', MASTER_PORT = " + source.port()
                        + ", MASTER_USER = '" + source.user()
                        + "', MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 1, MASTER_SSL = 0,"
                        + " MASTER_SSL_VERIFY_SERVER_CERT = 0",
                "START SLAVE");
        source.execute("CREATE DATABASE shop", "CREATE TABLE shop.t (id INT PRIMARY KEY)");
        awaitReplica();
    }

    @AfterEach
    void stop() {
        address.close();
        replica.close();
        source.close();
    }

    private void awaitReplica() throws SQLException {
        assertThat(replica.query("SELECT MASTER_GTID_WAIT('" + source.executedGtids() + "', 60)"))
                .containsExactly(List.of("0"));
    }

    /** In two domains, by turns. */
    private static void insert(MySqlServer server, int first, int last) throws SQLException {
        for (int id = first; id <= last; id++) {
            server.execute("SET gtid_domain_id = " + id % 2, "INSERT INTO shop.t VALUES (" + id + ")");
        }
    }

    private static List<Long> ids(int last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private MySqlOptions.Builder options() throws SQLException {
        return Captured.source(source, StartFrom.gtids(source.executedGtids()))
                .host(address.host())
                .port(address.port())
                .catchUpTimeout(Duration.ofSeconds(60))
                .pipeline(Captured.pipeline("shop", store)
                        .startTimeout(Duration.ofMillis(300))
                        .build());
    }

    private void failOver() throws SQLException {
        address.leadTo(replica.host(), replica.port());
        replica.execute("STOP SLAVE", "RESET SLAVE ALL");
        source.kill();
        address.cutAll();
    }

    @Test
    void shouldGoOnWithAReplicaThatTookOver() throws Exception {
        try (Captured captured = Captured.start(options().build()).streaming()) {
            insert(source, 1, 20);
            awaitReplica();
            failOver();
            insert(replica, 21, 40);

            await().until(() -> captured.ids().size() >= 40);
            assertThat(captured.ids()).isEqualTo(ids(40));
        }
    }

    @Test
    void shouldWaitForAReplicaThatLags() throws Exception {
        try (Captured captured = Captured.start(options().build()).streaming()) {
            replica.execute("STOP SLAVE SQL_THREAD");
            insert(source, 1, 20);
            await().until(() -> captured.ids().size() == 20);
            address.leadTo(replica.host(), replica.port());
            address.cutAll();
            await().until(() -> captured.processor().status().state() == ProcessorState.BACKOFF
                    && captured.processor().status().toString().contains("catch up"));

            replica.execute("START SLAVE SQL_THREAD");
            awaitReplica();
            failOver();
            insert(replica, 21, 25);

            await().until(() -> captured.ids().size() >= 25);
            assertThat(captured.ids()).isEqualTo(ids(25));
        }
    }

    @Test
    void shouldWaitAtTheStartForAReplicaThatLags() throws Exception {
        MySqlOptions options = options().build();
        try (Captured captured = Captured.start(options).streaming()) {
            replica.execute("STOP SLAVE SQL_THREAD");
            insert(source, 1, 20);
            await().until(() -> captured.ids().size() == 20);
        }
        address.leadTo(replica.host(), replica.port());
        try (Captured captured = Captured.start(options)) {
            await().until(() -> captured.processor().status().attempt() >= 10);

            replica.execute("START SLAVE SQL_THREAD");
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
            awaitReplica();
            replica.execute("STOP SLAVE");
            insert(source, 3, 7);
            await().until(() -> captured.ids().size() == 7);
            insert(replica, 103, 113);
            String last = source.executedGtids();
            failOver();

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
            awaitReplica();
            replica.execute("STOP SLAVE");
            insert(source, 1, 4);
            await().until(() -> captured.ids().size() == 4);
            insert(replica, 101, 113);
            failOver();

            assertThatThrownBy(captured::join)
                    .isInstanceOf(LogLostException.class)
                    .hasMessageContaining("does not have transactions that were read before");
            assertThat(captured.ids()).isEqualTo(ids(4));
        }
    }

    private void checkpoint(String target, Position position) throws Exception {
        store.open("test");
        store.save(target, new Checkpoint("mysql", position.toJson(), 1, null, 1, 1, Set.of("memory", "later")));
        store.close();
    }

    /** {@return the second target, beside the one whose changes are kept} */
    private static Captured.Memory later() {
        return new Captured.Memory(TargetOptions.builder("later").build());
    }

    /** Its rows would be those of a server that is behind the place from which it reads the log. */
    @Test
    void shouldLoadForATargetFromAReplicaOnceItHasWhatComesBeforeThat() throws Exception {
        insert(source, 1, 4);
        awaitReplica();
        checkpoint("memory", MySqlPosition.gtids(source.executedGtids()));
        replica.execute("STOP SLAVE SQL_THREAD");
        insert(source, 5, 8);
        checkpoint("later", new LoadPosition(MySqlPosition.gtids(source.executedGtids()), null));
        address.leadTo(replica.host(), replica.port());

        Captured.Memory later = later();
        try (Captured captured = Captured.start(options().build(), new Captured.Memory(), record -> record, later)) {
            await().until(() ->
                    !later.records().isEmpty() || captured.processor().status().attempt() >= 5);
            assertThat(later.records()).isEmpty();

            replica.execute("START SLAVE SQL_THREAD");
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
        awaitReplica();
        checkpoint("memory", MySqlPosition.gtids(source.executedGtids()));
        replica.execute("STOP SLAVE SQL_THREAD");
        insert(source, 5, 8);
        checkpoint("later", MySqlPosition.gtids(source.executedGtids()));
        failOver();
        insert(replica, 105, 108);

        try (Captured captured = Captured.start(options, new Captured.Memory(), record -> record, later())) {
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
            MySqlOptions options = Captured.source(source, TestServers.end(source))
                    .host(address.host())
                    .port(address.port())
                    .pipeline(Captured.pipeline("shop", store).build())
                    .build();
            try (Captured captured = Captured.start(options).streaming()) {
                insert(source, 1, 1);
                await().until(() -> captured.ids().equals(ids(1)));
                address.leadTo(another.host(), another.port());
                address.cutAll();

                assertThatThrownBy(captured::join)
                        .isInstanceOf(LogLostException.class)
                        .hasMessageContaining("is of server mariadb:1:");
            }
        }
    }
}
