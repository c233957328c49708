// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.PermanentException;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever an event holds, decoding ends in rows or in one of two failures, and never beside the event. */
@ExtendWith(MySqlExtension.class)
class DamagedEventsTest {

    private static Session session;
    private static BinlogFile.Event map;
    private static BinlogFile.Event rows;
    private static RowDecoder decoder;

    @BeforeAll
    static void logEvents(MySqlServer server) throws SQLException {
        session = new Session(server);
        session.run("DROP TABLE IF EXISTS t");
        session.run("CREATE TABLE t (id INT PRIMARY KEY, d DECIMAL(20,5), v VARCHAR(300), e ENUM('a','b'),"
                + " s SET('x','y'), j JSON, g POINT, ti TIME(6), tx TEXT CHARACTER SET gbk, b BINARY(9))");
        List<BinlogFile.Event> events = session.eventsOf("INSERT INTO t VALUES"
                + " (1, 1.5, 'abc', 'a', 'x,y', '{\"a\":[1,2,{\"b\":1.5}],\"c\":\"text\"}', POINT(1,2), '1:2:3', '中文', 'b'),"
                + " (2, -1.5, NULL, 'b', '', JSON_ARRAY(NOW(6), 1.25, x'00', 70000), NULL, NULL, 'abc', NULL)");
        map = events.stream().filter(e -> e.type() == 19).findFirst().orElseThrow();
        rows = events.stream().filter(e -> e.type() == 30).findFirst().orElseThrow();
        decoder = TableMap.parse(map.bytes(), map.offset(), map.end()).decoder();
    }

    @AfterAll
    static void disconnect() throws SQLException {
        session.close();
    }

    private static int read(RowDecoder from, byte[] event, int end) {
        int count = 0;
        RowCursor cursor = from.rows(RowsEventType.WRITE, event, rows.offset(), end);
        while (cursor.next()) {
            MySqlRow row = cursor.after();
            for (int i = 0; i < row.schema().size(); i++) {
                AsServerPrints.value(row, i);
            }
            count++;
        }
        return count;
    }

    @Test
    void shouldRefuseEventsCutAnywhereButBetweenRows() {
        int whole = 0;
        for (int end = rows.offset(); end <= rows.end(); end++) {
            try {
                whole += read(decoder, rows.bytes(), end) > 0 ? 1 : 0;
            } catch (MalformedRowException expected) {
                continue;
            }
        }

        assertThat(whole).isEqualTo(2);
    }

    @Test
    void shouldRefuseMapsCutAnywhere() {
        for (int end = map.offset(); end < map.end(); end++) {
            int cut = end;
            try {
                TableMap.parse(map.bytes(), map.offset(), cut);
            } catch (MalformedRowException | PermanentException expected) {
                continue;
            }
        }
    }

    @Test
    void shouldRefuseRowsAfterTheEnd() {
        byte[] longer = Arrays.copyOf(rows.bytes(), rows.bytes().length + 1);

        assertThatThrownBy(() -> read(decoder, longer, rows.end() + 1)).isInstanceOf(MalformedRowException.class);
    }

    @Test
    void shouldRefuseLengthsThatAreNegative(MySqlServer server) throws SQLException {
        try (Session own = new Session(server)) {
            own.run("CREATE TABLE l (a LONGTEXT)");
            LoggedRow row = own.rowsOf("INSERT INTO l VALUES ('text')").get(0);
            byte[] event = row.event().bytes();
            int length = row.event().end() - 8;
            assertThat(event[length]).isEqualTo((byte) 4);
            for (byte low = -1; low >= -8; low--) {
                Arrays.fill(event, length, length + 4, (byte) -1);
                event[length] = low;

                assertThatThrownBy(() -> BinlogFile.rows(List.of(row.map(), row.event())))
                        .isInstanceOf(MalformedRowException.class);
            }
        }
    }

    @Test
    void shouldFailInOneOfTwoWaysOnWhateverBytes() {
        Random random = new Random(3);
        for (int round = 0; round < 100_000; round++) {
            byte[] event = rows.bytes().clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                event[rows.offset() + random.nextInt(rows.end() - rows.offset())] = (byte) random.nextInt(256);
            }
            try {
                read(decoder, event, rows.end());
            } catch (MalformedRowException | UnreadableValueException expected) {
                continue;
            }
        }
    }

    @Test
    void shouldFailInOneOfTwoWaysOnWhateverMap() {
        Random random = new Random(4);
        for (int round = 0; round < 30_000; round++) {
            byte[] event = map.bytes().clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                event[map.offset() + random.nextInt(map.end() - map.offset())] = (byte) random.nextInt(256);
            }
            try {
                read(TableMap.parse(event, map.offset(), map.end()).decoder(), rows.bytes(), rows.end());
            } catch (MalformedRowException | PermanentException expected) {
                continue;
            }
        }
    }
}
