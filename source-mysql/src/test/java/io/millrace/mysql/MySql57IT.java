// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Findings;
import io.millrace.core.InvalidOptionsException;
import io.millrace.core.PermanentException;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server whose log does not name columns, and which knows older statements only. */
@Timeout(120)
class MySql57IT {

    private static MySqlServer server;

    private String database;

    @BeforeAll
    static void startServer() throws Exception {
        server = MySqlServer.builder(MySqlRelease.MYSQL_5_7).start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createDatabase() throws Exception {
        database = server.createDatabase();
    }

    private MySqlOptions options(StartFrom start) {
        return Captured.source(server, start)
                .pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                        .build())
                .build();
    }

    @Test
    void shouldSayInAdvanceThatTheLogDoesNotNameColumns() throws Exception {
        Findings findings = new Findings();

        new MySqlSource(options(StartFrom.latest()), event -> List.of()).check(findings);

        assertThatThrownBy(() -> findings.throwIfAny("server"))
                .isInstanceOf(InvalidOptionsException.class)
                .hasMessageContaining("binlog_row_metadata")
                .hasMessageContaining("must be FULL")
                .hasMessageContaining("MySqlOptions.schemaHistory(directory)");
    }

    /** What its log does not say of tables, a history does. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLoadTablesAndFollowThemByAHistory(boolean byGtid, @TempDir Path directory) throws Exception {
        MySqlServer.Builder builder = MySqlServer.builder(MySqlRelease.MYSQL_5_7);
        if (!byGtid) {
            builder.without("gtid-mode").without("enforce-gtid-consistency");
        }
        try (MySqlServer old = builder.start()) {
            String loaded = old.createDatabase();
            old.executeIn(
                    loaded,
                    "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20), e ENUM('a','b'))",
                    "INSERT INTO t VALUES (1, 'v', 'b')");
            MySqlOptions options = Captured.source(old, StartFrom.initialLoad())
                    .schemaHistory(directory)
                    .pipeline(Captured.pipeline(loaded, new InMemoryCheckpointStore())
                            .build())
                    .build();
            try (Captured captured = Captured.start(options)) {
                await().until(() -> captured.ids().equals(List.of(1L)));
                old.executeIn(
                        loaded,
                        "INSERT INTO t VALUES (2, 'w', 'a')",
                        "ALTER TABLE t CHANGE v name VARCHAR(20)",
                        "INSERT INTO t VALUES (3, 'x', 'b')");
                await().until(() -> captured.ids().contains(3L));

                assertThat(captured.records())
                        .extracting(record -> record.row().asMap())
                        .containsExactly(
                                Map.of("id", 1, "v", "v", "e", "b"),
                                Map.of("id", 2, "v", "w", "e", "a"),
                                Map.of("id", 3, "name", "x", "e", "b"));
            }
        }
    }

    @Test
    void shouldKnowWhereItsLogBeginsAndEnds() throws Exception {
        assertThat(new MySqlSource(options(StartFrom.latest()), event -> List.of()).firstPosition())
                .isEqualTo(MySqlPosition.gtids(server.executedGtids()));
        assertThat(new MySqlSource(options(StartFrom.earliest()), event -> List.of()).firstPosition())
                .isEqualTo(MySqlPosition.gtids(GtidSet.empty()));
        assertThat(new MySqlSource(options(TestServers.end(server)), event -> List.of())
                        .firstPosition()
                        .toJson())
                .contains(server.serverUuid());
    }

    /** Statements and transactions without captured rows are read; rows of which no name is known are not guessed. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldStopAtRowsOfWhichTheLogDoesNotNameTheColumns(boolean byGtid) throws Exception {
        String other = server.createDatabase();
        StartFrom start = byGtid ? StartFrom.gtids(server.executedGtids()) : TestServers.end(server);
        server.executeIn(other, "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20))", "INSERT INTO t VALUES (1, 'v')");
        server.executeIn(database, "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20))");
        String before = server.executedGtids();
        server.executeIn(database, "INSERT INTO t VALUES (1, 'v')");

        FakeCapture capture = new FakeCapture();
        MySqlSource source = new MySqlSource(options(start), event -> event.records());
        try (var reader = source.connect(source.firstPosition())) {
            assertThatThrownBy(() -> {
                        while (true) {
                            reader.readNext(capture);
                        }
                    })
                    .isInstanceOf(PermanentException.class)
                    .hasMessageContaining("the log has no column names for " + database + ".t");
        }
        assertThat(capture.statements).hasSize(1);
        assertThat(capture.records).isEmpty();
        assertThat(capture.ended).isEqualTo(3);
        assertThat(before).isNotEmpty();
    }
}
