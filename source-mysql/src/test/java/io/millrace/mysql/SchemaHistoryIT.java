// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.LogLostException;
import io.millrace.core.Record;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.filter.TableFilter;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hard cases 39 to 43 on a server whose log does not name columns. */
class SchemaHistoryIT {

    /** What the reader does while the tables change. */
    enum Reader {
        UP,
        BEHIND,
        RESTARTED
    }

    private static MySqlServer server;
    /** Of MySQL 5.7, with its first test. */
    private static MySqlServer old;
    /** Positions are files and offsets; with its first test. */
    private static MySqlServer withoutGtids;

    @TempDir
    Path directory;

    private SchemaScript script;

    @BeforeAll
    static void startServer() throws IOException {
        server = MySqlServer.builder().option("binlog-row-metadata", "MINIMAL").start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
        if (old != null) {
            old.close();
        }
        if (withoutGtids != null) {
            withoutGtids.close();
        }
    }

    private void useMySql57() throws Exception {
        if (old == null) {
            old = MySqlServer.builder(MySqlRelease.MYSQL_5_7).start();
        }
        use(old);
    }

    private void useMySqlWithoutGtids() throws Exception {
        if (withoutGtids == null) {
            withoutGtids = MySqlServer.builder()
                    .option("binlog-row-metadata", "MINIMAL")
                    .option("gtid-mode", "OFF")
                    .option("enforce-gtid-consistency", "OFF")
                    .start();
        }
        use(withoutGtids);
    }

    private void use(MySqlServer another) throws SQLException {
        script.close();
        script = new SchemaScript(another, directory);
    }

    @BeforeEach
    void begin() throws Exception {
        script = new SchemaScript(server, directory);
    }

    @AfterEach
    void end() throws Exception {
        script.close();
    }

    /** Runs the steps, each a statement or, behind {@code rows}, the tables that get a row. */
    private void play(Reader reader, String... steps) throws Exception {
        script.start();
        if (reader == Reader.BEHIND) {
            script.stop();
        }
        for (String step : steps) {
            if (step.startsWith("rows ")) {
                script.rows(step.substring(5).split(" "));
                if (reader == Reader.RESTARTED) {
                    script.interrupt().start();
                }
            } else {
                script.run(step);
            }
        }
        if (reader == Reader.BEHIND) {
            script.start();
        }
        script.check();
    }

