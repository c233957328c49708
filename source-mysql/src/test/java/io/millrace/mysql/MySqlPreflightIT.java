// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.core.Finding;
import io.millrace.core.InvalidOptionsException;
import io.millrace.core.PermanentException;
import io.millrace.core.SourceUnavailableException;
import io.millrace.core.UnreadableEventException;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.filter.TableFilter;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a user can get wrong is said at once, with what to do. */
@ExtendWith(MySqlExtension.class)
class MySqlPreflightIT {

    @Test
    void shouldFindNothingOnAServerThatIsSetUp(MySqlServer server) {
        assertThat(findings(server, server.user())).isEmpty();
    }

    @Test
    void shouldReportEverythingThatIsWrongAtOnce() throws Exception {
        try (MySqlServer server = MySqlServer.builder()
                .without("log-bin")
                .without("gtid-mode")
                .without("enforce-gtid-consistency")
                .option("skip-log-bin", null)
                .option("binlog-format", "STATEMENT")
                .option("binlog-row-metadata", "MINIMAL")
                .option("binlog-row-value-options", "PARTIAL_JSON")
                .option("binlog-row-image", "MINIMAL")
                .start()) {
            server.execute("CREATE USER weak IDENTIFIED WITH mysql_native_password BY 'w'");

            assertThatThrownBy(
                            () -> Captured.start(options(server, "weak", "w")).join())
                    .isInstanceOfSatisfying(
                            InvalidOptionsException.class,
                            e -> assertThat(e.findings())
                                    .extracting(Finding::setting)
                                    .containsExactlyInAnyOrder(
                                            "log_bin",
                                            "binlog_format",
                                            "binlog_row_metadata",
                                            "binlog_row_value_options",
                                            "privilege REPLICATION SLAVE",
                                            "privilege REPLICATION CLIENT"))
                    .hasMessageContaining("SET GLOBAL binlog_row_metadata = 'FULL'")
                    .hasMessageContaining("GRANT REPLICATION SLAVE ON *.* TO 'weak'@'<host>'");
        }
    }

    /** In another database a session may change a captured table without a word in the log. */
    @Test
    void shouldRefuseALogThatLacksStatementsWhereTheyAreNeeded(@TempDir Path directory) throws Exception {
        try (MySqlServer server = MySqlServer.builder()
                .option("binlog-row-metadata", "MINIMAL")
                .option("binlog-ignore-db", "ignored")
                .start()) {
            MySqlOptions.Builder options = Captured.source(server, StartFrom.latest())
                    .schemaHistory(directory)
                    .pipeline(Captured.pipeline("d", new InMemoryCheckpointStore())
                            .build());

            assertThat(diagnosed(options.build()))
                    .extracting(Finding::setting, Finding::found)
                    .containsExactly(tuple("binlog_do_db, binlog_ignore_db", "ignored"));

            server.execute("SET GLOBAL binlog_row_metadata='FULL'");
            assertThat(diagnosed(options.build())).isEmpty();
        }
    }

    @Test
    void shouldAcceptPrivilegesThatComeThroughARole(MySqlServer server) throws Exception {
        server.execute(
                "CREATE ROLE IF NOT EXISTS capture",
                "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO capture",
                "CREATE USER IF NOT EXISTS by_role IDENTIFIED BY 'r'",
                "GRANT capture TO by_role",
                "SET DEFAULT ROLE capture TO by_role");

        assertThat(findings(server, "by_role", "r")).isEmpty();
    }

    private static List<Finding> findingsOfLoad(MySqlServer server, TableFilter filter) {
        return diagnosed(Captured.source(server, StartFrom.initialLoad())
                .user("loader")
                .password("l")
                .pipeline(Captured.pipeline("d", new InMemoryCheckpointStore())
                        .filter(filter)
                        .build())
                .build());
    }

