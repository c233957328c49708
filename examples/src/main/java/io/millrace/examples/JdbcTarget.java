// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.core.Batch;
import io.millrace.core.FencedException;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.TransientException;
import io.millrace.core.checkpoint.Checkpoint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Exactly once into a database of your own: the checkpoint is stored in the JDBC transaction that
 * stores the records. A subclass implements {@link #save(List)} as any target does, on
 * {@link #connection()}, and does not commit.
 */
abstract class JdbcTarget extends Target {

    // tag::statements[]
    private static final String TABLE = """
            CREATE TABLE IF NOT EXISTS millrace_checkpoints (
              pipeline VARCHAR(100), target VARCHAR(100), owner VARCHAR(36) NOT NULL, checkpoint MEDIUMTEXT,
              PRIMARY KEY (pipeline, target))""";

    private static final String ADD = "INSERT INTO millrace_checkpoints (owner, pipeline, target) VALUES (?, ?, ?)";
    private static final String TAKE = "UPDATE millrace_checkpoints SET owner = ? WHERE pipeline = ? AND target = ?";
    private static final String LOCK =
            "SELECT owner, checkpoint FROM millrace_checkpoints WHERE pipeline = ? AND target = ? FOR UPDATE";
    private static final String MOVE =
            "UPDATE millrace_checkpoints SET checkpoint = ? WHERE pipeline = ? AND target = ? AND owner = ?";
    // end::statements[]

    private final DataSource database;

    /** Names this instance: whoever started last has written its own into the table. */
    private final String owner = UUID.randomUUID().toString();

    private boolean owning;
    private @Nullable Connection connection;

    JdbcTarget(TargetOptions options, DataSource database) {
        super(options);
        this.database = database;
    }

    /** {@return the connection whose transaction is being written} */
    protected final Connection connection() {
        return Objects.requireNonNull(connection);
    }

    // tag::contract[]
    @Override
    protected boolean keepsCheckpoint() {
        return true;
    }

    /**
     * Takes possession and reads, in one step: what the instance before stores afterwards is refused. The
     * row's lock waits for a commit that is still on its way from a connection that was lost.
     */
    @Override
    protected @Nullable Checkpoint restore() throws SQLException {
        if (!owning && update(TAKE, owner, pipeline(), name()) == 0) {
            update(ADD, owner, pipeline(), name());
        }
        String stored = storedCheckpoint();
        connection().commit();
        owning = true;
        return stored == null ? null : Checkpoint.parse(stored);
    }

    @Override
    protected void save(Batch batch) throws Exception {
        try {
            String checkpoint = batch.checkpoint().toJson();
            if (update(MOVE, checkpoint, pipeline(), name(), owner) == 0) {
                throw fenced();
            }
            super.save(batch);
            connection().commit();
        } catch (SQLException e) {
            if (!connection().isValid(1)) {
                throw new TransientException("the connection was lost, maybe in a commit: " + e.getMessage(), e);
            }
            throw e;
        }
    }

    @Override
    protected void confirmOwnership() throws SQLException {
        storedCheckpoint();
        connection().commit();
    }

    private @Nullable String storedCheckpoint() throws SQLException {
        try (PreparedStatement sql = connection().prepareStatement(LOCK)) {
            sql.setString(1, pipeline());
            sql.setString(2, name());
            try (ResultSet row = sql.executeQuery()) {
                if (!row.next() || !owner.equals(row.getString(1))) {
                    throw fenced();
                }
                return row.getString(2);
            }
        }
    }
    // end::contract[]

    private int update(String text, String... values) throws SQLException {
        try (PreparedStatement sql = connection().prepareStatement(text)) {
            for (int i = 0; i < values.length; i++) {
                sql.setString(i + 1, values[i]);
            }
            return sql.executeUpdate();
        }
    }

    private FencedException fenced() {
        return new FencedException(
                "another instance of pipeline " + pipeline() + " writes to target " + name() + " now", null);
    }

    /** Overridden to prepare a new connection further; called again after each failure. */
    @Override
    protected void open() throws SQLException {
        close();
        Connection fresh = database.getConnection();
        connection = fresh;
        fresh.setAutoCommit(false);
        try (java.sql.Statement sql = fresh.createStatement()) {
            sql.execute(TABLE);
        }
    }

    @Override
    protected void recover(Throwable failure) throws SQLException {
        open();
    }

    @Override
    protected void close() {
        try (Connection last = connection) {
            connection = null;
            if (last != null) {
                last.rollback();
            }
        } catch (SQLException e) {
            // It was lost: the server rolls back.
        }
    }
}
