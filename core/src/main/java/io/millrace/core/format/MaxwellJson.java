// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What Maxwell's daemon writes: {@code database}, {@code table}, {@code type}, {@code ts}, {@code xid}, {@code data}, and
 * for updates {@code old} with the columns that changed. Rows of an initial load are {@code bootstrap-insert}, without
 * {@code bootstrap-start} and {@code bootstrap-complete} around them. {@code xid} is the number that the pipeline gave the
 * transaction, since the server's is known at its end only; so is which row is the last, and there is no {@code commit}.
 *
 * <p>A statement has {@code type} {@code table-create} and the like, and {@code sql}, as with {@code output_ddl}, but not
 * the table's {@code def}. Maxwell has no word for TRUNCATE and others: their type is {@code sql}.
 *
 * <p>Source: Maxwell's documentation, "Data Format", "Bootstrapping", "Producers" (keys) and "Reference" (formatting);
 * options are named as its {@code output_*}. Immutable and thread-safe.
 */
public final class MaxwellJson implements Format {

    /** What a key looks like: Maxwell's {@code kafka_key_format}. */
    public enum KeyFormat {
        /** {@code {"database":"test","table":"e","pk.id":4}}. */
        HASH,
        /** {@code ["test","e",[{"id":4}]]}. */
        ARRAY
    }

    private final KeyFormat keyFormat;
    private final SqlTime time;
    private final boolean binlogPosition;
    private final boolean gtidPosition;
    private final boolean commitInfo;
    private final boolean xoffset;
    private final boolean serverId;
    private final boolean primaryKeys;
    private final boolean primaryKeyColumns;
    private final boolean nulls;
    private final boolean nullZeroDates;
    private final boolean bootstrapAsInsert;

