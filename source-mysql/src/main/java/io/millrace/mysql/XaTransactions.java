// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.TableId;
import io.millrace.core.UnreadableEventException;
import io.millrace.mysql.MySqlTransaction.Gtid;
import io.millrace.mysql.internal.binlog.BinlogEvent;
import io.millrace.mysql.internal.binlog.EventTypes;
import io.millrace.mysql.internal.binlog.HeldEvents;
import io.millrace.mysql.internal.binlog.HeldSpace;
import java.io.Closeable;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * XA transactions that are prepared, but neither committed nor rolled back: their events wait outside the
 * heap, for one connection; the next one reads them again. Used by the capture thread.
 *
 * <p>The log has them in two groups, between which there may be others, files and restarts:
 * {@code XA START x}, rows, {@code XA END x}, XA_PREPARE_LOG_EVENT; and {@code XA COMMIT x} or
 * {@code XA ROLLBACK x} (MySQL reference manual, "XA Transaction States").
 */
final class XaTransactions implements Closeable {

    /**
     * A transaction that waits for its end.
     *
     * @param id of the group that prepared it
     * @param gtid of the same
     * @param readFrom where a dump has to begin that is to bring it again
     * @param hasStatements whether it changes captured tables by statements that are logged as text
     */
    record Prepared(String id, Gtid gtid, DumpStart readFrom, HeldEvents events, boolean hasStatements) {}

    private static final String START = "XA START ";
    private static final String COMMIT = "XA COMMIT ";
    private static final String ROLLBACK = "XA ROLLBACK ";

    private final HeldSpace space;
    private final Map<String, Prepared> prepared = new LinkedHashMap<>();
    private @Nullable String open;
    private @Nullable HeldEvents events;
    private boolean hasRows;
    private boolean hasStatements;
    private final Set<TableId> unnamed = new LinkedHashSet<>();

    /** @param directory where many events wait; null for the system's temporary one */
    XaTransactions(@Nullable Path directory) {
        this.space = new HeldSpace(directory);
    }

    static boolean isStart(String sql) {
        return sql.startsWith(START);
    }

    static boolean isCommit(String sql) {
        return sql.startsWith(COMMIT);
    }

    static boolean isRollback(String sql) {
        return sql.startsWith(ROLLBACK);
    }

    /** {@return whether the log stands between XA START and the end of its group} */
    boolean isOpen() {
        return open != null;
    }

    void start(String sql) {
        startOf(sql.substring(START.length()));
    }

    /** @param xid of the transaction, as statements write it */
    void startOf(String xid) {
        discard();
        open = xid;
        events = new HeldEvents(space);
        hasRows = false;
        hasStatements = false;
        unnamed.clear();
    }

    /** Keeps an event of the open transaction. */
    void add(BinlogEvent event) {
        if (events != null) {
            events.add(event);
        }
        hasRows |= EventTypes.holdsRows(event.type());
    }

    /** Keeps a statement of the open transaction that changes captured tables. */
    void addStatement(BinlogEvent event) {
        add(event);
        hasStatements = true;
    }

    /** The open transaction has rows of a table that the log does not name the columns of. */
    void addUnnamed(TableId table) {
        unnamed.add(table);
    }

    /** {@return tables of the transaction that was begun last, that the log does not name the columns of} */
    Set<TableId> unnamed() {
        return unnamed;
    }

    /** {@return whether the open transaction has changed anything} */
    boolean hasChanges() {
        return hasRows || hasStatements;
    }

    /** {@return the events of the open transaction, which ends here} */
    HeldEvents take(String where) {
        HeldEvents taken = events;
        if (taken == null) {
            throw new UnreadableEventException("an XA transaction ends that never began", where, null);
        }
        open = null;
        events = null;
        return taken;
    }

    /**
     * The open transaction waits from now on.
     *
     * @param id of the group that prepares it
     * @return another one of the same id that was prepared before, which is at its end, though the log does not tell
     *     of it; null if there is none
     */
    @Nullable Prepared prepare(String id, Gtid gtid, DumpStart readFrom, String where) {
        String xid = String.valueOf(open);
        HeldEvents taken = take(where);
        taken.seal();
        // Removed first: those that wait stand in the order in which they were prepared.
        Prepared before = prepared.remove(xid);
        prepared.put(xid, new Prepared(id, gtid, readFrom, taken, hasStatements));
        if (before != null) {
            before.events.close();
        }
        return before;
    }

    /** {@return the transaction that the statement commits or rolls back; null if it was not seen prepared} */
    @Nullable Prepared end(String sql) {
        return prepared.remove(sql.substring((isCommit(sql) ? COMMIT : ROLLBACK).length()));
    }

    /** {@return where a dump has to begin that is to bring all that wait again; null if none does} */
    @Nullable DumpStart readFrom() {
        return prepared.isEmpty() ? null : prepared.values().iterator().next().readFrom;
    }

    int count() {
        return prepared.size();
    }

    /** Forgets the open transaction. */
    void discard() {
        open = null;
        if (events != null) {
            events.close();
            events = null;
        }
    }

    @Override
    public void close() {
        discard();
        prepared.values().forEach(one -> one.events.close());
        prepared.clear();
        space.close();
    }
}
