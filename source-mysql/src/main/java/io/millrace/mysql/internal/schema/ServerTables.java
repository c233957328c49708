// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.schema;

import io.millrace.core.MillraceException;
import io.millrace.core.PermanentException;
import io.millrace.core.TableId;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.internal.binlog.ResultRows;
import io.millrace.mysql.internal.binlog.ServerConnection;
import io.millrace.mysql.internal.binlog.StatementEndedException;
import io.millrace.mysql.internal.row.DeclaredColumn;
import io.millrace.mysql.internal.row.DeclaredType;
import io.millrace.mysql.internal.row.ServerFamily;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads what {@code information_schema} says of the captured tables now. */
final class ServerTables {

    private static final String OF_SERVER = " WHERE TABLE_SCHEMA NOT IN ('information_schema','performance_schema')";
    /** Stands for a name that nobody gives. */
    private static final String NO_NAME = "no such name";
    /** Names that differ in their letters' case only are to the server's collation the same. */
    private static final String BY_TABLE = " ORDER BY CAST(TABLE_SCHEMA AS BINARY), CAST(TABLE_NAME AS BINARY), ";

    private final ServerConnection server;
    private final TableFilter filter;
    private final boolean lowerCase;
    private final Map<TableId, String> charsets = new HashMap<>();
    private final List<TableId> slow = new ArrayList<>();
    private final Map<TableId, List<String>> keys = new HashMap<>();

    private ServerTables(ServerConnection server, TableFilter filter, boolean lowerCase) {
        this.server = server;
        this.filter = filter;
        this.lowerCase = lowerCase;
    }

    static Catalog read(ServerConnection server, TableFilter filter, boolean lowerCase) throws IOException {
        return new ServerTables(server, filter, lowerCase).read();
    }

    private interface Row {
        void take(@Nullable String[] values);
    }

    private void forEach(String sql, Row row) throws IOException {
        ResultRows rows = server.select(sql);
        for (@Nullable String[] values = rows.nextTexts(); values != null; values = rows.nextTexts()) {
            row.take(values);
        }
    }

    private TableId table(@Nullable String[] row) {
        return Interpreter.canonical(
                new TableId(Objects.requireNonNull(row[0]), Objects.requireNonNull(row[1])), lowerCase);
    }

    private Catalog read() throws IOException {
        server.execute("SET NAMES utf8mb4");
        // What a server's defaults cut off would be columns that the table has.
        String limit = server.family() == ServerFamily.MARIADB ? "max_statement_time" : "max_execution_time";
        // Below the time after which the connection is given up: the server would wait on for nobody.
        long lockTimeout = Anchor.PATIENCE.toSeconds() - 1;
        server.execute("SET SESSION sql_mode='', sql_select_limit=18446744073709551615, " + limit
                + "=0, lock_wait_timeout=" + lockTimeout);
        try {
            server.execute("SET SESSION show_gipk_in_create_table_and_information_schema=ON");
        } catch (MillraceException e) {
            // A server without such keys does not know the variable.
        }
        awaitTables(captured());
        Catalog catalog = new Catalog();
        Changes found = new Changes(catalog, filter);
        if (seesAll()) {
            found.complete();
        }
        forEach("SELECT SCHEMA_NAME, DEFAULT_CHARACTER_SET_NAME FROM information_schema.SCHEMATA", row -> {
            String database = Interpreter.canonical(new TableId(Objects.requireNonNull(row[0]), ""), lowerCase)
                    .database();
            found.putCharset(database, Charsets.normal(Objects.requireNonNull(row[1])));
        });
        forEach(
                "SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_COLLATION, ENGINE FROM information_schema.TABLES" + OF_SERVER
                        + " AND TABLE_TYPE='BASE TABLE'",
                row -> {
                    TableId table = table(row);
                    if (filter.includes(table)) {
                        charsets.put(table, row[2] == null ? "" : Charsets.ofCollation(row[2]));
                        if (!"InnoDB".equals(row[3])) {
                            slow.add(new TableId(Objects.requireNonNull(row[0]), Objects.requireNonNull(row[1])));
                        }
                    }
                });
        forEach(
                "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME FROM information_schema.STATISTICS" + OF_SERVER
                        + " AND INDEX_NAME='PRIMARY'" + BY_TABLE + "SEQ_IN_INDEX",
                row -> {
                    TableId table = table(row);
                    if (charsets.containsKey(table)) {
                        keys.computeIfAbsent(table, of -> new ArrayList<>()).add(Objects.requireNonNull(row[2]));
                    }
                });
        readColumns(found);
        // Changes of tables without transactions are seen before they are logged.
        awaitTables(slow);
        catalog.apply(found.toJson());
        return catalog;
    }

