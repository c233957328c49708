// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.PermanentException;
import io.millrace.core.TableId;
import io.millrace.core.TransientException;
import io.millrace.core.filter.TableFilter;
import io.millrace.core.source.load.LoadedTo;
import io.millrace.mysql.internal.binlog.ServerConnection;
import io.millrace.mysql.internal.row.LoadedRow;
import io.millrace.mysql.internal.row.LoadedTable;
import io.millrace.mysql.internal.row.LoadedTable.Described;
import io.millrace.mysql.internal.row.ServerFamily;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What has to be asked to load a table, as it is defined at a moment. */
final class LoadTable {

    /** Of these nothing is loaded. */
    static final List<String> SYSTEM_DATABASES = List.of("mysql", "sys", "performance_schema", "information_schema");

    private static final String TABLES =
            " FROM information_schema.TABLES WHERE TABLE_TYPE IN ('BASE TABLE','SYSTEM VERSIONED','SEQUENCE')"
                    + " AND TABLE_SCHEMA NOT IN ('" + String.join("','", SYSTEM_DATABASES) + "')";

    /** A unique key of long columns MariaDB keeps as an index of their hashes, and never takes it for the primary. */
    private static final String WITHOUT_HASHES = " WHERE Index_type <> 'HASH' OR Key_name = 'PRIMARY'";

    private final TableId id;
    private final LoadedTable rows;
    /** The index along which reading can go on behind a row; empty if it cannot. */
    private final String index;
    /** Columns of that index, and how they are defined. */
    private final int[] columns;

    private final List<String> key;

    private LoadTable(TableId id, LoadedTable rows, String index, int[] columns, List<String> key) {
        this.id = id;
        this.rows = rows;
        this.index = index;
        this.columns = columns;
        this.key = key;
    }

    /** Makes the session show all that is committed, as it is; whatever the server's defaults are. */
    static void prepare(ServerConnection server, MySqlOptions options) throws IOException {
        // A chunk is handed on while the server waits to send the next.
        long writeTimeout = Math.max(3_600, 3 * options.pipeline().pauseAfter().toSeconds());
        // Below the time after which the connection is given up: the server would wait on for nobody.
        long lockTimeout = Math.max(1, options.connectTimeout().toSeconds() - 1);
        String limits = server.family() == ServerFamily.MARIADB
                ? "max_statement_time=0, idle_transaction_timeout=0, idle_readonly_transaction_timeout=0"
                : "max_execution_time=0";
        server.execute("SET NAMES utf8mb4");
        server.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
        server.execute("SET SESSION sql_mode='ALLOW_INVALID_DATES', time_zone='+00:00', character_set_results=NULL,"
                + " sql_select_limit=18446744073709551615, " + limits + ", wait_timeout=28800, net_write_timeout="
                + writeTimeout + ", lock_wait_timeout=" + lockTimeout);
        String generated = "show_gipk_in_create_table_and_information_schema";
        if (server.variables(generated).containsKey(generated)) {
            server.execute("SET SESSION " + generated + "=ON");
        }
    }

    /**
     * {@return the tables that are captured, in order, from the one to begin with on; all if that is null}
     *
     * @throws PermanentException if one of them cannot be loaded
     */
    static List<TableId> captured(ServerConnection server, TableFilter filter, @Nullable TableId from)
            throws IOException {
        List<TableId> tables = new ArrayList<>();
        for (@Nullable String[] row : server.query("SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE" + TABLES)) {
            TableId table = id(row);
            if (filter.includes(table) && (from == null || LoadedTo.ORDER.compare(table, from) >= 0)) {
                checkType(table, row[2]);
                tables.add(table);
            }
        }
        tables.sort(LoadedTo.ORDER);
        return tables;
    }

    /** MariaDB has tables of which the log has columns, or rows, that a SELECT does not show. */
    private static void checkType(TableId table, @Nullable String type) {
        if (!"BASE TABLE".equals(type)) {
            throw new PermanentException(
                    "an initial load does not load system-versioned tables and sequences, such as %s (%s). Leave it out of the filter, or load by other means and start from StartFrom.gtids(...) without the checkpoints of the load."
                            .formatted(table, type),
                    null);
        }
    }

    private static TableId id(@Nullable String[] row) {
        return new TableId(Objects.requireNonNull(row[0]), Objects.requireNonNull(row[1]));
    }

    /**
     * {@return about how much the tables hold that are captured}
     *
     * @throws TransientException if it takes longer; the server may have to open every table
     */
    static long bytes(ServerConnection server, TableFilter filter, Duration longest) throws IOException {
        long sum = 0;
        String select = server.family() == ServerFamily.MARIADB
                ? "SET STATEMENT max_statement_time=" + longest.toMillis() / 1e3 + " FOR SELECT"
                : "SELECT /*+ MAX_EXECUTION_TIME(" + longest.toMillis() + ") */";
        for (@Nullable String[] row : server.query(select + " TABLE_SCHEMA, TABLE_NAME, DATA_LENGTH" + TABLES)) {
            sum += filter.includes(id(row)) ? number(row[2]) : 0;
        }
        return sum;
    }

    /** {@return a query that has no rows; it is refused without the right to read every column} */
    static String nothingOf(TableId table) {
        return "SELECT * FROM " + name(table) + " LIMIT 0";
    }

