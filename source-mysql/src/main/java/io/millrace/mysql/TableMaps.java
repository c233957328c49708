// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.internal.binlog.BinlogEvent;
import io.millrace.mysql.internal.row.RowLayout;
import io.millrace.mysql.internal.row.RowsEventType;
import io.millrace.mysql.internal.row.ServerFamily;
import io.millrace.mysql.internal.row.TableMap;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tables that the rows to come may belong to. A table map precedes each statement's rows, mostly
 * with the same bytes as the one before: it is then not read again and the schema stays the same
 * instance. Used by the capture thread.
 */
final class TableMaps {

    /** A table as the last table map showed it: whole if its rows are wanted, otherwise enough to count them. */
    static final class Entry {

        private final byte[] body;
        private final @Nullable TableMap map;
        private final RowLayout layout;

        private Entry(byte[] body, boolean isCaptured, InvalidText invalidText) {
            this.body = body;
            this.layout = RowLayout.parse(body, 0, body.length);
            this.map = isCaptured
                    ? TableMap.parse(body, 0, body.length, ServerFamily.MYSQL, invalidText == InvalidText.BYTES)
                    : null;
        }

        /** {@return the table, null if the user does not want its rows} */
        @Nullable TableMap map() {
            return map;
        }

        int count(RowsEventType type, BinlogEvent event) {
            return layout.count(type, event.bytes(), 0, event.end());
        }

        private boolean hasBody(BinlogEvent event) {
            return Arrays.equals(body, 0, body.length, event.bytes(), 0, event.end());
        }
    }

    private final TableFilter filter;
    private final InvalidText invalidText;
    private final Map<Long, Entry> entries = new HashMap<>();

    // The last answers, which are nearly always the next as well.
    private long lastNumber = -1;
    private @Nullable Entry last;

    TableMaps(TableFilter filter, InvalidText invalidText) {
        this.filter = filter;
        this.invalidText = invalidText;
    }

    void take(BinlogEvent event) {
        long number = event.number(0, 6);
        Entry known = of(number);
        if (known == null || !known.hasBody(event)) {
            byte[] body = Arrays.copyOf(event.bytes(), event.end());
            known = new Entry(body, filter.includes(TableMap.peekTable(body, 0, body.length)), invalidText);
            entries.put(number, known);
        }
        lastNumber = number;
        last = known;
    }

    @Nullable Entry of(long number) {
        return number == lastNumber ? last : entries.get(number);
    }

    /** A new file begins: table numbers may be given anew. */
    void clear() {
        entries.clear();
        lastNumber = -1;
        last = null;
    }
}
