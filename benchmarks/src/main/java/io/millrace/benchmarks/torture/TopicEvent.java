// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record of a topic as the check reads it.
 *
 * @param change null for a tombstone
 */
record TopicEvent(
        RowKey row, int partition, long offset, @Nullable JsonNode change) {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    static TopicEvent of(ConsumerRecord<byte[], byte[]> record) throws IOException {
        TortureTable table = TortureTable.ofTopic(record.topic());
        JsonNode change = record.value() == null ? null : JSON.readTree(record.value());
        JsonNode id = change == null
                ? JSON.readTree(record.key()).path("id")
                : change.path("record").path("id");
        return new TopicEvent(new RowKey(table, id.asLong()), record.partition(), record.offset(), change);
    }

    boolean isTombstone() {
        return change == null;
    }

    private JsonNode field(String name) {
        return change == null ? JSON.missingNode() : change.path(name);
    }

    String kind() {
        return field("event_type").asText();
    }

    /** {@return what happened to the row} */
    int step() {
        int version = field("record").path("version").asInt();
        return kind().equals("DELETE") ? Step.deleted(version) : Step.written(version);
    }

    /** {@return the number of the process that sent it} */
    int run() {
        return CapturerSettings.runOf(field("service").asText());
    }

    String gtid() {
        return field("global_id").asText();
    }

    long ordinal() {
        return field("ordinal").asLong();
    }

    /** {@return the checksum of the row that the record is about} */
    long checksum() throws IOException {
        return checksum(field("record"));
    }

    /** {@return the checksum of the row as an update found it} */
    long checksumBefore() throws IOException {
        return checksum(field("before"));
    }

    private static long checksum(JsonNode row) throws IOException {
        byte[] raw = row.path("raw").binaryValue();
        BigDecimal amount = row.path("amount").decimalValue();
        return new RowContent(
                        row.path("region").asText(),
                        row.path("id").asLong(),
                        row.path("version").asInt(),
                        amount.scale() > 2 ? amount : amount.setScale(2),
                        row.path("note").asText(),
                        raw == null ? new byte[0] : raw)
                .checksum();
    }

    @Override
    public String toString() {
        return "%d@%d %s"
                .formatted(
                        partition,
                        offset,
                        isTombstone()
                                ? "tombstone"
                                : "%s %s by capturer %d, %s row %d"
                                        .formatted(kind(), Step.text(step()), run(), gtid(), ordinal()));
    }
}