    /** A server does not show what one may not read, so that it would not be loaded, and nobody would know. */
    @Test
    void shouldFindTablesThatCannotBeReadToBeLoaded(MySqlServer server) throws Exception {
        String open = server.createDatabase();
        String closed = server.createDatabase();
        server.execute(
                "CREATE TABLE " + closed + ".hidden (id INT PRIMARY KEY)",
                "CREATE TABLE " + closed + ".seen (id INT PRIMARY KEY)",
                "CREATE TABLE " + closed + ".part (id INT PRIMARY KEY, secret INT)",
                "CREATE USER IF NOT EXISTS loader IDENTIFIED BY 'l'",
                "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO loader",
                "GRANT SELECT ON " + open + ".* TO loader",
                "GRANT SELECT ON " + closed + ".seen TO loader",
                "GRANT SELECT (id) ON " + closed + ".part TO loader");

        assertThat(findingsOfLoad(
                        server,
                        TableFilter.builder()
                                .exclude("*", "*")
                                .include(open, "*")
                                .include(open, "not_there_yet")
                                .include(closed, "seen")
                                .build()))
                .isEmpty();
        for (TableFilter filter : List.of(
                TableFilter.builder()
                        .exclude("*", "*")
                        .include(closed, "hidden")
                        .build(),
                TableFilter.builder().exclude("*", "*").include(closed, "part").build(),
                TableFilter.builder().exclude("*", "*").include(closed, "*").build(),
                TableFilter.includeAll())) {
            assertThat(findingsOfLoad(server, filter))
                    .as(filter.toString())
                    .extracting(Finding::setting)
                    .containsExactly("privilege SELECT");
        }
        assertThat(findingsOfLoad(server, TableFilter.includeAll()).get(0).toString())
                .contains("GRANT SELECT ON *.* TO 'loader'");

        server.execute("GRANT SELECT ON *.* TO loader");
        assertThat(findingsOfLoad(server, TableFilter.includeAll())).isEmpty();
    }

    /** What is revoked of a right to everything is hidden as what was never granted. */
    @Test
    void shouldFindDatabasesThatAreLeftOutOfTheRightToRead() throws Exception {
        try (MySqlServer server = MySqlServer.builder()
                .option("partial-revokes", "ON")
                .option("sql-mode", "ANSI_QUOTES")
                .start()) {
            server.execute(
                    "CREATE DATABASE `hid``den`",
                    "CREATE TABLE `hid``den`.t (id INT PRIMARY KEY)",
                    "CREATE USER loader IDENTIFIED BY 'l'",
                    "CREATE ROLE reader",
                    "GRANT SELECT ON *.* TO reader",
                    "REVOKE SELECT ON `hid``den`.* FROM reader",
                    "REVOKE SELECT ON mysql.* FROM reader",
                    "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO loader",
                    "GRANT reader TO loader",
                    "SET DEFAULT ROLE reader TO loader");

            assertThat(findingsOfLoad(server, TableFilter.includeAll()))
                    .singleElement()
                    .asString()
                    .contains("GRANT SELECT ON `hid``den`.* TO 'loader'");
            assertThat(findingsOfLoad(
                            server,
                            TableFilter.builder().exclude("hid`den", "*").build()))
                    .isEmpty();

            server.execute(
                    "GRANT SELECT ON *.* TO loader",
                    "REVOKE SELECT ON `hid``den`.* FROM loader",
                    "GRANT SELECT ON `hid``den`.* TO reader");
            assertThat(findingsOfLoad(server, TableFilter.includeAll())).isEmpty();
        }
    }

    @Test
    void shouldNeedTheRightToLockWhereTheEndOfTheLogIsAFile() throws Exception {
        try (MySqlServer server = MySqlServer.builder()
                .without("gtid-mode")
                .without("enforce-gtid-consistency")
                .start()) {
            server.execute(
                    "CREATE USER loader IDENTIFIED BY 'l'",
                    "GRANT SELECT, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO loader");
            assertThat(findingsOfLoad(server, TableFilter.includeAll()))
                    .extracting(Finding::setting)
                    .containsExactly("privilege RELOAD");

            server.execute("GRANT FLUSH_TABLES ON *.* TO loader");
            assertThat(findingsOfLoad(server, TableFilter.includeAll())).isEmpty();
        }
    }

    @Test
    void shouldNoticeAServerIdThatIsTaken(MySqlServer server) {
        MySqlOptions options = Captured.source(server, StartFrom.latest())
                .serverId(1)
                .pipeline(Captured.pipeline("d", new InMemoryCheckpointStore()).build())
                .build();

        assertThat(diagnosed(options)).extracting(Finding::setting).containsExactly("serverId");
    }

    @Test
    void shouldLogInWithAColdPasswordCacheWithAndWithoutTls(MySqlServer server) throws Exception {
        for (TlsOptions.Mode mode : List.of(TlsOptions.Mode.DISABLED, TlsOptions.Mode.REQUIRED)) {
            server.execute(
                    "DROP USER IF EXISTS cold",
                    "CREATE USER cold IDENTIFIED WITH caching_sha2_password BY 'c0ld'",
                    "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO cold");
            MySqlOptions options = Captured.source(server, StartFrom.latest())
                    .user("cold")
                    .password("c0ld")
                    .tls(TlsOptions.of(mode))
                    .pipeline(Captured.pipeline("d", new InMemoryCheckpointStore())
                            .build())
                    .build();

            assertThat(diagnosed(options)).as(mode.name()).isEmpty();
        }
    }

