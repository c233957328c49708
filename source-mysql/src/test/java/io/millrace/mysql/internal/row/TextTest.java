// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(MySqlExtension.class)
class TextTest {

    private static Session session;

    @BeforeAll
    static void connect(MySqlServer server) throws SQLException {
        session = new Session(server);
    }

    @AfterAll
    static void disconnect() throws SQLException {
        session.close();
    }

    private static ColumnCase column(String type) {
        return new ColumnCase(session, type);
    }

    @Test
    void shouldReadTextOfEveryLength() throws SQLException {
        column("varchar(50)").holds("''", "'a'", "'trailing  '", "'emoji 🦆 and ß'", "REPEAT('x', 50)");
        column("varchar(300)").holds("''", "REPEAT('🦆', 300)");
        column("char(10)").holds("''", "'a'", "' b '", "'🦆🦆'");
        column("char(255)").holds("''", "REPEAT('🦆', 255)", "'short'");
        column("tinytext").holds("''", "REPEAT('x', 255)");
        column("text").holds("''", "REPEAT('ä', 20000)");
        column("mediumtext").holds("''", "REPEAT('x', 70000)");
        column("longtext").holds("''", "REPEAT('🦆', 200000)");
    }

    @Test
    void shouldReadBytesAndPadThem() throws SQLException {
        column("binary(4)").askedBy("HEX(c)").holds("''", "x'01'", "x'00'", "x'01020000'", "x'ffffffff'");
        column("binary(16)").askedBy("HEX(c)").holds("x'00112233445566778899aabbccddee00'", "x'ff'");
        column("binary(255)").askedBy("HEX(c)").holds("x'01'");
        column("varbinary(300)").askedBy("HEX(c)").holds("''", "x'00'", "x'0100'", "REPEAT(x'80', 300)");
        column("tinyblob").askedBy("HEX(c)").holds("''", "x'00ff'");
        column("blob").askedBy("HEX(c)").holds("''", "REPEAT(x'c3', 3000)");
        column("mediumblob").askedBy("HEX(c)").holds("REPEAT(x'c3', 70000)");
        column("longblob").askedBy("HEX(c)").holds("''", "REPEAT(x'00', 70000)");
        column("varchar(10) character set binary").askedBy("HEX(c)").holds("x'fe'");
    }

    @ParameterizedTest
    @CsvSource({
        "armscii8, 'Հայերեն'",
        "ascii, 'plain'",
        "big5, '繁體中文許功蓋'",
        "cp1250, 'žluťoučký kůň €'",
        "cp1251, 'Привет € Ђ'",
        "cp1256, 'مرحبا پچ €'",
        "cp1257, 'Ąžuolas ķēde'",
        "cp850, 'Çüéâ ░▒▓'",
        "cp852, 'žluťoučký'",
        "cp866, 'Привет №√'",
        "cp932, '日本語ｶﾅ①髙～'",
        "dec8, 'Œuvre ÿ'",
        "eucjpms, '日本語ｶﾅ①～'",
        "euckr, '한국어 똠방각하'",
        "gb18030, '简体繁體🦆ß'",
        "gb2312, '简体中文'",
        "gbk, '简体繁體中文'",
        "geostd8, 'ქართული'",
        "greek, 'Ελληνικά'",
        "hebrew, 'שלום'",
        "hp8, 'Àéîõü'",
        "keybcs2, 'žluťoučký'",
        "koi8r, 'Привет ═╬'",
        "koi8u, 'Привіт ґ'",
        "latin1, 'Grüße für 10 €, „so“ Žluť'",
        "latin2, 'žluťoučký'",
        "latin5, 'İstanbul ğş'",
        "latin7, 'Ąžuolas'",
        "macce, 'žluťoučký'",
        "macroman, 'Œuvre ∑∂ﬁ'",
        "sjis, '日本語ｶﾅ表ソ能'",
        "swe7, 'Åäö'",
        "tis620, 'ภาษาไทย'",
        "ucs2, 'ß日本語'",
        "ujis, '日本語ｶﾅ丂'",
        "utf16, 'ß日本語🦆'",
        "utf16le, 'ß日本語🦆'",
        "utf32, 'ß日本語🦆'",
        "utf8mb3, 'ß日本語'",
        "utf8mb4, 'ß日本語🦆'"
    })
    void shouldReadEveryCharset(String charset, String text) throws SQLException {
        for (String type : List.of("char(30)", "varchar(30)", "text")) {
            column(type + " character set " + charset)
                    .askedBy("CONVERT(c USING utf8mb4)")
                    .holds("'" + text + "'", "''", "'a'", "'ab '", "'" + text + " '");
        }
        column("enum('x','" + text + "') character set " + charset)
                .askedBy("CONVERT(c USING utf8mb4)")
                .holds("'x'", "'" + text + "'");
    }

