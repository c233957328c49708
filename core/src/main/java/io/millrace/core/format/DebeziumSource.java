// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.NativeHeader;
import io.millrace.core.SourceInfo;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writes Debezium's {@code source} block, its schema, and the times behind it. Immutable. */
final class DebeziumSource {

    private static final String FIELDS = """
            {"type":"string","optional":false,"field":"version"},\
            {"type":"string","optional":false,"field":"connector"},\
            {"type":"string","optional":false,"field":"name"},\
            {"type":"int64","optional":false,"field":"ts_ms"},\
            {"type":"string","optional":true,"name":"io.debezium.data.Enum","version":1,"parameters":{"allowed":\
            "true,first,first_in_data_collection,last_in_data_collection,last,false,incremental"},\
            "default":"false","field":"snapshot"},\
            {"type":"string","optional":false,"field":"db"},\
            {"type":"string","optional":true,"field":"sequence"},\
            {"type":"int64","optional":true,"field":"ts_us"},\
            {"type":"int64","optional":true,"field":"ts_ns"},\
            {"type":"string","optional":true,"field":"table"},\
            {"type":"int64","optional":false,"field":"server_id"},\
            {"type":"string","optional":true,"field":"gtid"},\
            {"type":"string","optional":false,"field":"file"},\
            {"type":"int64","optional":false,"field":"pos"},\
            {"type":"int32","optional":false,"field":"row"},\
            {"type":"int64","optional":true,"field":"thread"},\
            {"type":"string","optional":true,"field":"query"}""";

    private final DebeziumJson format;

    DebeziumSource(DebeziumJson format) {
        this.format = format;
    }

    /** {@return the schema of the block, as a field of its event} */
    String schema() {
        return "{\"type\":\"struct\",\"fields\":[" + FIELDS + "],\"optional\":false,\"name\":\"io.debezium.connector."
                + format.connector() + ".Source\",\"version\":1,\"field\":\"source\"}";
    }

    /** Appends the block up to the number that {@code row} holds, which is all that differs between rows of an event. */
    void write(SourceInfo source, boolean isRead, String database, @Nullable String table, JsonBuffer out) {
        long micros = source.commitTimestampMicros() > 0
                ? source.commitTimestampMicros()
                : source.eventTimestamp() * 1_000_000;
        NativeHeader header = source.nativeHeader();
        out.ascii("{\"version\":\"" + DebeziumJson.VERSION + "\",\"connector\":\"");
        out.ascii(format.connector());
        out.ascii("\",\"name\":");
        out.string(format.topicPrefix());
        out.ascii(",\"ts_ms\":");
        out.number(micros / 1_000);
        out.ascii(isRead ? ",\"snapshot\":\"true\",\"db\":" : ",\"snapshot\":\"false\",\"db\":");
        out.string(database);
        out.ascii(",\"ts_us\":");
        out.number(micros);
        out.ascii(",\"ts_ns\":");
        out.number(micros * 1_000);
        out.ascii(",\"table\":");
        out.stringOrNull(table);
        out.ascii(",\"server_id\":");
        out.number(header == null ? 0 : header.serverId());
        out.ascii(",\"gtid\":");
        out.stringOrNull(source.globalId());
        out.ascii(",\"file\":");
        out.string(source.source() == null ? "" : source.source());
        out.ascii(",\"pos\":");
        out.number(source.position());
        out.ascii(",\"row\":");
    }

    /**
     * Appends what follows the number of the row.
     *
     * @param subOrdinal tells records that a transform made of one row apart, in the field that Debezium has for what
     *     orders events beyond their position
     */
    static void writeEnd(int subOrdinal, JsonBuffer out) {
        if (subOrdinal > 0) {
            out.ascii(",\"sequence\":\"[\\\"");
            out.number(subOrdinal);
            out.ascii("\\\"]\"");
        } else {
            out.ascii(",\"sequence\":null");
        }
        out.ascii(",\"thread\":null,\"query\":null}");
    }

    /** Appends the time at which the event is written, in all three units. */
    static void writeTimes(JsonBuffer out) {
        Instant now = Instant.now();
        long seconds = now.getEpochSecond();
        int nanos = now.getNano();
        out.ascii(",\"ts_ms\":");
        out.number(seconds * 1_000 + nanos / 1_000_000);
        out.ascii(",\"ts_us\":");
        out.number(seconds * 1_000_000 + nanos / 1_000);
        out.ascii(",\"ts_ns\":");
        out.number(seconds * 1_000_000_000 + nanos);
    }
}
