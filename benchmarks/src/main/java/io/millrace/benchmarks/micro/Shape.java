// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.micro;

import io.millrace.core.Record;
import io.millrace.core.SourceInfo;
import io.millrace.core.TableSchema;
import io.millrace.mysql.BinlogTransactions;
import io.millrace.mysql.internal.row.RowCursor;
import io.millrace.mysql.internal.row.RowsEventType;
import io.millrace.mysql.internal.row.TableMap;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The first changes of two workloads of {@code benchmarks/run}, from the events that a real server logged. */
public enum Shape {
    /** Inserts, all in one event. */
    BULK,
    /** Inserts, updates and deletes, each in an event and a transaction of its own. */
    OLTP;

    /** How many changes each has. */
    static final int CHANGES = 32;

    private static final int TYPE = 4;
    private static final int SIZE = 9;
    private static final int HEADER = 19;
    private static final int CHECKSUM = 4;

    private final TableMap table;
    private final List<Event> events = new ArrayList<>();
    private final List<Record> records = new ArrayList<>();

    /** The body of an event, as the source holds it. */
    record Event(RowsEventType type, byte[] body) {}

    Shape() {
        ByteBuffer log = ByteBuffer.wrap(sample()).order(ByteOrder.LITTLE_ENDIAN);
        byte[] map = body(log, 0);
        this.table = TableMap.parse(map, 0, map.length);
        for (int at = log.getInt(SIZE); at < log.limit(); at += log.getInt(at + SIZE)) {
            events.add(new Event(Objects.requireNonNull(RowsEventType.of(log.get(at + TYPE))), body(log, at)));
            SourceInfo source = new SourceInfo(
                    "benchmark",
                    "binlog.000007",
                    at,
                    BinlogTransactions.transaction(events.size()),
                    log.getInt(at),
                    null);
            addRecords(events.get(events.size() - 1), source);
        }
        if (records.size() != CHANGES) {
            throw new IllegalStateException(records.size() + " changes, not " + CHANGES);
        }
    }

    private byte[] sample() {
        try (InputStream in = Shape.class.getResourceAsStream(name().toLowerCase(Locale.ROOT) + ".binlog")) {
            return Objects.requireNonNull(in).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] body(ByteBuffer log, int at) {
        return Arrays.copyOfRange(log.array(), at + HEADER, at + log.getInt(at + SIZE) - CHECKSUM);
    }

    private void addRecords(Event event, SourceInfo source) {
        RowCursor rows = rows(event);
        for (long ordinal = 0; rows.next(); ordinal++) {
            records.add(new Record(event.type().kind(), rows.before(), rows.after(), source, ordinal));
        }
    }

    RowCursor rows(Event event) {
        return table.decoder().rows(event.type(), event.body(), 0, event.body().length);
    }

    TableSchema schema() {
        return table.schema();
    }

    List<Event> events() {
        return events;
    }

    List<Record> records() {
        return records;
    }
}
