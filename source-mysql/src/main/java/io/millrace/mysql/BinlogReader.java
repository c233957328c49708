// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.PermanentException;
import io.millrace.core.Record;
import io.millrace.core.TableId;
import io.millrace.core.TransientException;
import io.millrace.core.UnreadableEventException;
import io.millrace.core.source.Capture;
import io.millrace.core.source.SourceReader;
import io.millrace.mysql.internal.binlog.BinlogEvent;
import io.millrace.mysql.internal.binlog.BinlogStream;
import io.millrace.mysql.internal.binlog.EventTypes;
import io.millrace.mysql.internal.binlog.EvictedException;
import io.millrace.mysql.internal.binlog.HeldEvents;
import io.millrace.mysql.internal.binlog.MariaDbGtid.Form;
import io.millrace.mysql.internal.binlog.QueryEvent;
import io.millrace.mysql.internal.binlog.ServerConnection;
import io.millrace.mysql.internal.row.DeclaredTable;
import io.millrace.mysql.internal.row.MalformedRowException;
import io.millrace.mysql.internal.row.SchemaMismatchException;
import io.millrace.mysql.internal.row.TableMap;
import io.millrace.mysql.internal.schema.SchemaHistory;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes transactions, records and statements of a binlog's events, for one connection. Used by the
 * capture thread; {@link #abort} by any.
 */
final class BinlogReader implements SourceReader {

    /*
     * The binlog is a sequence of groups, each begun by a GTID event (anonymous without GTIDs):
     *
     *   GTID, QUERY "BEGIN", { TABLE_MAP..., ROWS... }, XID or QUERY "COMMIT"
     *   GTID, QUERY with a DDL statement
     *   GTID, QUERY "CREATE TABLE ... START TRANSACTION", { TABLE_MAP, ROWS... }, XID
     *   GTID, TRANSACTION_PAYLOAD, which holds all that follows the GTID of the first kind
     *   GTID, QUERY "XA START x", { TABLE_MAP..., ROWS... }, QUERY "XA END x", XA_PREPARE
     *   GTID, QUERY "XA COMMIT x" or "XA ROLLBACK x"
     *
     * MariaDB leaves out "BEGIN" and "XA START x": its GTID event tells what follows.
     *
     * Only the end of a group is a place to resume at. `transaction` is open while a group is read that
     * is delivered. The rows of XA transactions are held back until they are committed, and then read as
     * if they stood there. What is not known, or cannot be delivered exactly, stops the stream and names
     * its place.
     */

    private static final Logger LOG = LoggerFactory.getLogger(MySqlBinlogProcessor.class);

    /** Two ids of 64 bytes in hexadecimal, and what a QUERY_EVENT says of the session. */
    private static final int LARGEST_XA_STATEMENT = 4_096;

    private final MySqlOptions options;
    private final ServerConnection server;
    private final BinlogStream stream;
    private final DumpFailures failures;
    private final LogPlace place;
    private final RowsReader rows;
    private final StatementReader statements;
    private final OpenTransaction transaction;
    private final XaTransactions xa;
    private final GroupStart.Reader groups = new GroupStart.Reader();
    private final EventBodies bodies;
    private final SchemaHistory schemas;

    /** Whether this connection has brought anything of the log. */
    private boolean hasRead;
    /** Set while a transaction is passed over, which the user wants left out. */
    private boolean skipping;
    /** Set within a group whose statement has not been done, or was undone. */
    private boolean isUndone;

    BinlogReader(
            MySqlOptions options,
            ServerConnection server,
            BinlogStream stream,
            Function<RowsEvent, List<Record>> dmlHook,
            DumpFailures failures,
            LogPlace place,
            SchemaHistory schemas) {
        this.failures = failures;
        this.options = options;
        this.server = server;
        this.stream = stream;
        this.place = place;
        this.schemas = schemas;
        this.bodies = new EventBodies(stream, options.maxRowBytes());
        this.rows = new RowsReader(
                new TableMaps(options.pipeline().filter(), server.family(), options.invalidText(), this::declared),
                dmlHook);
        schemas.onChange(rows::clear);
        this.statements = new StatementReader(options);
        this.transaction = new OpenTransaction(options.pipeline().service(), place, rows, statements);
        this.xa = new XaTransactions(options.pipeline().spillDirectory());
    }

    @Override
    public void readNext(Capture capture) throws IOException {
        if (!stream.hasMore()) {
            capture.flush();
        }
        BinlogEvent event = next();
        long begin = place.offset();
        if (isPassedOver(event)) {
            place.moveTo(event);
            count(event, capture);
            passOver(event);
            return;
        }
        endSkipped(capture);
        place.moveTo(event);
        String where = where();
        boolean isLarge = bodies.isLarge(event);
        if (!EventTypes.isKnown(event.type())) {
            refuseUnknown(event, isLarge);
        }
        bodies.checkSize(event, where);
        count(event, capture);
        if (event.type() == EventTypes.TRANSACTION_PAYLOAD) {
            stream.enterPayload(where);
            return;
        }
        if (isLarge && !EventTypes.isNeeded(event.type())) {
            return;
        }
        bodies.read(event, where);
        try {
            take(event, begin, capture);
        } catch (SchemaMismatchException e) {
            throw new SchemaUnknownException(
                    TableMap.peekTable(event.bytes(), 0, event.end()),
                    e.getMessage() + "; a change of the table may have been left out of the log (sql_log_bin=0)",
                    where());
        } catch (MalformedRowException | IndexOutOfBoundsException e) {
            throw new UnreadableEventException(
                    "a " + EventTypes.name(event.type()) + " cannot be read: " + e.getMessage(), where(), e);
        }
    }

    private static void count(BinlogEvent event, Capture capture) {
        if (!event.isNested()) {
            capture.countBytes(event.size());
        }
    }

    private BinlogEvent next() throws IOException {
        try {
            BinlogEvent event = stream.next();
            hasRead |= event.nextPosition() != 0 && !event.isArtificial() && !EventTypes.isHeartbeat(event.type());
            return event;
        } catch (EvictedException e) {
            failures.addEviction(e);
            throw e;
        } catch (PermanentException e) {
            if (hasRead && !failures.isRepeated(e, where())) {
                // What the log has become, a new connection finds out, and says so: it may have been reset.
                throw new TransientException(e.getMessage() + "; asking the server again", e);
            }
            throw e;
        }
    }

    private String where() {
        return place.toString();
    }

    private void take(BinlogEvent event, long begin, Capture capture) throws IOException {
        boolean isOfRows = event.type() == EventTypes.TABLE_MAP || EventTypes.holdsRows(event.type());
        if (isOfRows && xa.isOpen()) {
            addToXa(event);
            return;
        }
        switch (event.type()) {
            case EventTypes.GTID, EventTypes.GTID_TAGGED, EventTypes.ANONYMOUS_GTID, EventTypes.MARIADB_GTID ->
                beginGroup(groups.read(event), begin, capture);
            case EventTypes.QUERY -> query(event, capture);
            case EventTypes.TABLE_MAP -> rows.describe(event);
            case EventTypes.WRITE_ROWS,
                    EventTypes.UPDATE_ROWS,
                    EventTypes.DELETE_ROWS,
                    EventTypes.PARTIAL_UPDATE_ROWS,
                    EventTypes.WRITE_ROWS_V1,
                    EventTypes.UPDATE_ROWS_V1,
                    EventTypes.DELETE_ROWS_V1 -> transaction.rows(event, capture);
            case EventTypes.XID -> endGroup(capture);
            case EventTypes.XA_PREPARE -> xaPrepare(event, capture);
            case EventTypes.ROTATE -> rotate(event, capture);
            case EventTypes.FORMAT_DESCRIPTION -> {
                rows.clear();
                schemas.beginFile(event);
            }
            case EventTypes.HEARTBEAT, EventTypes.HEARTBEAT_V2 -> idle(capture);
            case EventTypes.INCIDENT ->
                throw new UnreadableEventException(
                        "the server logged an incident: changes may be missing from its binlog", where(), null);
            default -> {}
        }
    }

    private void refuseUnknown(BinlogEvent event, boolean isLarge) throws IOException {
        if (!event.isIgnorable()) {
            if (!isLarge) {
                // It may be a known one that was damaged, of which the checksum tells.
                stream.body(where());
            }
            throw new UnreadableEventException(
                    "a %s is not read by this version; it could hold rows, so it is not passed over"
                            .formatted(EventTypes.name(event.type())),
                    where(),
                    null);
        }
    }

    private @Nullable DeclaredTable declared(TableId table) throws IOException {
        return schemas.declared(table, place.next(), where());
    }

    // ---- groups

    private void beginGroup(GroupStart group, long begin, Capture capture) throws IOException {
        if (transaction.isOpen()) {
            throw new UnreadableEventException(
                    "a transaction begins before the one before it has ended", where(), null);
        }
        place.beginGroup(group, begin);
        xa.discard();
        isUndone = group.form() == Form.UNDONE_STATEMENT;
        if (!place.isBehind()) {
            schemas.beginGroup(place.next());
        }
        if (capture.isSkipped(place.id())) {
            skipping = true;
            if (!place.isBehind()) {
                transaction.begin(capture);
            }
        } else if (group.form() == Form.XA_PREPARE) {
            xa.startOf(group.xid());
        } else if (group.form() == Form.TRANSACTION && !place.isBehind()) {
            transaction.begin(capture);
        }
    }

    private void endSkipped(Capture capture) {
        if (skipping) {
            skipping = false;
            if (transaction.isOpen()) {
                endGroup(capture);
            }
        }
    }

    private void endGroup(Capture capture) {
        transaction.end(xa.readFrom(), capture);
        schemas.endDelivery();
    }

    private void idle(Capture capture) {
        idleHere(capture);
        capture.flush();
    }

    private void idleHere(Capture capture) {
        if (place.isPosition()) {
            capture.idle(place.boundary(xa.readFrom()));
        }
    }

    private void rotate(BinlogEvent event, Capture capture) {
        place.rotate(event);
        rows.clear();
        idleHere(capture);
        if (xa.count() > 0 && !event.isArtificial()) {
            LOG.info(
                    "{}: {} XA transactions are prepared and not at their end; until then {} has to be kept",
                    options.pipeline().id(),
                    xa.count(),
                    xa.readFrom());
        }
    }

    // ---- what is passed over: groups that are to be left out, or were delivered before

    /** Of such a group not all is read, so that it ends where something else begins. */
    private boolean isPassedOver(BinlogEvent event) {
        return (skipping || (place.isBehind() && !xa.isOpen())) && EventTypes.isWithinGroup(event.type());
    }

    /** Reads only that by which an XA transaction begins or ends. */
    private void passOver(BinlogEvent event) throws IOException {
        try {
            boolean isStatement = event.type() == EventTypes.QUERY || event.type() == EventTypes.QUERY_COMPRESSED;
            if (isStatement && event.size() < (skipping ? options.maxRowBytes() : LARGEST_XA_STATEMENT)) {
                bodies.read(event, where());
                QueryEvent query = QueryEvent.of(event);
                passOver(query.sql());
                if (!place.isBehind()) {
                    schemas.statement(event, query);
                }
            } else if (isStatement && skipping && !place.isBehind()) {
                schemas.missStatement();
            } else if (event.type() == EventTypes.TRANSACTION_PAYLOAD && !skipping) {
                stream.enterPayload(where());
            }
        } catch (UnreadableEventException | RowTooLargeException | IndexOutOfBoundsException e) {
            if (!skipping) {
                throw new UnreadableEventException(
                        "what was delivered or left out before cannot be read again, and so not be told from the begin of an XA transaction that is still prepared: %s. If it is none, leave it out by PipelineOptions.skipTransaction(\"%s\", reason);"
                                .formatted(e.getMessage(), place.id()),
                        where(),
                        e);
            } else if (!place.isBehind()) {
                schemas.missStatement();
            }
        }
    }

    private void passOver(String sql) throws IOException {
        if (XaTransactions.isCommit(sql) || XaTransactions.isRollback(sql)) {
            forget(xa.end(sql));
        } else if (XaTransactions.isStart(sql) && !skipping) {
            xa.start(sql);
        }
    }

    // ---- XA transactions

    private void addToXa(BinlogEvent event) {
        xa.add(event);
        if (event.type() == EventTypes.TABLE_MAP
                && !TableMap.namesColumns(event.bytes(), 0, event.end(), server.family())) {
            xa.addUnnamed(TableMap.peekTable(event.bytes(), 0, event.end()));
        }
    }

    /** Layout of XA_PREPARE_LOG_EVENT: whether it is XA COMMIT ... ONE PHASE, 1 byte; the id. */
    private void xaPrepare(BinlogEvent event, Capture capture) throws IOException {
        if (event.number(0, 1) == 0) {
            XaTransactions.Prepared replaced = xa.prepare(place.id(), place.gtid(), place.resumable(), where());
            schemas.hold(place.id(), xa.unnamed(), place.next(), place.isBehind());
            place.endGroup();
            if (replaced != null) {
                endUnseen(replaced, capture);
            }
        } else {
            deliver(xa.take(where()), event, capture);
        }
    }

    /** The server would not have prepared another XA transaction of the same id while it had the one before. */
    private void endUnseen(XaTransactions.Prepared replaced, Capture capture) throws IOException {
        schemas.release(replaced.id());
        LOG.warn(
                "{}: the XA transaction that {} prepared was ended without a trace in the log (sql_log_bin=0), since another one of its id is prepared at {}: its rows are not delivered",
                options.pipeline().id(),
                replaced.gtid().isAnonymous() ? "a group without a GTID" : replaced.gtid(),
                where());
        capture.idle(place.boundaryOf(replaced.gtid(), xa.readFrom()));
    }

    private void xaCommit(String sql, BinlogEvent event, Capture capture) throws IOException {
        XaTransactions.Prepared ended = xa.end(sql);
        if (ended != null) {
            place.endsPrepared(ended.gtid());
            if (place.isBehind()) {
                schemas.release(ended.id());
            } else {
                schemas.deliver(ended.id());
            }
            deliver(ended.events(), event, capture);
        } else {
            throw new UnreadableEventException(
                    "%s ends a transaction that was prepared before this pipeline's first position, so its rows are not known. Bring the targets up to date by other means, and leave it out by PipelineOptions.skipTransaction(\"%s\", reason);"
                            .formatted(sql, place.id()),
                    where(),
                    null);
        }
    }

    /** What is logged of a transaction that ends so within its group, or as text, the server may have kept. */
    private void xaRollback(String sql, Capture capture) throws IOException {
        XaTransactions.Prepared ended = xa.end(sql);
        forget(ended);
        if (place.isBehind()) {
            return;
        }
        if (xa.isOpen() ? xa.hasChanges() : ended != null && ended.hasStatements()) {
            throw new UnreadableEventException(
                    "%s rolls back what was logged, but tables of a non-transactional engine, which keep their changes, may be among those that it changed. Keep these out of XA transactions, or let every session use binlog_format=ROW; when the targets are up to date by other means, leave it out by PipelineOptions.skipTransaction(\"%s\", reason);"
                            .formatted(sql, place.id()),
                    where(),
                    null);
        }
        transaction.begin(capture);
        endGroup(capture);
    }

    private void forget(XaTransactions.@Nullable Prepared ended) throws IOException {
        if (ended != null) {
            schemas.release(ended.id());
            place.endsPrepared(ended.gtid());
            ended.events().close();
        }
    }

    /** Lets the events of an XA transaction be read next, as if they stood here. */
    private void deliver(HeldEvents events, BinlogEvent like, Capture capture) {
        if (place.isBehind()) {
            events.close();
        } else {
            transaction.begin(capture);
            events.end(like);
            stream.enter(events, where());
        }
    }

    // ---- statements

    private void query(BinlogEvent event, Capture capture) throws IOException {
        QueryEvent query = QueryEvent.of(event);
        String sql = query.sql();
        if (sql.startsWith("XA ")) {
            xaStatement(sql, event, capture);
        } else if (xa.isOpen() && statements.changesCaptured(query)) {
            xa.addStatement(event);
        } else if (xa.isOpen()) {
            xa.add(event);
        } else {
            query(query, event, capture);
        }
    }

    private void xaStatement(String sql, BinlogEvent event, Capture capture) throws IOException {
        if (XaTransactions.isStart(sql)) {
            xa.start(sql);
        } else if (XaTransactions.isCommit(sql)) {
            xaCommit(sql, event, capture);
        } else if (XaTransactions.isRollback(sql)) {
            xaRollback(sql, capture);
        }
    }

    private void query(QueryEvent query, BinlogEvent event, Capture capture) throws IOException {
        String sql = query.sql();
        if (sql.equals("BEGIN")) {
            transaction.begin(capture);
        } else if (sql.equals("COMMIT")) {
            endGroup(capture);
        } else if (sql.equals("ROLLBACK")) {
            transaction.checkRollback(sql);
            endGroup(capture);
        } else if (sql.regionMatches(true, 0, "ROLLBACK TO ", 0, 12)) {
            transaction.checkRollback(sql);
        } else if (isUndone) {
            transaction.begin(capture);
            endGroup(capture);
        } else if (query.isDummy()) {
            checkReplaced(sql);
        } else if (!sql.regionMatches(true, 0, "SAVEPOINT ", 0, 10)) {
            schemas.statement(event, query);
            if (transaction.statement(event, query, capture)) {
                endGroup(capture);
            }
        }
    }

    /** MariaDB puts a comment in the place of an event that it takes for one that is not understood here. */
    private void checkReplaced(String sql) {
        if (!EventTypes.isKnown(QueryEvent.replacedType(sql)) || EventTypes.isNeeded(QueryEvent.replacedType(sql))) {
            throw new UnreadableEventException(
                    "the server sent a comment in the place of an event that could hold rows: \"%s\""
                            .formatted(sql.strip()),
                    where(),
                    null);
        }
    }

    @Override
    public void abort() {
        server.abort();
    }

    @Override
    public void close() {
        server.abort();
        stream.close();
        xa.close();
        bodies.close();
    }
}