    private MaxwellJson(Builder builder) {
        this.keyFormat = builder.keyFormat;
        this.time = new SqlTime(builder.zone);
        this.binlogPosition = builder.binlogPosition;
        this.gtidPosition = builder.gtidPosition;
        this.commitInfo = builder.commitInfo;
        this.xoffset = builder.xoffset;
        this.serverId = builder.serverId;
        this.primaryKeys = builder.primaryKeys;
        this.primaryKeyColumns = builder.primaryKeyColumns;
        this.nulls = builder.nulls;
        this.nullZeroDates = builder.nullZeroDates;
        this.bootstrapAsInsert = builder.bootstrapAsInsert;
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    public TableFormat forTable(TableSchema schema) {
        Documents.refuse(schema, "MaxwellJson");
        return new MaxwellTable(this, schema);
    }

    @Override
    public void write(Statement statement, JsonBuffer out) {
        TableId table = statement.tables().isEmpty() ? null : statement.tables().get(0);
        out.ascii("{\"type\":\"");
        out.ascii(type(statement.kind()));
        out.ascii("\",\"database\":");
        out.string(table == null ? statement.database() : table.database());
        if (table != null) {
            out.ascii(",\"table\":");
            out.string(table.name());
        }
        out.ascii(",\"ts\":");
        out.number(statement.source().eventTimestamp() * 1_000);
        out.ascii(",\"sql\":");
        out.string(statement.sql());
        writePlace(statement.source(), out);
        out.raw('}');
    }

    private static String type(Statement.Kind kind) {
        return switch (kind) {
            case CREATE_DATABASE -> "database-create";
            case ALTER_DATABASE -> "database-alter";
            case DROP_DATABASE -> "database-drop";
            case CREATE_TABLE -> "table-create";
            case ALTER_TABLE, RENAME_TABLE -> "table-alter";
            case DROP_TABLE -> "table-drop";
            default -> "sql";
        };
    }

    @Override
    public void writeKey(String database, @Nullable String table, JsonBuffer out) {
        if (keyFormat == KeyFormat.HASH) {
            out.ascii("{\"database\":");
            out.string(database);
            out.ascii(",\"table\":");
            out.stringOrNull(table);
            out.raw('}');
        } else {
            out.raw('[');
            out.string(database);
            out.raw(',');
            out.stringOrNull(table);
            out.ascii(",[]]");
        }
    }

    /** Appends where the event stands, as far as that is wanted. */
    void writePlace(SourceInfo source, JsonBuffer out) {
        if (binlogPosition && source.source() != null) {
            out.ascii(",\"position\":");
            out.string(source.source() + ":" + source.position());
        }
        if (gtidPosition && source.globalId() != null) {
            out.ascii(",\"gtid\":");
            out.string(source.globalId());
        }
    }

    KeyFormat keyFormat() {
        return keyFormat;
    }

    SqlTime time() {
        return time;
    }

    boolean commitInfo() {
        return commitInfo;
    }

    boolean xoffset() {
        return xoffset;
    }

    boolean serverId() {
        return serverId;
    }

    boolean primaryKeys() {
        return primaryKeys;
    }

    boolean primaryKeyColumns() {
        return primaryKeyColumns;
    }

    boolean nulls() {
        return nulls;
    }

    boolean bootstrapAsInsert() {
        return bootstrapAsInsert;
    }

    boolean nullZeroDates() {
        return nullZeroDates;
    }

    @Override
    public String toString() {
        return "MaxwellJson[keyFormat=" + keyFormat + ", zone=" + time + ", binlogPosition=" + binlogPosition
                + ", gtidPosition=" + gtidPosition + ", commitInfo=" + commitInfo + ", xoffset=" + xoffset
                + ", serverId=" + serverId + ", primaryKeys=" + primaryKeys + ", primaryKeyColumns="
                + primaryKeyColumns + ", nulls=" + nulls + ", nullZeroDates=" + nullZeroDates + ", bootstrapAsInsert="
                + bootstrapAsInsert + "]";
    }

    /** Not thread-safe. */
    public static final class Builder {

        private KeyFormat keyFormat = KeyFormat.HASH;
        private ZoneId zone = ZoneOffset.UTC;
        private boolean binlogPosition;
        private boolean gtidPosition;
        private boolean commitInfo = true;
        private boolean xoffset;
        private boolean serverId;
        private boolean primaryKeys;
        private boolean primaryKeyColumns;
        private boolean nulls = true;
        private boolean nullZeroDates;
        private boolean bootstrapAsInsert;

        private Builder() {}

        /** Default {@link KeyFormat#HASH}. */
        public Builder keyFormat(KeyFormat value) {
            this.keyFormat = Objects.requireNonNull(value, "keyFormat");
            return this;
        }

        /** The zone in which TIMESTAMP columns are shown; Maxwell's is that of its JVM. Default UTC. */
        public Builder zone(ZoneId value) {
            this.zone = Objects.requireNonNull(value, "zone");
            return this;
        }

        /**
         * Whether records hold the binlog file and the event's end in it, {@code "position":"master.000006:800911"}. Default
         * false.
         */
        public Builder binlogPosition(boolean value) {
            this.binlogPosition = value;
            return this;
        }

        /** Whether records hold the GTID of their transaction; Maxwell's hold the set of all before, too. Default false. */
        public Builder gtidPosition(boolean value) {
            this.gtidPosition = value;
            return this;
        }

        /** Whether records hold {@code xid}. Default true. */
        public Builder commitInfo(boolean value) {
            this.commitInfo = value;
            return this;
        }

        /**
         * Whether records hold their number within the transaction, with {@link #commitInfo} only. Those that transforms
         * made of one row share it: all but the first hold their {@link io.millrace.core.Record#subOrdinal
         * sub_ordinal}, too. Default false.
         */
        public Builder xoffset(boolean value) {
            this.xoffset = value;
            return this;
        }

        /** Whether records hold the id of the server that took the transaction. Default false. */
        public Builder serverId(boolean value) {
            this.serverId = value;
            return this;
        }

        /** Whether records hold the values of the primary key. Default false. */
        public Builder primaryKeys(boolean value) {
            this.primaryKeys = value;
            return this;
        }

        /** Whether records hold the names of the primary key's columns. Default false. */
        public Builder primaryKeyColumns(boolean value) {
            this.primaryKeyColumns = value;
            return this;
        }

        /** Whether columns that are null are shown. Default true. */
        public Builder nulls(boolean value) {
            this.nulls = value;
            return this;
        }

        /** Whether {@code 0000-00-00} is shown as null. Default false. */
        public Builder nullZeroDates(boolean value) {
            this.nullZeroDates = value;
            return this;
        }

        /**
         * Whether initial rows are told as {@code insert} and not as {@code bootstrap-insert}, for readers that know no
         * other types than those of changes, such as Flink's. Default false.
         */
        public Builder bootstrapAsInsert(boolean value) {
            this.bootstrapAsInsert = value;
            return this;
        }

        public MaxwellJson build() {
            return new MaxwellJson(this);
        }
    }
}
