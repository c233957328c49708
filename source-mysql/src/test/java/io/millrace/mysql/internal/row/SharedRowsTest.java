// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.ColumnVisitor;
import io.millrace.core.RowImage;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.JsonRow;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One decoder serves all rows of a table, on every lane at once. */
@ExtendWith(MySqlExtension.class)
class SharedRowsTest {

    private static Session session;
    private static List<LoggedRow> rows;

    @BeforeAll
    static void logRows(MySqlServer server) throws SQLException {
        session = new Session(server);
        session.run("CREATE TABLE t (id INT PRIMARY KEY, d DECIMAL(30,9), l VARCHAR(50) CHARACTER SET latin1,"
                + " j JSON, b BINARY(9), s SET('x','y','z'))");
        rows = session.rowsOf("INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                + " WHERE i < 500) SELECT i, i / 7, REPEAT('ü', i % 50), JSON_OBJECT('i', i, 'd', i / 3),"
                + " LPAD(HEX(i), 3, '0'), i % 8 FROM n");
    }

    @AfterAll
    static void disconnect() throws SQLException {
        session.close();
    }

    private static List<String> asJson() {
        JsonRow json = new JsonRow(rows.get(0).image().schema());
        List<String> texts = new ArrayList<>();
        for (LoggedRow row : rows) {
            JsonBuffer out = new JsonBuffer();
            json.write(row.image(), out);
            texts.add(out.toString());
        }
        return texts;
    }

    @Test
    void shouldGiveEveryThreadTheSameValues() throws Exception {
        List<String> expected = asJson();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Boolean>> readers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                readers.add(() -> {
                    for (int round = 0; round < 50; round++) {
                        if (!asJson().equals(expected)) {
                            return false;
                        }
                    }
                    return true;
                });
            }
            for (Future<Boolean> same : threads.invokeAll(readers)) {
                assertThat(same.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void shouldLetVisitorsReadOtherRowsMeanwhile() {
        RowImage first = rows.get(0).image();
        RowImage second = rows.get(7).image();
        String alone = AsServerPrints.value(first, 1);
        List<String> seen = new ArrayList<>();
        ColumnVisitor curious = (ColumnVisitor) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ColumnVisitor.class}, (proxy, method, arguments) -> {
                    second.getDecimal("d");
                    seen.add(new String((byte[]) arguments[1], (int) arguments[2], (int) arguments[3], "UTF-8"));
                    return null;
                });

        first.accept(1, curious);

        assertThat(seen).containsExactly(alone);
    }
}
