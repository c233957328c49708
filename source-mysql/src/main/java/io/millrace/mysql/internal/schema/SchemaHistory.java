// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.TableId;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.MySqlPosition.Place;
import io.millrace.mysql.SchemaUnknownException;
import io.millrace.mysql.internal.binlog.BinlogEvent;
import io.millrace.mysql.internal.binlog.QueryEvent;
import io.millrace.mysql.internal.binlog.ServerConnection;
import io.millrace.mysql.internal.row.DeclaredTable;
import io.millrace.mysql.internal.row.ServerFamily;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The columns of tables as the log goes on, where the log itself does not name them. Used by the capture thread.
 *
 * <p>Each state has an id, which is stored before a position can name it: a position tells the id of the state that
 * holds behind it, and a restart goes on with that very state. Where the position names none, or one that is not
 * stored here, the history begins anew with what can be proven. Nothing of this happens, and no position names an
 * id, while the server logs full metadata.
 *
 * <p>Rows of an XA transaction are of the state at which it was prepared, and are read when it is committed. When the
 * tables change in between, the next state keeps what they were for it: a restart reads the rows again, but not
 * always the statements behind them.
 */
public final class SchemaHistory {

    private static final Logger LOG = LoggerFactory.getLogger(MySqlBinlogProcessor.class);

    /** Marks a statement that only its own session could run, such as one of a temporary table. */
    private static final int OF_SESSION = 0x4;

    /** How the history asks the server, beside the connection that reads the log. */
    public interface Server {

        /** {@return a new connection} */
        ServerConnection connect() throws IOException;

        /** {@return the end of the log} */
        Place end(ServerConnection server) throws IOException;

        /** {@return what tells the server from others} */
        String identity(ServerConnection server) throws IOException;
    }

    private final String pipeline;
    private final TableFilter filter;
    private final @Nullable HistoryFile stored;
    /** Null if no history is kept. */
    private @Nullable HistoryFile file;

    private final Server server;
    private Runnable changed = () -> {};

    // Of the connection.
    private boolean isNeeded;
    private boolean lowerCase;
    private int version;
    private String identity = "";
    private boolean isMariaDb;

    /** Whether a position was gone on from: states before it are not asked for any more. */
    private boolean hasStarted;

    /** The present state; null if there is none. */
    private @Nullable Catalog catalog;

    private @Nullable String id;
    private @Nullable Anchor anchor;

    // Of XA transactions.
    /** Tables by prepared transaction, as long as the present state is also that of its rows. */
    private final Map<String, List<TableId>> waiting = new LinkedHashMap<>();
    /** What the next state keeps of the one before, if there is none now. */
    private Map<String, Map<TableId, TableState>> carried = Map.of();
    /** What was kept for the transaction whose rows are read now. */
    private Map<TableId, TableState> kept = Map.of();

    public SchemaHistory(MySqlOptions options, Server server) {
        Path directory = options.schemaHistory();
        this.pipeline = options.pipeline().id();
        this.filter = options.pipeline().filter();
        this.stored = directory == null ? null : new HistoryFile(directory, pipeline);
        this.server = server;
    }

    /** {@return the id of the present state, to be named by positions; null if there is none} */
    public @Nullable String id() {
        return id;
    }

    /** @param action what to do when the columns of tables may have changed */
    public void onChange(Runnable action) {
        changed = action;
    }

    // ---- where it begins

    /**
     * Begins at the state that a position names.
     *
     * @param named by the position; null if it names none
     */
    public void begin(ServerConnection connection, @Nullable String named) throws IOException {
        describe(connection);
        waiting.clear();
        carried = Map.of();
        kept = Map.of();
        HistoryFile from = file;
        if (named != null && named.equals(id) && from != null) {
            return;
        }
        catalog = null;
        id = null;
        if (named != null && from != null) {
            resume(from, named);
        }
        hasStarted = true;
    }

