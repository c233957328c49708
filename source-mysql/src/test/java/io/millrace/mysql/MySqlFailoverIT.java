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
import io.millrace.testkit.MySqlServer;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A source and its replica behind one address, which moves from the one to the other while rows flow. */
@Timeout(120)
class MySqlFailoverIT {

    private MySqlServer source;
    private MySqlServer replica;
    private FaultyProxy address;
    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();

    @BeforeEach
    void start() throws Exception {
        source = MySqlServer.start();
        replica = MySqlServer.builder().option("server-id", "2").start();
        address = FaultyProxy.before(source.host(), source.port());
        replica.execute(
                "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '" + source.host() + "', SOURCE_PORT = " + source.port()
                        + ", SOURCE_USER = '" + source.user()
                        + "', SOURCE_AUTO_POSITION = 1, SOURCE_CONNECT_RETRY = 1, GET_SOURCE_PUBLIC_KEY = 1",
                "START REPLICA");
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
        String all = source.executedGtids();
        List<List<String>> answer = replica.query("SELECT WAIT_FOR_EXECUTED_GTID_SET('" + all + "', 30)").stream()
                .map(row -> List.of(String.valueOf(row.get(0))))
                .toList();
        assertThat(answer).containsExactly(List.of("0"));
    }

    private static void insert(MySqlServer server, int first, int last) throws SQLException {
        for (int id = first; id <= last; id++) {
            server.execute("INSERT INTO shop.t VALUES (" + id + ")");
        }
    }

    private static List<Long> ids(int last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private MySqlOptions.Builder options() throws SQLException {
        return Captured.source(source, StartFrom.gtids(source.executedGtids()))
                .host(address.host())
                .port(address.port())
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

    private void failOver() throws SQLException {
        address.leadTo(replica.host(), replica.port());
        replica.execute("STOP REPLICA", "RESET REPLICA ALL");
        source.kill();
        address.cutAll();
    }

    @Test
    void shouldGoOnWithAReplicaThatTookOver() throws Exception {
        try (Captured captured = Captured.start(options().build()).streaming()) {
            insert(source, 1, 20);
            awaitReplica();
            // What it has on its own is new, too.
            insert(replica, 21, 21);
            failOver();
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
            replica.execute("STOP REPLICA SQL_THREAD");
            insert(source, 1, 20);
            await().until(() -> captured.ids().size() == 20);
            address.leadTo(replica.host(), replica.port());
            address.cutAll();
            await().until(() -> captured.processor().status().state() == ProcessorState.BACKOFF
                    && captured.processor().status().toString().contains("catch up"));

            replica.execute("START REPLICA SQL_THREAD");
            awaitReplica();
            failOver();
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
            replica.execute("STOP REPLICA SQL_THREAD");
            insert(source, 1, 20);
            await().until(() -> captured.ids().size() == 20);
        }
        address.leadTo(replica.host(), replica.port());
        try (Captured captured = Captured.start(options)) {
            // Waits of 20 to 200 ms lie between them.
            await().until(() -> captured.processor().status().attempt() >= 10);

            replica.execute("START REPLICA SQL_THREAD");
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
        for (MySqlServer server : List.of(source, replica)) {
            server.execute("SET GLOBAL binlog_row_metadata = 'MINIMAL'");
        }
        source.execute("CREATE TABLE shop.u (id INT PRIMARY KEY, a INT, b INT)");
        awaitReplica();
        MySqlOptions options = options()
                .schemaHistory(directory)
                .catchUpTimeout(Duration.ofMillis(300))
                .lostTransactions(LostTransactions.ACCEPT)
                .build();
        try (Captured captured = Captured.start(options).streaming()) {
            source.execute("INSERT INTO shop.u VALUES (1, 1, 2)");
            await().until(() -> captured.ids().size() == 1);
            awaitReplica();
            replica.execute("STOP REPLICA");
            source.execute(
                    "ALTER TABLE shop.u RENAME COLUMN a TO b, RENAME COLUMN b TO a",
                    "INSERT INTO shop.u VALUES (2, 1, 2)");
            await().until(() -> captured.ids().size() == 2);
            failOver();
            replica.execute("INSERT INTO shop.u VALUES (3, 1, 2)");

            await().until(() ->
                    captured.ids().size() >= 3 || captured.processor().status().state() == ProcessorState.FAILED);
            assertThat(captured.processor().status().toString()).doesNotContain("FAILED");
            assertThat(captured.records())
                    .extracting(record -> record.row().getLong("a"))
                    .containsExactly(1L, 2L, 1L);
        }
    }

    /** {@return the GTIDs of three transactions that were delivered, but are not on the replica that took over} */
    private String loseThree(Captured captured) throws Exception {
        insert(source, 1, 2);
        awaitReplica();
        replica.execute("STOP REPLICA");
        GtidSet before = GtidSet.parse(source.executedGtids());
        insert(source, 3, 5);
        GtidSet lost = GtidSet.parse(source.executedGtids()).minus(before);
        await().until(() -> captured.ids().size() == 5);
        failOver();
        return lost.toString();
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
        replica.execute("STOP REPLICA SQL_THREAD");
        insert(source, 5, 8);
        checkpoint("later", new LoadPosition(MySqlPosition.gtids(source.executedGtids()), null));
        address.leadTo(replica.host(), replica.port());

        Captured.Memory later = later();
        try (Captured captured =
                Captured.start(optionsOfARestart().build(), new Captured.Memory(), record -> record, later)) {
            await().until(() ->
                    !later.records().isEmpty() || captured.processor().status().attempt() >= 5);
            assertThat(later.records()).isEmpty();

            replica.execute("START REPLICA SQL_THREAD");
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
        awaitReplica();
        checkpoint("memory", MySqlPosition.gtids(source.executedGtids()));
        replica.execute("STOP REPLICA SQL_THREAD");
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

            address.leadTo(another.host(), another.port());
            address.cutAll();

            await().until(() -> captured.processor().status().toString().contains("catch up"));
            assertThat(captured.processor().status().toString()).doesNotContain(lost);
        }
    }
}
