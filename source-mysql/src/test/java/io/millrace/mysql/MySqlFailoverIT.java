// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static io.millrace.mysql.SourceAndReplica.ids;
import static io.millrace.mysql.SourceAndReplica.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.LogLostException;
import io.millrace.core.ProcessorState;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.source.load.LoadPosition;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The address moves from a source to its replica while rows flow. */
@Timeout(120)
class MySqlFailoverIT {

    private static SourceAndReplica servers;

    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
    private MySqlServer source;
    private MySqlServer replica;

    @BeforeAll
    static void startServers() throws Exception {
        servers = new SourceAndReplica(MySqlRelease.MYSQL_8_0);
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

    private static MySqlOptions.Builder options() throws SQLException {
        return servers.options()
                .catchUpTimeout(Duration.ofSeconds(30))
                .pipeline(
                        Captured.pipeline("shop", new InMemoryCheckpointStore()).build());
    }

    /** Of a pipeline that is started more than once, and then does not wait long for a server that is not there. */
    private MySqlOptions.Builder optionsOfARestart() throws SQLException {
        return options()
                .pipeline(Captured.pipeline("shop", store)
                        .startTimeout(Duration.ofMillis(300))
                        .build());
    }

    @Test
    void shouldGoOnWithAReplicaThatTookOver() throws Exception {
        try (Captured captured = Captured.start(options().build()).streaming()) {
            insert(source, 1, 20);
            servers.awaitReplica();
            // What it has on its own is new, too.
            insert(replica, 21, 21);
            servers.failOver();
            insert(replica, 22, 40);

            await().until(() -> captured.ids().size() >= 40);
            assertThat(captured.ids()).isEqualTo(ids(40));
            assertThat(captured.processor().stats().reconnects()).isPositive();
        }
    }

    /** The address moves before the replica has applied what was read from its source. */
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

    /** The time for a server that is not there at the start is not that for one which lags. */
    @Test
    void shouldWaitAtTheStartForAReplicaThatLags() throws Exception {
        MySqlOptions options = optionsOfARestart().build();
        try (Captured captured = Captured.start(options).streaming()) {
            servers.letReplicaLag();
            insert(source, 1, 20);
            await().until(() -> captured.ids().size() == 20);
        }
        servers.leadTo(replica);
        try (Captured captured = Captured.start(options)) {
            // Waits of 20 to 200 ms lie between them, together more than it waits for a server that is not there.
            await().until(() -> captured.processor().status().attempt() >= 7);

            servers.letReplicaCatchUp();
            insert(source, 21, 25);
            await().until(() -> captured.ids().size() >= 5);
            assertThat(captured.ids()).containsExactly(21L, 22L, 23L, 24L, 25L);
        }
    }

    @Test
    void shouldNameAtTheStartTheTransactionsThatAFailoverLost() throws Exception {
        MySqlOptions options =
                optionsOfARestart().catchUpTimeout(Duration.ofSeconds(1)).build();
        String lost;
        try (Captured captured = Captured.start(options).streaming()) {
            lost = loseThree(captured);
        }
        assertThatThrownBy(() -> Captured.start(options).join())
                .isInstanceOfSatisfying(
                        LogLostException.class, e -> assertThat(e.missing()).isEqualTo(lost));
    }

    @Test
    void shouldNameTheTransactionsThatAFailoverLost() throws Exception {
        try (Captured captured = Captured.start(
                        options().catchUpTimeout(Duration.ofMillis(300)).build())
                .streaming()) {
            String lost = loseThree(captured);

            assertThatThrownBy(captured::join)
                    .isInstanceOfSatisfying(
                            LogLostException.class, e -> assertThat(e.missing()).isEqualTo(lost));
        }
    }

    @Test
    void shouldGoOnWithoutTheTransactionsThatAFailoverLostIfItMay() throws Exception {
        MySqlOptions options = options()
                .catchUpTimeout(Duration.ofMillis(300))
                .lostTransactions(LostTransactions.ACCEPT)
                .build();
        try (Captured captured = Captured.start(options).streaming()) {
            loseThree(captured);
            insert(replica, 101, 103);

            await().until(() -> captured.ids().size() >= 8);
            assertThat(captured.ids()).containsExactly(1L, 2L, 3L, 4L, 5L, 101L, 102L, 103L);
        }
    }

    /** Columns that have each other's name look as before in the log. */
    @Test
    void shouldNotNameColumnsByAChangeThatAFailoverLost(@TempDir Path directory) throws Exception {
        setMetadata("MINIMAL");
        source.execute("CREATE TABLE shop.u (id INT PRIMARY KEY, a INT, b INT)");
        servers.awaitReplica();
        MySqlOptions options = options()
                .schemaHistory(directory)
                .catchUpTimeout(Duration.ofMillis(300))
                .lostTransactions(LostTransactions.ACCEPT)
                .build();
        try (Captured captured = Captured.start(options).streaming()) {
            source.execute("INSERT INTO shop.u VALUES (1, 1, 2)");
            await().until(() -> captured.ids().size() == 1);
            servers.awaitReplica();
            servers.cutReplicaOff();
            source.execute(
                    "ALTER TABLE shop.u RENAME COLUMN a TO b, RENAME COLUMN b TO a",
                    "INSERT INTO shop.u VALUES (2, 1, 2)");
            await().until(() -> captured.ids().size() == 2);
            servers.failOver();
            replica.execute("INSERT INTO shop.u VALUES (3, 1, 2)");

            await().until(() ->
                    captured.ids().size() >= 3 || captured.processor().status().state() == ProcessorState.FAILED);
            assertThat(captured.processor().status().toString()).doesNotContain("FAILED");
            assertThat(captured.records())
                    .extracting(record -> record.row().getLong("a"))
                    .containsExactly(1L, 2L, 1L);
        } finally {
            setMetadata("FULL");
        }
    }

    private void setMetadata(String value) throws SQLException {
        for (MySqlServer server : List.of(source, replica)) {
            server.execute("SET GLOBAL binlog_row_metadata = '" + value + "'");
        }
    }

    /** {@return the GTIDs of three transactions that were delivered, but are not on the replica that took over} */
    private String loseThree(Captured captured) throws Exception {
        insert(source, 1, 2);
        servers.awaitReplica();
        servers.cutReplicaOff();
        GtidSet before = GtidSet.parse(source.executedGtids());
        insert(source, 3, 5);
        GtidSet lost = GtidSet.parse(source.executedGtids()).minus(before);
        await().until(() -> captured.ids().size() == 5);
        servers.failOver();
        return lost.toString();
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
        try (Captured captured =
                Captured.start(optionsOfARestart().build(), new Captured.Memory(), record -> record, later)) {
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
        MySqlOptions options =
                optionsOfARestart().catchUpTimeout(Duration.ofMillis(300)).build();
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

    /** What was accepted is no reason not to wait for what another server lacks. */
    @Test
    void shouldWaitForAServerThatLacksMoreThanWasAccepted() throws Exception {
        MySqlOptions options = options()
                .catchUpTimeout(Duration.ofSeconds(2))
                .lostTransactions(LostTransactions.ACCEPT)
                .build();
        try (Captured captured = Captured.start(options).streaming();
                MySqlServer another =
                        MySqlServer.builder().option("server-id", "3").start()) {
            String lost = loseThree(captured);
            insert(replica, 101, 103);
            await().until(() -> captured.ids().size() >= 8);

            servers.moveTo(another);

            String status =
                    await().until(() -> captured.processor().status().toString(), text -> text.contains("catch up"));
            assertThat(status).doesNotContain(lost);
        }
    }
}
