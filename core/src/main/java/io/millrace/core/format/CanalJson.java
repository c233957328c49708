// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;

/**
 * Canal's flat message: {@code data} and {@code old} as lists of one row, of which all values are strings,
 * {@code mysqlType} and {@code sqlType} by column, {@code pkNames}, {@code es} (when the change happened) and {@code ts}
 * (when the message was made), both in milliseconds. {@code id} is the number that the pipeline gave the transaction. Rows
 * of an initial load are INSERT. A statement has {@code sql}, and {@code isDdl} if it is no text of data.
 *
 * <p>Source: {@code FlatMessage}, {@code MQMessageUtils} and {@code LogEventConvert} of Canal, which has no description of
 * it in words; Apache Flink's documentation of "Canal Format". Immutable and thread-safe.
 */
public final class CanalJson implements Format {

    private final SqlTime time;
    private final boolean membersAsText;

    private CanalJson(Builder builder) {
        this.time = new SqlTime(builder.zone);
        this.membersAsText = builder.membersAsText;
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    public TableFormat forTable(TableSchema schema) {
        Documents.refuse(schema, "CanalJson");
        return new CanalTable(this, schema);
    }

    @Override
    public void write(Statement statement, JsonBuffer out) {
        TableId table = statement.tables().isEmpty() ? null : statement.tables().get(0);
        out.ascii("{\"data\":null,\"database\":");
        out.string(table == null ? statement.database() : table.database());
        out.ascii(",\"es\":");
        out.number(statement.source().eventTimestamp() * 1_000);
        out.ascii(",\"id\":");
        out.number(statement.source().transaction().number());
        out.ascii(",\"isDdl\":");
        out.bool(!isData(statement.kind()));
        out.ascii(",\"mysqlType\":null,\"old\":null,\"pkNames\":null,\"sql\":");
        out.string(statement.sql());
        out.ascii(",\"sqlType\":null,\"table\":");
        out.string(table == null ? "" : table.name());
        out.ascii(",\"ts\":");
        out.number(System.currentTimeMillis());
        out.ascii(",\"type\":\"");
        out.ascii(type(statement.kind()));
        out.ascii("\"}");
    }

    private static boolean isData(Statement.Kind kind) {
        return switch (kind) {
            case INSERT, UPDATE, DELETE, REPLACE -> true;
            default -> false;
        };
    }

    private static String type(Statement.Kind kind) {
        return switch (kind) {
            case CREATE_TABLE -> "CREATE";
            case ALTER_TABLE -> "ALTER";
            case DROP_TABLE -> "ERASE";
            case RENAME_TABLE -> "RENAME";
            case TRUNCATE_TABLE -> "TRUNCATE";
            case CREATE_INDEX -> "CINDEX";
            case DROP_INDEX -> "DINDEX";
            default -> "QUERY";
        };
    }

    SqlTime time() {
        return time;
    }

    boolean membersAsText() {
        return membersAsText;
    }

    @Override
    public String toString() {
        return "CanalJson[membersAsText=" + membersAsText + ", zone=" + time + "]";
    }

    /** Not thread-safe. */
    public static final class Builder {

        private ZoneId zone = ZoneOffset.UTC;
        private boolean membersAsText;

        private Builder() {}

        /** The zone in which TIMESTAMP columns are shown; Canal's is that of its JVM. Default UTC. */
        public Builder zone(ZoneId value) {
            this.zone = Objects.requireNonNull(value, "zone");
            return this;
        }

        /**
         * Whether ENUM and SET are shown by the names of their members. Canal shows the numbers that the log has: of an
         * ENUM the member's, from 1, of a SET the members' bits. Default false.
         */
        public Builder membersAsText(boolean value) {
            this.membersAsText = value;
            return this;
        }

        public CanalJson build() {
            return new CanalJson(this);
        }
    }
}
