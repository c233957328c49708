// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.format.NativeJson;
import java.util.List;
import java.util.Objects;

/**
 * A statement that stands in the source's log as text: DDL, or data changed by a statement that was
 * logged instead of its rows. It holds its place in the order of records, and is a barrier: a target
 * gets it after everything before it was acknowledged. Immutable.
 */
public final class Statement implements Change {

    /** What the statement does. One that no parser understands is {@link #OTHER}; its text is kept. */
    public enum Kind {
        CREATE_DATABASE,
        ALTER_DATABASE,
        DROP_DATABASE,
        CREATE_TABLE,
        ALTER_TABLE,
        RENAME_TABLE,
        DROP_TABLE,
        TRUNCATE_TABLE,
        CREATE_INDEX,
        DROP_INDEX,
        CREATE_VIEW,
        DROP_VIEW,
        INSERT,
        UPDATE,
        DELETE,
        REPLACE,
        OTHER
    }

    private static final int OVERHEAD_BYTES = 200;

    private final Kind kind;
    private final String database;
    private final List<TableId> tables;
    private final String sql;
    private final SourceInfo source;
    private final long ordinal;
    private final boolean changesData;

    /**
     * A statement that changes data if its kind says so.
     *
     * @param database the session's default database, empty if it had none
     * @param tables the tables that the statement names, in its order, with their databases resolved;
     *     empty if it names none or is not understood
     * @param sql the text as it was logged
     */
    public Statement(Kind kind, String database, List<TableId> tables, String sql, SourceInfo source, long ordinal) {
        this(kind, database, tables, sql, source, ordinal, changesData(kind));
    }

    /**
     * @param changesData see {@link #changesData()}
     */
    public Statement(
            Kind kind,
            String database,
            List<TableId> tables,
            String sql,
            SourceInfo source,
            long ordinal,
            boolean changesData) {
        this.kind = Objects.requireNonNull(kind, "kind");
        this.database = Objects.requireNonNull(database, "database");
        this.tables = List.copyOf(tables);
        this.sql = Objects.requireNonNull(sql, "sql");
        this.source = Objects.requireNonNull(source, "source");
        this.ordinal = ordinal;
        this.changesData = changesData;
    }

    private static boolean changesData(Kind kind) {
        return switch (kind) {
            case TRUNCATE_TABLE, INSERT, UPDATE, DELETE, REPLACE -> true;
            default -> false;
        };
    }

    /** {@return this statement, at the same place of the log, as one about other tables} Its text stays. */
    public Statement withTables(List<TableId> others) {
        return new Statement(kind, database, others, sql, source, ordinal, changesData);
    }

    public Kind kind() {
        return kind;
    }

    /** {@return the default database of the session that ran it; empty if it had none} */
    public String database() {
        return database;
    }

    /** {@return the tables it names, in its order; empty if none, or if it was not understood} */
    public List<TableId> tables() {
        return tables;
    }

    /** {@return the text as it was logged} */
    public String sql() {
        return sql;
    }

    /**
     * {@return whether rows change, or may change, by it that no record tells of: TRUNCATE, partitions that
     * are exchanged or dropped, and data statements logged as text}
     */
    public boolean changesData() {
        return changesData;
    }

    @Override
    public SourceInfo source() {
        return source;
    }

    @Override
    public long ordinal() {
        return ordinal;
    }

    @Override
    public int sizeBytes() {
        return OVERHEAD_BYTES + 2 * sql.length();
    }

    @Override
    public String toJson() {
        return NativeJson.toText(this);
    }

    /** {@return {@link #toJson()}} */
    @Override
    public String toString() {
        return toJson();
    }
}
