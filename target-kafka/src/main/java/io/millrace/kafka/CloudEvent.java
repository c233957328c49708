// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.Change;
import io.millrace.core.Record;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.format.JsonBuffer;
import java.net.URLEncoder;
import java.util.List;
import java.util.Locale;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Makes the headers that make a Kafka record a CloudEvents event in binary content mode.
 *
 * <p>Source: CloudEvents specification 1.0.2; Kafka Protocol Binding for CloudEvents 1.0.2.
 */
final class CloudEvent {

    private static final String SOURCE_PREFIX = "/millrace/";
    private static final String TYPE_PREFIX = "io.millrace.";

    private CloudEvent() {}

    /** Adds what all changes of one kind and event share. */
    static void addShared(List<Header> to, Change change) {
        SourceInfo source = change.source();
        add(to, "ce_specversion", "1.0");
        add(to, "ce_source", SOURCE_PREFIX + encoded(source.service()));
        add(to, "ce_type", TYPE_PREFIX + kind(change).name().toLowerCase(Locale.ROOT));
        String subject = subject(change);
        if (!subject.isEmpty()) {
            add(to, "ce_subject", subject);
        }
        add(to, "ce_time", time(source));
        add(to, "content-type", "application/json");
    }

    /**
     * Adds the event's id.
     *
     * @param isHalf whether the record is one of two that an update has become, which share a number
     */
    static void addId(List<Header> to, Change change, boolean isHalf) {
        String id = change.source().transactionId() + ":" + change.ordinal();
        if (change instanceof Record record && record.subOrdinal() > 0) {
            id += "." + record.subOrdinal();
        }
        add(to, "ce_id", isHalf ? id + ":" + kind(change).name().toLowerCase(Locale.ROOT) : id);
    }

    private static Enum<?> kind(Change change) {
        return change instanceof Record record ? record.kind() : ((Statement) change).kind();
    }

    /** {@return the text as a part of a URI's path} */
    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8).replace("+", "%20");
    }

    /** {@return the table, or the database that a statement without one ran in} */
    private static String subject(Change change) {
        if (change instanceof Record record) {
            return record.table().toString();
        }
        Statement statement = (Statement) change;
        return statement.tables().isEmpty()
                ? statement.database()
                : statement.tables().get(0).toString();
    }

    /** {@return when it was committed, or else when the event happened, as RFC 3339 has it} */
    private static String time(SourceInfo source) {
        JsonBuffer text = new JsonBuffer();
        long micros = source.commitTimestampMicros();
        if (micros > 0) {
            text.instant(micros / 1_000_000, (int) (micros % 1_000_000), 6);
        } else {
            text.instant(source.eventTimestamp(), 0, 0);
        }
        return text.toString();
    }

    private static void add(List<Header> to, String name, String value) {
        to.add(new RecordHeader(name, value.getBytes(UTF_8)));
    }
}
