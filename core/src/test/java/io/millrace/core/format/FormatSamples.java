// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.NativeHeader;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableSchema;
import io.millrace.core.source.Transaction;
import java.util.List;
import java.util.Map;

/** Changes and JSON for tests of formats. */
final class FormatSamples {

    static final String GTID = "3e11fa47-71ca-11e1-9e33-c80aa9429562:23";

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private FormatSamples() {}

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }

    /** {@return the object without those of its fields} */
    static JsonNode without(JsonNode object, String... fields) {
        ObjectNode copy = object.deepCopy();
        copy.remove(List.of(fields));
        return copy;
    }

    static Column column(String name, ColumnType type, String nativeType) {
        return new Column(name, type, nativeType, 0, true);
    }

    static Column column(String name, ColumnType type, String nativeType, int scale) {
        return new Column(name, type, nativeType, scale, true);
    }

    static Column required(String name, ColumnType type, String nativeType) {
        return new Column(name, type, nativeType, 0, false);
    }

    static Column required(String name, ColumnType type, String nativeType, int scale) {
        return new Column(name, type, nativeType, scale, false);
    }

    /** @param commitMicros 0 if it is not known */
    static SourceInfo source(String service, String file, long position, String gtid, long seconds, long commitMicros) {
        Transaction transaction = new Transaction(17, gtid == null ? file + ":4" : gtid, gtid, commitMicros) {};
        return new SourceInfo(service, file, position, transaction, seconds, new Header());
    }

    static JsonNode write(Format format, Record record) {
        JsonBuffer out = new JsonBuffer();
        format.forTable(record.schema()).write(record, out);
        return json(out.toString());
    }

    static JsonNode write(Format format, Statement statement) {
        JsonBuffer out = new JsonBuffer();
        format.write(statement, out);
        return json(out.toString());
    }

    static String key(Format format, RowImage row) {
        JsonBuffer out = new JsonBuffer();
        format.forTable(row.schema()).writeKey(row, out);
        return out.toString();
    }

    static String key(Format format, String database, String table) {
        JsonBuffer out = new JsonBuffer();
        format.writeKey(database, table, out);
        return out.toString();
    }

    static RowImage row(TableSchema schema, Map<String, ?> values) {
        return RowImage.of(schema, values);
    }

    private static final class Header implements NativeHeader {

        @Override
        public String name() {
            return "header";
        }

        @Override
        public byte[] json() {
            return new byte[] {'{', '}'};
        }

        @Override
        public long serverId() {
            return 223_344;
        }
    }
}
