// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.MillraceException;
import io.millrace.core.PermanentException;
import io.millrace.core.Record;
import io.millrace.core.SourceInfo;
import io.millrace.core.UnreadableEventException;
import io.millrace.core.source.Capture;
import io.millrace.mysql.internal.binlog.BinlogEvent;
import io.millrace.mysql.internal.row.MalformedRowException;
import io.millrace.mysql.internal.row.RowCursor;
import io.millrace.mysql.internal.row.RowsEventType;
import io.millrace.mysql.internal.row.TableMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Makes records of the events that hold rows. Used by the capture thread. */
final class RowsReader {

    private final TableMaps tables;
    private final Function<RowsEvent, List<Record>> dmlHook;
    private int rowsOfLastEvent;

    RowsReader(TableMaps tables, Function<RowsEvent, List<Record>> dmlHook) {
        this.tables = tables;
        this.dmlHook = dmlHook;
    }

    /** Takes a table map, which says how the rows of a table look from now on. */
    void describe(BinlogEvent event) throws IOException {
        tables.take(event);
    }

    /** Forgets what the tables look like. */
    void clear() {
        tables.clear();
    }

    /**
     * Hands on the event's rows, if their table is captured.
     *
     * @param source of the records; also says where the event is
     * @param first ordinal of the first row
     * @return how many rows the event has
     */
    long read(BinlogEvent event, SourceInfo source, long first, Capture capture) {
        RowsEventType type = Objects.requireNonNull(RowsEventType.of(event.type()));
        TableMaps.Entry table = tables.of(RowsEventType.tableNumber(event.bytes(), 0));
        if (table == null) {
            throw new UnreadableEventException(
                    "rows of a table that no table map describes", String.valueOf(source), null);
        }
        byte[] bytes = event.bytes();
        if (RowsEventType.endsStatement(bytes, 0)) {
            tables.endStatement();
        }
        TableMap map = table.map();
        if (map == null) {
            return table.count(type, event);
        }
        int end = event.end();
        RowsEvent rows =
                new RowsEvent(type.kind(), map.schema(), source, () -> decode(map, type, bytes, end, source, first));
        List<Record> records = hooked(rows);
        for (int i = 0; i < records.size(); i++) {
            capture.record(records.get(i));
        }
        return rows.records().size();
    }

    private List<Record> hooked(RowsEvent rows) {
        try {
            return dmlHook.apply(rows);
        } catch (MillraceException | MalformedRowException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new PermanentException("processDml(event) threw " + e + " for the event at " + rows.source(), e);
        }
    }

    private List<Record> decode(
            TableMap map, RowsEventType type, byte[] bytes, int end, SourceInfo source, long firstOrdinal) {
        List<Record> records = new ArrayList<>(rowsOfLastEvent);
        RowCursor cursor = map.decoder().rows(type, bytes, 0, end);
        long ordinal = firstOrdinal;
        while (cursor.next()) {
            records.add(new Record(type.kind(), cursor.before(), cursor.after(), source, ordinal++));
        }
        rowsOfLastEvent = records.size();
        return records;
    }
}
