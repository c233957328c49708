// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.TableId;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.internal.row.DeclaredColumn;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the interpreter makes of single statements; that servers agree is proved against a server. */
class InterpreterTest {

    private static final int UTF8MB4 = 45;
    private static final int LATIN1 = 8;
    private static final int GBK = 28;
    private static final int SWE7 = 10;
    private static final Dialect DIALECT = new Dialect(0, UTF8MB4, LATIN1, 80031);

    private final Catalog catalog = new Catalog();
    private final TableFilter filter =
            TableFilter.builder().exclude("*", "*").include("db", "*").build();
    private Dialect dialect = DIALECT;
    private boolean lowerCase;

    private void run(String... statements) {
        for (String sql : statements) {
            Changes changes = new Changes(catalog, filter);
            Interpreter.Input input = new Interpreter.Input(sql, "db", true, dialect);
            try {
                Interpreter.read(input, changes, lowerCase);
            } catch (NotUnderstoodException e) {
                changes = new Changes(catalog, filter);
                Interpreter.forget(input, "not understood: " + e.getMessage(), changes, lowerCase);
            }
            catalog.apply(changes.toJson());
        }
    }

    private TableState state(String table) {
        return catalog.table(new TableId("db", table));
    }

    /** {@return the columns as SQL; where the table is not known, nothing} */
    private String columns(String table) {
        TableDefinition definition = state(table).definition();
        return definition == null
                ? "unknown"
                : definition.table().columns().stream()
                        .map(InterpreterTest::column)
                        .collect(Collectors.joining(", "));
    }

    private static String column(DeclaredColumn column) {
        String charset = column.charset() == null ? "" : " " + column.charset();
        String nullable = column.nullable() == null ? " ?" : column.nullable() ? "" : " not null";
        return column.name() + " " + column.type() + charset + nullable;
    }

    @Test
    void shouldKnowAllSpellingsOfTypes() {
        run("CREATE TABLE t (a BOOL, b INT1 UNSIGNED, c MIDDLEINT ZEROFILL, d INTEGER(5), e INT8 SIGNED, f SERIAL,"
                + " g DEC(5), h NUMERIC, i FIXED(6,2) UNSIGNED, j FLOAT(25), k FLOAT(24), l DOUBLE PRECISION, m REAL,"
                + " n BIT, o YEAR(4), p TIMESTAMP(3), q TIMESTAMP NULL, r DATETIME, s CHAR, t CHARACTER VARYING(3),"
                + " u NCHAR(2), v NATIONAL CHARACTER VARYING(4), w CHAR BYTE, x VARCHAR(5) CHARACTER SET binary,"
                + " y LONG, z LONG VARBINARY, aa TEXT(20) ASCII, bb ENUM('a','b''c','\\'','d\\\\'), cc SET('x'),"
                + " dd GEOMETRYCOLLECTION, ee VARCHAR(6) COLLATE koi8r_bin, ff CHAR(2) UNICODE, gg TINYBLOB,"
                + " hh VARCHAR(7) BINARY) DEFAULT CHARSET=utf8");

        assertThat(columns("t").split(", "))
                .containsExactly(
                        "a tinyint",
                        "b tinyint unsigned",
                        "c mediumint unsigned",
                        "d int",
                        "e bigint",
                        "f bigint unsigned not null",
                        "g decimal(5,0)",
                        "h decimal(10,0)",
                        "i decimal(6,2) unsigned",
                        "j double",
                        "k float",
                        "l double",
                        "m double",
                        "n bit(1)",
                        "o year",
                        "p timestamp(3) ?",
                        "q timestamp",
                        "r datetime",
                        "s char(1) utf8mb3",
                        "t varchar(3) utf8mb3",
                        "u char(2) utf8mb3",
                        "v varchar(4) utf8mb3",
                        "w binary(1)",
                        "x varbinary(5)",
                        "y mediumtext utf8mb3",
                        "z mediumblob",
                        "aa text latin1",
                        "bb enum('a','b''c','''','d\\\\')",
                        "cc set('x')",
                        "dd geomcollection",
                        "ee varchar(6) koi8r",
                        "ff char(2) ucs2",
                        "gg tinyblob",
                        "hh varchar(7) utf8mb3");
    }

