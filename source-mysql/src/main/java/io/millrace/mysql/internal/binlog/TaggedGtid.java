// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import com.github.shyiko.mysql.binlog.event.GtidTaggedEventData;
import com.github.shyiko.mysql.binlog.event.deserialization.GtidTaggedEventDataDeserializer;
import com.github.shyiko.mysql.binlog.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Objects;

/**
 * What a GTID_TAGGED_LOG_EVENT says (MySQL 8.3 and later).
 *
 * @param source the server's UUID and the tag, as sets of GTIDs have them: {@code uuid:tag}
 * @param number the number at that source
 * @param commitMicros when it was committed first, in microseconds since the epoch
 */
public record TaggedGtid(String source, long number, long commitMicros) {

    /** @throws IndexOutOfBoundsException if the event is damaged */
    public static TaggedGtid of(BinlogEvent event) {
        try {
            GtidTaggedEventData data = new GtidTaggedEventDataDeserializer()
                    .deserialize(
                            new ByteArrayInputStream(new java.io.ByteArrayInputStream(event.bytes(), 0, event.end())));
            var gtid = data.getMySqlGtid();
            String tag = Objects.requireNonNullElse(gtid.getTag(), "");
            long original = data.getOriginalCommitTimestamp();
            return new TaggedGtid(
                    tag.isEmpty() ? gtid.getServerId().toString() : gtid.getServerId() + ":" + tag,
                    gtid.getTransactionId(),
                    original == 0 ? data.getImmediateCommitTimestamp() : original);
        } catch (IOException | IllegalArgumentException e) {
            IndexOutOfBoundsException damaged = new IndexOutOfBoundsException(e.getMessage());
            damaged.initCause(e);
            throw damaged;
        }
    }
}
