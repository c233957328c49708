// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.RowImage;
import io.millrace.core.TableId;
import io.millrace.core.filter.TableFilter;
import io.millrace.mysql.MySqlPosition.Loading;
import io.millrace.mysql.internal.binlog.ServerConnection;
import io.millrace.mysql.internal.row.LoadedTable;
import io.millrace.mysql.internal.row.LoadedTable.Described;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What has to be asked to load a table. */
final class LoadTable {

    private final TableId id;
    private final LoadedTable rows;
    /** Columns of the primary key, if reading can go on behind a row; otherwise empty. */
    private final int[] key;

    private LoadTable(TableId id, LoadedTable rows, int[] key) {
        this.id = id;
        this.rows = rows;
        this.key = key;
    }

    /** Makes the session show values as they are. */
    static void prepare(ServerConnection server, MySqlOptions options) throws IOException {
        long writeTimeout = Math.max(60, 3 * options.pipeline().pauseAfter().toSeconds());
        server.execute("SET NAMES utf8mb4");
        server.execute("SET SESSION sql_mode='', time_zone='+00:00', character_set_results=NULL, max_execution_time=0,"
                + " net_write_timeout=" + writeTimeout);
    }

    /** {@return the tables that are captured, in order, from the one to begin with on; all if that is null} */
    static List<TableId> captured(ServerConnection server, TableFilter filter, @Nullable TableId from)
            throws IOException {
        List<TableId> tables = new ArrayList<>();
        for (@Nullable String[] row : server.query("SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES"
                + " WHERE TABLE_TYPE='BASE TABLE' AND TABLE_SCHEMA NOT IN"
                + " ('mysql','sys','performance_schema','information_schema')")) {
            TableId table = new TableId(Objects.requireNonNull(row[0]), Objects.requireNonNull(row[1]));
            if (filter.includes(table) && (from == null || Loading.ORDER.compare(table, from) >= 0)) {
                tables.add(table);
            }
        }
        tables.sort(Loading.ORDER);
        return tables;
    }

    /** {@return the table as it is now; null if it is gone} */
    static @Nullable LoadTable describe(ServerConnection server, TableId table, MySqlOptions options)
            throws IOException {
        String where = " WHERE TABLE_SCHEMA=" + text(table.database()) + " AND TABLE_NAME=" + text(table.name());
        List<Described> columns = new ArrayList<>();
        for (@Nullable String[] row : server.query(
                "SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION,"
                        + " COALESCE(NUMERIC_SCALE, DATETIME_PRECISION, 0), (SELECT ID FROM"
                        + " information_schema.COLLATIONS l WHERE l.COLLATION_NAME = c.COLLATION_NAME)"
                        + " FROM information_schema.COLUMNS c" + where + " ORDER BY ORDINAL_POSITION")) {
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
        if (columns.isEmpty()) {
            return null;
        }
        List<String> primaryKey = new ArrayList<>();
        boolean isWhole = true;
        for (@Nullable String[] row : server.query("SELECT COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS" + where
                + " AND INDEX_NAME='PRIMARY' ORDER BY SEQ_IN_INDEX")) {
            primaryKey.add(Objects.requireNonNull(row[0]));
            isWhole &= row[1] == null;
        }
        LoadedTable rows = LoadedTable.of(table, columns, primaryKey, options.invalidText() == InvalidText.BYTES);
        int[] key = rows.schema().primaryKeyIndexes();
        for (int column : key) {
            isWhole &= rows.isOrdered(column);
        }
        return new LoadTable(table, rows, isWhole ? key : new int[0]);
    }

    private static long number(@Nullable String text) {
        return text == null ? 0 : Long.parseLong(text);
    }

    private static String text(String value) {
        return "_utf8mb4 x'" + HexFormat.of().formatHex(value.getBytes(StandardCharsets.UTF_8)) + "'";
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    TableId id() {
        return id;
    }

    /** {@return whether reading can go on behind a row; otherwise the table is read in one go} */
    boolean goesOnBehindRows() {
        return key.length > 0;
    }

    /** {@return the query for rows behind that key, empty for the first} */
    String select(List<String> after, int limit) {
        List<String> expressions = new ArrayList<>();
        for (int i = 0; i < rows.schema().size(); i++) {
            expressions.add(rows.expression(i, column(i)));
        }
        String sql =
                "SELECT " + String.join(",", expressions) + " FROM " + quoted(id.database()) + "." + quoted(id.name());
        if (!goesOnBehindRows()) {
            return sql;
        }
        String order = Arrays.stream(key).mapToObj(this::column).collect(Collectors.joining(","));
        return sql + (after.isEmpty() ? "" : " WHERE " + behind(after)) + " ORDER BY " + order + " LIMIT " + limit;
    }

    /** a > x OR (a = x AND (b > y OR ...)): what the optimizer makes a range of. */
    private String behind(List<String> after) {
        StringBuilder sql = new StringBuilder();
        for (int i = 0; i < key.length; i++) {
            String column = column(key[i]);
            sql.append(column).append('>').append(after.get(i));
            if (i + 1 < key.length) {
                sql.append(" OR (")
                        .append(column)
                        .append('=')
                        .append(after.get(i))
                        .append(" AND (");
            }
        }
        return sql.append("))".repeat(key.length - 1)).toString();
    }

    private String column(int index) {
        return quoted(rows.schema().column(index).name());
    }

    RowImage row(byte[] @Nullable [] values) {
        return rows.row(values);
    }

    /** {@return the row's key as SQL; empty if reading cannot go on behind a row} */
    List<String> keyOf(byte[] @Nullable [] values) {
        List<String> literals = new ArrayList<>(key.length);
        for (int column : key) {
            literals.add(rows.literal(column, Objects.requireNonNull(values[column])));
        }
        return literals;
    }
}