    @Test
    void shouldReadBackWhatItWrites() {
        run(
                "CREATE TABLE t (a ENUM('it''s','\\\\','?\"') NOT NULL, b DECIMAL(5,2) UNSIGNED, c TIMESTAMP(6), d BIT(9))");
        String before = columns("t");
        Catalog copy = new Catalog();
        copy.apply(catalog.toJson());

        assertThat(copy.table(new TableId("db", "t")).definition())
                .isEqualTo(state("t").definition());
        assertThat(before).startsWith("a enum('it''s','\\\\','?\"') not null, b decimal(5,2) unsigned");
    }

    @Test
    void shouldTakeTheCharsetOfTableOrDatabase() {
        run(
                "CREATE DATABASE db",
                "CREATE TABLE a (c CHAR(1))",
                "ALTER DATABASE db DEFAULT CHARACTER SET = gbk",
                "CREATE TABLE b (c CHAR(1), d TEXT CHARACTER SET koi8r)",
                "ALTER TABLE b CHARACTER SET ucs2, ADD e CHAR(1)",
                "ALTER TABLE b CONVERT TO CHARACTER SET DEFAULT",
                "CREATE TABLE c (c CHAR(1)) CHARACTER SET binary",
                "DROP DATABASE db",
                "CREATE DATABASE db COLLATE utf8mb4_bin",
                "CREATE TABLE d (c CHAR(1)) COLLATE=latin2_bin");

        assertThat(columns("a")).isEqualTo("unknown");
        assertThat(columns("d")).isEqualTo("c char(1) latin2");
        run("CREATE TABLE a (c CHAR(1))");
        assertThat(columns("a")).isEqualTo("c char(1) utf8mb4");
    }

    /** One may be called like an option, and DEFAULT is not the charset that it had. */
    @Test
    void shouldTakeTheCharsetOfTheDatabaseThatIsMeant() {
        run(
                "CREATE DATABASE db CHARACTER SET gbk",
                "ALTER DATABASE comment DEFAULT CHARACTER SET ucs2",
                "ALTER DATABASE charset CHARSET ucs2",
                "CREATE TABLE t_a (c CHAR(1))",
                "ALTER DATABASE CHARSET = koi8r",
                "CREATE TABLE t_b (c CHAR(1))",
                "ALTER DATABASE db CHARACTER SET DEFAULT",
                "CREATE TABLE t_c (c CHAR(1))",
                "ALTER DATABASE STRANGE OPTION",
                "CREATE TABLE t_d (c CHAR(1))");

        assertThat(columns("t_a")).isEqualTo("c char(1) gbk");
        assertThat(columns("t_b")).isEqualTo("c char(1) koi8r");
        assertThat(columns("t_c")).isEqualTo("c char(1) latin1");
        assertThat(columns("t_d")).isEqualTo("c char(1)");
    }

    @Test
    void shouldKnowWhereANumberEnds() {
        run(
                "CREATE TABLE t (a INT, b INT)",
                "ALTER TABLE t ADD c INT DEFAULT 1. FIRST, ADD d INT DEFAULT 1.5 FIRST, ADD e INT DEFAULT -.5e-3 AFTER a");

        assertThat(columns("t")).isEqualTo("d int, c int, a int, e int, b int");
    }

    @Test
    void shouldKeepMembersThatTheCharsetHas() {
        run("CREATE TABLE t (a ENUM('é') CHARACTER SET utf8, b SET('😀') CHARACTER SET utf8mb4) CHARACTER SET latin1");
        assertThat(columns("t")).isEqualTo("a enum('é'), b set('😀')");

        run("ALTER TABLE t CONVERT TO CHARACTER SET utf8");
        assertThat(columns("t")).isEqualTo("unknown");
    }

