// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;

/** Changes rows in a transaction and notes it in the transaction's draft. Used by one thread. */
final class RowSql {

    /** So many rows may one DELETE name: with more, the server would rather look at the whole table. */
    private static final int MOST_NAMED = 100;

    private final Connection connection;
    private final Draft draft;

    RowSql(Connection connection, Draft draft) {
        this.connection = connection;
        this.draft = draft;
    }

    /** One statement with many rows. */
    void insert(TortureTable table, List<RowKey> rows) throws SQLException {
        String sql = "INSERT INTO " + table.qualified()
                + " (version, amount, note, raw, region, id) VALUES (?, ?, ?, ?, ?, ?)";
        write(sql, rows);
    }

    /** A statement for each row. */
    void update(TortureTable table, List<RowKey> rows) throws SQLException {
        String sql = "UPDATE " + table.qualified()
                + " SET version = ?, amount = ?, note = ?, raw = ? WHERE region = ? AND id = ?";
        write(sql, rows);
    }

    private void write(String sql, List<RowKey> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (RowKey row : rows) {
                int step = Step.nextWritten(draft.last(row));
                setContent(statement, RowContent.of(row, Step.version(step)));
                statement.setString(5, row.region());
                statement.setLong(6, row.id());
                statement.addBatch();
                draft.add(row, step);
            }
            statement.executeBatch();
        }
    }

    private static void setContent(PreparedStatement statement, RowContent content) throws SQLException {
        statement.setInt(1, content.version());
        statement.setBigDecimal(2, content.amount());
        statement.setString(3, content.note());
        statement.setBytes(4, content.raw());
    }

    void delete(TortureTable table, List<RowKey> rows) throws SQLException {
        if (table == TortureTable.ITEMS) {
            for (int begin = 0; begin < rows.size(); begin += MOST_NAMED) {
                deleteTogether(table, rows.subList(begin, Math.min(rows.size(), begin + MOST_NAMED)));
            }
        } else if (!rows.isEmpty()) {
            deleteEach(table, rows);
        }
        for (RowKey row : rows) {
            draft.add(row, Step.deleted(Step.version(draft.last(row))));
        }
    }

    private void deleteTogether(TortureTable table, List<RowKey> rows) throws SQLException {
        String places = String.join(", ", Collections.nCopies(rows.size(), "?"));
        try (PreparedStatement statement = connection.prepareStatement(
                "DELETE FROM " + table.qualified() + " WHERE id IN (" + places + ") ORDER BY id")) {
            for (int i = 0; i < rows.size(); i++) {
                statement.setLong(i + 1, rows.get(i).id());
            }
            statement.executeUpdate();
        }
    }

    private void deleteEach(TortureTable table, List<RowKey> rows) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM " + table.qualified() + " WHERE region = ? AND id = ?")) {
            for (RowKey row : rows) {
                statement.setString(1, row.region());
                statement.setLong(2, row.id());
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** Gives a row that is there the key of one that is not. */
    void move(TortureTable table, RowKey from, RowKey to) throws SQLException {
        int step = Step.nextWritten(draft.last(to));
        try (PreparedStatement statement = connection.prepareStatement("UPDATE " + table.qualified()
                + " SET version = ?, amount = ?, note = ?, raw = ?, region = ?, id = ? WHERE region = ? AND id = ?")) {
            setContent(statement, RowContent.of(to, Step.version(step)));
            statement.setString(5, to.region());
            statement.setLong(6, to.id());
            statement.setString(7, from.region());
            statement.setLong(8, from.id());
            statement.executeUpdate();
        }
        draft.add(from, Step.deleted(Step.version(draft.last(from))));
        draft.add(to, step);
    }
}
