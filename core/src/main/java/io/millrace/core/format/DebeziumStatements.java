// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.Statement;
import io.millrace.core.TableId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Statements as Debezium tells of them: TRUNCATE in the table's topic, all others as events of its schema change topic.
 * What a table looks like after the statement ({@code tableChanges}) is not told. Immutable.
 */
final class DebeziumStatements {

    private static final String KEY_FIELDS = "{\"type\":\"string\",\"optional\":false,\"field\":\"databaseName\"}";

    private static final String COLUMN_SCHEMA = """
            {"type":"struct","fields":[{"type":"string","optional":false,"field":"name"},\
            {"type":"int32","optional":false,"field":"jdbcType"},\
            {"type":"int32","optional":true,"field":"nativeType"},\
            {"type":"string","optional":false,"field":"typeName"},\
            {"type":"string","optional":true,"field":"typeExpression"},\
            {"type":"string","optional":true,"field":"charsetName"},\
            {"type":"int32","optional":true,"field":"length"},\
            {"type":"int32","optional":true,"field":"scale"},\
            {"type":"int32","optional":false,"field":"position"},\
            {"type":"boolean","optional":true,"field":"optional"},\
            {"type":"boolean","optional":true,"field":"autoIncremented"},\
            {"type":"boolean","optional":true,"field":"generated"},\
            {"type":"string","optional":true,"field":"comment"},\
            {"type":"string","optional":true,"field":"defaultValueExpression"},\
            {"type":"array","items":{"type":"string","optional":false},"optional":true,"field":"enumValues"}],\
            "optional":false,"name":"io.debezium.connector.schema.Column","version":1}""";

    private static final String CHANGES_SCHEMA = """
            {"type":"array","items":{"type":"struct","fields":[\
            {"type":"string","optional":false,"field":"type"},\
            {"type":"string","optional":false,"field":"id"},\
            {"type":"struct","fields":[{"type":"string","optional":true,"field":"defaultCharsetName"},\
            {"type":"array","items":{"type":"string","optional":false},"optional":true,"field":"primaryKeyColumnNames"},\
            {"type":"array","items":%s,"optional":false,"field":"columns"},\
            {"type":"string","optional":true,"field":"comment"}],\
            "optional":true,"name":"io.debezium.connector.schema.Table","version":1,"field":"table"}],\
            "optional":false,"name":"io.debezium.connector.schema.Change","version":1},\
            "optional":false,"field":"tableChanges"}""".formatted(COLUMN_SCHEMA);

    private final DebeziumJson format;
    private final DebeziumSource source;

    DebeziumStatements(DebeziumJson format) {
        this.format = format;
        this.source = new DebeziumSource(format);
    }

    void write(Statement statement, JsonBuffer out) {
        TableId table = statement.tables().isEmpty() ? null : statement.tables().get(0);
        if (statement.kind() == Statement.Kind.TRUNCATE_TABLE && table != null) {
            truncate(statement, table, out);
        } else {
            schemaChange(statement, table, out);
        }
    }

    private void truncate(Statement statement, TableId table, JsonBuffer out) {
        begin(DebeziumTable.envelopeSchemaWithoutColumns(format, table), format.valueSchema(), out);
        out.ascii("{\"before\":null,\"after\":null,\"source\":");
        source(statement, table.database(), table.name(), out);
        out.ascii(",\"transaction\":null,\"op\":\"t\"");
        DebeziumSource.writeTimes(out);
        end(format.valueSchema(), out);
    }

    private void schemaChange(Statement statement, @Nullable TableId table, JsonBuffer out) {
        String database = table == null ? statement.database() : table.database();
        begin(schemaChangeSchema(), format.valueSchema(), out);
        out.ascii("{\"source\":");
        source(statement, database, table == null ? null : table.name(), out);
        out.ascii(",\"ts_ms\":");
        out.number(Instant.now().toEpochMilli());
        out.ascii(",\"databaseName\":");
        out.string(database);
        out.ascii(",\"schemaName\":null,\"ddl\":");
        out.string(statement.sql());
        out.ascii(",\"tableChanges\":[]");
        end(format.valueSchema(), out);
    }

    private void source(Statement statement, String database, @Nullable String table, JsonBuffer out) {
        source.write(statement.source(), false, database, table, out);
        out.number(statement.ordinal());
        DebeziumSource.writeEnd(0, out);
    }

    void writeKey(String database, JsonBuffer out) {
        begin(
                "{\"type\":\"struct\",\"fields\":[" + KEY_FIELDS
                        + "],\"optional\":false,\"name\":\"io.debezium.connector." + format.connector()
                        + ".SchemaChangeKey\",\"version\":1}",
                format.keySchema(),
                out);
        out.ascii("{\"databaseName\":");
        out.string(database);
        end(format.keySchema(), out);
    }

    private String schemaChangeSchema() {
        return "{\"type\":\"struct\",\"fields\":[" + source.schema()
                + ",{\"type\":\"int64\",\"optional\":false,\"field\":\"ts_ms\"}"
                + ",{\"type\":\"string\",\"optional\":true,\"field\":\"databaseName\"}"
                + ",{\"type\":\"string\",\"optional\":true,\"field\":\"schemaName\"}"
                + ",{\"type\":\"string\",\"optional\":true,\"field\":\"ddl\"}," + CHANGES_SCHEMA
                + "],\"optional\":false,\"name\":\"io.debezium.connector." + format.connector()
                + ".SchemaChangeValue\",\"version\":1}";
    }

    private static void begin(String schema, boolean withSchema, JsonBuffer out) {
        if (withSchema) {
            out.ascii("{\"schema\":");
            out.raw(schema.getBytes(StandardCharsets.UTF_8));
            out.ascii(",\"payload\":");
        }
    }

    private static void end(boolean withSchema, JsonBuffer out) {
        out.ascii(withSchema ? "}}" : "}");
    }
}