    @Test
    void shouldKeepColumnsCharsetsWhenTheDefaultChanges() {
        run(
                "CREATE TABLE b (c CHAR(1), d TEXT CHARACTER SET koi8r) CHARSET gbk",
                "ALTER TABLE b CHARACTER SET ucs2, ADD e CHAR(1)");
        assertThat(columns("b")).isEqualTo("c char(1) gbk, d text koi8r, e char(1) ucs2");

        run("ALTER TABLE b CONVERT TO CHARACTER SET latin1 COLLATE latin1_bin", "ALTER TABLE b ADD f CHAR(1)");
        assertThat(columns("b")).isEqualTo("c char(1) latin1, d text latin1, e char(1) latin1, f char(1) latin1");
    }

    @Test
    void shouldFollowThePrimaryKey() {
        run("CREATE TABLE t (a INT, B INT, c INT, PRIMARY KEY USING BTREE (b ASC, A), KEY (c))");
        assertThat(state("t").definition().table().primaryKey()).containsExactly("B", "a");
        assertThat(columns("t")).isEqualTo("a int not null, B int not null, c int");

        run("ALTER TABLE t CHANGE a x INT, RENAME COLUMN b TO y");
        assertThat(state("t").definition().table().primaryKey()).containsExactly("y", "x");

        run("ALTER TABLE t DROP COLUMN y");
        assertThat(state("t").definition().table().primaryKey()).containsExactly("x");

        run("DROP INDEX `PRIMARY` ON t");
        assertThat(state("t").definition().table().primaryKey()).isEmpty();

        run("ALTER TABLE t ADD d INT PRIMARY KEY FIRST");
        assertThat(state("t").definition().table().primaryKey()).containsExactly("d");

        run("ALTER TABLE t DROP PRIMARY KEY");
        assertThat(state("t").definition().table().primaryKey()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE t ADD IF NOT EXISTS c INT",
                "ALTER TABLE t ADD c STRANGE",
                "ALTER TABLE t ADD c INT NEW_ATTRIBUTE",
                "ALTER TABLE t DROP missing",
                "ALTER TABLE t CHANGE missing c INT",
                "ALTER TABLE t ADD c INT AFTER missing",
                "ALTER TABLE t ADD SYSTEM VERSIONING",
                "ALTER TABLE t ADD PERIOD FOR SYSTEM_TIME (a, b)",
                "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4, ADD c TEXT",
                "ALTER TABLE t NEW CLAUSE",
                "ALTER TABLE t ADD c INT COMMENT 'not closed",
                "ALTER TABLE t /* not closed",
                "ALTER TABLE t /*!080031 ADD c INT",
                "ALTER TABLE t /*!123 ADD c INT */",
                "ALTER TABLE t ADD c ENUM(x'41')",
                "ALTER TABLE t ADD c ENUM('a ') CHARACTER SET binary",
                "ALTER TABLE t ADD c ENUM('é') CHARACTER SET latin1",
                "ALTER TABLE t ADD c ENUM('😀') CHARACTER SET utf8",
                "ALTER TABLE t CONVERT TO CHARACTER SET DEFAULT",
                "CREATE OR REPLACE TABLE t (a INT)",
                "CREATE TABLE t SELECT 1 AS a",
                "CREATE TABLE t (a INT) SELECT 1 AS b",
                "CREATE TABLE t (a INT) PARTITION BY HASH (a) PARTITIONS 2 AS SELECT 1 AS b",
                "CREATE TABLE t (a INT) WITH SYSTEM VERSIONING",
                "CREATE TABLE t (a INT, PRIMARY KEY (missing))",
                "RESHAPE TABLE t",
                "ALTER SEQUENCE t",
                "RENAME TABLE t WAIT 5 TO t2"
            })
    void shouldNotPretendToUnderstand(String sql) {
        run("CREATE TABLE t (a INT, b INT)", "CREATE TABLE other (a INT, b INT)", sql);

        assertThat(state("t").definition()).isNull();
        assertThat(state("t").why()).isNotNull();
        assertThat(columns("other")).isEqualTo("a int, b int");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GRANT ALL ON t TO x",
                "CREATE DEFINER=`root`@`localhost` TRIGGER x AFTER INSERT ON t FOR EACH ROW SET @a = 1",
                "CREATE ALGORITHM=UNDEFINED DEFINER=`a`@`b` SQL SECURITY DEFINER VIEW t AS SELECT 1",
                "DROP PROCEDURE IF EXISTS t",
                "CREATE UNIQUE INDEX x ON t (a)",
                "INSERT INTO t VALUES (1, 'not closed",
                "ANALYZE TABLE t",
                "DROP TEMPORARY TABLE IF EXISTS t",
                "CREATE TEMPORARY TABLE t (z INT)",
                "# Dummy event replacing event type 33 that slave cannot handle.",
                "RENAME USER t TO u",
                "CREATE SPATIAL REFERENCE SYSTEM 4120 NAME 't'",
                "ALTER TABLE other ADD z INT COMMENT 'of t'",
                "TRUNCATE t"
            })
    void shouldPassOverWhatChangesNoColumns(String sql) {
        run("CREATE TABLE t (a INT, b INT)", sql);

        assertThat(columns("t")).isEqualTo("a int, b int");
    }

    /** What a table of another name does to this one is not known either. */
    @Test
    void shouldForgetWhatAStatementMayHaveRenamed() {
        run("CREATE TABLE t (a INT)", "CREATE TABLE other (a INT)", "ALTER TABLE t RENAME TO u2, STRANGE CLAUSE");
        assertThat(columns("t")).isEqualTo("unknown");
        assertThat(columns("other")).isEqualTo("a int");

        run("ALTER TABLE v RENAME TO other", "RENAME TABLE nobody TO w");
        assertThat(columns("other")).isEqualTo("unknown");
        assertThat(state("w").why()).contains("nobody");
    }

    @Test
    void shouldReadVersionedCommentsAsTheServerDoes() {
        run("CREATE TABLE t (a INT /*!50100 , b INT */ /*!80032 , c INT */ /*! , d INT */ /* , e INT */)");

        assertThat(columns("t")).isEqualTo("a int, b int, d int");
    }

    @Test
    void shouldReadQuotesAsTheSessionDid() {
        dialect = new Dialect(4, UTF8MB4, LATIN1, 80031);
        run("CREATE TABLE \"t\" (\"a\"\"b\" INT COMMENT 'x\\'', `c` INT)");
        assertThat(columns("t")).isEqualTo("a\"b int, c int");

        dialect = new Dialect(1 << 20, UTF8MB4, LATIN1, 80031);
        run("ALTER TABLE t ADD d INT COMMENT '\\', ADD e INT COMMENT '\\'");
        assertThat(columns("t")).isEqualTo("a\"b int, c int, d int, e int");

        dialect = new Dialect(1, UTF8MB4, LATIN1, 80031);
        run("ALTER TABLE t ADD f REAL");
        assertThat(columns("t")).endsWith("f float");
    }

    /** The same bytes are other letters there. */
    @ParameterizedTest
    @CsvSource({GBK + ",é", SWE7 + ",["})
    void shouldNotReadLettersOfAnotherCharset(int client, String letter) {
        run("CREATE TABLE t (a INT)");
        dialect = new Dialect(0, client, LATIN1, 80031);
        run("ALTER TABLE t ADD `" + letter + "` INT");

        assertThat(columns("t")).isEqualTo("unknown");
    }

    /** All of it is ASCII there. */
    @ParameterizedTest
    @CsvSource({"täble,t{ble", "Öl,\\l", "café,caf``", "Ünde,~nde"})
    void shouldForgetTablesWithLettersThatAreAsciiInAnotherCharset(String table, String inSwe7) {
        run("CREATE TABLE `" + table + "` (a INT)", "CREATE TABLE plain (a INT)", "CREATE TABLE `ärende` (a INT)");
        dialect = new Dialect(0, SWE7, LATIN1, 80031);
        run("ALTER TABLE `" + inSwe7 + "` ADD b INT");

        assertThat(columns(table)).isEqualTo("unknown");
        assertThat(columns("plain")).isEqualTo("a int");
        assertThat(columns("ärende")).isEqualTo("a int");
    }

    @Test
    void shouldForgetTablesWithLettersThatAnotherCharsetMayShow() {
        run("CREATE TABLE `täble` (a INT)", "CREATE TABLE plain (a INT)");
        dialect = new Dialect(0, GBK, LATIN1, 80031);
        run("ALTER TABLE `t鋌le` ADD b INT");

        assertThat(columns("täble")).isEqualTo("unknown");
        assertThat(columns("plain")).isEqualTo("a int");
    }

    @Test
    void shouldTellNamesByTheirLettersOnlyIfTheServerDoes() {
        run("CREATE TABLE T (a INT)");
        assertThat(columns("t")).isEqualTo("unknown");
        assertThat(columns("T")).isEqualTo("a int");

        lowerCase = true;
        run("CREATE TABLE DB.Tab (a INT)", "ALTER TABLE tAB ADD B INT, CHANGE A c INT");
        assertThat(columns("tab")).isEqualTo("c int, B int");
    }

    @Test
    void shouldTellLettersApartAsTheServerDoes() {
        run(
                "CREATE TABLE t (`s` INT, `ſ` INT, `ı` INT, `i` INT)",
                "ALTER TABLE t CHANGE `İ` a INT, MODIFY `ſ` BIGINT, DROP `s`");
        assertThat(columns("t")).isEqualTo("ſ bigint, ı int, a int");

        run("ALTER TABLE t ADD ındex INT, ADD k INT FIRST");
        assertThat(columns("t")).isEqualTo("k int, ſ bigint, ı int, a int, ındex int");

        lowerCase = true;
        run("CREATE TABLE i (a INT)", "ALTER TABLE `İ` RENAME COLUMN a TO b");
        assertThat(columns("i")).isEqualTo("b int");
    }

    /** It may have been there before the history began. */
    @Test
    void shouldNotTakeATableForMadeThatMayHaveBeenThere() {
        run("CREATE TABLE IF NOT EXISTS t (a INT)");
        assertThat(columns("t")).isEqualTo("unknown");

        Changes all = new Changes(catalog, filter);
        all.complete();
        catalog.apply(all.toJson());
        run("DROP TABLE t", "CREATE TABLE IF NOT EXISTS t (a INT)", "CREATE TABLE IF NOT EXISTS t (b INT)");
        assertThat(columns("t")).isEqualTo("a int");

        run("SOMETHING NEW", "CREATE TABLE IF NOT EXISTS u (a INT)");
        assertThat(columns("u")).isEqualTo("unknown");
    }

    @Test
    void shouldKeepOnlyTablesThatMayBecomeCaptured() {
        run("CREATE TABLE elsewhere.t (a INT)", "CREATE TABLE t (a INT)", "RENAME TABLE t TO elsewhere.u");

        assertThat(catalog.tables()).isEmpty();
    }

    /** What another filter leaves out is not followed. */
    @Test
    void shouldNotTakeATableForMadeThatAnotherFilterLeftOut() {
        Changes all = new Changes(
                catalog,
                TableFilter.builder().exclude("*", "*").include("db", "a").build());
        all.complete();
        catalog.apply(all.toJson());

        run("CREATE TABLE IF NOT EXISTS t (a INT)");

        assertThat(columns("t")).isEqualTo("unknown");
    }

    @Test
    void shouldForgetTheTablesOfADatabaseThatIsGone() {
        run("CREATE TABLE t (a INT)", "DROP DATABASE db", "CREATE TABLE db2.t (a INT)");

        assertThat(catalog.tables()).isEmpty();
    }
}
