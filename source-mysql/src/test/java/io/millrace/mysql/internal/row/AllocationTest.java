// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.ThreadMXBean;
import io.millrace.core.Record;
import io.millrace.core.SourceInfo;
import io.millrace.core.format.CanalJson;
import io.millrace.core.format.DebeziumJson;
import io.millrace.core.format.Format;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.MaxwellJson;
import io.millrace.core.format.NativeJson;
import io.millrace.core.format.PlainRow;
import io.millrace.core.format.TableFormat;
import io.millrace.core.source.Transaction;
import io.millrace.testkit.MySqlExtension;
import io.millrace.testkit.MySqlServer;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a row costs in garbage. The JVM counts exactly what a thread allocates, so this finds what no figure of a
 * benchmark on a busy machine shows: one object too many for each row or value.
 */
@ExtendWith(MySqlExtension.class)
class AllocationTest {

    private static final int ROWS = 10_000;

    /** Enough to load what is loaded once, too few for the compiler to remove what the code makes. */
    private static final int WARM_UP_ROWS = 100;

    /** None is made. The smallest object takes 16 bytes, so one for each row, let alone for each value, is too much. */
    private static final int JSON_BYTES_PER_ROW = 1;

    /** A row image takes 40. */
    private static final int IMAGE_BYTES_PER_ROW = 48;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static List<BinlogFile.Event> events;
    private static BinlogFile.Event map;

    @BeforeAll
    static void logRows(MySqlServer server) throws SQLException {
        assumeThat(THREADS.isThreadAllocatedMemorySupported()).isTrue();
        try (Session session = new Session(server)) {
            session.run(
                    "CREATE TABLE t (id BIGINT PRIMARY KEY, customer INT UNSIGNED NOT NULL, status TINYINT NOT NULL,"
                            + " amount DECIMAL(12,2), name VARCHAR(60), note VARCHAR(200), created DATETIME(3))");
            events = session.eventsOf(
                    "SET cte_max_recursion_depth = " + ROWS,
                    "INSERT INTO t WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + ROWS
                            + ") SELECT 5000000000 + i, 4000000000 - i, i % 100, i / 7, LEFT(SHA2(i, 256), 20),"
                            + " LEFT(SHA2(i, 512), 120), '2026-01-02 03:04:05.678' + INTERVAL i SECOND FROM n");
            map = BinlogFile.rows(events).get(0).map();
        }
    }

    /** Does something with so many of the first rows. */
    private interface Work {
        void on(int rows);
    }

    private static double bytesPerRow(Work work) {
        work.on(WARM_UP_ROWS);
        long thread = Thread.currentThread().getId();
        long before = THREADS.getThreadAllocatedBytes(thread);
        work.on(ROWS);
        long allocated = THREADS.getThreadAllocatedBytes(thread) - before;
        return (double) allocated / ROWS;
    }

    @ParameterizedTest
    @MethodSource("formats")
    void shouldWriteRowsAsJsonWithoutGarbage(Format format) {
        Transaction transaction = new Transaction(1, "1", null, 0) {};
        SourceInfo source = new SourceInfo("service", "binlog.000007", 4, transaction, 1_767_323_045L, null);
        List<Record> records = new ArrayList<>();
        for (LoggedRow row : BinlogFile.rows(events)) {
            records.add(new Record(row.type().kind(), row.before(), row.after(), source, records.size()));
        }
        TableFormat table = format.forTable(records.get(0).schema());
        JsonBuffer json = new JsonBuffer();

        double bytes = bytesPerRow(rows -> {
            for (int i = 0; i < rows; i++) {
                json.clear();
                table.write(records.get(i), json);
            }
        });

        assertThat(bytes).isLessThanOrEqualTo(JSON_BYTES_PER_ROW);
    }

    static List<Format> formats() {
        return List.of(
                NativeJson.INSTANCE,
                DebeziumJson.builder("shop").build(),
                MaxwellJson.builder().build(),
                CanalJson.builder().build(),
                PlainRow.builder().build());
    }

    @Test
    void shouldMakeOneImageOfARowAndNoMore() {
        TableMap table = TableMap.parse(map.bytes(), map.offset(), map.end());
        MySqlRow[] images = new MySqlRow[ROWS];

        double bytes = bytesPerRow(rows -> {
            int found = 0;
            for (int i = 0; found < rows; i++) {
                BinlogFile.Event event = events.get(i);
                RowsEventType type = RowsEventType.of(event.type());
                if (type != null) {
                    RowCursor cursor = table.decoder().rows(type, event.bytes(), event.offset(), event.end());
                    while (cursor.next()) {
                        images[found++] = cursor.after();
                    }
                }
            }
        });

        assertThat(bytes).isLessThanOrEqualTo(IMAGE_BYTES_PER_ROW);
    }
}