    @Test
    void shouldRefuseACertificateThatNobodyTrusts(MySqlServer server) {
        MySqlOptions options = Captured.source(server, StartFrom.latest())
                .tls(TlsOptions.of(TlsOptions.Mode.VERIFY_CA))
                .pipeline(Captured.pipeline("d", new InMemoryCheckpointStore()).build())
                .build();

        assertThatThrownBy(() -> diagnosed(options))
                .isInstanceOf(PermanentException.class)
                .hasMessageContaining("PKIX")
                .hasMessageContaining("trust store");
    }

    @Test
    void shouldSayThatThePasswordIsWrong(MySqlServer server) {
        assertThatThrownBy(
                        () -> Captured.start(options(server, "root", "wrong")).join())
                .isInstanceOf(PermanentException.class)
                .hasMessageContaining("Access denied for user 'root'")
                .hasMessageContaining("Check user, password");
    }

    @Test
    void shouldSayThatNothingAnswers(MySqlServer server) {
        assertThatThrownBy(() -> Captured.start(Captured.source(server, StartFrom.latest())
                                .port(1)
                                .pipeline(Captured.pipeline("d", new InMemoryCheckpointStore())
                                        .startTimeout(Duration.ofMillis(500))
                                        .build())
                                .build())
                        .join())
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageContaining("is MySQL running");
    }

    @Test
    void shouldSayThatTheHostIsUnknown(MySqlServer server) {
        assertThatThrownBy(() -> Captured.start(Captured.source(server, StartFrom.latest())
                                .host("no-such-host.invalid")
                                .pipeline(Captured.pipeline("d", new InMemoryCheckpointStore())
                                        .startTimeout(Duration.ofMillis(500))
                                        .build())
                                .build())
                        .join())
                .isInstanceOf(SourceUnavailableException.class)
                .hasMessageContaining("no-such-host.invalid");
    }

    @Test
    void shouldStopAtRowsThatASessionLoggedAsStatement(MySqlServer server) throws Exception {
        String database = server.createDatabase();
        server.executeIn(database, "CREATE TABLE t (id INT PRIMARY KEY)");
        try (Captured captured = Captured.from(server, database)) {
            server.executeIn(
                    database,
                    "INSERT INTO t VALUES (1)",
                    "SET binlog_format = 'STATEMENT'",
                    "INSERT INTO t VALUES (2)");

            assertThatThrownBy(captured::join)
                    .isInstanceOf(UnreadableEventException.class)
                    .hasMessageContaining("INSERT INTO t VALUES (2)")
                    .hasMessageContaining("binlog_format=ROW")
                    .hasMessageContaining("binlog.");
            assertThat(captured.ids()).containsExactly(1L);
        }
    }

    @Test
    void shouldStopAtADifferenceToWhatIsNotLogged(MySqlServer server) throws Exception {
        String database = server.createDatabase();
        server.executeIn(
                database,
                "CREATE TABLE t (id INT PRIMARY KEY, j JSON)",
                "INSERT INTO t VALUES (1, JSON_OBJECT('a', 1, 'pad', REPEAT('x', 200)))");
        try (Captured captured = Captured.from(server, database)) {
            server.executeIn(
                    database,
                    "SET binlog_row_value_options = 'PARTIAL_JSON'",
                    "UPDATE t SET j = JSON_SET(j, '$.a', 2) WHERE id = 1",
                    "SET binlog_row_image = 'MINIMAL'",
                    "UPDATE t SET j = JSON_SET(j, '$.a', 3) WHERE id = 1");

            assertThatThrownBy(captured::join)
                    .isInstanceOf(UnreadableEventException.class)
                    .hasMessageContaining("PARTIAL_UPDATE_ROWS_EVENT")
                    .hasMessageContaining("column j of " + database + ".t")
                    .hasMessageContaining("binlog_row_image has to be FULL")
                    .hasMessageContaining("binlog.");
            assertThat(captured.records())
                    .extracting(record -> record.row().getString("j"))
                    .containsExactly("{\"a\": 2, \"pad\": \"" + "x".repeat(200) + "\"}");
        }
    }

    private static List<Finding> findings(MySqlServer server, String user) {
        return findings(server, user, "");
    }

    private static List<Finding> findings(MySqlServer server, String user, String password) {
        return diagnosed(options(server, user, password));
    }

    private static List<Finding> diagnosed(MySqlOptions options) {
        return new MySqlBinlogProcessor(options, List.of(new Captured.Memory())).diagnose();
    }

    private static MySqlOptions options(MySqlServer server, String user, String password) {
        return Captured.source(server, StartFrom.latest())
                .user(user)
                .password(password)
                .pipeline(Captured.pipeline("d", new InMemoryCheckpointStore()).build())
                .build();
    }
}
