// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import io.millrace.core.MillraceException;
import io.millrace.core.TableId;
import io.millrace.core.TransientException;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.MySqlPosition.Place;
import io.millrace.mysql.internal.binlog.ServerConnection;
import io.millrace.mysql.internal.row.ServerFamily;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the server said of its tables at one moment, and the statements of the log from a place up to that moment: a
 * table that none of them mentions had been the same at that place. Immutable.
 *
 * <p>The moment is a span: the log's end is asked for behind the tables, so that what changed one of them while they
 * were read is among the statements, and before them, as only up to there they show all that was logged. A server
 * shows a change only once it stands in the log; one that stands there it shows when it is committed, which is waited
 * for.
 */
final class Anchor {

    /** Events that are asked for at once: older servers write no log meanwhile. */
    private static final int PAGE = 5_000;
    /** Older servers open every table to answer. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Place from;
    private final String executed;
    private final Place seen;
    private final Catalog tables;
    private final Map<Place, Mentions> statements;
    /** Why the log could not be searched; null if it was. */
    private final @Nullable String gap;

    private Anchor(
            Place from,
            String executed,
            Place seen,
            Catalog tables,
            Map<Place, Mentions> statements,
            @Nullable String gap) {
        this.from = from;
        this.executed = executed;
        this.seen = seen;
        this.tables = tables;
        this.statements = statements;
        this.gap = gap;
    }

    /**
     * Reads both.
     *
     * @param identity of the server whose log it is
     * @param from where an event begins in the log
     * @throws TransientException if another server answers
     */
    static Anchor read(SchemaHistory.Server access, String identity, Place from, TableFilter filter, boolean lowerCase)
            throws IOException {
        try (ServerConnection server = access.connect()) {
            server.waitUpTo(PATIENCE);
            if (!access.identity(server).equals(identity)) {
                throw new TransientException(
                        "asked what tables look like, another server answers than the one that sends the log", null);
            }
            Place seen = access.end(server);
            Catalog tables = ServerTables.read(server, filter, lowerCase);
            String executed = server.family() == ServerFamily.MARIADB ? "" : server.gtids("gtid_executed");
            Place end = access.end(server);
            Map<Place, Mentions> statements = new TreeMap<>();
            String gap = null;
            try {
                if (from.compareTo(seen) > 0) {
                    throw new IllegalArgumentException("it ends at " + seen);
                }
                search(server, from, end, statements);
            } catch (MillraceException | IllegalArgumentException e) {
                gap = "the log cannot be searched for statements from " + from + " on: " + e.getMessage();
            }
            return new Anchor(from, executed, seen, tables, statements, gap);
        }
    }

    private static void search(ServerConnection server, Place from, Place end, Map<Place, Mentions> into)
            throws IOException {
        Place at = from;
        while (at.compareTo(end) < 0) {
            List<@Nullable String[]> events = server.query("SHOW BINLOG EVENTS IN '%s' FROM %d LIMIT %d"
                    .formatted(at.file().replace("'", "''"), at.offset(), PAGE));
            for (@Nullable String[] event : events) {
                Place next = next(event, at);
                String sql = Objects.requireNonNullElse(event[5], "");
                boolean isStatement = "Query".equals(event[2]) || "Query_compressed".equals(event[2]);
                if (isStatement && Interpreter.mayChangeTables(withoutUse(sql))) {
                    into.put(new Place(at.file(), number(event[1])), new Mentions(sql));
                }
                at = next;
            }
            if (events.size() < PAGE) {
                if (at.file().equals(end.file())) {
                    return;
                }
                at = new Place(fileAfter(server, at.file()), 4);
            }
        }
    }

    /** {@return where the event ends} Within a transaction MariaDB's do not tell, and it is where the event begins. */
    private static Place next(@Nullable String[] event, Place at) {
        long end = number(event[4]);
        if (end == 0) {
            return new Place(at.file(), number(event[1]));
        }
        Place next = new Place(at.file(), end);
        // What is compressed ends where all of its transaction does.
        if (next.compareTo(at) < 0) {
            throw new IllegalArgumentException("the file is too long");
        }
        return next;
    }

    private static long number(@Nullable String text) {
        return Long.parseLong(Objects.requireNonNull(text));
    }

    /** The server shows the session's database in front of the statement. */
    private static String withoutUse(String sql) {
        int end = sql.indexOf("`; ");
        return sql.startsWith("use `") && end > 0 ? sql.substring(end + 3) : sql;
    }

    private static String fileAfter(ServerConnection server, String file) throws IOException {
        boolean isBehind = false;
        for (@Nullable String[] row : server.query("SHOW BINARY LOGS")) {
            String name = Objects.requireNonNull(row[0]);
            if (isBehind) {
                return name;
            }
            isBehind = name.equals(file);
        }
        throw new IllegalArgumentException("no file follows " + file);
    }

    /** {@return GTIDs of all that had been changed before the place, and maybe of more up to the moment; empty of MariaDB} */
    String executed() {
        return executed;
    }

    /** {@return whether the statements behind that place are all known, and none before it came after the tables} */
    boolean covers(Place place) {
        try {
            return place.compareTo(from) >= 0 && place.compareTo(seen) <= 0;
        } catch (IllegalArgumentException e) {
            // The base name of the log's files has changed.
            return false;
        }
    }

    /** {@return what is known of the table at that place, which it {@link #covers}} */
    TableState at(Place place, TableId table) {
        if (gap != null) {
            return TableState.unknown(gap);
        }
        TableState now = tables.table(table);
        if (now.isNone()) {
            return TableState.unknown(
                    "the server has no such table now, or the user may not see it: it needs a privilege on it, such as SELECT");
        }
        for (Map.Entry<Place, Mentions> statement : statements.entrySet()) {
            if (statement.getKey().compareTo(place) >= 0 && statement.getValue().mayBe(table)) {
                return TableState.unknown("a statement at %s:%d may have changed it since"
                        .formatted(statement.getKey().file(), statement.getKey().offset()));
            }
        }
        return now;
    }

    /** Tells an empty catalog all that is known at the place where the search began. */
    void tell(Changes changes) {
        if (gap == null && !tables.complete().isEmpty()) {
            changes.complete();
        }
        if (gap != null || !statements.isEmpty()) {
            changes.leaveGaps();
        }
        for (Map.Entry<String, String> entry : tables.charsets().entrySet()) {
            String database = entry.getKey();
            if (gap == null && statements.values().stream().noneMatch(one -> one.mayBeDatabase(database))) {
                changes.putCharset(database, entry.getValue());
            }
        }
        for (TableId table : new ArrayList<>(tables.tables())) {
            TableState state = at(from, table);
            if (state.definition() != null) {
                changes.put(table, state);
            }
        }
    }
}