    @ParameterizedTest
    @EnumSource
    void shouldFollowColumns(Reader reader) throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, c VARCHAR(20))");
        play(
                reader,
                "rows t",
                "ALTER TABLE t ADD p INT AFTER b, ADD q INT FIRST, MODIFY b INT AFTER q, MODIFY a INT AFTER p",
                "rows t",
                "ALTER TABLE t DROP p, DROP q, MODIFY a INT AFTER id, MODIFY b INT AFTER a",
                "rows t",
                "ALTER TABLE t ADD COLUMN d INT",
                "rows t",
                "ALTER TABLE t ADD e INT FIRST, ADD COLUMN f INT AFTER a",
                "rows t",
                "ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a",
                "rows t",
                "ALTER TABLE t DROP COLUMN f, DROP d",
                "rows t",
                "ALTER TABLE t CHANGE a b INT, CHANGE b a INT",
                "rows t",
                "ALTER TABLE t MODIFY a INT FIRST, MODIFY e INT AFTER c",
                "rows t",
                "ALTER TABLE t CHANGE COLUMN c name VARCHAR(40) NOT NULL AFTER id, ADD (x INT, y INT, KEY (x))",
                "rows t",
                "ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (name, id)",
                "rows t",
                "ALTER TABLE t DROP COLUMN id",
                "rows t",
                "ALTER TABLE t DROP x, ADD x VARCHAR(10)",
                "rows t",
                "ALTER TABLE t DROP name, ADD Name VARCHAR(40) FIRST",
                "rows t");
    }

    @ParameterizedTest
    @EnumSource
    void shouldFollowNamesOfTables(Reader reader) throws Exception {
        script.run("CREATE TABLE a (id INT PRIMARY KEY, x INT, y INT)", "CREATE TABLE b (id INT, y INT, x INT)");
        play(
                reader,
                "rows a b",
                "RENAME TABLE a TO c",
                "rows c b",
                "RENAME TABLE b TO tmp, c TO b, tmp TO c",
                "rows b c",
                "ALTER TABLE b RENAME TO a, ADD z INT FIRST",
                "rows a c",
                "RENAME TABLE a TO t, c TO a, t TO c",
                "rows a c",
                "CREATE TABLE d LIKE a",
                "CREATE TABLE e (LIKE c)",
                "rows a d e",
                "DROP TABLE a, c",
                "CREATE TABLE c (y INT, x INT, id INT)",
                "ALTER TABLE d RENAME a",
                "rows c a e");
    }

    /** Thirty statements and more, of which most are of forms that tools and people write. */
    @ParameterizedTest
    @EnumSource
    void shouldFollowManyForms(Reader reader) throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)", "SET SESSION sql_mode=''");
        play(
                reader,
                "rows t",
                "ALTER /* gh-ost */ TABLE `t` /* ADD x INT, */ ADD c INT -- DROP a\n",
                "rows t",
                "ALTER TABLE t /*!80000 ADD d INT AFTER a, */ /*!90000 ADD e INT, */ COMMENT='DROP a, RENAME b'",
                "rows t",
                "ALTER TABLE t ADD KEY k (a), ADD CONSTRAINT chk CHECK ((a > -1) AND (b <> (c + 1))),"
                        + " ALTER a SET DEFAULT 7, ALGORITHM=COPY, LOCK=SHARED",
                "ALTER TABLE t ALTER COLUMN a DROP DEFAULT, DROP CHECK chk, DROP INDEX k, ENGINE=InnoDB"
                        + " AUTO_INCREMENT=100 ROW_FORMAT=DYNAMIC",
                "rows t",
                "CREATE INDEX k ON t (b)",
                "DROP INDEX k ON t",
                "ALTER TABLE t PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (100),"
                        + " PARTITION p1 VALUES LESS THAN (20000))",
                "rows t",
                "ALTER TABLE t ADD PARTITION (PARTITION p2 VALUES LESS THAN MAXVALUE)",
                "ALTER TABLE t TRUNCATE PARTITION p0",
                "ALTER TABLE t DROP PARTITION p0",
                "rows t",
                "ALTER TABLE t REMOVE PARTITIONING",
                "ALTER TABLE t CONVERT TO CHARACTER SET latin1",
                "ALTER TABLE t ADD n VARCHAR(19) DEFAULT 'it''s, \\' ADD' COMMENT \"a,b)\", ADD o TEXT",
                "rows t",
                "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                "rows t",
                "ALTER TABLE t DEFAULT CHARACTER SET = gbk, ADD p CHAR(3), ADD q ENUM('a','b','c,d','e''f')",
                "rows t",
                "ALTER TABLE t MODIFY q ENUM('c,d','b','a')",
                "rows t",
                "ALTER TABLE t CHANGE q `q` SET('x','y') FIRST, CHANGE p `ADD` CHAR(3) CHARACTER SET ucs2",
                "rows t",
                "SET SESSION sql_mode='ANSI_QUOTES'",
                "ALTER TABLE \"t\" RENAME COLUMN \"ADD\" TO \"p \"\"q\"",
                "SET SESSION sql_mode='NO_BACKSLASH_ESCAPES'",
                "ALTER TABLE t ADD r INT COMMENT 'back\\', ADD s INT COMMENT ' \\'",
                "rows t",
                "SET SESSION sql_mode=''",
                "ALTER TABLE t ADD g INT GENERATED ALWAYS AS (a + (b * 2)) VIRTUAL, ADD h INT AS (a) STORED NOT NULL,"
                        + " ADD i INT INVISIBLE, ADD u BIGINT UNSIGNED NOT NULL DEFAULT (1 + (2)),"
                        + " ADD v BOOLEAN, ADD w NATIONAL VARCHAR(5), ADD ts TIMESTAMP NULL"
                        + " DEFAULT CURRENT_TIMESTAMP(0) ON UPDATE CURRENT_TIMESTAMP",
                "rows t",
                "ALTER TABLE t ORDER BY id ASC, a",
                "ALTER TABLE t DROP g, DROP h, FORCE",
                "rows t",
                "TRUNCATE TABLE t",
                "OPTIMIZE TABLE t",
                "CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.v = 1",
                "CREATE OR REPLACE VIEW vw AS SELECT a AS b, b AS a FROM t",
                "CREATE PROCEDURE pr() BEGIN ALTER TABLE t ADD never INT; END",
                "GRANT SELECT ON t TO root@'127.0.0.1'",
                "DROP TRIGGER tr",
                "rows t",
                "CREATE TEMPORARY TABLE tt (a INT)",
                "ALTER TABLE tt ADD b INT",
                "DROP TEMPORARY TABLE tt",
                "CREATE TABLE IF NOT EXISTS t (nothing INT)",
                "rows t",
                "DROP TABLE IF EXISTS t, never",
                "CREATE TABLE IF NOT EXISTS t (b INT, a SERIAL)",
                "rows t",
                "ALTER TABLE t DROP a",
                "ALTER TABLE t ADD c INT DEFAULT 1. FIRST",
                "ALTER TABLE t ADD KEY ((b + c))",
                "rows t");
    }

    @ParameterizedTest
    @EnumSource
    void shouldFollowToolsThatReplaceTables(Reader reader) throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)");
        play(
                reader,
                "rows t",
                // gh-ost
                "CREATE /* gh-ost */ TABLE `_t_ghc` (id bigint unsigned auto_increment, last_update timestamp not null"
                        + " DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, hint varchar(64) charset ascii not null,"
                        + " value varchar(4096) charset ascii not null, primary key(id), unique key hint_uidx(hint))"
                        + " auto_increment=256",
                "create /* gh-ost */ table `_t_gho` like `t`",
                "alter /* gh-ost */ table `_t_gho` change a b int, change b a int, add c int first",
                "rows t _t_gho",
                "create /* gh-ost */ table `_t_del` (id int auto_increment primary key) engine=InnoDB"
                        + " comment='ghost-cut-over-sentry'",
                "drop /* gh-ost */ table if exists `_t_del`",
                "rename /* gh-ost */ table `t` to `_t_del`, `_t_gho` to `t`",
                "rows t _t_del",
                "drop /* gh-ost */ table if exists `_t_ghc`",
                // interrupted, and then again
                "create /* gh-ost */ table `_t_gho` like `t`",
                "alter table `_t_gho` drop c",
                "drop table `_t_gho`, `_t_del`",
                "rows t",
                // pt-online-schema-change
                "CREATE TABLE `_t_new` (\n  `c` int DEFAULT NULL,\n  `id` int NOT NULL,\n  `b` int DEFAULT NULL,\n"
                        + "  `a` int DEFAULT NULL,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4"
                        + " COLLATE=utf8mb4_0900_ai_ci",
                "ALTER TABLE `_t_new` RENAME COLUMN a TO b, RENAME COLUMN b TO a",
                "CREATE TRIGGER `pt_osc_del` AFTER DELETE ON `t` FOR EACH ROW DELETE IGNORE FROM `_t_new`"
                        + " WHERE `_t_new`.`id` <=> OLD.`id`",
                "rows t",
                "RENAME TABLE `t` TO `_t_old`, `_t_new` TO `t`",
                "DROP TABLE IF EXISTS `_t_old`",
                "DROP TRIGGER IF EXISTS pt_osc_del",
                "rows t");
    }

    /** The user may not see that the table is there. */
    @Test
    void shouldNotTakeAHiddenTableForANewOne() throws Exception {
        server.execute(
                "CREATE USER blind IDENTIFIED WITH mysql_native_password BY 'x'",
                "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO blind");
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)")
                .with(options -> options.user("blind").password("x"))
                .start()
                .run("CREATE TABLE IF NOT EXISTS t (id INT PRIMARY KEY, b INT, a INT)")
                .rows("t");

        script.expectUnknown("t", script.reader());
        script.checkBegin();
    }

    /** It was not made while there was a view of its name. */
    @Test
    void shouldNotTakeAViewForATable() throws Exception {
        script.run("CREATE VIEW t AS SELECT 1 AS a");
        play(
                Reader.UP,
                "CREATE TABLE IF NOT EXISTS t (id INT PRIMARY KEY, a INT, b INT)",
                "DROP VIEW IF EXISTS never, t",
                "CREATE TABLE IF NOT EXISTS t (id INT PRIMARY KEY, b INT, a INT)",
                "rows t");
    }

    @Test
    void shouldNotTakeATableForANewOneThatAnotherFilterLeftOut() throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)")
                .with(options -> options.pipeline(script.pipeline()
                        .filter(TableFilter.builder()
                                .exclude("*", "*")
                                .include(script.database, "other")
                                .build())
                        .build()))
                .start()
                .run("CREATE TABLE other (a INT)")
                .stop()
                .with(options -> options)
                .start()
                .run("CREATE TABLE IF NOT EXISTS t (id INT PRIMARY KEY, b INT, a INT)")
                .rows("t")
                .check();
    }

    /** The tables do not show it until then. */
    @ParameterizedTest
    @ValueSource(strings = {"ON", "OFF"})
    void shouldBeginBehindAStatementThatIsLoggedAndNotCommitted(String gtids) throws Exception {
        try (MySqlServer own = MySqlServer.builder()
                .option("binlog-row-metadata", "MINIMAL")
                .option("gtid-mode", gtids)
                .option("enforce-gtid-consistency", gtids)
                .start()) {
            use(own);
            script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)");
            String before = end(own);
            script.run("SET GLOBAL binlog_group_commit_sync_delay=1000000");
            CompletableFuture<Void> change = CompletableFuture.runAsync(() -> {
                try {
                    own.executeIn(script.database, "ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a");
                } catch (SQLException e) {
                    throw new CompletionException(e);
                }
            });
            await().pollInterval(Duration.ofMillis(5)).until(() -> !end(own).equals(before));

            script.start();
            change.join();
            script.run("SET GLOBAL binlog_group_commit_sync_delay=0").rows("t").check();
        }
    }

    private static String end(MySqlServer server) throws SQLException {
        return server.query("SHOW MASTER STATUS").get(0).get(1);
    }

    /** There [ is a letter. */
    @Test
    void shouldNotReadNamesOfAnotherCharsetAsAscii() throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)");
        play(
                Reader.UP,
                "SET character_set_client=swe7",
                "ALTER TABLE t RENAME COLUMN a TO `a[`",
                "SET character_set_client=utf8mb4",
                "rows t");
    }

    /** An address may lead to several servers. */
    @Test
    void shouldNotAskAnotherServerThanTheOneThatSendsTheLog() throws Exception {
        try (MySqlServer other = MySqlServer.builder()
                        .option("binlog-row-metadata", "MINIMAL")
                        .start();
                FaultyProxy proxy = FaultyProxy.before(server.host(), server.port())) {
            other.execute("CREATE DATABASE " + script.database);
            other.executeIn(script.database, "CREATE TABLE t (id INT PRIMARY KEY, b INT, a INT)");
            script.run("FLUSH BINARY LOGS", "CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)")
                    .with(options -> options.host(proxy.host()).port(proxy.port()))
                    .start()
                    .rows("t")
                    .await();
            proxy.leadTo(other.host(), other.port());
            script.run(strange("t").replace("GEOMETRY NOT NULL SRID 0", "INT")).rows("t");

            Captured reader = script.reader();
            assertThatThrownBy(reader::join).isInstanceOf(LogLostException.class);
            reader.close();
            script.take(reader);
            script.checkBegin();
        }
    }

    /** The files have the same names, and what the server said was said of the others. */
    @Test
    void shouldAskAnewIfTheLogWasReset() throws Exception {
        try (MySqlServer own = MySqlServer.builder()
                        .option("binlog-row-metadata", "MINIMAL")
                        .start();
                FaultyProxy proxy = FaultyProxy.before(own.host(), own.port())) {
            use(own);
            script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, c INT)")
                    .with(options ->
                            options.host(proxy.host()).port(proxy.port()).startFrom(StartFrom.gtids("")))
                    .rows("t", "t", "t")
                    .start()
                    .await();
            proxy.refuse();
            proxy.cutAll();
            String executed = own.executedGtids();
            script.run(
                    "RESET MASTER",
                    "SET GLOBAL gtid_purged='" + executed + "'",
                    "ALTER TABLE t DROP c",
                    strange("t").replace("GEOMETRY NOT NULL SRID 0", "INT"));
            proxy.heal();
            script.rows("t").check();
        }
    }

    /** The server lists what is compressed event by event, all of them at one offset. */
    @Test
    void shouldSearchALogThatIsCompressed() throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)", "SET SESSION binlog_transaction_compression=ON")
                .start()
                .rows("t")
                .stop();
        delete();

        script.rows("t").start().check();
    }

    /** A log-only statement of a form that nobody knows. */
    private String strange(String table) {
        return "ALTER TABLE " + table + " ADD z GEOMETRY NOT NULL SRID 0 COMMENT 'a' /*!80030 , RENAME COLUMN a TO b,"
                + " RENAME COLUMN b TO a , CONVERT TO CHARACTER SET latin1 */";
    }

    /** The statement is not understood; the server says what it did, and its log that nothing came behind. */
    @ParameterizedTest
    @EnumSource
    void shouldAskTheServerAfterWhatIsNotUnderstood(Reader reader) throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)");
        play(reader, "rows t", strange("t").replace("GEOMETRY NOT NULL SRID 0", "INT"), "rows t", "rows t");
    }

    @Test
    void shouldStopAtRowsBehindWhichTheTableChangedAgain() throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)", "CREATE TABLE other (id INT, a INT)")
                .start()
                .rows("t", "other")
                .stop()
                .run(strange("t").replace("GEOMETRY NOT NULL SRID 0", "INT"))
                .rows("other", "t")
                .run("ALTER TABLE t RENAME COLUMN a TO c");

        script.expectUnknown("t", script.launch());
        script.checkBegin();
    }

    @ParameterizedTest
    @EnumSource
    void shouldFollowDatabasesThatAreDroppedAndMadeAgain(Reader reader) throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)");
        play(
                reader,
                "rows t",
                "DROP DATABASE " + script.database,
                "CREATE DATABASE " + script.database + " CHARACTER SET latin1",
                "USE " + script.database,
                "CREATE TABLE t (b INT, a INT, id INT PRIMARY KEY, n VARCHAR(10))",
                "rows t",
                "ALTER DATABASE " + script.database + " CHARACTER SET utf16",
                "CREATE TABLE u (e ENUM('x','y'), n VARCHAR(10), m VARCHAR(10) CHARACTER SET utf8mb3)",
                "rows u t");
    }

    @Test
    void shouldGoOnWithoutTheStoredHistoryIfNothingHasChangedSince() throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)")
                .start()
                .rows("t")
                .run("ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a")
                .rows("t")
                .stop();
        delete();

        script.rows("t").start().check();
        assertThat(directory.resolve("test.schemas")).exists();
    }

    @Test
    void shouldRefuseRowsIfTheStoredHistoryIsGoneAndTheTableHasChangedSince() throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)")
                .start()
                .rows("t")
                .stop()
                .rows("t")
                .run("ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a")
                .rows("t");
        delete();

        script.expectUnknown("t", script.launch());
        script.checkBegin();
    }

    /** Two machines that take turns: each has the history up to where it read. */
    @Test
    void shouldNotTakeAnOlderHistoryForTheRightOne() throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)")
                .start()
                .rows("t")
                .stop();
        byte[] older = Files.readAllBytes(directory.resolve("test.schemas"));
        script.start()
                .run("ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a")
                .rows("t")
                .stop();
        Files.write(directory.resolve("test.schemas"), older);

        script.rows("t").start().check();
    }

    private void delete() throws IOException {
        Files.delete(directory.resolve("test.schemas"));
    }

    @Test
    void shouldGoBackWithTheHistory() throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)")
                .start()
                .rows("t")
                .stop();
        Checkpoint before = script.checkpoint();
        script.start()
                .run("ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a")
                .rows("t")
                .run("ALTER TABLE t ADD c INT FIRST")
                .rows("t")
                .stop();

        script.goBack(before, 2).start().check();
    }

    /** The columns are named within each table map from some moment on, and later not any more. */
    @Test
    void shouldTakeTheNamesOfTheLogWhereItHasThem() throws Exception {
        try {
            script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)")
                    .start()
                    .rows("t")
                    .run("SET GLOBAL binlog_row_metadata='FULL'")
                    .rows("t")
                    .run("ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a")
                    .rows("t")
                    .stop()
                    .run("ALTER TABLE t ADD c INT FIRST")
                    .rows("t")
                    .run("SET GLOBAL binlog_row_metadata='MINIMAL'")
                    .run("ALTER TABLE t ADD d INT FIRST")
                    .rows("t")
                    .start()
                    .check();
        } finally {
            script.run("SET GLOBAL binlog_row_metadata='MINIMAL'");
        }
    }

    @Test
    void shouldKeepNoHistoryOfAServerThatNamesColumns() throws Exception {
        try {
            script.run("SET GLOBAL binlog_row_metadata='FULL'")
                    .run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)")
                    .start()
                    .rows("t")
                    .run("ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a")
                    .rows("t")
                    .check();

            assertThat(directory).isEmptyDirectory();
        } finally {
            script.run("SET GLOBAL binlog_row_metadata='MINIMAL'");
        }
    }

    /** The first row behind the switch is the first that is asked for. */
    @Test
    void shouldBeginAHistoryWhereTheLogStopsNamingColumns() throws Exception {
        try {
            script.run("SET GLOBAL binlog_row_metadata='FULL'")
                    .run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)")
                    .start()
                    .rows("t")
                    .run("SET GLOBAL binlog_row_metadata='MINIMAL'")
                    .rows("t")
                    .await()
                    .run("ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a")
                    .rows("t")
                    .check();
        } finally {
            script.run("SET GLOBAL binlog_row_metadata='MINIMAL'");
        }
    }

    @Test
    void shouldKnowTheKeyThatTheServerAddsByItself() throws Exception {
        script.run("SET SESSION sql_generate_invisible_primary_key=ON");
        play(
                Reader.BEHIND,
                "CREATE TABLE t (a INT, b INT)",
                "rows t",
                "CREATE TABLE u LIKE t",
                "rows u",
                "ALTER TABLE u RENAME COLUMN a TO b, RENAME COLUMN b TO a",
                "rows u");
    }

    @Test
    void shouldFollowTablesThatAQueryMakes() throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)", "INSERT INTO t VALUES (1, 2, 3)");
        play(Reader.BEHIND, "CREATE TABLE u AS SELECT a AS b, b AS a, 'xxxx' AS n FROM t LIMIT 0", "rows u", "rows t");
    }

    /** By a table that only its session sees, the real one is not changed. */
    @Test
    void shouldNotTakeATemporaryTableForTheRealOne() throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)");
        play(
                Reader.BEHIND,
                "rows t",
                "SET SESSION binlog_format='MIXED'",
                "CREATE TEMPORARY TABLE t (id INT PRIMARY KEY, a INT, b INT)",
                "ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a",
                "DROP TEMPORARY TABLE t",
                "SET SESSION binlog_format='ROW'",
                "rows t");
    }

    /** The server was asked about the real one, as the temporary one's begin had made it unknown. */
    @Test
    void shouldNotTakeTheKeyOfATemporaryTableForTheRealOne() throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)").start().rows("t");
        try (Connection session = server.connect(script.database);
                Statement temporary = session.createStatement()) {
            temporary.execute("SET SESSION binlog_format='STATEMENT'");
            temporary.execute("CREATE TEMPORARY TABLE t (id INT PRIMARY KEY, a INT, b INT)");
            script.rows("t").await();
            temporary.execute("DROP INDEX `PRIMARY` ON t");
            temporary.execute("DROP TEMPORARY TABLE t");
        }

        script.rows("t").check();
    }

    @Test
    void shouldStopIfATableWasChangedBehindTheLog() throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)")
                .start()
                .rows("t")
                .run("SET SESSION sql_log_bin=0", "ALTER TABLE t ADD c INT FIRST", "SET SESSION sql_log_bin=1")
                .rows("t");

        Captured reader = script.reader();
        script.expectUnknown("t", reader);
        script.checkBegin();
    }

    @Test
    void shouldBeginInThePastWithWhatTheLogAndTheServerTell() throws Exception {
        script.run("CREATE TABLE old (id INT, a INT, b INT)");
        String begin = server.executedGtids();
        script.with(options -> options.startFrom(StartFrom.gtids(begin)))
                .rows("old")
                .run("CREATE TABLE made (id INT, a INT, b INT)")
                .rows("made")
                .run("ALTER TABLE made RENAME COLUMN a TO b, RENAME COLUMN b TO a")
                .rows("made", "old")
                .start()
                .check();
    }

    @Test
    void shouldBeTakenAlongByAnInitialLoad() throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)", "INSERT INTO t VALUES (1, 2, 3)")
                .with(options -> options.startFrom(StartFrom.initialLoad()))
                .start()
                .rows("t")
                .stop()
                .run("ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a")
                .rows("t")
                .start()
                .check();
    }

    /** A unique key without nulls stands for a primary one only where the log tells of it. */
    @Test
    void shouldLoadRowsWithTheKeyThatTheyHaveInTheLog() throws Exception {
        script.run("CREATE TABLE t (a INT NOT NULL UNIQUE, b INT)", "INSERT INTO t VALUES (1, 2)")
                .with(options -> options.startFrom(StartFrom.initialLoad()))
                .start()
                .run("INSERT INTO t VALUES (2, 3)");

        assertThat(script.stopped())
                .hasSizeGreaterThan(1)
                .allSatisfy(record ->
                        assertThat(record.schema().primaryKeyIndexes()).isEmpty());
    }

    @Test
    void shouldTellTablesApartByTheirLetters() throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)", "CREATE TABLE T (id INT, b INT, a INT)");
        play(
                Reader.BEHIND,
                "rows t T",
                "ALTER TABLE T RENAME COLUMN A TO B, RENAME COLUMN b TO a",
                "rows t T",
                "RENAME TABLE t TO x, T TO t, x TO T",
                "rows t T");
    }

    @Test
    void shouldNotTellTablesApartByTheirLettersIfTheServerDoesNot() throws Exception {
        try (MySqlServer lower = MySqlServer.builder()
                .option("binlog-row-metadata", "MINIMAL")
                .option("lower-case-table-names", "1")
                .start()) {
            use(lower);
            script.run("CREATE TABLE Tab (id INT PRIMARY KEY, a INT, b INT)");
            play(
                    Reader.BEHIND,
                    "rows TAB",
                    "ALTER TABLE TAb RENAME COLUMN A TO B, RENAME COLUMN b TO a",
                    "rows tab",
                    "CREATE TABLE i (a INT, b INT)",
                    "ALTER TABLE `İ` RENAME COLUMN a TO b, RENAME COLUMN b TO a",
                    "rows i",
                    "CREATE TABLE OTHER LIKE TAB",
                    "RENAME TABLE TAB TO Third, Other TO taB",
                    "ALTER TABLE " + script.database.toUpperCase(Locale.ROOT) + ".THIRD ADD C INT FIRST",
                    "rows taB Third");
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldFollowByFileAndOffset(Reader reader) throws Exception {
        useMySqlWithoutGtids();
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)");
        play(
                reader,
                "rows t",
                "ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a",
                "FLUSH BINARY LOGS",
                "rows t",
                strange("t").replace("GEOMETRY NOT NULL SRID 0", "INT"),
                "rows t",
                "FLUSH BINARY LOGS",
                "rows t");
    }

    /** The source begins where the target that is furthest behind is; the other one goes on with its own state. */
    @Test
    void shouldServeTargetsAtDifferentPlaces() throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)")
                .start()
                .rows("t")
                .stop();
        Checkpoint before = script.checkpoint();
        script.start()
                .run("ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a")
                .rows("t")
                .run("ALTER TABLE t ADD c INT FIRST")
                .rows("t")
                .stop();
        script.store("behind", before);
        Captured.Memory behind =
                new Captured.Memory(TargetOptions.builder("behind").build());

        try (Captured both = script.launch(behind)) {
            both.streaming();
            script.run("ALTER TABLE t RENAME COLUMN c TO d").rows("t");
            both.upTo(server);
            script.take(both);
            assertThat(script.texts(behind.records())).isEqualTo(script.lastExpected(3));
        }
        script.start().check();
        assertThat(script.checkpoint().position())
                .isEqualTo(script.checkpoint("behind").position());
    }

    /** Whatever the server accepts of what is made up here, the history takes it to the same columns. */
    @Test
    void shouldAgreeWithTheServerAboutRandomChanges() throws Exception {
        agreeAboutRandomChanges(50, true);
    }

    @Test
    @Tag("long")
    void shouldAgreeWithTheServersAboutManyRandomChanges() throws Exception {
        agreeAboutRandomChanges(500, true);
        useMySql57();
        agreeAboutRandomChanges(500, false);
    }

    private void agreeAboutRandomChanges(int count, boolean wide) throws Exception {
        long seed = Long.getLong("millrace.seed", System.nanoTime());
        RandomDdl random = new RandomDdl(new Random(seed), wide);
        script.run("SET SESSION sql_mode=''", "CREATE TABLE t (a INT PRIMARY KEY, b INT)", "CREATE TABLE u (b INT)");
        script.start().stop();

        for (int accepted = 0; accepted < count; ) {
            if (script.tryRun(random.next())) {
                accepted++;
                script.tryRows("t", "u");
            }
        }

        try {
            script.start().check();
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed, e);
        }
        assertThat(Files.readString(directory.resolve("test.schemas")))
                .as("seed " + seed)
                .doesNotContain("not understood");
    }

    /** Its log tells types, lengths and what may be null, and nothing else. */
    @ParameterizedTest
    @EnumSource
    void shouldFollowTheTablesOfMySql57(Reader reader) throws Exception {
        useMySql57();
        script.run(
                "SET SESSION sql_mode=''",
                "CREATE TABLE t (id INT UNSIGNED PRIMARY KEY, a INT, b INT, n VARCHAR(20) CHARACTER SET latin1,"
                        + " e ENUM('x','y'), m TEXT CHARACTER SET utf8)");
        play(
                reader,
                "rows t",
                "ALTER TABLE t CHANGE a b INT, CHANGE b a INT",
                "rows t",
                "ALTER TABLE t ADD c CHAR(3)",
                "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4",
                "rows t",
                "ALTER TABLE t CONVERT TO CHARACTER SET sjis",
                "ALTER TABLE t MODIFY n VARCHAR(20) CHARACTER SET gbk FIRST, ADD u BIGINT UNSIGNED, ADD g GEOMETRY",
                "rows t",
                "CREATE DATABASE IF NOT EXISTS " + script.database,
                "CREATE TABLE v (id INT, n VARCHAR(10), at TIMESTAMP, b BIT(3), d DECIMAL(5,2) UNSIGNED)",
                "rows v",
                "RENAME TABLE t TO x, v TO t, x TO v",
                "rows v t");
    }

    @Test
    void shouldAgreeWithMySql57AboutRandomChanges() throws Exception {
        useMySql57();
        agreeAboutRandomChanges(50, false);
    }

    /** Its log does not tell it, and it depends on sessions and on statements that are not understood. */
    @Test
    void shouldNotGuessCharsetsOfMySql57() throws Exception {
        useMySql57();
        script.run("CREATE DATABASE comment", "CREATE TABLE t (id INT, n TEXT)");
        play(
                Reader.UP,
                "SET collation_server=ucs2_general_ci",
                "ALTER DATABASE " + script.database + " CHARACTER SET DEFAULT",
                "CREATE TABLE a (id INT, n TEXT)",
                "rows a",
                "ALTER DATABASE comment DEFAULT CHARACTER SET latin1",
                "CREATE TABLE b (id INT, n TEXT)",
                "rows b",
                "SET character_set_client=latin1",
                "ALTER DATABASE CHARACTER SET latin1 /* ä */",
                "SET character_set_client=utf8",
                "CREATE TABLE asked (id INT, n TEXT)",
                "rows asked",
                "SET collation_database=ucs2_general_ci",
                "ALTER TABLE t CONVERT TO CHARACTER SET DEFAULT",
                "rows t");
    }

    @Test
    void shouldNotGuessMembersThatACharsetChanges() throws Exception {
        expectMembers();
    }

    @Test
    void shouldNotGuessMembersThatACharsetOfMySql57Changes() throws Exception {
        useMySql57();
        expectMembers();
    }

    /** Spaces are kept in one charset, and letters are not in another. */
    private void expectMembers() throws Exception {
        script.run("SET sql_mode=''")
                .start()
                .run("CREATE TABLE t (id INT PRIMARY KEY, a ENUM('a ','b ') CHARACTER SET binary)")
                .rows("t", "t")
                .await()
                .run("CREATE TABLE lossy (id INT PRIMARY KEY, a ENUM('b','日') CHARACTER SET latin1)")
                .rows("lossy");

        script.expectUnknown("lossy", script.reader());
        script.checkBegin();
    }

    /** It keeps them damaged, and the log does not tell: so the server is asked. */
    @Test
    void shouldNotTrustMembersThatMySql57HasDamaged() throws Exception {
        useMySql57();
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a ENUM('a','bb')) DEFAULT CHARSET ucs2")
                .start()
                .rows("t")
                .run("ALTER TABLE t ADD b INT")
                .rows("t")
                .stop();

        script.start().check();
    }

    /** Of each row one value is small and the other large; the columns change places behind the writer's back. */
    @Test
    void shouldKeepNamesRightWhileTablesAreReplacedUnderLoad() throws Exception {
        int large = 1_000_000;
        script.run("CREATE TABLE t (small INT, large INT)").start();
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger written = new AtomicInteger();
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try (Connection connection = server.connect(script.database);
                    Statement statement = connection.createStatement()) {
                while (!done.get()) {
                    int number = written.incrementAndGet();
                    statement.execute("INSERT INTO t (small, large) VALUES (" + number + "," + (large + number) + ")");
                }
            } catch (SQLException e) {
                throw new CompletionException(e);
            }
        });

        for (int i = 0; i < 15; i++) {
            boolean isLargeFirst = i % 2 == 0;
            script.run(
                    "CREATE TABLE _t_gho LIKE t",
                    "ALTER TABLE _t_gho MODIFY " + (isLargeFirst ? "large" : "small") + " INT FIRST",
                    "RENAME TABLE t TO _t_del, _t_gho TO t",
                    "DROP TABLE _t_del");
            script.run("ALTER TABLE t ADD COLUMN extra INT FIRST", "ALTER TABLE t DROP COLUMN extra");
        }
        done.set(true);
        writer.join();

        List<Record> records = script.stopped().stream()
                .filter(record -> record.kind() == Record.Kind.INSERT)
                .toList();
        assertThat(records).hasSize(written.get()).allSatisfy(record -> {
            assertThat(record.row().getLong("small")).isLessThan(large);
            assertThat(record.row().getLong("large")).isGreaterThan(large);
        });
    }

    /** It is larger than what is read. */
    @Test
    void shouldForgetTheTablesBehindAStatementThatIsLeftOutUnread() throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)")
                .start()
                .stop()
                .rows("t");
        GtidSet before = GtidSet.parse(server.executedGtids());
        script.run("ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a /* " + "x".repeat(3_000) + " */");
        String left = GtidSet.parse(server.executedGtids()).minus(before).toString();

        script.with(options -> options.maxRowBytes(2_048)
                        .pipeline(script.pipeline()
                                .skipTransaction(left, "to see what becomes of it")
                                .build()))
                .rows("t")
                .start()
                .check();
    }

    /** What is left out changes the tables all the same. */
    @Test
    void shouldFollowStatementsThatAreLeftOut() throws Exception {
        script.run("CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)", "CREATE TABLE m (a INT, b INT) ENGINE=MyISAM")
                .start()
                .rows("t", "m")
                .stop();
        GtidSet before = GtidSet.parse(server.executedGtids());
        script.run("ALTER TABLE t RENAME COLUMN a TO b, RENAME COLUMN b TO a");
        String left = GtidSet.parse(server.executedGtids()).minus(before).toString();

        script.with(options -> options.pipeline(script.pipeline()
                        .skipTransaction(left, "to see what becomes of it")
                        .build()))
                .rows("t", "m")
                .start()
                .check();
    }
}
