// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import io.millrace.testkit.MySqlServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client of the server that commits random transactions and remembers what it committed. Its rows
 * are its own, so it knows every version without asking. The last act of each transaction is the
 * writer's row of {@link TortureTable#LEDGER}: when a commit is not answered, because the server
 * was killed, the ledger tells afterwards whether it happened.
 */
final class Writer implements Runnable {

    /** The ids of a writer are its number and every {@code MOST_WRITERS}th one after it. */
    static final int MOST_WRITERS = 8;

    private static final int SLOTS = 15_000;
    private static final int ROWS_PER_SECOND = 1_000;
    private static final Duration BEFORE_RECONNECT = Duration.ofMillis(200);
    private static final TortureTable[] TABLES = {TortureTable.ITEMS, TortureTable.PARTS, TortureTable.LOOSE};

    private final MySqlServer server;
    private final int number;
    private final Random random;
    private final RunLog log;
    private final Map<RowKey, RowHistory> histories = new HashMap<>();
    private volatile boolean stopping;
    private @Nullable Draft unanswered;
    private int committed;
    private int rolledBack;

    Writer(MySqlServer server, int number, long seed, RunLog log) {
        this.server = server;
        this.number = number;
        this.random = new Random(seed * MOST_WRITERS + number);
        this.log = log;
    }

    /** Lets {@link #run} end after the transaction under way. From any thread. */
    void stop() {
        stopping = true;
    }

    /** {@return the writer's row that holds the number of its last transaction} */
    RowKey ledgerRow() {
        return new RowKey(TortureTable.LEDGER, number);
    }

    /** {@return what was committed; complete once {@link #run} has ended} */
    Map<RowKey, RowHistory> histories() {
        return histories;
    }

    int committed() {
        return committed;
    }

    int rolledBack() {
        return rolledBack;
    }

    @Override
    public void run() {
        while (!stopping || unanswered != null) {
            try (Connection connection = server.connect(TortureTable.DATABASE)) {
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                settle(connection);
                connection.setAutoCommit(false);
                while (!stopping) {
                    int rows = transaction(connection);
                    Waits.pause(Duration.ofMillis(rows * 1_000L / ROWS_PER_SECOND + random.nextInt(20)));
                }
            } catch (SQLException e) {
                log.detail("writer %d is disturbed: %s", number, firstLine(e));
                Waits.pause(BEFORE_RECONNECT);
            }
        }
    }

    private static String firstLine(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    /** Finds out about a commit whose answer did not come. */
    private void settle(Connection connection) throws SQLException {
        Draft open = unanswered;
        if (open == null) {
            return;
        }
        try (Statement sql = connection.createStatement();
                ResultSet result = sql.executeQuery(
                        "SELECT version FROM " + TortureTable.LEDGER.qualified() + " WHERE id = " + number)) {
            int version = result.next() ? result.getInt(1) : 0;
            boolean happened = version == Step.version(open.last(ledgerRow()));
            log.event(
                    "writer %d: its unanswered commit of %d rows %s",
                    number, open.size(), happened ? "holds" : "did not happen");
            if (happened) {
                committed(open);
            }
        }
        unanswered = null;
    }

    private void committed(Draft draft) {
        draft.commit();
        committed++;
    }

    /** {@return how many rows it changed} */
    private int transaction(Connection connection) throws SQLException {
        Draft draft = new Draft(histories);
        RowSql sql = new RowSql(connection, draft);
        int wanted = randomSize();
        changeRows(sql, draft, wanted);
        if (random.nextInt(8) == 0) {
            Savepoint savepoint = connection.setSavepoint();
            int size = draft.size();
            changeRows(sql, draft, 1 + random.nextInt(30));
            connection.rollback(savepoint);
            draft.truncate(size);
            changeRows(sql, draft, 1 + random.nextInt(5));
        }
        if (random.nextInt(12) == 0) {
            connection.rollback();
            rolledBack++;
            return wanted;
        }
        List<RowKey> ledger = List.of(ledgerRow());
        if (Step.isThere(draft.last(ledgerRow()))) {
            sql.update(TortureTable.LEDGER, ledger);
        } else {
            sql.insert(TortureTable.LEDGER, ledger);
        }
        unanswered = draft;
        connection.commit();
        unanswered = null;
        committed(draft);
        return wanted;
    }

    /** Mostly small, seldom up to 2,000 rows. */
    private int randomSize() {
        int dice = random.nextInt(100);
        if (dice < 50) {
            return 1 + random.nextInt(5);
        } else if (dice < 85) {
            return 5 + random.nextInt(100);
        } else if (dice < 97) {
            return 100 + random.nextInt(400);
        }
        return 500 + random.nextInt(1_501);
    }

    private void changeRows(RowSql sql, Draft draft, int wanted) throws SQLException {
        for (int left = wanted; left > 0; ) {
            TortureTable table = TABLES[random.nextInt(TABLES.length)];
            int count = 1 + random.nextInt(left);
            left -= count;
            List<RowKey> there = new ArrayList<>();
            List<RowKey> missing = new ArrayList<>();
            for (RowKey row : randomRows(table, count)) {
                (Step.isThere(draft.last(row)) ? there : missing).add(row);
            }
            int dice = random.nextInt(20);
            if (dice == 0 && table.isKeyed()) {
                for (int i = 0; i < Math.min(there.size(), missing.size()); i++) {
                    sql.move(table, there.get(i), missing.get(i));
                }
            } else {
                sql.insert(table, missing);
                if (dice < 5) {
                    sql.delete(table, there);
                } else {
                    sql.update(table, there);
                }
            }
        }
    }

    /** Different rows, the first slots more often than the last. */
    private Set<RowKey> randomRows(TortureTable table, int count) {
        Set<RowKey> rows = new LinkedHashSet<>();
        while (rows.size() < count) {
            double skewed = random.nextDouble() * random.nextDouble();
            rows.add(new RowKey(table, (long) (SLOTS * skewed) * MOST_WRITERS + number));
        }
        return rows;
    }
}
