// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.NativeHeader;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.source.Transaction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes changes for tests; each has the next position, as if it were an event of its own. */
final class Changes {

    /** 2023-11-14T22:13:20.123456Z. */
    static final long COMMIT_MICROS = 1_700_000_000_123_456L;

    static final long EVENT_SECONDS = 1_700_000_000L;

    /** Stands for a value that the log does not tell. */
    static final Object ABSENT = new Object();

    private long position = 100;

    static TableSchema table(String database, String name) {
        return table(database, name, "id");
    }

    static TableSchema table(String database, String name, String... primaryKey) {
        return new TableSchema(
                new TableId(database, name),
                List.of(Column.of("id", ColumnType.LONG), Column.of("name", ColumnType.STRING)),
                List.of(primaryKey));
    }

    /** {@return a row, of which what is {@link #ABSENT} is left out} */
    static RowImage row(TableSchema table, @Nullable Object id, @Nullable Object name) {
        Map<String, @Nullable Object> values = new HashMap<>();
        values.put("id", id);
        values.put("name", name);
        values.values().remove(ABSENT);
        return RowImage.of(table, values);
    }

    Record insert(TableSchema table, long id, String name) {
        return new Record(Record.Kind.INSERT, null, row(table, id, name), source(), 0);
    }

    Record update(TableSchema table, RowImage before, RowImage after) {
        return new Record(Record.Kind.UPDATE, before, after, source(), 0);
    }

    Record delete(TableSchema table, long id, String name) {
        return new Record(Record.Kind.DELETE, row(table, id, name), null, source(), 0);
    }

    List<Record> inserts(TableSchema table, int count) {
        SourceInfo source = source();
        List<Record> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(new Record(Record.Kind.INSERT, null, row(table, (long) i, "row " + i), source, i));
        }
        return records;
    }

    Statement statement(Statement.Kind kind, String sql, TableId... tables) {
        return new Statement(kind, "shop", List.of(tables), sql, source(), 0);
    }

    SourceInfo source() {
        return source(COMMIT_MICROS);
    }

    SourceInfo source(long commitMicros) {
        position += 100;
        Transaction transaction = new Transaction(1, "tx:1", "gtid:1", commitMicros) {};
        return new SourceInfo(
                "orders", "binlog.000007", position, transaction, EVENT_SECONDS, new BinlogHeader(position));
    }

    private record BinlogHeader(long position) implements NativeHeader {

        @Override
        public String name() {
            return "mysql_binlog_headers";
        }

        @Override
        public byte[] json() {
            return ("{\"log_pos\":" + position + "}").getBytes(StandardCharsets.UTF_8);
        }
    }
}
