// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.statement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.millrace.core.Statement.Kind;
import io.millrace.core.TableId;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class StatementParserTest {

    /** Kind, tables (the default database is d), statement. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            CREATE_TABLE    | d.t        | CREATE TABLE t (id INT)
            CREATE_TABLE    | d.t        | create table t(id int)
            CREATE_TABLE    | d.t        | CREATE TABLE IF NOT EXISTS t (id INT)
            CREATE_TABLE    | a.t        | CREATE TABLE a.t (id INT)
            CREATE_TABLE    | a b.c.d    | CREATE TABLE `a b`.`c.d` (id INT)
            CREATE_TABLE    | d.x`y      | CREATE TABLE `x``y` (id INT)
            CREATE_TABLE    | d.t d.u    | CREATE TABLE t LIKE u
            CREATE_TABLE    | d.t a.u    | CREATE TABLE t (LIKE a.u)
            CREATE_TABLE    | d.t        | CREATE TABLE t (a INT COMMENT 'DROP TABLE `x`') COMMENT='ALTER TABLE y'
            CREATE_TABLE    | d.t        | CREATE TABLE t (id INT) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10))
            CREATE_TABLE    | d.t        | CREATE TABLE t (a INT, b INT GENERATED ALWAYS AS (a + 1) STORED) START TRANSACTION
            CREATE_TABLE    | d.t        | CREATE TABLE t SELECT * FROM u
            CREATE_TABLE    | d.t        | CREATE OR REPLACE TABLE t (id INT)
            CREATE_TABLE    | d.t        | CREATE TABLE t (a INT, `like` INT, `b,c)` INT COMMENT 'it''s \\' ( `x`')
            CREATE_TABLE    | d.t        | /* ApplicationName=DBeaver 24.3.0 - Main */ CREATE TABLE t (id INT)
            CREATE_TABLE    | d.t        | -- a comment
            CREATE_TABLE    | d.t        | /*!50001 CREATE TABLE t (id INT) */
            CREATE_TABLE    | d.t        | CREATE /*!50500 TABLE */ t (id INT)
            CREATE_TABLE    | d._t_gho d.t | create /* gh-ost */ table `d`.`_t_gho` like `d`.`t`
            CREATE_TABLE    | d.täble    | CREATE TABLE täble (id INT)
            OTHER           | d.t        | CREATE TEMPORARY TABLE t (id INT)
            CREATE_DATABASE |            | CREATE DATABASE a
            CREATE_DATABASE |            | CREATE SCHEMA IF NOT EXISTS a
            CREATE_INDEX    | d.t        | CREATE INDEX i ON t (a)
            CREATE_INDEX    | a.t        | CREATE UNIQUE INDEX i USING BTREE ON a.t (a)
            CREATE_INDEX    | d.t        | CREATE FULLTEXT INDEX i ON t (a)
            CREATE_VIEW     | d.v        | CREATE VIEW v AS SELECT 1
            CREATE_VIEW     | d.v        | CREATE OR REPLACE ALGORITHM=UNDEFINED DEFINER=`root`@`localhost` SQL SECURITY DEFINER VIEW `v` AS SELECT 1
            OTHER           |            | CREATE USER u IDENTIFIED BY 'x'
            OTHER           |            | CREATE DEFINER=`root`@`%` TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1
            OTHER           |            | CREATE DEFINER=`root`@`%` PROCEDURE p() BEGIN DROP TABLE t; END
            ALTER_TABLE     | d.t        | ALTER TABLE t ADD COLUMN b INT
            ALTER_TABLE     | a.t        | ALTER TABLE `a`.`t` DROP COLUMN b
            ALTER_TABLE     | d.t        | ALTER IGNORE TABLE t ADD UNIQUE (a)
            ALTER_TABLE     | d.t d.u    | ALTER TABLE t RENAME TO u
            ALTER_TABLE     | d.t a.u    | ALTER TABLE t ADD COLUMN x INT, RENAME a.u
            ALTER_TABLE     | d.t        | ALTER TABLE t RENAME COLUMN a TO b
            ALTER_TABLE     | d.t        | ALTER TABLE t RENAME INDEX a TO b
            ALTER_TABLE     | d.t d.u    | ALTER TABLE t RENAME COLUMN a TO b, RENAME AS u
            ALTER_TABLE     | d.t d.u    | ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u WITHOUT VALIDATION
            ALTER_TABLE     | d.t        | ALTER TABLE t ADD FULLTEXT INDEX i (a) WITH PARSER ngram
            ALTER_TABLE     | d.t        | ALTER TABLE t COMMENT = 'RENAME TO u', ALGORITHM=INPLACE, LOCK=NONE
            ALTER_TABLE     | d.t        | ALTER TABLE t ADD CHECK (a > 1) /* RENAME TO u */
            ALTER_TABLE     | d.t        | ALTER TABLE IF EXISTS t WAIT 5 ADD COLUMN IF NOT EXISTS b INT
            ALTER_TABLE     | d.t        | SET STATEMENT max_statement_time=10 FOR ALTER TABLE t ADD x INT
            ALTER_DATABASE  |            | ALTER DATABASE a CHARACTER SET utf8mb4
            OTHER           |            | ALTER USER u ACCOUNT LOCK
            DROP_TABLE      | d.t        | DROP TABLE t
            DROP_TABLE      | d.a b.c    | DROP TABLE IF EXISTS a, b.c
            DROP_TABLE      | a.b        | DROP TABLE IF EXISTS `a`.`b` /* generated by server */
            DROP_TABLE      | d.t        | DROP TABLE t CASCADE
            DROP_TABLE      | d.t        | DROP TABLE .t
            DROP_TABLE      | a.t        | DROP TABLE `a` . `t`
            DROP_TABLE      | d.if       | DROP TABLE IF EXISTS `if`
            DROP_TABLE      | d.1a       | DROP TABLES 1a
            OTHER           | d.t        | DROP TEMPORARY TABLE IF EXISTS t
            DROP_DATABASE   |            | DROP DATABASE a
            DROP_DATABASE   |            | DROP SCHEMA IF EXISTS a
            DROP_INDEX      | d.t        | DROP INDEX i ON t
            DROP_VIEW       | d.a d.b    | DROP VIEW a, b
            OTHER           |            | DROP USER u
            OTHER           |            | DROP PROCEDURE p
            RENAME_TABLE    | d.a d.b    | RENAME TABLE a TO b
            RENAME_TABLE    | d.t d._t_del d._t_gho | rename /* gh-ost */ table `d`.`t` to `d`.`_t_del`, `d`.`_t_gho` to `d`.`t`
            RENAME_TABLE    | d.a d.b d.c d.e | RENAME TABLE IF EXISTS a WAIT 5 TO b, c NOWAIT TO e
            OTHER           |            | RENAME USER a TO b
            TRUNCATE_TABLE  | d.t        | TRUNCATE t
            TRUNCATE_TABLE  | a.t        | TRUNCATE TABLE a.t
            INSERT          | d.t        | INSERT INTO t VALUES (1)
            INSERT          | d.t        | INSERT t VALUES (1)
            INSERT          | a.t        | INSERT IGNORE INTO a.t (x) VALUES ('DELETE FROM u')
            INSERT          | d.t d.u d.v | INSERT INTO t SELECT * FROM u JOIN v ON u.id = v.id
            INSERT          | d.t        | INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 2
            INSERT          | d.t        | LOAD DATA LOCAL INFILE 'x' INTO TABLE t
            INSERT          | d.t d.u d.v | INSERT INTO t SELECT * FROM u WHERE n = 'it\\'s' AND k IN (SELECT k FROM v)
            INSERT          | d.t d.u a.v | INSERT INTO t (a) SELECT a FROM u WHERE x IN (SELECT y FROM a.v) ON DUPLICATE KEY UPDATE a=VALUES(a)
            INSERT          | d.z d.y d.x d.w d.v d.q | INSERT INTO z SELECT * FROM y, x, w JOIN v USING (i) WHERE EXISTS (SELECT 1 FROM q)
            INSERT          | d.t d.u    | INSERT INTO t SET a = 'x', b = (SELECT MAX(id) FROM u)
            INSERT          | d.t d.u    | INSERT INTO t TABLE u
            INSERT          | d.t d.u    | INSERT INTO t WITH c AS (SELECT id FROM u) SELECT * FROM c
            INSERT          | d.t d.u    | INSERT INTO t SELECT STRAIGHT_JOIN * FROM u FORCE INDEX (i) FOR UPDATE
            INSERT          | d.t        | INSERT INTO t (`order`) VALUES (_utf8mb4'a' 'b' COLLATE utf8mb4_bin), (x'00'), (0xAF), (N'c')
            INSERT          | d.t d.u    | INSERT INTO t SELECT _latin1'a' 'b', x'00', "it\\"s", @a := 1 FROM u
            INSERT          | d.t d.u    | INSERT INTO t SELECT * FROM "u"
            INSERT          | d.t        | INSERT INTO t VALUES ROW(1,2), ROW(3,4) AS new ON DUPLICATE KEY UPDATE a = new.a
            INSERT          | d.t        | INSERT DELAYED INTO t VALUES (1) RETURNING id
            INSERT          | d.t a.v w  | INSERT INTO t /* why */ SELECT 1 FROM `a`.`v w` -- FROM x
            REPLACE         | d.t        | LOAD DATA INFILE 'x' REPLACE INTO TABLE t
            REPLACE         | d.t        | REPLACE INTO t VALUES (1)
            REPLACE         | d.t d.u    | REPLACE t SELECT * FROM u
            UPDATE          | d.t        | UPDATE t SET a = 1
            UPDATE          | d.t        | UPDATE LOW_PRIORITY IGNORE t SET a = 1
            UPDATE          | d.t d.u    | UPDATE t JOIN u ON t.id = u.id SET t.a = u.a
            UPDATE          | d.t d.u    | UPDATE t SET a = (SELECT MAX(b) FROM u)
            UPDATE          | d.t d.u    | UPDATE t x, u y SET x.a = y.a WHERE x.id = y.id
            UPDATE          | d.t        | UPDATE (t JOIN u USING (id)) SET t.a = 1
            UPDATE          |            | UPDATE (SELECT 1) x SET
            UPDATE          | d.t d.v    | UPDATE t LEFT JOIN (SELECT id FROM v) x ON t.id = x.id SET t.a = 1
            UPDATE          | d.t d.u    | WITH c AS (SELECT id FROM u) UPDATE t JOIN c ON t.id = c.id SET t.a = 1
            UPDATE          | d.t        | UPDATE t SET j = j->'$.a', k = j->>'$.b', n = NAME_CONST('v', _latin1'x') WHERE b <=> NULL
            UPDATE          | d.t        | UPDATE t FOR PORTION OF p FROM '2000-01-01' TO '2001-01-01' SET a = 1
            DELETE          | d.t d.u    | DELETE x FROM t AS x JOIN u y ON x.id = y.id WHERE y.a = 1
            DELETE          | d.t d.u d.v | DELETE t, u FROM t INNER JOIN u INNER JOIN v WHERE t.id = u.id AND u.id = v.id
            DELETE          | d.t d.u d.v | DELETE FROM t, u USING t INNER JOIN u INNER JOIN v WHERE t.id = u.id
            DELETE          | d.t d.u    | DELETE FROM x USING t AS x JOIN u ON x.id = u.id
            DELETE          | d.t d.u    | DELETE t.* FROM t JOIN u USING (id)
            DELETE          | a.t d.u    | DELETE a.t FROM a.t JOIN u ON t.id = u.id
            DELETE          | d.t d.u    | WITH c AS (SELECT id FROM u) DELETE FROM t WHERE id IN (SELECT id FROM c)
            DELETE          | d.t        | DELETE FROM t PARTITION (p0) WHERE a = 1 ORDER BY b LIMIT 1
            DELETE          | d.t        | SET STATEMENT max_statement_time=10 FOR DELETE FROM t WHERE id = 1
            DELETE          | d.t        | DELETE FROM t WHERE id = 1
            DELETE          | a.t        | DELETE QUICK FROM `a`.`t`
            DELETE          | d.t d.u    | DELETE FROM t WHERE id IN (SELECT id FROM u)
            OTHER           |            | GRANT ALL ON *.* TO u
            OTHER           |            | FLUSH TABLES
            OTHER           |            | SELECT `d`.`f`(1)
            OTHER           | d.t a.u d.v | SELECT f(t.id) FROM t JOIN a.u USING (id) WHERE EXISTS (SELECT 1 FROM v)
            OTHER           | d.t        | WITH c AS (SELECT id FROM t) SELECT f(id) FROM c
            OTHER           |            | ANALYZE TABLE t
            OTHER           |            | SET PASSWORD = 'x'
            OTHER           |            | это не SQL
            OTHER           |            | ;
            OTHER           |            | (
            """)
    void shouldTellWhatAStatementDoes(Kind kind, String tables, String sql) {
        if (sql.equals("-- a comment")) {
            sql = "-- a comment\n# another\nCREATE TABLE t (id INT)";
        }

        StatementParser.Parsed parsed = StatementParser.parse(sql, "d");

        assertThat(parsed.kind()).isEqualTo(kind);
        assertThat(parsed.tables().stream().map(TableId::toString).collect(Collectors.joining(" ")))
                .isEqualTo(tables == null ? "" : tables);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            true  | TRUNCATE t
            true  | UPDATE t SET a = 1
            true  | CALL p()
            true  | CREATE TABLE t SELECT * FROM u
            false | CREATE TABLE t (id INT) START TRANSACTION
            true  | ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u
            true  | ALTER TABLE t TRUNCATE PARTITION p0, p1
            true  | ALTER TABLE t DROP PARTITION p0
            false | ALTER TABLE t DROP COLUMN a, DROP INDEX b
            false | ALTER TABLE t REORGANIZE PARTITION p0 INTO (PARTITION p1 VALUES LESS THAN (5))
            false | DROP TABLE t
            """)
    void shouldTellWhetherRowsChangeUnseen(boolean changesData, String sql) {
        assertThat(StatementParser.parse(sql, "d").changesData()).isEqualTo(changesData);
    }

    @Test
    void shouldNotParseAVeryLongStatementWhole() {
        String sql = "INSERT INTO t VALUES " + "(1),".repeat(2_000_000) + "(1)";

        assertThat(StatementParser.parse(sql, "d").tables()).containsExactly(new TableId("d", "t"));
    }

    /** Each of these has kept a parser busy for seconds. */
    @ParameterizedTest
    @MethodSource
    @Timeout(5)
    void shouldNotTakeLongOver(String sql) {
        assertThat(StatementParser.parse(sql, "d").tables()).contains(new TableId("d", "t"));
    }

    static Stream<String> shouldNotTakeLongOver() {
        return Stream.of(
                "INSERT INTO t VALUES " + "(1,'abc',2.5),".repeat(6_800) + "(1,'a',1)",
                "INSERT INTO t SELECT 1, '" + "x\\'".repeat(2_000_000) + "' FROM u",
                "UPDATE t SET a = " + "(".repeat(2_000) + "1" + ")".repeat(2_000),
                "UPDATE t SET a = " + "(".repeat(1_000_000),
                "UPDATE t SET a = " + "CASE WHEN (a = 1) THEN ".repeat(500) + "1" + " END".repeat(500),
                "DELETE FROM t WHERE " + "(a = 1 AND b = 2) OR ".repeat(1_400) + " c = 3",
                "DELETE FROM t WHERE NOT " + "NOT ".repeat(7_000) + " c = 3",
                "INSERT INTO t SELECT * FROM u WHERE a IN " + "(SELECT a FROM u WHERE b IN ".repeat(19) + "(1)"
                        + ")".repeat(19),
                "SET STATEMENT a FOR ".repeat(100_000) + "DELETE FROM t");
    }

    @Test
    void shouldNeverThrow() {
        Random random = new Random(1);
        String[] parts = {
            "CREATE",
            "TABLE",
            "ALTER",
            "DROP",
            "RENAME",
            "`",
            "'",
            "\"",
            "(",
            ")",
            ",",
            ".",
            "/*",
            "*/",
            "/*!",
            "--",
            "#",
            "\n",
            " ",
            "IF",
            "NOT",
            "EXISTS",
            "t",
            "TO",
            "INSERT",
            "INTO",
            "UPDATE",
            "DELETE",
            "FROM",
            "WITH",
            "\\",
            "\0",
            "é",
            "SELECT",
            "*",
            "USING",
            "SET",
            "STATEMENT",
            "FOR",
            "PARTITION",
            "=",
            "x"
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder sql = new StringBuilder();
            for (int j = random.nextInt(12); j > 0; j--) {
                sql.append(parts[random.nextInt(parts.length)]).append(random.nextBoolean() ? " " : "");
            }
            String text = sql.toString();
            assertThatCode(() -> StatementParser.parse(text, "d")).as(text).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CREATE TABLE a (b INT) SELECT 1                      | true  | false",
                "CREATE TABLE a AS (SELECT * FROM c)                  | true  | false",
                "CREATE TABLE a TABLE c                               | true  | false",
                "CREATE TABLE a VALUES ROW(1)                         | true  | false",
                "CREATE TABLE a (b INT) START TRANSACTION             | false | true",
                "CREATE TABLE a (b INT) -- START TRANSACTION          | false | false",
                "CREATE TABLE a (`select` INT COMMENT 'TABLE SELECT') | false | false",
                "CREATE TABLE a (b INT) PARTITION BY RANGE (b) (PARTITION p VALUES LESS THAN (1)) | false | false",
                "CREATE PROCEDURE p() START TRANSACTION               | false | false",
                "SELECT f(1)                                          | true  | false",
                "(SELECT f(1))                                        | true  | false",
                "DO f(1)                                              | true  | false",
                "CALL p()                                             | true  | false",
                "WITH a AS (SELECT 1) SELECT f(1)                     | true  | false",
                "LOAD DATA INFILE 'x' INTO TABLE a                    | true  | false",
                "GRANT SELECT ON a.* TO b                             | false | false",
                "ALTER TABLE a ADD b INT                              | false | false"
            })
    void shouldTellWhereRowsMayBeHidden(String sql, boolean rowsAsText, boolean rowsFollow) {
        StatementParser.Parsed parsed = StatementParser.parse(sql, "d");

        assertThat(parsed.rowsAsText()).isEqualTo(rowsAsText);
        assertThat(parsed.rowsFollow()).isEqualTo(rowsFollow);
    }
}
