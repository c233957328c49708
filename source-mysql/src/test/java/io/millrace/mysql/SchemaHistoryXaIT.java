// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rows of XA transactions, where the log does not name columns: MySQL 5.7 lets tables change while a transaction is
 * prepared whose session has ended.
 */
class SchemaHistoryXaIT {

    private static MySqlServer withGtids;
    private static MySqlServer withoutGtids;

    @TempDir
    Path directory;

    private SchemaScript script;

    @BeforeAll
    static void startServers() throws Exception {
        withGtids = MySqlServer.builder(MySqlRelease.MYSQL_5_7).start();
        withoutGtids = MySqlServer.builder(MySqlRelease.MYSQL_5_7)
                .without("gtid-mode")
                .without("enforce-gtid-consistency")
                .start();
    }

    @AfterAll
    static void stopServers() {
        withGtids.close();
        withoutGtids.close();
    }

    @AfterEach
    void end() throws SQLException {
        script.close();
        Captured.endPrepared(script.server);
    }

    @ParameterizedTest
    @CsvSource({"true,true", "true,false", "false,true", "false,false"})
    void shouldReadRowsThatWaitWithTheColumnsThatTheyWerePreparedWith(boolean byGtid, boolean restarted)
            throws Exception {
        MySqlServer old = mySql57(byGtid);
        prepareInTheMidst(restarted);
        old.execute("XA COMMIT 'x'");
        script.expect("t{id=7, a=8, b=9} key [id]").rows("t").check();
    }

    private MySqlServer mySql57(boolean byGtid) throws Exception {
        MySqlServer old = byGtid ? withGtids : withoutGtids;
        script = new SchemaScript(old, directory);
        return old;
    }

    /** A row of t is prepared, and then t is another table, and another one again. */
    private void prepareInTheMidst(boolean restarted) throws Exception {
        script.run(
                        "CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)",
                        "CREATE TABLE n (id INT PRIMARY KEY, b INT, a INT)",
                        "CREATE TABLE other (id INT)")
                .start()
                .rows("n");
        prepare();
        script.rows("n").awaitRows();
        restart(restarted);
        script.run("RENAME TABLE t TO o, n TO t").rows("t").awaitRows();
        restart(restarted);
        script.run("ALTER TABLE t CHANGE a c INT", "DROP TABLE other").rows("t").awaitRows();
        restart(restarted);
    }

    private void prepare() throws SQLException {
        script.server.executeIn(
                script.database, "XA START 'x'", "INSERT INTO t VALUES (7, 8, 9)", "XA END 'x'", "XA PREPARE 'x'");
    }

    private void restart(boolean restarted) throws Exception {
        if (restarted) {
            script.interrupt().start();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldStopWhereRowsAreCommittedWhoseTableHasChangedSinceIfTheStoredHistoryIsGone(boolean byGtid)
            throws Exception {
        MySqlServer old = mySql57(byGtid);
        prepareInTheMidst(true);
        script.interrupt();
        Files.delete(directory.resolve("test.schemas"));
        script.start().rows("t").awaitRows();
        restart(true);
        old.execute("XA COMMIT 'x'");

        assertThatThrownBy(script.reader()::join)
                .isInstanceOf(SchemaUnknownException.class)
                .hasMessageContaining(script.database + ".t")
                .hasMessageContaining("prepared the XA transaction that is committed here: a statement at ")
                .hasMessageContaining("PipelineOptions.skipTransaction");
    }

    @Test
    void shouldReadOnWhereRowsAreRolledBackThatCouldNotBeRead() throws Exception {
        MySqlServer old = mySql57(true);
        prepareInTheMidst(true);
        script.interrupt();
        Files.delete(directory.resolve("test.schemas"));
        script.start();
        old.execute("XA ROLLBACK 'x'");

        script.rows("t").check();
        assertThat(Files.readString(directory.resolve("test.schemas")))
                .as("nothing is kept for it any more")
                .containsPattern("\"prepared\":\\{\"[^\"]+\":null}");
    }

    /** By file and offset both read from where the one has to, and the other does not know what was before it. */
    @Test
    void shouldNotReadRowsThatWaitByTheStateOfATargetThatBeganBehindThem() throws Exception {
        MySqlServer old = mySql57(false);
        prepareInTheMidst(false);
        String later = script.firstPosition().toJson();
        script.rows("t").awaitRows().interrupt();
        Checkpoint waits = script.checkpoint();
        script.store("later", new Checkpoint("mysql", later, waits.transaction(), null, waits.epoch(), 0, Set.of()));
        old.execute("XA COMMIT 'x'");

        Captured both =
                script.launch(new Captured.Memory(TargetOptions.builder("later").build()));
        script.expectUnknown("t", both);
        script.checkBegin();
    }

    /** What a statement did is not known; what was known before it is. */
    @Test
    void shouldKeepWhatWasKnownBeforeAStatementThatIsLeftOutUnread() throws Exception {
        MySqlServer old = mySql57(true);
        script.run(
                        "CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)",
                        "CREATE TABLE n (id INT PRIMARY KEY, b INT, a INT)")
                .start()
                .rows("n");
        prepare();
        script.rows("n").awaitRows().interrupt();
        GtidSet before = GtidSet.parse(old.executedGtids());
        script.run("RENAME TABLE t TO o, n TO t /* " + "x".repeat(3_000) + " */");
        String left = GtidSet.parse(old.executedGtids()).minus(before).toString();
        script.with(options -> options.maxRowBytes(2_048)
                        .pipeline(script.pipeline()
                                .skipTransaction(left, "to see what becomes of it")
                                .build()))
                .start()
                .rows("t")
                .awaitRows();
        restart(true);
        old.execute("XA COMMIT 'x'");

        script.expect("t{id=7, a=8, b=9} key [id]").rows("t").check();
    }
}
