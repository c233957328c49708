// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Change;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.PerSchema;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Turns changes into the records of Kafka that tell of them: mostly one, two for a delete with its
 * tombstone, three for an update that moves a row to another key. Used by one thread at a time.
 */
final class ChangeEncoder {

    /** Takes what one change becomes, in order. */
    interface Outlet {
        void send(ProducerRecord<byte[], byte[]> record, Change change);
    }

    private final KafkaOptions options;
    private final Outlet outlet;
    private final Headers headers;
    private final TopicNames topicNames;
    private final TableEncoder.Scratch scratch = new TableEncoder.Scratch();
    private final PerSchema<TableEncoder> encoders;

    private @Nullable SourceInfo lastSource;
    private @Nullable Long lastTimestamp;

    ChangeEncoder(KafkaOptions options, Outlet outlet) {
        this.options = options;
        this.outlet = outlet;
        this.headers = new Headers(options.headers());
        this.topicNames = new TopicNames(options.sanitizeTopics());
        this.encoders = new PerSchema<>(
                schema -> new TableEncoder(schema, options.format(), options.keyFormat(), options.topic()));
    }

    /** Says which Kafka transaction of the source transaction's the next change is in. */
    void part(int number) {
        headers.part(number);
    }

    void encode(Change change) {
        if (change instanceof Record record) {
            encode(record);
        } else if (change instanceof Statement statement) {
            encode(statement);
        }
    }

    void encode(Record record) {
        TableEncoder encoder = encoders.get(record.schema());
        RowImage before = record.before();
        RowImage after = record.after();
        if (before == null || after == null || !encoder.isKeyed()) {
            send(record, encoder, encoder.key(record.row(), scratch.key));
            return;
        }
        TableEncoder beforeEncoder = encoders.get(before.schema());
        if (!beforeEncoder.hasKey(before)) {
            send(record, encoder, encoder.key(after, scratch.key));
            return;
        }
        byte[] newKey = encoder.keyAfter(before, after, scratch.key);
        byte[] oldKey = beforeEncoder.key(before, scratch.key);
        if (Arrays.equals(oldKey, newKey)) {
            send(record, encoder, newKey);
        } else {
            // A reader of one key must see the row go from there, and one of the other see it come.
            SourceInfo source = record.source();
            Record gone = new Record(Record.Kind.DELETE, before, null, source, record.ordinal())
                    .withSubOrdinal(record.subOrdinal());
            RowImage whole = record.completed().row();
            if (!whole.isWhole()) {
                throw new IllegalArgumentException(
                        "the log tells only a part of a row that gets another key, under which nothing of it is known; set binlog_row_image=FULL on the server");
            }
            Record come = new Record(Record.Kind.INSERT, null, whole, source, record.ordinal())
                    .withSubOrdinal(record.subOrdinal());
            send(gone, beforeEncoder, oldKey, true);
            send(come, encoder, newKey, true);
        }
    }

    private void send(Record record, TableEncoder encoder, byte[] key) {
        send(record, encoder, key, false);
    }

    /** @param isHalf whether the record is one of two that an update has become */
    private void send(Record record, TableEncoder encoder, byte[] key, boolean isHalf) {
        String topic = topicNames.of(encoder.topic(record), record);
        Long timestamp = timestamp(record.source());
        byte[] value = encoder.value(record, scratch);
        if (value != null) {
            Iterable<Header> recordHeaders = headers.of(record, isHalf);
            outlet.send(new ProducerRecord<>(topic, null, timestamp, key, value, recordHeaders), record);
        }
        boolean isTombstone = record.kind() == Record.Kind.DELETE && options.tombstones() && encoder.isKeyed();
        if (value == null || isTombstone) {
            outlet.send(new ProducerRecord<>(topic, null, timestamp, key, null, headers.ofTombstone(record)), record);
        }
    }

    void encode(Statement statement) {
        JsonBuffer value = new JsonBuffer();
        options.format().write(statement, value);
        byte[] bytes = value.toByteArray();
        Long timestamp = timestamp(statement.source());
        Iterable<Header> statementHeaders = headers.of(statement, false);
        topics(statement)
                .forEach((topic, key) -> outlet.send(
                        new ProducerRecord<>(topic, null, timestamp, key, bytes, statementHeaders), statement));
    }

    /** {@return where the statement goes, and the key there: the first table that has the topic} */
    private Map<String, byte[]> topics(Statement statement) {
        Map<String, byte[]> topics = new LinkedHashMap<>();
        if (options.statementsToTables()) {
            for (TableId table : statement.tables()) {
                topics.putIfAbsent(
                        topicNames.of(options.topic().textFor(statement, table), statement),
                        TableEncoder.tableKey(options.keyFormat(), table.database(), table.name()));
            }
        }
        if (topics.isEmpty()) {
            TableId first =
                    statement.tables().isEmpty() ? null : statement.tables().get(0);
            String database = first == null ? statement.database() : first.database();
            byte[] key = TableEncoder.tableKey(options.keyFormat(), database, first == null ? null : first.name());
            topics.put(topicNames.of(options.statementTopic().textFor(statement, first), statement), key);
        }
        return topics;
    }

    /**
     * {@return milliseconds of the commit, of the event if that is unknown, null if both are} The rows of an event
     * share one source, and so the object that the client wants.
     */
    private @Nullable Long timestamp(SourceInfo source) {
        if (source != lastSource) {
            long millis = source.commitTimestampMicros() > 0
                    ? source.commitTimestampMicros() / 1_000
                    : source.eventTimestamp() * 1_000;
            lastTimestamp = millis > 0 ? millis : null;
            lastSource = source;
        }
        return lastTimestamp;
    }
}