    /** {@return the table as it is now} */
    static LoadTable describe(ServerConnection server, TableId table, MySqlOptions options) throws IOException {
        List<Described> columns = new ArrayList<>();
        for (@Nullable String[] row : server.query(
                "SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION,"
                        + " COALESCE(NUMERIC_SCALE, DATETIME_PRECISION, 0), l.ID"
                        + " FROM information_schema.COLUMNS c LEFT JOIN " + collations(server) + " = c.COLLATION_NAME"
                        + " WHERE TABLE_SCHEMA=" + text(table.database())
                        + " AND TABLE_NAME=" + text(table.name()) + " ORDER BY ORDINAL_POSITION")) {
            columns.add(new Described(
                    Objects.requireNonNull(row[0]),
                    Objects.requireNonNull(row[1]),
                    Objects.requireNonNull(row[2]),
                    "YES".equals(row[3]),
                    number(row[4]),
                    (int) number(row[5]),
                    (int) number(row[6]),
                    (int) number(row[7])));
        }
        // Without full metadata the log tells of no other key, and a row has one key wherever it is read.
        boolean logHasKeys =
                "FULL".equals(server.variables("binlog_row_metadata").get("binlog_row_metadata"));
        // Tables in memory have indexes of hashes as others have trees.
        boolean mayHash = server.family() == ServerFamily.MARIADB
                && !engine(server, table).equals("MEMORY");
        String counted = !logHasKeys ? " WHERE Key_name = 'PRIMARY'" : mayHash ? WITHOUT_HASHES : "";
        PrimaryIndex primary = PrimaryIndex.of(server.query("SHOW INDEX FROM " + name(table) + counted));
        LoadedTable rows =
                LoadedTable.of(table, columns, primary.columns(), options.invalidText() == InvalidText.BYTES);
        int[] key = rows.schema().primaryKeyIndexes();
        if (key.length == 0 || !primary.isAscending() || !Arrays.stream(key).allMatch(rows::isOrdered)) {
            return inOneGo(table, rows);
        }
        List<String> defined =
                Arrays.stream(key).mapToObj(i -> columns.get(i).definition()).toList();
        return new LoadTable(table, rows, primary.name(), key, defined);
    }

    /**
     * {@return the table's engine, if it can be loaded} It may have become one that cannot. It is there: a SELECT of it
     * is open.
     */
    private static String engine(ServerConnection server, TableId table) throws IOException {
        @Nullable String[] row = server.query("SELECT ENGINE, TABLE_TYPE FROM information_schema.TABLES WHERE TABLE_SCHEMA="
                        + text(table.database()) + " AND TABLE_NAME=" + text(table.name()))
                .get(0);
        checkType(table, row[1]);
        return Objects.requireNonNullElse(row[0], "");
    }

    /** {@return where the numbers of collations are} MariaDB 10.10 and later have some that several charsets share. */
    private static String collations(ServerConnection server) throws IOException {
        boolean areShared = server.family() == ServerFamily.MARIADB
                && !server.query("SHOW COLUMNS FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY"
                                + " LIKE 'FULL_COLLATION_NAME'")
                        .isEmpty();
        return areShared
                ? "information_schema.COLLATION_CHARACTER_SET_APPLICABILITY l ON l.FULL_COLLATION_NAME"
                : "information_schema.COLLATIONS l ON l.COLLATION_NAME";
    }

    private static LoadTable inOneGo(TableId id, LoadedTable rows) {
        return new LoadTable(id, rows, "", new int[0], List.of());
    }

    /** {@return the same table, of which all rows are asked for together} */
    LoadTable inOneGo() {
        return inOneGo(id, rows);
    }

    private static long number(@Nullable String text) {
        return text == null ? 0 : Long.parseLong(text);
    }

    private static String text(String value) {
        return "_utf8mb4 x'" + HexFormat.of().formatHex(value.getBytes(StandardCharsets.UTF_8)) + "'";
    }

    static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    private static String name(TableId table) {
        return quoted(table.database()) + "." + quoted(table.name());
    }

    TableId id() {
        return id;
    }

    /** {@return whether reading can go on behind a row; otherwise the table is read in one go} */
    boolean goesOnBehindRows() {
        return columns.length > 0;
    }

    /** {@return whether reading can go on there} */
    boolean canGoOn(LoadedTo place) {
        return goesOnBehindRows() && place.table().equals(id) && place.key().equals(key);
    }

    LoadedTo begin(String pass) {
        return new LoadedTo(id, pass, 0, key, List.of());
    }

    /** {@return the query for rows behind that key, empty for the first} */
    String select(List<String> after, int limit) {
        List<String> expressions = new ArrayList<>();
        for (int i = 0; i < rows.schema().size(); i++) {
            expressions.add(rows.expression(i, column(i)));
        }
        String sql = "SELECT " + String.join(",", expressions) + " FROM " + name(id);
        if (!goesOnBehindRows()) {
            return sql;
        }
        String order = Arrays.stream(columns).mapToObj(this::column).collect(Collectors.joining(","));
        return sql + " FORCE INDEX (" + quoted(index) + ")" + (after.isEmpty() ? "" : " WHERE " + behind(after))
                + " ORDER BY " + order + " LIMIT " + limit;
    }

    /** a > x OR (a = x AND (b > y OR ...)): what the optimizer makes a range of. */
    private String behind(List<String> after) {
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < columns.length; i++) {
            String column = column(columns[i]);
            sql.append(column).append('>').append(after.get(i));
            if (i + 1 < columns.length) {
                sql.append(" OR (")
                        .append(column)
                        .append('=')
                        .append(after.get(i))
                        .append(" AND (");
            }
        }
        return sql.append("))".repeat(columns.length - 1)).toString();
    }

    private String column(int index) {
        return quoted(rows.schema().column(index).name());
    }

    LoadedRow row(byte[] values) {
        return rows.row(values);
    }

    /** {@return the row's key as SQL; empty if reading cannot go on behind a row} */
    List<String> keyOf(LoadedRow row) {
        return Arrays.stream(columns).mapToObj(row::literal).toList();
    }
}