    /** Begins at a position of a kind that names no state. */
    public void begin(ServerConnection connection) throws IOException {
        begin(connection, null);
        if (file != null) {
            file.clear();
        }
    }

    private void resume(HistoryFile from, String named) throws IOException {
        Catalog stored = from.load(named);
        if (stored == null) {
            LOG.warn(
                    "{}: the position goes with state {} of the tables, which is not in {}: it is read from the server, as far as the log shows that nothing has changed since",
                    pipeline,
                    named,
                    from.file());
            return;
        }
        catalog = stored;
        id = named;
        if (!hasStarted) {
            from.shorten(named, stored);
        }
        if (!stored.complete().equals(filter.toString())) {
            Changes changes = new Changes(stored, filter);
            changes.leaveGaps();
            store(changes, stored);
        }
    }

    private void describe(ServerConnection connection) throws IOException {
        Map<String, String> variables = connection.variables("binlog_row_metadata", "lower_case_table_names");
        isMariaDb = connection.family() == ServerFamily.MARIADB;
        file = stored;
        isNeeded = file != null
                && !variables.getOrDefault("binlog_row_metadata", "").equals("FULL");
        lowerCase = !variables.getOrDefault("lower_case_table_names", "0").equals("0");
        identity = server.identity(connection);
        // Files and offsets may be others: it may be another server, or its log may have been reset.
        anchor = null;
    }

    /**
     * The state at a place of the log.
     *
     * @param id for the position there
     * @param executed GTIDs of what the state holds: those that the server counted when it told the place may lack the
     *     last ones before it, which stand in the log and are not committed yet
     */
    public record Begun(String id, String executed) {}

    /**
     * Begins at a place of the log that is chosen, not reached.
     *
     * @param end the end of the log
     * @return null if no history is needed
     */
    public @Nullable Begun beginAt(ServerConnection connection, Place end) throws IOException {
        describe(connection);
        if (!isNeeded) {
            return null;
        }
        Anchor read = anchorAt(end);
        beginAnew(end);
        return new Begun(Objects.requireNonNull(id), read.executed());
    }

    /**
     * A group of events begins.
     *
     * @param at where an event begins, within the group or before it
     */
    public void beginGroup(Place at) throws IOException {
        if (catalog == null && isNeeded) {
            beginAnew(at);
        } else if (anchor != null && !anchor.covers(at)) {
            anchor = null;
        }
    }

    private Catalog beginAnew(Place at) throws IOException {
        HistoryFile to = Objects.requireNonNull(file);
        Catalog begun = new Catalog();
        Changes changes = new Changes(begun, filter);
        anchorAt(at).tell(changes);
        changes.begin(at);
        carried.forEach(
                (transaction, tables) -> tables.forEach((table, state) -> changes.keep(transaction, table, state)));
        carried = Map.of();
        ObjectNode json = changes.toJson();
        id = to.append(null, json);
        begun.apply(json);
        catalog = begun;
        LOG.info(
                "{}: the log does not name columns: a history of the tables is kept in {}, from {}:{} on with {} tables",
                pipeline,
                to.file(),
                at.file(),
                at.offset(),
                begun.tables().size());
        return begun;
    }

    private Anchor anchorAt(Place at) throws IOException {
        Anchor present = anchor;
        if (present == null || !present.covers(at)) {
            present = Anchor.read(server, identity, at, filter, lowerCase);
            anchor = present;
        }
        return present;
    }

    // ---- how it goes on

    /** A file of the log begins. Layout of FORMAT_DESCRIPTION_EVENT: version 2, the server's version 50, ... */
    public void beginFile(BinlogEvent event) {
        String text = new String(event.bytes(), 2, 50, StandardCharsets.US_ASCII);
        String[] parts = text.split("[^0-9]", 4);
        version = parts.length < 4
                ? 0
                : Integer.parseInt(parts[0]) * 10_000 + Integer.parseInt(parts[1]) * 100 + Integer.parseInt(parts[2]);
    }

