// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

/** What may go into a Kafka record's headers, as UTF-8 text. What a change does not have is left out. */
public enum KafkaHeader {
    /** {@code millrace.service}: the pipeline's service name. */
    SERVICE("millrace.service"),
    /** {@code millrace.source}: binlog file or cluster. */
    SOURCE("millrace.source"),
    /** {@code millrace.position}: end offset of the native event. */
    POSITION("millrace.position"),
    /** {@code millrace.transaction}: the transaction's id in the source. */
    TRANSACTION("millrace.transaction"),
    /** {@code millrace.global_id}: the transaction's GTID. */
    GLOBAL_ID("millrace.global_id"),
    /** {@code millrace.kind}: INSERT, UPDATE, DELETE, READ, or a statement's kind. */
    KIND("millrace.kind"),
    /**
     * {@code millrace.ordinal}: number of the change in its transaction, and {@code millrace.sub_ordinal}, its
     * number among those that transforms made of one change, where that is not 0. The only one that differs
     * from row to row of an event, so it costs most.
     */
    ORDINAL("millrace.ordinal"),
    /**
     * {@code millrace.part}: number of the Kafka transaction among those that hold changes of the
     * change's source transaction, from 0. On every record, so that one without it was written by a
     * target that does not count. Needs {@link KafkaOptions.Builder#exactlyOnce}.
     */
    PART("millrace.part"),
    /**
     * The attributes of a CloudEvents event in binary content mode: {@code ce_specversion}, {@code ce_id},
     * {@code ce_source}, {@code ce_type}, {@code ce_subject}, {@code ce_time} and {@code content-type}. The id is made of
     * the transaction's and the change's number in it, so it is unique in its source, and the same when the change comes
     * again. Tombstones are no events and have none of them.
     */
    CLOUD_EVENTS("ce_"),
    /**
     * The native event's header as JSON, under the source's own name for it, such as
     * {@code mysql_binlog_headers}.
     */
    NATIVE("");

    static final String SUB_ORDINAL = "millrace.sub_ordinal";

    private final String headerName;

    KafkaHeader(String headerName) {
        this.headerName = headerName;
    }

    /**
     * {@return the name in Kafka; what their names begin with for {@link #CLOUD_EVENTS}; empty for {@link #NATIVE}, which
     * the source names}
     */
    public String headerName() {
        return headerName;
    }
}
