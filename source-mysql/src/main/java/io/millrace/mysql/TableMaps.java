// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.MillraceException;
import io.millrace.core.TableId;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.internal.binlog.BinlogEvent;
import io.millrace.mysql.internal.row.DeclaredTable;
import io.millrace.mysql.internal.row.RowLayout;
import io.millrace.mysql.internal.row.RowsEventType;
import io.millrace.mysql.internal.row.ServerFamily;
import io.millrace.mysql.internal.row.TableMap;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tables that the rows to come may belong to. A table map precedes each statement's rows, mostly
 * with the same bytes as the one before: it is then not read again and the schema stays the same
 * instance. Used by the capture thread.
 *
 * <p>A table's number counts until its statement ends, and a server that opens the table anew gives it
 * another one. So there is one entry a table, under its last number; and those that were not asked for
 * lately are forgotten when all take too much.
 */
final class TableMaps {

    /** A table as the last table map showed it: whole if its rows are wanted, otherwise enough to count them. */
    static final class Entry {

        private final byte[] body;
        private final @Nullable TableMap map;
        private final RowLayout layout;
        private long number;

        private Entry(byte[] body, RowLayout layout, @Nullable TableMap map) {
            this.body = body;
            this.layout = layout;
            this.map = map;
        }

        /** {@return the table, null if the user does not want its rows} */
        @Nullable TableMap map() {
            return map;
        }

        int count(RowsEventType type, BinlogEvent event) {
            return layout.count(type, event.bytes(), 0, event.end());
        }

        /** {@return whether the table map has this body, but for the number} */
        private boolean hasBody(BinlogEvent event) {
            return Arrays.equals(body, NUMBER, body.length, event.bytes(), NUMBER, event.end());
        }
    }

    /** What tables look like whose table maps do not say it. */
    interface Schemas {

        /** Knows of none. */
        Schemas NONE = table -> null;

        /**
         * {@return what is known of the table; null if nothing is}
         *
         * @throws MillraceException if the rows of the table cannot be read for that
         */
        @Nullable DeclaredTable declared(TableId table) throws IOException;
    }

    /** Bytes of a table's number, with which the body begins. */
    private static final int NUMBER = 6;

    private final TableFilter filter;
    private final ServerFamily family;
    private final InvalidText invalidText;
    private final Schemas schemas;
    private final long mostBytes;
    /** By number, the one first that was not asked for longest. */
    private final Map<Long, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

    /** The same by name. */
    private final Map<TableId, Entry> tables = new HashMap<>();

    /** Of the bodies of all. */
    private long bytes;

    // The last answers, which are nearly always the next as well.
    private long lastNumber = -1;
    private @Nullable Entry last;

    /** Lets all take about a sixteenth of the heap: an entry is about sixteen times as large as its body. */
    TableMaps(TableFilter filter, ServerFamily family, InvalidText invalidText, Schemas schemas) {
        this(filter, family, invalidText, schemas, Runtime.getRuntime().maxMemory() / 256);
    }

    /** @param mostBytes of the bodies that are kept beyond the end of a statement */
    TableMaps(TableFilter filter, ServerFamily family, InvalidText invalidText, Schemas schemas, long mostBytes) {
        this.schemas = schemas;
        this.filter = filter;
        this.family = family;
        this.invalidText = invalidText;
        this.mostBytes = mostBytes;
    }

    void take(BinlogEvent event) throws IOException {
        long number = event.number(0, NUMBER);
        Entry known = of(number);
        if (known == null || !known.hasBody(event)) {
            known = renumber(number, event);
        }
        lastNumber = number;
        last = known;
    }

    private Entry renumber(long number, BinlogEvent event) throws IOException {
        TableId table = TableMap.peekTable(event.bytes(), 0, event.end());
        Entry before = tables.get(table);
        forget(before);
        forget(entries.get(number));
        Entry entry = before;
        if (entry == null || !entry.hasBody(event)) {
            byte[] body = Arrays.copyOf(event.bytes(), event.end());
            RowLayout layout = RowLayout.parse(body, 0, body.length, family);
            entry = new Entry(body, layout, filter.includes(table) ? parse(table, body) : null);
        }
        entry.number = number;
        entries.put(number, entry);
        tables.put(table, entry);
        bytes += entry.body.length;
        return entry;
    }

    private TableMap parse(TableId table, byte[] body) throws IOException {
        DeclaredTable declared = TableMap.namesColumns(body, 0, body.length, family) ? null : schemas.declared(table);
        return TableMap.parse(body, 0, body.length, family, invalidText == InvalidText.BYTES, declared);
    }

    private void forget(@Nullable Entry entry) {
        if (entry != null && entries.remove(entry.number, entry)) {
            tables.remove(entry.layout.table());
            bytes -= entry.body.length;
        }
    }

    @Nullable Entry of(long number) {
        return number == lastNumber ? last : entries.get(number);
    }

    /** No rows follow of the tables that were told of so far, unless these are told of again. */
    void endStatement() {
        while (bytes > mostBytes) {
            forget(entries.values().iterator().next());
        }
    }

    /** A new file begins: table numbers may be given anew; or tables may look otherwise under the same map. */
    void clear() {
        entries.clear();
        tables.clear();
        bytes = 0;
        lastNumber = -1;
        last = null;
    }
}