    /** A statement of the log was run, be it delivered or not. */
    public void statement(BinlogEvent event, QueryEvent query) throws IOException {
        Catalog present = catalog;
        if (present == null) {
            return;
        }
        Interpreter.Input input =
                new Interpreter.Input(query.sql(), query.database(), query.isUtf8(), Dialect.of(event, version));
        Changes changes = isMariaDb ? namedBy(input, present) : interpreted(event, input, present);
        if (!changes.isEmpty() || Interpreter.mayChangeTables(query.sql())) {
            keepWaiting(present, changes);
        }
        store(changes, present);
        if (!changes.isEmpty()) {
            changed.run();
        }
    }

    private Changes interpreted(BinlogEvent event, Interpreter.Input input, Catalog present) {
        Changes changes = new Changes(present, filter);
        try {
            checkOutcome(event, input.sql());
            Interpreter.read(input, changes, lowerCase);
        } catch (NotUnderstoodException e) {
            changes = new Changes(present, filter);
            String sql = shortened(input.sql());
            Interpreter.forget(
                    input, "a statement was not understood, " + e.getMessage() + ": " + sql, changes, lowerCase);
            LOG.warn(
                    "{}: a statement is not understood ({}); tables that it names are not known until the server is asked: {}",
                    pipeline,
                    e.getMessage(),
                    sql);
        }
        return changes;
    }

    /** The DDL of MariaDB is another language, of which nothing is interpreted: the server is asked each time. */
    private Changes namedBy(Interpreter.Input input, Catalog present) {
        Changes changes = new Changes(present, filter);
        if (Interpreter.mayChangeTables(input.sql())) {
            Interpreter.forget(input, "it was named by " + shortened(input.sql()), changes, lowerCase);
        }
        return changes;
    }

    private static String shortened(String sql) {
        return sql.length() > 200 ? sql.substring(0, 200) + "..." : sql;
    }

    /** A statement was left out that cannot be read, and may have changed any table: the history begins anew. */
    public void missStatement() {
        if (catalog != null) {
            Changes changes = new Changes(catalog, filter);
            keepWaiting(catalog, changes);
            catalog.apply(changes.toJson());
            carried = catalog.prepared();
        }
        catalog = null;
        id = null;
        changed.run();
    }

    private static void checkOutcome(BinlogEvent event, String sql) {
        // DROP TABLE is always marked; what it drops of both kinds the server logs as two statements.
        boolean isOfSession = (event.flags() & OF_SESSION) != 0;
        if (isOfSession && !sql.regionMatches(true, 0, "DROP T", 0, 6)) {
            throw new NotUnderstoodException("it may be about a temporary table");
        }
        if (event.number(9, 2) != 0) {
            throw new NotUnderstoodException("it failed with error " + event.number(9, 2));
        }
    }

    private void store(Changes changes, Catalog into) throws IOException {
        if (!changes.isEmpty()) {
            ObjectNode json = changes.toJson();
            id = Objects.requireNonNull(file).append(id, json);
            into.apply(json);
        }
    }

    // ---- rows that wait

    /**
     * An XA transaction is prepared: from here to its end its rows wait.
     *
     * @param transaction the id of the group that prepares it
     * @param tables of its rows, that the log does not name the columns of
     * @param at where the next event begins
     * @param isBehind whether the present state is that of a later place
     */
    public void hold(String transaction, Set<TableId> tables, Place at, boolean isBehind) throws IOException {
        if (file == null || tables.isEmpty()) {
            return;
        }
        Catalog present = catalog == null ? beginAnew(at) : catalog;
        Changes changes = new Changes(present, filter);
        List<TableId> names = tables.stream()
                .map(table -> Interpreter.canonical(table, lowerCase))
                .filter(table ->
                        !present.prepared().getOrDefault(transaction, Map.of()).containsKey(table))
                .toList();
        for (TableId table : names) {
            boolean isUnknown = present.table(table).definition() == null;
            if (filter.includes(table) && (isUnknown || (isBehind && present.isBegunBehind(at)))) {
                TableState proven = anchorAt(at).at(at, table);
                if (proven.definition() == null) {
                    changes.keep(transaction, table, unknownTo(transaction, Objects.requireNonNull(proven.why())));
                } else if (isUnknown) {
                    changes.put(table, proven);
                }
            }
        }
        store(changes, present);
        waiting.put(transaction, names);
    }

