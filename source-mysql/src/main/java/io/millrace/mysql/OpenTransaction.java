// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.SourceInfo;
import io.millrace.core.UnreadableEventException;
import io.millrace.core.source.Capture;
import io.millrace.mysql.internal.binlog.BinlogEvent;
import io.millrace.mysql.internal.binlog.QueryEvent;
import org.jspecify.annotations.Nullable;

/**
 * The transaction that is delivered, while its group is open: hands on its rows and statements with their ordinals.
 * Used by the capture thread.
 */
final class OpenTransaction {

    private final String service;
    private final LogPlace place;
    private final RowsReader rows;
    private final StatementReader statements;

    private @Nullable MySqlTransaction open;
    private long nextOrdinal;

    OpenTransaction(String service, LogPlace place, RowsReader rows, StatementReader statements) {
        this.service = service;
        this.place = place;
        this.rows = rows;
        this.statements = statements;
    }

    boolean isOpen() {
        return open != null;
    }

    MySqlTransaction begin(Capture capture) {
        if (!place.inGroup()) {
            throw new UnreadableEventException(
                    "a transaction without a GTID event, not even an anonymous one, could not be told from others",
                    place.toString(),
                    null);
        }
        MySqlTransaction begun = place.transaction(capture.begin(place.id()));
        open = begun;
        nextOrdinal = 0;
        return begun;
    }

    /** @param preparedFrom where the first XA transaction begins that is prepared; null if none is */
    void end(@Nullable DumpStart preparedFrom, Capture capture) {
        if (open == null) {
            throw new UnreadableEventException("a transaction ends that never began", place.toString(), null);
        }
        open = null;
        capture.end(place.boundary(preparedFrom));
        place.endGroup();
    }

    /** Rows that were handed on cannot be taken back. */
    void checkRollback(String sql) {
        if (nextOrdinal > 0) {
            throw new UnreadableEventException(
                    "%s follows rows of transaction %s that were delivered: it changed tables of a non-transactional engine as well. Keep these out of transactions;"
                            .formatted(sql, open),
                    place.toString(),
                    null);
        }
    }

    /** {@return whether the statement is a transaction by itself, which it then ends} */
    boolean statement(BinlogEvent event, QueryEvent query, Capture capture) {
        MySqlTransaction within = open;
        StatementReader.Found found = statements.find(query, place.toString());
        MySqlTransaction of = within == null ? begin(capture) : within;
        if (found.isCaptured()) {
            capture.statement(found.statement(sourceInfo(event, of), nextOrdinal));
        }
        nextOrdinal++;
        return within == null && !found.rowsFollow();
    }

    void rows(BinlogEvent event, Capture capture) {
        MySqlTransaction of = open;
        if (of == null) {
            throw new UnreadableEventException("rows stand outside a transaction", place.toString(), null);
        }
        nextOrdinal += rows.read(event, sourceInfo(event, of), nextOrdinal, capture);
    }

    private SourceInfo sourceInfo(BinlogEvent event, MySqlTransaction of) {
        return new SourceInfo(
                service,
                place.file(),
                place.offset(),
                of,
                event.timestamp(),
                new BinlogEventHeader(
                        event.timestamp(),
                        event.type(),
                        event.serverId(),
                        event.size(),
                        event.nextPosition(),
                        event.flags()));
    }
}
