// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.PermanentException;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The statements that write the rows of one table, in their order, many rows to a round trip. REPLACE
 * also does away with a row that holds a unique value which has moved on to another.
 */
final class MirrorTable {

    private final TableSchema schema;
    private final int[] columns;
    private final int[] key;
    private final PreparedStatement replace;
    private final PreparedStatement delete;
    private @Nullable PreparedStatement pending;

    MirrorTable(Connection connection, TableSchema schema) throws SQLException {
        this.schema = schema;
        this.columns = IntStream.range(0, schema.size()).toArray();
        this.key = schema.primaryKeyIndexes();
        if (key.length == 0) {
            throw new PermanentException(
                    schema.table() + " has no primary key to find its rows by; leave it out by a filter", null);
        }
        String table = quoted(schema.table().name());
        String names =
                schema.columns().stream().map(column -> quoted(column.name())).collect(Collectors.joining(", "));
        String values = String.join(", ", Collections.nCopies(columns.length, "?"));
        this.replace =
                connection.prepareStatement("REPLACE INTO " + table + " (" + names + ") VALUES (" + values + ")");
        this.delete = connection.prepareStatement("DELETE FROM " + table + " WHERE "
                + Arrays.stream(key)
                        .mapToObj(index -> quoted(schema.column(index).name()) + " = ?")
                        .collect(Collectors.joining(" AND ")));
    }

    private static String quoted(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    boolean isOf(TableSchema other) {
        return schema == other;
    }

    /** Takes a change in; it is written by the next {@link #flush} at the latest. */
    void add(Record record) throws SQLException {
        RowImage before = record.before();
        RowImage after = record.after();
        if (before != null && (after == null || !hasSameKey(before, after))) {
            add(delete, key, before);
        }
        if (after != null) {
            add(replace, columns, after);
        }
    }

    private boolean hasSameKey(RowImage before, RowImage after) {
        return Arrays.stream(key).allMatch(index -> Objects.deepEquals(before.get(index), after.get(index)));
    }

    private void add(PreparedStatement sql, int[] indexes, RowImage row) throws SQLException {
        if (pending != sql) {
            flush();
            pending = sql;
        }
        for (int i = 0; i < indexes.length; i++) {
            Column column = schema.column(indexes[i]);
            Object value = row.get(indexes[i]);
            sql.setObject(i + 1, column.type() == ColumnType.BITS ? JdbcValues.ofBits(value) : JdbcValues.of(value));
        }
        sql.addBatch();
    }

    void flush() throws SQLException {
        PreparedStatement sql = pending;
        pending = null;
        if (sql != null) {
            sql.executeBatch();
        }
    }

    void close() throws SQLException {
        flush();
        replace.close();
        delete.close();
    }
}