    private static TableState unknownTo(String transaction, String why) {
        return TableState.unknown(
                "they were not known when %s prepared the XA transaction that is committed here: %s. To go on without it, leave it out by PipelineOptions.skipTransaction"
                        .formatted(transaction, why));
    }

    /** The tables may change: what waits keeps what is known of its tables now. */
    private void keepWaiting(Catalog present, Changes changes) {
        waiting.forEach((transaction, tables) -> {
            Set<TableId> known =
                    present.prepared().getOrDefault(transaction, Map.of()).keySet();
            for (TableId table : tables) {
                if (!known.contains(table)) {
                    TableState state = present.table(table);
                    boolean isKnown = state.definition() != null;
                    changes.keep(
                            transaction, table, isKnown ? state : unknownTo(transaction, "the table was not captured"));
                }
            }
        });
        waiting.clear();
    }

    /** The XA transaction is committed: its rows are read next, up to {@link #endDelivery}. */
    public void deliver(String transaction) throws IOException {
        kept = taken(transaction);
        if (!kept.isEmpty()) {
            changed.run();
        }
    }

    /** The transaction whose rows were read is at its end. */
    public void endDelivery() {
        if (!kept.isEmpty()) {
            kept = Map.of();
            changed.run();
        }
    }

    /** Nothing waits any more for the end of the XA transaction. */
    public void release(String transaction) throws IOException {
        taken(transaction);
    }

    /** {@return what the tables of the transaction looked like, as far as that was kept, which it is no longer} */
    private Map<TableId, TableState> taken(String transaction) throws IOException {
        waiting.remove(transaction);
        Catalog present = catalog;
        Map<String, Map<TableId, TableState>> prepared = present == null ? carried : present.prepared();
        Map<TableId, TableState> tables = prepared.get(transaction);
        if (tables == null) {
            return Map.of();
        }
        if (present == null) {
            prepared.remove(transaction);
        } else {
            Changes changes = new Changes(present, filter);
            changes.release(transaction);
            store(changes, present);
        }
        return tables;
    }

    // ---- what it says

    /**
     * {@return what is known of a table that a table map does not name the columns of; null if no history is kept}
     *
     * @param at where the next event begins
     * @param where for messages
     * @throws SchemaUnknownException if it is not known
     */
    public @Nullable DeclaredTable declared(TableId table, Place at, String where) throws IOException {
        if (file == null) {
            return null;
        }
        TableId name = Interpreter.canonical(table, lowerCase);
        TableState then = kept.get(name);
        if (then != null) {
            if (then.definition() == null) {
                throw new SchemaUnknownException(table, Objects.requireNonNull(then.why()), where);
            }
            return then.definition().table();
        }
        Catalog present = catalog == null ? beginAnew(at) : catalog;
        TableState known = present.table(name);
        if (known.definition() == null) {
            TableState proven = anchorAt(at).at(at, name);
            if (proven.definition() == null) {
                String why = known.why() == null ? "the history does not have it" : known.why();
                throw new SchemaUnknownException(table, why + "; and " + proven.why(), where);
            }
            Changes changes = new Changes(present, filter);
            changes.put(name, proven);
            store(changes, present);
            LOG.info("{}: the server was asked what {} looks like at {}", pipeline, table, where);
            known = proven;
        }
        return Objects.requireNonNull(known.definition()).table();
    }
}
