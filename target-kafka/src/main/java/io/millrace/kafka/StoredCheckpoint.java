// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint as its topic holds it.
 *
 * @param offset its place in the topic, which compaction does not change
 * @param instance who wrote it; empty if it does not say
 * @param checkpoint null if it was deleted
 * @param open how much of a source transaction was stored with it and before; null if none is open
 */
record StoredCheckpoint(
        long offset,
        String instance,
        @Nullable Checkpoint checkpoint,
        @Nullable OpenSource open) {

    private static final String INSTANCE = "millrace.instance";
    private static final String OPEN = "millrace.open";

    /** @throws CheckpointException if it is damaged, or of a newer format */
    static StoredCheckpoint of(ConsumerRecord<byte[], byte[]> record) {
        String open = text(record.headers(), OPEN);
        byte[] value = record.value();
        return new StoredCheckpoint(
                record.offset(),
                instance(record),
                value == null ? null : Checkpoint.parse(new String(value, UTF_8)),
                open.isEmpty() ? null : OpenSource.parse(open));
    }

    /** {@return who wrote the record; empty if it does not say} */
    static String instance(ConsumerRecord<byte[], byte[]> record) {
        return text(record.headers(), INSTANCE);
    }

    /** {@return the headers of a checkpoint that {@code instance} writes} */
    static List<Header> headers(String instance, @Nullable OpenSource open) {
        List<Header> headers = new ArrayList<>(2);
        headers.add(new RecordHeader(INSTANCE, instance.getBytes(UTF_8)));
        if (open != null) {
            headers.add(new RecordHeader(OPEN, open.text().getBytes(UTF_8)));
        }
        return headers;
    }

    private static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
    }
}
