// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Change;
import io.millrace.core.NativeHeader;
import io.millrace.core.Record;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * Makes the headers of Kafka records. All rows of an event share what tells of it, so that is
 * encoded for the first row and handed out again for the others. Used by one thread at a time.
 */
final class Headers {

    private final Set<KafkaHeader> wanted;
    private final boolean withOrdinal;
    private final boolean isCloudEvent;
    private @Nullable SourceInfo encodedSource;
    private @Nullable Enum<?> encodedKind;
    private @Nullable Object encodedSubject;
    private List<Header> encoded = List.of();
    /** Those of {@link #encoded} that make no event of the record. */
    private List<Header> encodedPlain = List.of();

    private int part = -1;

    Headers(Set<KafkaHeader> wanted) {
        this.wanted = wanted;
        this.withOrdinal = wanted.contains(KafkaHeader.ORDINAL);
        this.isCloudEvent = wanted.contains(KafkaHeader.CLOUD_EVENTS);
    }

    /** Says which Kafka transaction of the source transaction's what follows is in. */
    void part(int number) {
        if (number != part) {
            part = number;
            encodedSource = null;
        }
    }

    /**
     * {@return the headers, not to be changed; null if none are wanted}
     *
     * @param isHalf whether the record is one of two that an update has become
     */
    @Nullable Iterable<Header> of(Change change, boolean isHalf) {
        if (wanted.isEmpty()) {
            return null;
        }
        encodeIfNew(change);
        if (!withOrdinal && !isCloudEvent) {
            return encoded;
        }
        List<Header> headers = new ArrayList<>(encoded.size() + 2);
        headers.addAll(encoded);
        addOrdinal(headers, change);
        if (isCloudEvent) {
            CloudEvent.addId(headers, change, isHalf);
        }
        return headers;
    }

    /** {@return the headers of the tombstone behind a delete, which is no event} */
    @Nullable Iterable<Header> ofTombstone(Record delete) {
        if (!isCloudEvent) {
            return of(delete, false);
        }
        encodeIfNew(delete);
        List<Header> headers = new ArrayList<>(encodedPlain);
        addOrdinal(headers, delete);
        return headers;
    }

    private void encodeIfNew(Change change) {
        Enum<?> kind = change instanceof Record record ? record.kind() : ((Statement) change).kind();
        // An event that a transform has made may be of another table than the one it was made from.
        Object subject = change instanceof Record record ? record.table() : change;
        if (change.source() != encodedSource
                || kind != encodedKind
                || isCloudEvent && !subject.equals(encodedSubject)) {
            encodedPlain = encode(change.source(), kind);
            encoded = encodedPlain;
            if (isCloudEvent) {
                encoded = new ArrayList<>(encodedPlain);
                CloudEvent.addShared(encoded, change);
            }
            encodedSource = change.source();
            encodedKind = kind;
            encodedSubject = subject;
        }
    }

    private List<Header> encode(SourceInfo source, Enum<?> kind) {
        List<Header> headers = new ArrayList<>(wanted.size() + 1);
        add(headers, KafkaHeader.SERVICE, source.service());
        add(headers, KafkaHeader.SOURCE, source.source());
        add(headers, KafkaHeader.POSITION, Long.toString(source.position()));
        add(headers, KafkaHeader.TRANSACTION, source.transactionId());
        add(headers, KafkaHeader.GLOBAL_ID, source.globalId());
        add(headers, KafkaHeader.KIND, kind.name());
        add(headers, KafkaHeader.PART, part < 0 ? null : Integer.toString(part));
        NativeHeader nativeHeader = source.nativeHeader();
        if (nativeHeader != null && wanted.contains(KafkaHeader.NATIVE)) {
            headers.add(new RecordHeader(nativeHeader.name(), nativeHeader.json()));
        }
        return headers;
    }

    private void addOrdinal(List<Header> headers, Change change) {
        add(headers, KafkaHeader.ORDINAL, Long.toString(change.ordinal()));
        if (withOrdinal && change instanceof Record record && record.subOrdinal() > 0) {
            headers.add(new RecordHeader(
                    KafkaHeader.SUB_ORDINAL,
                    Integer.toString(record.subOrdinal()).getBytes(StandardCharsets.UTF_8)));
        }
    }

    private void add(List<Header> headers, KafkaHeader header, @Nullable String value) {
        if (value != null && wanted.contains(header)) {
            headers.add(new RecordHeader(header.headerName(), value.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
