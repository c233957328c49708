// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.Column;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.TableSchema;
import java.sql.Types;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Canal's flat messages of one schema. Used by one thread at a time. */
final class CanalTable implements TableFormat {

    private final PerSchema<CanalRow> rows;
    private final NativeKey key;
    private final OldValues oldValues = new OldValues();
    /** {@code ],"database":...,"es":}. */
    private final byte[] database;
    /** {@code ,"isDdl":false,"mysqlType":{...},"old":}. */
    private final byte[] mysqlType;
    /** {@code ,"pkNames":...,"sql":"","sqlType":{...},"table":...,"ts":}. */
    private final byte[] rest;

    /*
     * All rows of one event share everything behind the rows; it is encoded for the first and copied for the others.
     */
    private final JsonBuffer middle = new JsonBuffer();
    private final JsonBuffer tail = new JsonBuffer();
    private @Nullable SourceInfo encodedSource;
    private Record.@Nullable Kind encodedKind;

    CanalTable(CanalJson format, TableSchema schema) {
        this.rows = new PerSchema<>(image -> new CanalRow(image, format));
        this.key = new NativeKey(schema);
        JsonBuffer out = new JsonBuffer();
        out.ascii("],\"database\":");
        out.string(schema.table().database());
        out.ascii(",\"es\":");
        this.database = out.toByteArray();
        out.clear();
        out.ascii(",\"isDdl\":false,\"mysqlType\":{");
        for (int i = 0; i < schema.size(); i++) {
            name(schema.column(i), i, out);
            out.string(schema.column(i).nativeType());
        }
        out.ascii("},\"old\":");
        this.mysqlType = out.toByteArray();
        out.clear();
        out.ascii(",\"pkNames\":");
        names(schema.primaryKey(), out);
        out.ascii(",\"sql\":\"\",\"sqlType\":{");
        for (int i = 0; i < schema.size(); i++) {
            name(schema.column(i), i, out);
            out.number(sqlType(schema.column(i)));
        }
        out.ascii("},\"table\":");
        out.string(schema.table().name());
        out.ascii(",\"ts\":");
        this.rest = out.toByteArray();
    }

    private static void name(Column column, int index, JsonBuffer out) {
        out.ascii(index == 0 ? "" : ",");
        out.string(column.name());
        out.raw(':');
    }

    private static void names(List<String> names, JsonBuffer out) {
        if (names.isEmpty()) {
            out.nullValue();
            return;
        }
        for (int i = 0; i < names.size(); i++) {
            out.raw(i == 0 ? '[' : ',');
            out.string(names.get(i));
        }
        out.raw(']');
    }

    /** {@return one of {@link Types}} Of an unsigned integer it is the next larger, which holds all of its values. */
    private static int sqlType(Column column) {
        String type = column.nativeType();
        return switch (column.type()) {
            case BOOLEAN, BITS -> Types.BIT;
            case INT ->
                switch (type) {
                    case "tinyint" -> Types.TINYINT;
                    case "tinyint unsigned", "smallint" -> Types.SMALLINT;
                    case "year" -> Types.VARCHAR;
                    default -> Types.INTEGER;
                };
            case LONG -> Types.BIGINT;
            case UNSIGNED_LONG, DECIMAL -> Types.DECIMAL;
            case FLOAT -> Types.REAL;
            case DOUBLE -> Types.DOUBLE;
            case STRING -> {
                Members members = Members.of(column);
                if (!members.isEmpty()) {
                    yield members.isSet() ? Types.BIT : Types.INTEGER;
                }
                yield type.startsWith("char") ? Types.CHAR : type.endsWith("text") ? Types.CLOB : Types.VARCHAR;
            }
            case BYTES, GEOMETRY -> Types.BLOB;
            case DATE -> Types.DATE;
            case TIME -> Types.TIME;
            case DATETIME, TIMESTAMP -> Types.TIMESTAMP;
            case JSON, VECTOR -> Types.VARCHAR;
        };
    }

    @Override
    public void writeKey(RowImage row, JsonBuffer out) {
        key.write(row, out);
    }

    @Override
    public void write(Record record, JsonBuffer out) {
        if (record.source() != encodedSource || record.kind() != encodedKind) {
            encode(record.source(), record.kind());
        }
        RowImage row = record.row();
        CanalRow writer = rows.get(row.schema());
        out.ascii("{\"data\":[");
        writer.write(row, out);
        out.raw(middle);
        RowImage before = record.before();
        if (record.kind() == Record.Kind.UPDATE && before != null) {
            out.raw('[');
            oldValues.write(before, rows.get(before.schema()), row, writer, true, out);
            out.raw(']');
        } else {
            out.nullValue();
        }
        out.raw(tail);
    }

    private void encode(SourceInfo source, Record.Kind kind) {
        middle.clear();
        middle.raw(database);
        middle.number(source.eventTimestamp() * 1_000);
        middle.ascii(",\"id\":");
        middle.number(source.transaction().number());
        middle.raw(mysqlType);
        tail.clear();
        tail.raw(rest);
        tail.number(System.currentTimeMillis());
        tail.ascii(",\"type\":\"");
        tail.ascii(kind == Record.Kind.READ ? "INSERT" : kind.name());
        tail.ascii("\"}");
        encodedSource = source;
        encodedKind = kind;
    }
}
