// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Change;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.format.JsonBuffer;
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

    /** Schemas of which the encoders are kept; the one not used longest makes room. */
    private static final int MOST_SCHEMAS = 1_024;

    private final KafkaOptions options;
    private final Outlet outlet;
    private final Headers headers;
    private final TableEncoder.Scratch scratch = new TableEncoder.Scratch();
    private final Map<TableSchema, TableEncoder> encoders = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<TableSchema, TableEncoder> eldest) {
            return size() > MOST_SCHEMAS;
        }
    };

    private @Nullable TableSchema lastSchema;
    private @Nullable TableEncoder lastEncoder;
    private @Nullable SourceInfo lastSource;
    private @Nullable Long lastTimestamp;

    ChangeEncoder(KafkaOptions options, Outlet outlet) {
        this.options = options;
        this.outlet = outlet;
        this.headers = new Headers(options.headers());
    }

    /** Says which Kafka transaction of the source transaction's the next change is in. */
    void part(int number) {
        headers.part(number);
    }

    private TableEncoder encoder(TableSchema schema) {
        TableEncoder encoder = lastEncoder;
        if (encoder == null || schema != lastSchema) {
            // A schema is equal to itself only.
            encoder = encoders.get(schema);
            if (encoder == null) {
                encoder = new TableEncoder(schema, options.format(), options.topic());
                encoders.put(schema, encoder);
            }
            lastSchema = schema;
            lastEncoder = encoder;
        }
        return encoder;
    }

    void encode(Change change) {
        if (change instanceof Record record) {
            encode(record);
        } else if (change instanceof Statement statement) {
            encode(statement);
        }
    }

    void encode(Record record) {
        TableEncoder encoder = encoder(record.schema());
        RowImage before = record.before();
        RowImage after = record.after();
        if (before == null || after == null || !encoder.isKeyed()) {
            send(record, encoder, encoder.key(record.row(), scratch.key));
            return;
        }
        TableEncoder beforeEncoder = encoder(before.schema());
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
            Record gone = new Record(Record.Kind.DELETE, before, null, source, record.ordinal());
            Record come = new Record(Record.Kind.INSERT, null, after, source, record.ordinal());
            send(gone, beforeEncoder, oldKey);
            send(come, encoder, newKey);
        }
    }

    private void send(Record record, TableEncoder encoder, byte[] key) {
        String topic = encoder.topic(record);
        Long timestamp = timestamp(record.source());
        Iterable<Header> recordHeaders = headers.of(record);
        byte[] value = encoder.value(record, scratch);
        outlet.send(new ProducerRecord<>(topic, null, timestamp, key, value, recordHeaders), record);
        if (record.kind() == Record.Kind.DELETE && options.tombstones() && encoder.isKeyed()) {
            outlet.send(new ProducerRecord<>(topic, null, timestamp, key, null, recordHeaders), record);
        }
    }

    void encode(Statement statement) {
        JsonBuffer value = new JsonBuffer();
        options.format().write(statement, value);
        byte[] bytes = value.toByteArray();
        Long timestamp = timestamp(statement.source());
        Iterable<Header> statementHeaders = headers.of(statement);
        topics(statement)
                .forEach((topic, key) -> outlet.send(
                        new ProducerRecord<>(topic, null, timestamp, key, bytes, statementHeaders), statement));
    }

    /** {@return where the statement goes, and the key there: the first table that has the topic} */
    private Map<String, byte[]> topics(Statement statement) {
        Map<String, byte[]> topics = new LinkedHashMap<>();
        if (options.statementsToTables()) {
            for (TableId table : statement.tables()) {
                topics.putIfAbsent(options.topic().textFor(statement, table), TableEncoder.tableKey(table));
            }
        }
        if (topics.isEmpty()) {
            TableId first =
                    statement.tables().isEmpty() ? null : statement.tables().get(0);
            byte[] key = first == null ? databaseKey(statement.database()) : TableEncoder.tableKey(first);
            topics.put(options.statementTopic().textFor(statement, first), key);
        }
        return topics;
    }

    private static byte[] databaseKey(String database) {
        JsonBuffer out = new JsonBuffer(64);
        out.ascii("{\"schema_name\":");
        out.string(database);
        out.ascii(",\"table_name\":null}");
        return out.toByteArray();
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
