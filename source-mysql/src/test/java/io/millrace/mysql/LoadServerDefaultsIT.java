// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.Record;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.MySqlServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server gives each new session by default must not change what is loaded. */
@Timeout(120)
class LoadServerDefaultsIT {

    private static MySqlServer server;

    private String database;

    @BeforeAll
    static void startServer() throws Exception {
        server = MySqlServer.builder()
                .option("transaction-isolation", "READ-UNCOMMITTED")
                .option("autocommit", "OFF")
                .option("sql-mode", "ANSI_QUOTES,PAD_CHAR_TO_FULL_LENGTH,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT")
                .option("default-time-zone", "+05:30")
                .option("wait-timeout", "1")
                .option("character-set-server", "latin1")
                .option("show-gipk-in-create-table-and-information-schema", "OFF")
                .start();
        server.execute("SET GLOBAL sql_select_limit = 100", "SET GLOBAL sql_generate_invisible_primary_key = ON");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createDatabase() throws Exception {
        database = server.createDatabase();
    }

    private Captured capture() throws InterruptedException {
        return capture(record -> record);
    }

    private Captured capture(UnaryOperator<Record> hook) throws InterruptedException {
        MySqlOptions options = Captured.source(server, StartFrom.initialLoad())
                .pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                        .build())
                .build();
        return Captured.start(options, new Captured.Memory(), hook).streaming();
    }

    private void run(String... sql) throws Exception {
        server.executeIn(database, sql);
    }

    @Test
    void shouldNotLoadWhatIsNotCommitted() throws Exception {
        run("CREATE TABLE t (id INT PRIMARY KEY, name VARCHAR(9))", "INSERT INTO t VALUES (1, 'old')");
        try (Connection connection = server.connect(database);
                Statement open = connection.createStatement()) {
            open.execute("SET SESSION wait_timeout = 100");
            connection.setAutoCommit(false);
            open.execute("UPDATE t SET name = 'never' WHERE id = 1");
            open.execute("INSERT INTO t VALUES (2, 'never')");
            try (Captured captured = capture()) {
                captured.upTo(server);
                connection.rollback();

                assertThat(captured.records()).hasSize(1);
                assertThat(captured.records().get(0).row().getString("name")).isEqualTo("old");
            }
        }
    }

    @Test
    void shouldLoadAllRowsOfATableWithoutAKey() throws Exception {
        run(
                "SET sql_generate_invisible_primary_key = OFF",
                "CREATE TABLE t (id INT, at TIMESTAMP, pad CHAR(9))",
                "INSERT INTO t VALUES (1, '2026-01-01 05:30:00', 'a\\')",
                "SET cte_max_recursion_depth = 10000",
                "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
                        + " SELECT i, NULL, 'a' FROM n");
        try (Captured captured = capture()) {
            List<Record> records = captured.upTo(server).records();

            assertThat(records).hasSize(1_000);
            assertThat(records.get(0).row().get("at")).hasToString("2026-01-01T00:00:00Z");
            assertThat(records.get(0).row().getString("pad")).isEqualTo("a\\");
        }
    }

    @Test
    void shouldLoadTheKeyThatTheServerHides() throws Exception {
        run("CREATE TABLE t (n INT)", "INSERT INTO t VALUES (5), (6)");
        try (Captured captured = capture()) {
            captured.upTo(server);
            run("INSERT INTO t VALUES (7)");
            List<Record> records = captured.upTo(server).records();

            assertThat(records).hasSize(3);
            assertThat(records.get(0).kind()).isEqualTo(Record.Kind.READ);
            assertThat(records.get(0).schema().columns())
                    .isEqualTo(records.get(2).schema().columns());
            assertThat(records.get(0).schema().primaryKey()).containsExactly("my_row_id");
        }
    }

    @Test
    void shouldKeepItsConnectionWhileRowsAreHandedOn() throws Exception {
        run(
                "CREATE TABLE t (id INT PRIMARY KEY)",
                "SET cte_max_recursion_depth = 10000",
                "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000)"
                        + " SELECT i FROM n");
        UnaryOperator<Record> slow = record -> {
            if (record.ordinal() == 4_000) {
                // Longer than the server waits for those who ask nothing.
                Awaitility.await().pollDelay(Duration.ofMillis(1_500)).until(() -> true);
            }
            return record;
        };
        try (Captured captured = capture(slow)) {
            assertThat(captured.upTo(server).records()).hasSize(9_000);
            assertThat(captured.processor().stats().reconnects()).isZero();
        }
    }
}
