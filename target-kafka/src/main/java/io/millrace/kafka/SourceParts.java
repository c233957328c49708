// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Change;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.format.Template;
import io.millrace.core.source.Transaction;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Follows source transactions through Kafka transactions: one of either may hold several of the other.
 * It begins with what the stored checkpoint tells, so that it counts on after a restart. Used by one
 * thread.
 */
final class SourceParts {

    private final @Nullable Template topic;
    private final boolean sanitizes;
    private final boolean wanted;

    private @Nullable OpenSource open;
    private @Nullable Transaction transaction;
    /** Of the open one, in the Kafka transaction that is under way. */
    private long changes;

    private long records;

    SourceParts(KafkaOptions options, @Nullable OpenSource open) {
        this.topic = options.transactionTopic();
        this.sanitizes = options.sanitizeTopics();
        this.wanted = topic != null || options.headers().contains(KafkaHeader.PART);
        this.open = open;
    }

    /** {@return whether the change is of another source transaction than the one that is open, which ends by it} */
    boolean endsBefore(Change change) {
        Transaction of = change.source().transaction();
        return of != transaction && open != null && !open.id().equals(of.id());
    }

    /** {@return whether a source transaction begins with the change} */
    boolean enter(Change change) {
        Transaction of = change.source().transaction();
        if (of == transaction) {
            return false;
        }
        transaction = of;
        if (!wanted || open != null) {
            return false;
        }
        open = new OpenSource(of.id(), of.number(), of.commitTimestampMicros(), topic(change), 0, 0, 0);
        return true;
    }

    /** {@return where to tell of the end of the open source transaction; empty for nowhere} */
    String topic() {
        return open == null ? "" : open.topic();
    }

    private String topic(Change change) {
        if (topic == null) {
            return "";
        }
        String text;
        if (change instanceof Statement statement) {
            TableId table =
                    statement.tables().isEmpty() ? null : statement.tables().get(0);
            text = topic.textFor(statement, table);
        } else {
            text = topic.textFor((Record) change);
        }
        return sanitizes ? TopicNames.sanitized(text) : text;
    }

    /** Takes note of a change that became so many records of Kafka. */
    void count(long recordsOfChange) {
        changes++;
        records += recordsOfChange;
    }

    /** {@return the number for {@link KafkaHeader#PART}} */
    int part() {
        return open == null ? 0 : open.part();
    }

    /** Ends the source transaction, and answers with what tells of it; null if nobody is told. */
    @Nullable ProducerRecord<byte[], byte[]> end() {
        OpenSource ended = open;
        if (ended == null) {
            return null;
        }
        OpenSource whole = ended.counted(changes, records);
        int parts = changes == 0 ? ended.part() : ended.part() + 1;
        open = null;
        transaction = null;
        changes = 0;
        records = 0;
        return whole.topic().isEmpty() ? null : whole.end(parts);
    }

    /** {@return what to store with a Kafka transaction that ends here; the next change is of the next part} */
    @Nullable OpenSource nextPart() {
        OpenSource current = open;
        if (current != null && changes > 0) {
            current = current.counted(changes, records).inPart(current.part() + 1);
            open = current;
        }
        changes = 0;
        records = 0;
        return current;
    }
}
