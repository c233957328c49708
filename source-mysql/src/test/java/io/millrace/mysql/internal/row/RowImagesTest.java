// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.AbsentValueException;
import io.millrace.core.Record;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(MySqlExtension.class)
class RowImagesTest {

    private static Session session;

    @BeforeAll
    static void connect(MySqlServer server) throws SQLException {
        session = new Session(server);
    }

    @AfterAll
    static void disconnect() throws SQLException {
        session.close();
    }

    @BeforeEach
    void createTable() throws SQLException {
        session.run("DROP TABLE IF EXISTS t");
        session.run("CREATE TABLE t (id INT PRIMARY KEY, a INT DEFAULT 5, b VARCHAR(20), c TEXT)");
    }

    @AfterEach
    void logWholeImagesAgain() throws SQLException {
        session.run("SET binlog_row_image = FULL");
    }

    @Test
    void shouldGiveBothImagesOfAnUpdate() throws SQLException {
        List<LoggedRow> rows = session.rowsOf(
                "INSERT INTO t VALUES (1, NULL, 'one', 'text'), (2, 2, NULL, NULL)",
                "UPDATE t SET a = 7, b = NULL WHERE id = 1",
                "DELETE FROM t");

        assertThat(rows.stream().map(row -> row.type().kind()))
                .containsExactly(
                        Record.Kind.INSERT,
                        Record.Kind.INSERT,
                        Record.Kind.UPDATE,
                        Record.Kind.DELETE,
                        Record.Kind.DELETE);
        assertThat(rows.get(0).before()).isNull();
        assertThat(rows.get(0).after()).hasToString("{id=1, a=null, b=one, c=text}");
        assertThat(rows.get(2).before()).hasToString("{id=1, a=null, b=one, c=text}");
        assertThat(rows.get(2).after()).hasToString("{id=1, a=7, b=null, c=text}");
        assertThat(rows.get(4).before()).hasToString("{id=2, a=2, b=null, c=null}");
        assertThat(rows.get(4).after()).isNull();
    }

    @Test
    void shouldTellAbsentFromNullInMinimalImages() throws SQLException {
        session.run("INSERT INTO t VALUES (1, 1, 'one', 'text')");
        session.run("SET binlog_row_image = MINIMAL");

        LoggedRow update =
                session.rowsOf("UPDATE t SET b = NULL, c = 'new' WHERE id = 1").get(0);
        LoggedRow delete = session.rowsOf("DELETE FROM t").get(0);

        MySqlRow before = Objects.requireNonNull(update.before());
        MySqlRow after = Objects.requireNonNull(update.after());
        assertThat(before).hasToString("{id=1}");
        assertThat(after).hasToString("{b=null, c=new}");
        assertThat(after.has("a")).isFalse();
        assertThat(after.has("b")).isTrue();
        assertThatThrownBy(() -> after.get("a")).isInstanceOf(AbsentValueException.class);
        assertThat(delete.before()).hasToString("{id=1}");
    }

    @Test
    void shouldLeaveOutUntouchedTextsInImagesWithoutBlobs() throws SQLException {
        session.run("INSERT INTO t VALUES (1, 1, 'one', 'text')");
        session.run("SET binlog_row_image = NOBLOB");

        LoggedRow update = session.rowsOf("UPDATE t SET a = 2").get(0);

        assertThat(update.after()).hasToString("{id=1, a=2, b=one}");
    }

    @Test
    void shouldReadRowsOfWhichNoColumnIsLogged() throws SQLException {
        session.run("DROP TABLE t");
        session.run("CREATE TABLE t (a INT DEFAULT 5, b INT)");
        session.run("SET binlog_row_image = MINIMAL");

        List<LoggedRow> rows = session.rowsOf("INSERT INTO t VALUES ()");

        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).after()).hasToString("{}");
        assertThat(rows.get(0).image().sizeBytes()).isZero();
    }

    @Test
    void shouldCountRowsWithoutDecodingThem() throws SQLException {
        session.run("INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)"
                + " SELECT i, i, REPEAT('b', i % 20), REPEAT('c', i) FROM n");

        List<BinlogFile.Event> events = session.eventsOf("UPDATE t SET a = a + 1");

        BinlogFile.Event map =
                events.stream().filter(e -> e.type() == 19).findFirst().orElseThrow();
        RowDecoder decoder =
                TableMap.parse(map.bytes(), map.offset(), map.end()).decoder();
        int count = 0;
        for (BinlogFile.Event event : events) {
            if (event.type() == RowsEventType.UPDATE.code()) {
                count += decoder.count(RowsEventType.UPDATE, event.bytes(), event.offset(), event.end());
            }
        }
        assertThat(count).isEqualTo(900);
        assertThat(BinlogFile.rows(events)).hasSize(900);
    }

    @Test
    void shouldKnowTheLastEventOfAStatement() throws SQLException {
        List<BinlogFile.Event> rows = session
                .eventsOf("INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)"
                        + " SELECT i, i, 'b', REPEAT('c', 1000) FROM n")
                .stream()
                .filter(event -> event.type() == RowsEventType.WRITE.code())
                .toList();

        assertThat(rows).hasSizeGreaterThan(2);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(RowsEventType.endsStatement(
                            rows.get(i).bytes(), rows.get(i).offset()))
                    .isEqualTo(i == rows.size() - 1);
        }
    }

    @Test
    void shouldMeasureAnImageByItsBytes() throws SQLException {
        MySqlRow row = session.rowsOf("INSERT INTO t VALUES (1, NULL, 'one', 'text')")
                .get(0)
                .image();

        assertThat(row.sizeBytes()).isEqualTo(1 + 4 + (1 + 3) + (2 + 4));
    }
}