    /** A server does not show tables to those who have no rights to them. It refuses them, be they there or not. */
    private boolean seesAll() throws IOException {
        boolean mayHide = server.variables("partial_revokes").containsValue("ON");
        for (TableId table : filter.representatives(NO_NAME)) {
            if ((mayHide && table.database().equals(NO_NAME)) || isRefused(table)) {
                return false;
            }
        }
        return true;
    }

    private boolean isRefused(TableId table) throws IOException {
        try {
            server.query(showCreate(table));
            return false;
        } catch (PermanentException e) {
            return true;
        } catch (StatementEndedException e) {
            throw e;
        } catch (MillraceException e) {
            // It is not there.
            return false;
        }
    }

    private static String showCreate(TableId table) {
        return "SHOW CREATE TABLE `" + table.database().replace("`", "``") + "`.`"
                + table.name().replace("`", "``") + "`";
    }

    private List<TableId> captured() throws IOException {
        List<TableId> tables = new ArrayList<>();
        forEach(
                "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES" + OF_SERVER
                        + " AND TABLE_TYPE='BASE TABLE'",
                row -> {
                    if (filter.includes(table(row))) {
                        tables.add(new TableId(Objects.requireNonNull(row[0]), Objects.requireNonNull(row[1])));
                    }
                });
        return tables;
    }

    /** A change that is logged may not be seen yet, until it is committed; its table is locked until then. */
    private void awaitTables(List<TableId> tables) throws IOException {
        for (TableId table : tables) {
            try {
                server.query(showCreate(table));
            } catch (StatementEndedException e) {
                throw e;
            } catch (MillraceException e) {
                // It is gone, which the log tells.
            }
        }
    }

    private void readColumns(Changes found) throws IOException {
        List<@Nullable String[]> columns = new ArrayList<>();
        forEach(
                "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, CHARACTER_SET_NAME"
                        + " FROM information_schema.COLUMNS" + OF_SERVER + BY_TABLE + "ORDINAL_POSITION",
                row -> {
                    if (!columns.isEmpty() && !table(columns.get(0)).equals(table(row))) {
                        put(columns, found);
                        columns.clear();
                    }
                    columns.add(row);
                });
        if (!columns.isEmpty()) {
            put(columns, found);
        }
    }

    private void put(List<@Nullable String[]> rows, Changes found) {
        TableId table = table(rows.get(0));
        String charset = charsets.get(table);
        if (charset == null) {
            return;
        }
        try {
            List<DeclaredColumn> columns = new ArrayList<>();
            for (@Nullable String[] row : rows) {
                columns.add(column(row));
            }
            List<String> key = keys.getOrDefault(table, List.of());
            found.put(table, TableState.of(TableDefinition.of(charset.isEmpty() ? null : charset, columns, key)));
        } catch (NotUnderstoodException e) {
            found.put(table, TableState.unknown("information_schema cannot be read of it: " + e.getMessage()));
        }
    }

    private static DeclaredColumn column(@Nullable String[] row) {
        String sql = Objects.requireNonNull(row[3]);
        DeclaredType type = ColumnClause.type(sql);
        if (type.members().stream().anyMatch(member -> member.contains("?"))) {
            throw new NotUnderstoodException(
                    "the server shows ? for characters that it cannot show, as among the members " + sql);
        }
        String charset = row[5];
        return new DeclaredColumn(
                Objects.requireNonNull(row[2]),
                type,
                "YES".equals(row[4]),
                charset != null && type.isText() ? Charsets.normal(charset) : null);
    }
}
