// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.format.JsonBuffer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * How much of a source transaction has been delivered. Immutable.
 *
 * @param id the transaction's
 * @param number the pipeline's number of it
 * @param commitMicros when it was committed, 0 if that is unknown
 * @param topic where to tell of its end; empty for nowhere
 * @param part number of the Kafka transaction, among those that hold changes of it, that the next change is in
 * @param changes how many went, of the source
 * @param records how many Kafka records they became
 */
record OpenSource(String id, long number, long commitMicros, String topic, int part, long changes, long records) {

    private static final int FIELDS = 7;

    /** {@return this as a line of text; the id, which may hold anything, last} */
    String text() {
        return number + " " + commitMicros + " " + part + " " + changes + " " + records + " " + topic + " " + id;
    }

    static OpenSource parse(String text) {
        String[] fields = text.split(" ", FIELDS);
        try {
            return new OpenSource(
                    fields[6],
                    Long.parseLong(fields[0]),
                    Long.parseLong(fields[1]),
                    fields[5],
                    Integer.parseInt(fields[2]),
                    Long.parseLong(fields[3]),
                    Long.parseLong(fields[4]));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new CheckpointException("the header of a checkpoint is damaged: " + text, e);
        }
    }

    OpenSource inPart(int value) {
        return new OpenSource(id, number, commitMicros, topic, value, changes, records);
    }

    OpenSource counted(long moreChanges, long moreRecords) {
        return new OpenSource(id, number, commitMicros, topic, part, changes + moreChanges, records + moreRecords);
    }

    /** {@return what tells that all of the transaction is there} */
    ProducerRecord<byte[], byte[]> end(int parts) {
        JsonBuffer json = new JsonBuffer(160);
        json.ascii("{\"transaction_id\":");
        json.string(id);
        json.ascii(",\"number\":" + number + ",\"changes\":" + changes + ",\"records\":" + records + ",\"parts\":"
                + parts + ",\"commit_timestamp_us\":" + (commitMicros == 0 ? "null" : commitMicros) + "}");
        @Nullable Long timestamp = commitMicros == 0 ? null : commitMicros / 1_000;
        return new ProducerRecord<>(topic, null, timestamp, id.getBytes(UTF_8), json.toByteArray());
    }
}
