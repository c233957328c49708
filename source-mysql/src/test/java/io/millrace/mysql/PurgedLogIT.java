// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.LogLostException;
import io.millrace.core.Position;
import io.millrace.core.Record;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.checkpoint.PipelineCheckpoints;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs of which the begin, or all, is gone at the next start; on a server of its own. */
@ParameterizedClass
@EnumSource(
        value = MySqlRelease.class,
        names = {"MYSQL_8_0", "MARIADB_11_4"})
@Timeout(120)
class PurgedLogIT {

    private static MySqlServer server;

    @Parameter
    private MySqlRelease release;

    private final InMemoryCheckpointStore store = new InMemoryCheckpointStore();
    private String database;

    @BeforeParameterizedClassInvocation
    static void startServer(MySqlRelease release) throws Exception {
        MySqlServer.Builder builder = MySqlServer.builder(release);
        server = builder.start();
    }

    @AfterParameterizedClassInvocation
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createTable() throws Exception {
        database = server.createDatabase();
        server.executeIn(database, "CREATE TABLE t (id INT PRIMARY KEY)");
    }

    private static StartFrom here(boolean byGtid) throws SQLException {
        return byGtid ? StartFrom.gtids(server.executedGtids()) : TestServers.end(server);
    }

    private MySqlOptions options(StartFrom start) {
        return Captured.source(server, start)
                .pipeline(Captured.pipeline(database, store).build())
                .build();
    }

    private void insert(int id) throws SQLException {
        server.executeIn(database, "INSERT INTO t VALUES (" + id + ")");
    }

    /** Deletes all files of the log but the last. */
    private static void purge() throws SQLException {
        String last = TestServers.end(server).file();
        await().until(() -> {
            // MariaDB keeps a file until it is sure that no recovery needs it.
            server.execute("PURGE BINARY LOGS TO '" + last + "'");
            return server.query("SHOW BINARY LOGS").size() == 1;
        });
    }

    private boolean hasCheckpointAt(Position position) throws Exception {
        Checkpoint checkpoint = store.load("memory");
        return checkpoint != null && MySqlPosition.parse(checkpoint.position()).includes(position);
    }

    /** {@return the end of the log, or the begin of its last file} */
    private static Position end(boolean byGtid) throws SQLException {
        return byGtid
                ? MySqlPosition.gtids(server.executedGtids())
                : MySqlPosition.file(
                        TestServers.identity(server), TestServers.end(server).file(), 4);
    }

    /** A pipeline whose tables do not change moves on with those of others, and with new files. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGoOnBehindAPurgedLogThatHeldNothingForIt(boolean byGtid) throws Exception {
        String other = server.createDatabase();
        MySqlOptions options = options(here(byGtid));
        insert(1);
        try (Captured captured = Captured.start(options).streaming()) {
            await().until(() -> captured.ids().size() == 1);
            server.executeIn(other, "CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
            server.execute("FLUSH BINARY LOGS");
            Position end = end(byGtid);
            await().untilAsserted(() -> assertThat(hasCheckpointAt(end))
                    .as("%s", store.load("memory"))
                    .isTrue());
        }
        purge();
        insert(2);
        try (Captured captured = Captured.start(options).streaming()) {
            await().until(() -> captured.ids().size() == 1);
            assertThat(captured.ids()).containsExactly(2L);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNoticeThatTheLogBeginsAnew(boolean byGtid) throws Exception {
        server.execute("FLUSH BINARY LOGS");
        MySqlOptions options = options(here(byGtid));
        insert(1);
        try (Captured captured = Captured.start(options)) {
            await().until(() -> captured.ids().size() == 1);
            Position end = end(byGtid);
            await().until(() -> hasCheckpointAt(end));
        }
        server.execute("RESET MASTER");
        insert(2);
        try (Captured captured = Captured.start(options)) {
            assertThatThrownBy(captured::join).isInstanceOf(LogLostException.class);
            assertThat(captured.ids()).isEmpty();
        }
    }

    /** What became of rows in the part of the log that is gone, their loaded state tells. */
    @Test
    void shouldBringATargetUpToDateByALoadOnceTheLogIsPurged() throws Exception {
        MySqlOptions options = options(StartFrom.initialLoad());
        List<Record> all = new ArrayList<>();
        insert(1);
        try (Captured captured = Captured.start(options).streaming()) {
            await().until(() -> captured.ids().size() == 1);
            captured.upTo(server);
            all.addAll(captured.records());
        }
        insert(2);
        server.executeIn(database, "UPDATE t SET id = 3 WHERE id = 2");
        server.execute("FLUSH BINARY LOGS");
        purge();
        insert(4);
        try (Captured captured = Captured.start(options)) {
            assertThatThrownBy(captured::join).isInstanceOf(LogLostException.class);
            assertThat(captured.ids()).isEmpty();
        }

        try (PipelineCheckpoints checkpoints = PipelineCheckpoints.open("test", store)) {
            checkpoints.reset("memory");
        }
        try (Captured captured = Captured.start(options).streaming()) {
            await().until(() -> captured.ids().size() == 3);
            insert(5);
            captured.upTo(server);
            all.addAll(captured.records());
        }
        Map<String, String> expected = Rows.table(server, database, "t", "id");
        assertThat(Rows.mirror(all)).isEqualTo(expected).hasSize(4);
        assertThat(all).hasSize(5);
    }
}