    /** Every byte from 0x20 on that the server takes for a character of its own. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "armscii8", "cp1250", "cp1251", "cp1256", "cp1257", "cp850", "cp852", "cp866", "dec8", "geostd8",
                "greek", "hebrew", "hp8", "keybcs2", "koi8r", "koi8u", "latin1", "latin2", "latin5", "latin7",
                "macce", "macroman", "swe7", "tis620"
            })
    void shouldReadEveryByteOfSmallCharsetsAsTheServerDoes(String charset) throws SQLException {
        compareAll(charset, "1", 32, 255);
    }

    /** Every pair of bytes, and of the Japanese EUC every triple, that is well-formed to the server. */
    @ParameterizedTest
    @CsvSource({
        "big5, 2",
        "cp932, 2",
        "eucjpms, 2",
        "eucjpms, 3",
        "euckr, 2",
        "gb18030, 2",
        "gb2312, 2",
        "gbk, 2",
        "sjis, 2",
        "ujis, 2",
        "ujis, 3"
    })
    void shouldReadEveryCharacterOfLargeCharsetsAsTheServerDoes(String charset, String bytes) throws SQLException {
        compareAll(charset, bytes, 0x8000, 0xffff);
    }

    private static void compareAll(String charset, String bytes, int from, int to) throws SQLException {
        String hex = switch (bytes) {
            case "1" -> "LPAD(HEX(n), 2, '0')";
            case "2" -> "HEX(n)";
            default -> "CONCAT('8F', HEX(n))";
        };
        session.run("SET SESSION cte_max_recursion_depth = 100000");
        session.run("DROP TABLE IF EXISTS t");
        session.run("CREATE TABLE t (n INT PRIMARY KEY, c VARCHAR(3) CHARACTER SET " + charset + ")");
        // Only what fits one character and is not what the server shows for what it cannot convert.
        List<LoggedRow> rows = session.rowsOf("""
                INSERT IGNORE INTO t
                WITH RECURSIVE numbers(n) AS (SELECT %d UNION ALL SELECT n + 1 FROM numbers WHERE n < %d),
                characters(n, c) AS (SELECT n, CONVERT(UNHEX(%s) USING %s) FROM numbers)
                SELECT n, c FROM characters
                WHERE CHAR_LENGTH(c) = 1 AND LENGTH(c) = %s
                AND (HEX(c) = '3F' OR HEX(CONVERT(c USING utf32)) <> '0000003F')
                """.formatted(from, to, hex, charset, bytes));
        List<String> expected = new ArrayList<>();
        for (String value : session.query("SELECT CONCAT(HEX(c), ' ', CONVERT(c USING utf8mb4)) FROM t ORDER BY n")) {
            expected.add(String.valueOf(value));
        }
        List<String> actual = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            String hexOfBytes = expected.get(i).substring(0, expected.get(i).indexOf(' '));
            actual.add(hexOfBytes + " " + rows.get(i).image().getString("c"));
        }
        assertThat(actual).hasSizeGreaterThan(80);
        List<String> different = new ArrayList<>();
        for (int i = 0; i < actual.size(); i++) {
            if (!actual.get(i).equals(expected.get(i)) && !expected.get(i).endsWith("\ufffd")) {
                different.add("server " + expected.get(i) + " here " + actual.get(i));
            }
        }
        assertThat(different).isEmpty();
    }

    /** All of GB18030's four bytes within the basic plane, and the first of each thousand beyond. */
    @Test
    void shouldReadEveryCharacterOfFourBytesAsTheServerDoes() throws SQLException {
        List<String> hex = new ArrayList<>();
        for (int i = 0; i < 1_237_576; i += i < 39_420 ? 1 : 1000) {
            int code = i < 39_420 ? i : i - 39_420 + 189_000;
            hex.add("%02X%02X%02X%02X"
                    .formatted(
                            0x81 + code / 12_600, 0x30 + code / 1_260 % 10, 0x81 + code / 10 % 126, 0x30 + code % 10));
        }
        session.run("DROP TABLE IF EXISTS t");
        session.run("CREATE TABLE t (n INT AUTO_INCREMENT PRIMARY KEY, c VARCHAR(3) CHARACTER SET gb18030)");
        List<LoggedRow> rows =
                session.rowsOf("INSERT IGNORE INTO t (c) SELECT c FROM (SELECT CONVERT(UNHEX(h) USING gb18030) c"
                        + " FROM (VALUES ROW('" + String.join("'),ROW('", hex) + "')) codes(h)) characters"
                        + " WHERE CHAR_LENGTH(c) = 1 AND HEX(CONVERT(c USING utf32)) <> '0000003F'");

        List<String> actual = new ArrayList<>();
        for (LoggedRow row : rows) {
            actual.add(row.image().getString("c"));
        }

        assertThat(actual).hasSizeGreaterThan(39_000);
        assertThat(actual).isEqualTo(session.query("SELECT CONVERT(c USING utf8mb4) FROM t ORDER BY n"));
    }

    @Test
    void shouldReadEnumsWithManyMembersAndTheErrorValue() throws SQLException {
        StringBuilder members = new StringBuilder("'m1'");
        for (int i = 2; i <= 300; i++) {
            members.append(",'m").append(i).append('\'');
        }
        column("enum('a','it''s','','ü🦆')").holds("'a'", "'it''s'", "''", "'ü🦆'", "0", "'unknown'");
        column("enum(" + members + ")").holds("'m1'", "'m255'", "'m256'", "'m300'", "0");
    }

    @Test
    void shouldReadSetsOfEverySize() throws SQLException {
        StringBuilder members = new StringBuilder("'s1'");
        for (int i = 2; i <= 64; i++) {
            members.append(",'s").append(i).append('\'');
        }
        column("set('a','b','ü')").holds("''", "'a'", "'a,ü'", "7", "'unknown'");
        column("set('a','b','c','d','e','f','g','h','i')").holds("'i'", "511", "256");
        column("set(" + members.substring(0, members.indexOf(",'s18'")) + ")").holds("131071", "65536");
        column("set(" + members + ")").holds("0", "1", "~0", "1<<63", "(1<<63)|1");
    }

    @Test
    void shouldKeepCharsetsOfColumnsApart() throws SQLException {
        session.run("DROP TABLE IF EXISTS t");
        session.run("CREATE TABLE t (g POINT, y YEAR, a VARCHAR(9) CHARACTER SET latin1, j JSON,"
                + " e ENUM('é') CHARACTER SET latin1, b BLOB, c TEXT CHARACTER SET gbk, u INT UNSIGNED,"
                + " s SET('日') CHARACTER SET sjis, d CHAR(9), i INT, v VARBINARY(9),"
                + " h MULTIPOINT, w VARCHAR(9) CHARACTER SET utf16)");

        MySqlRow row = session.rowsOf("INSERT INTO t VALUES (POINT(1,2), 2024, '€', '1', 'é', x'ff', '中',"
                        + " 4294967295, '日', '🦆', -1, x'00', NULL, '🦆')")
                .get(0)
                .image();

        assertThat(row.getString("a")).isEqualTo("€");
        assertThat(row.getString("e")).isEqualTo("é");
        assertThat(row.getBytes("b")).containsExactly(0xff);
        assertThat(row.getString("c")).isEqualTo("中");
        assertThat(row.get("u")).isEqualTo(4294967295L);
        assertThat(row.getString("s")).isEqualTo("日");
        assertThat(row.getString("d")).isEqualTo("🦆");
        assertThat(row.get("i")).isEqualTo(-1);
        assertThat(row.getBytes("v")).containsExactly(0);
        assertThat(row.getString("w")).isEqualTo("🦆");
    }

    @Test
    void shouldNameColumnAndCharsetOfBytesThatAreNoText() throws SQLException {
        session.run("DROP TABLE IF EXISTS t");
        session.run("CREATE TABLE t (id INT, c VARCHAR(9) CHARACTER SET utf8mb4)");
        List<LoggedRow> rows = session.rowsOf("INSERT INTO t VALUES (1, 'abcdefg')");
        byte[] event = rows.get(0).event().bytes();
        event[event.length - 6] = (byte) 0xed;

        MySqlRow row = rows.get(0).image();

        assertThat(row.getLong("id")).isEqualTo(1);
        assertThatThrownBy(() -> row.getString("c"))
                .isInstanceOf(UnreadableValueException.class)
                .hasMessageContainingAll("column c of " + session.database() + ".t", "0xed at 5", "utf8mb4");
    }

    @Test
    void shouldShowBytesThatAreNoTextAsBytesIfWanted() throws SQLException {
        for (String charset : List.of("utf8mb4", "gbk")) {
            session.run("DROP TABLE IF EXISTS t");
            session.run("CREATE TABLE t (id INT, c VARCHAR(9) CHARACTER SET " + charset + ")");
            LoggedRow logged =
                    session.rowsOf("INSERT INTO t VALUES (1, 'abcdefg')").get(0);
            byte[] event = logged.event().bytes();
            event[event.length - 5] = (byte) 0xff;
            BinlogFile.Event map = logged.map();
            RowCursor cursor = TableMap.parse(map.bytes(), map.offset(), map.end(), ServerFamily.MYSQL, true)
                    .decoder()
                    .rows(
                            logged.type(),
                            event,
                            logged.event().offset(),
                            logged.event().end());
            cursor.next();

            MySqlRow row = Objects.requireNonNull(cursor.after());

            assertThat(row.getLong("id")).isEqualTo(1);
            assertThat((byte[]) row.get("c")).as(charset).containsExactly('a', 'b', 'c', 'd', 'e', 'f', 0xff);
        }
    }
}
