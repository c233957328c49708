// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Change;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.UnreadableEventException;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in the binlog as text: rows that changed by it stop the stream, all else passes. */
@ExtendWith(MySqlExtension.class)
class MySqlTextIT {

    @TempDir
    private Path folder;

    private MySqlServer server;
    private String database;

    @BeforeEach
    void createDatabase(MySqlServer shared) throws Exception {
        server = shared;
        database = shared.createDatabase();
        server.execute("SET GLOBAL log_bin_trust_function_creators = 1");
        server.executeIn(
                database,
                "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20))",
                "CREATE FUNCTION f(x INT) RETURNS INT DETERMINISTIC MODIFIES SQL DATA"
                        + " BEGIN INSERT INTO t VALUES (x, 'f'); RETURN x; END",
                "CREATE PROCEDURE p(x INT) INSERT INTO t VALUES (x, 'p')",
                "INSERT INTO t VALUES (1, 'a'), (2, 'b')");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE t2 (PRIMARY KEY (id)) SELECT * FROM t",
                "CREATE TABLE t2 AS TABLE t",
                "SELECT f(7)",
                "DO f(7)",
                "CALL p(7)",
                "DELETE FROM t"
            })
    void shouldStopWhenRowsAreChangedByText(String statement) throws Throwable {
        try (Captured captured = Captured.from(server, database)) {
            server.executeIn(database, "SET SESSION binlog_format = STATEMENT", statement);

            assertThatThrownBy(captured::join)
                    .isInstanceOf(UnreadableEventException.class)
                    .hasMessageContaining("binlog_format=ROW");
        }
    }

    private Captured delivering() throws Exception {
        return Captured.start(Captured.source(server, StartFrom.latest())
                        .statementDml(StatementDml.DELIVER)
                        .pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                                .build())
                        .build())
                .streaming();
    }

    private static List<String> summaries(Captured captured) {
        return captured.changes().stream()
                .map(change -> change instanceof Statement statement
                        ? statement.kind()
                                + statement.tables().stream()
                                        .map(TableId::name)
                                        .toList()
                                        .toString()
                        : "row " + ((Record) change).row().getLong("id"))
                .toList();
    }

    @Test
    void shouldDeliverStatementsThatChangeRowsInTheirPlace() throws Exception {
        server.executeIn(database, "CREATE TABLE u (id INT PRIMARY KEY, v VARCHAR(20))");
        try (Captured captured = delivering()) {
            server.executeIn(
                    database,
                    "SET SESSION binlog_format = STATEMENT",
                    "BEGIN",
                    "INSERT INTO t VALUES (3, 'c')",
                    "SET SESSION binlog_row_image = FULL",
                    "INSERT INTO u SELECT * FROM t WHERE id IN (SELECT id FROM t)",
                    "SAVEPOINT a",
                    "UPDATE t JOIN u ON t.id = u.id SET t.v = 'x', u.v = 'y'",
                    "COMMIT",
                    "SET SESSION binlog_format = ROW",
                    "INSERT INTO t VALUES (4, 'd')",
                    "SET SESSION binlog_format = MIXED",
                    "REPLACE INTO t VALUES (4, 'e')",
                    "DELETE t FROM t JOIN u USING (id) WHERE u.id = 1",
                    "INSERT INTO t VALUES (5, LEFT(UUID(), 8))",
                    "TRUNCATE u",
                    "DELETE FROM " + database + ".t");
            captured.upTo(server);

            assertThat(summaries(captured))
                    .containsExactly(
                            "INSERT[t]",
                            "INSERT[u, t]",
                            "UPDATE[t, u]",
                            "row 4",
                            "REPLACE[t]",
                            "DELETE[t, u]",
                            "row 5",
                            "TRUNCATE_TABLE[u]",
                            "DELETE[t]");
            assertThat(captured.statements()).allMatch(Statement::changesData);
            assertThat(captured.changes().subList(0, 3))
                    .extracting(Change::ordinal)
                    .containsExactly(0L, 1L, 2L);
            assertThat(captured.changes().subList(0, 3))
                    .extracting(change -> change.source().transactionId())
                    .containsOnly(captured.changes().get(0).source().transactionId());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT f(7)", "DO f(7)", "CALL p(7)", "CREATE TABLE t2 AS TABLE t"})
    void shouldDeliverWhatMayChangeRows(String statement) throws Exception {
        try (Captured captured = delivering()) {
            server.executeIn(database, "SET SESSION binlog_format = STATEMENT", statement);

            assertThat(captured.upTo(server).statements()).hasSize(1).allMatch(Statement::changesData);
        }
    }

    @Test
    void shouldNotDeliverStatementsAboutOtherTables() throws Exception {
        String other = server.createDatabase();
        server.execute("CREATE TABLE " + other + ".o (id INT PRIMARY KEY)");
        try (Captured captured = delivering()) {
            server.executeIn(
                    database, "SET SESSION binlog_format = STATEMENT", "INSERT INTO " + other + ".o VALUES (1)");
            server.executeIn(
                    other, "SET SESSION binlog_format = STATEMENT", "DELETE FROM " + database + ".t WHERE id = 1");

            assertThat(summaries(captured.upTo(server))).containsExactly("DELETE[t]");
        }
    }

    /** The file stands in the log, in pieces, before the statement. */
    @Test
    void shouldStopAtFilesThatAreLoadedAsText() throws Exception {
        Path file = Files.writeString(folder.resolve("rows"), "8\th\n9\ti\n");
        try (Captured captured = delivering();
                Connection connection = DriverManager.getConnection(
                        server.jdbcUrl(database) + "&allowLoadLocalInfile=true", server.user(), server.password());
                java.sql.Statement sql = connection.createStatement()) {
            server.execute("SET GLOBAL local_infile = ON");
            sql.execute("SET SESSION binlog_format = STATEMENT");
            sql.execute("LOAD DATA LOCAL INFILE '" + file + "' INTO TABLE t");

            assertThatThrownBy(captured::join)
                    .isInstanceOf(UnreadableEventException.class)
                    .hasMessageContaining("is not read by this version");
        }
    }

    @Test
    void shouldLetTextPassThatConcernsNoCapturedTable() throws Exception {
        MySqlOptions options = Captured.source(server, StartFrom.latest())
                .pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                        .filter(TableFilter.builder()
                                .exclude("*", "*")
                                .include(database, "wanted")
                                .build())
                        .build())
                .build();
        try (Captured captured = Captured.start(options).streaming()) {
            server.executeIn(database, "SET SESSION binlog_format = STATEMENT", "DELETE FROM t");
            server.executeIn(database, "CREATE TABLE wanted (id INT PRIMARY KEY)", "INSERT INTO wanted VALUES (5)");

            assertThat(captured.upTo(server).ids()).containsExactly(5L);
        }
    }

    @Test
    void shouldReadRowsThatFillATableInOneTransactionWithIt() throws Exception {
        try (Captured captured = Captured.from(server, database)) {
            server.executeIn(database, "CREATE TABLE t2 (PRIMARY KEY (id)) SELECT * FROM t");

            assertThat(captured.upTo(server).ids()).containsExactly(1L, 2L);
            assertThat(captured.statements()).extracting(Statement::kind).containsExactly(Statement.Kind.CREATE_TABLE);
        }
    }

    @Test
    void shouldNotTakeAProcedureForTheBeginOfATransaction() throws Exception {
        try (Captured captured = Captured.from(server, database)) {
            server.executeIn(database, "CREATE PROCEDURE q() START TRANSACTION", "INSERT INTO t VALUES (3, 'c')");

            assertThat(captured.upTo(server).ids()).containsExactly(3L);
        }
    }

    @Test
    void shouldLetStatementsPassWhoseNamesItCannotRead() throws Exception {
        String name = "m\u00fcller";
        MySqlOptions options = Captured.source(server, StartFrom.latest())
                .pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                        .filter(TableFilter.builder()
                                .exclude("*", "*")
                                .include(database, name)
                                .build())
                        .build())
                .build();
        String url =
                "jdbc:mysql://%s:%d/%s?characterEncoding=ISO-8859-1".formatted(server.host(), server.port(), database);
        try (Captured captured = Captured.start(options).streaming();
                Connection connection = DriverManager.getConnection(url, server.user(), server.password());
                java.sql.Statement sql = connection.createStatement()) {
            sql.execute("SET NAMES latin1");
            sql.execute("CREATE TABLE " + name + " (id INT PRIMARY KEY)");
            sql.execute("INSERT INTO " + name + " VALUES (1)");
            sql.execute("TRUNCATE " + name);

            assertThat(captured.upTo(server).ids()).containsExactly(1L);
            assertThat(captured.statements())
                    .extracting(Statement::kind)
                    .containsExactly(Statement.Kind.CREATE_TABLE, Statement.Kind.TRUNCATE_TABLE);
        }
    }

    @Test
    void shouldLeaveOutStatementsAboutDatabasesThatAreFiltered() throws Exception {
        try (Captured captured = Captured.from(server, database)) {
            server.execute("CREATE DATABASE elsewhere", "DROP DATABASE elsewhere");
            server.execute("ALTER DATABASE " + database + " CHARACTER SET latin1");

            assertThat(captured.upTo(server).statements())
                    .extracting(Statement::kind)
                    .containsExactly(Statement.Kind.ALTER_DATABASE);
        }
    }

    @Test
    void shouldPassOverLargeEventsThatSayNothing() throws Exception {
        MySqlOptions options = Captured.source(server, StartFrom.latest())
                .maxRowBytes(100_000)
                .pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                        .build())
                .build();
        try (Captured captured = Captured.start(options).streaming()) {
            server.executeIn(
                    database,
                    "SET SESSION binlog_rows_query_log_events = ON",
                    "INSERT INTO t VALUES (5, 'x') /* " + "c".repeat(1_000_000) + " */",
                    "SET SESSION binlog_rows_query_log_events = OFF",
                    "INSERT INTO t VALUES (6, 'y')");

            assertThat(captured.upTo(server).ids()).containsExactly(5L, 6L);
        }
    }

    @Test
    void shouldReadASetOfGtidsHoweverLong() throws Exception {
        try (MySqlServer replica = MySqlServer.builder().start()) {
            String many = IntStream.range(0, 60)
                    .mapToObj("%08x-1111-1111-1111-111111111111:1-5"::formatted)
                    .collect(Collectors.joining(","));
            replica.execute(
                    "SET GLOBAL gtid_purged = '+" + many + "'",
                    "CREATE DATABASE many",
                    "CREATE TABLE many.t (id INT PRIMARY KEY)");
            InMemoryCheckpointStore store = new InMemoryCheckpointStore();
            MySqlOptions options = Captured.source(replica, StartFrom.latest())
                    .pipeline(Captured.pipeline("many", store).build())
                    .build();
            try (Captured captured = Captured.start(options).streaming()) {
                replica.execute("INSERT INTO many.t VALUES (1)");
                assertThat(captured.upTo(replica).ids()).containsExactly(1L);
            }
            replica.execute("INSERT INTO many.t VALUES (2)");
            try (Captured captured = Captured.start(options)) {
                assertThat(captured.upTo(replica).ids()).containsExactly(2L);
            }
        }
    }
}
