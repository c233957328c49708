// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

/** Rows in a server's binlog that wait to be drained. */
final class Backlog {

    private static final int MOST_ROWS = 1_000;
    private static final int MOST_CHARACTERS = 4_000_000;
    /** Rows beside each that is captured, of a table that is not. */
    private static final int OTHERS = 9;

    private static final int STATEMENTS_AT_ONCE = 200;

    private final Servers servers;
    private final Workload workload;
    private final int transactionSize;

    Backlog(Servers servers, Workload workload, int transactionSize) {
        this.servers = servers;
        this.workload = workload;
        this.transactionSize = transactionSize;
    }

    /** Writes so many changes of a new table and says where in the log they begin. */
    Job.Start write(String table, long changes) throws SQLException {
        servers.mysql().execute("CREATE TABLE bench." + table + " (" + workload.columns() + ")");
        servers.mysql().execute("CREATE TABLE bench.other_" + table + " (" + workload.columns() + ")");
        Job.Start start = servers.here();
        insertInto(table, changes);
        return start;
    }

    /** Writes so many changes of a table that has no rows with such ids. */
    void insertInto(String table, long changes) throws SQLException {
        Random random = new Random(42);
        String url = servers.mysql().jdbcUrl("bench") + "&allowMultiQueries=true";
        try (Connection connection = DriverManager.getConnection(
                        url, servers.mysql().user(), servers.mysql().password());
                Statement sql = connection.createStatement()) {
            sql.execute(workload.session());
            if (workload == Workload.OLTP) {
                change(table, changes, sql, random);
            } else {
                insert(table, changes, connection, sql, random);
            }
        }
    }

    private void insert(String table, long rows, Connection connection, Statement sql, Random random)
            throws SQLException {
        connection.setAutoCommit(false);
        long others = 0;
        long sinceCommit = 0;
        for (long id = 0; id < rows; ) {
            long most = Math.min(MOST_ROWS, Math.min(rows - id, transactionSize - sinceCommit));
            long next = insert(table, id, most, sql, random);
            if (workload == Workload.FILTERED) {
                others = insert("other_" + table, others, OTHERS * (next - id), sql, random);
            }
            sinceCommit += next - id;
            id = next;
            if (sinceCommit >= transactionSize) {
                connection.commit();
                sinceCommit = 0;
            }
        }
        connection.commit();
    }

    /** {@return the id after the last of the rows that one statement inserted} */
    private long insert(String table, long first, long most, Statement sql, Random random) throws SQLException {
        StringBuilder text = new StringBuilder("INSERT INTO ").append(table).append(" VALUES ");
        long id = first;
        while (id < first + most && text.length() < MOST_CHARACTERS) {
            text.append(id == first ? "" : ",");
            workload.row(text, id++, random);
        }
        sql.execute(text.toString());
        return id;
    }

    /** Each change is a transaction; a deleted row does not come back. */
    private void change(String table, long changes, Statement sql, Random random) throws SQLException {
        int[] live = new int[Math.toIntExact(changes)];
        int count = 0;
        int nextId = 0;
        StringBuilder text = new StringBuilder();
        for (long i = 0; i < changes; i++) {
            int choice = count == 0 ? 0 : random.nextInt(10);
            int place = count == 0 ? 0 : random.nextInt(count);
            if (choice < 5) {
                text.append("INSERT INTO ").append(table).append(" VALUES ");
                live[count++] = nextId;
                workload.row(text, nextId++, random);
            } else if (choice < 9) {
                text.append("UPDATE ").append(table).append(" SET version = version + 1, state = 1 + version % 4,");
                text.append(" amount = amount + 1, changed = '2026-01-02 03:04:06.500' WHERE id = ")
                        .append(live[place]);
            } else {
                text.append("DELETE FROM ").append(table).append(" WHERE id = ").append(live[place]);
                live[place] = live[--count];
            }
            text.append(';');
            if ((i + 1) % STATEMENTS_AT_ONCE == 0 || i + 1 == changes) {
                sql.execute(text.toString());
                while (sql.getMoreResults() || sql.getUpdateCount() >= 0) {
                    // Each statement has a result.
                }
                text.setLength(0);
            }
        }
    }
}
