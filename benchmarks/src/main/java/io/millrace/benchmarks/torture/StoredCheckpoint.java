// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.mysql.GtidSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/**
 * What a checkpoint file promises to have been acknowledged.
 *
 * @param executed GTIDs of transactions that are behind it as a whole
 * @param open GTID of a transaction of which a part is behind it; empty if there is none
 * @param ordinal the last change of that part
 */
record StoredCheckpoint(GtidSet executed, String open, long ordinal) {

    /** Where checkpoints are that are stored with the records. */
    static final String TOPIC = "millrace-checkpoints";

    static final StoredCheckpoint NONE = new StoredCheckpoint(GtidSet.empty(), "", -1);

    /** {@return what the pipeline's file in that directory says, {@link #NONE} if there is no file} */
    static StoredCheckpoint read(Path directory) throws IOException {
        Path file = directory.resolve(CapturerSettings.PIPELINE + "." + CapturerSettings.TARGET + ".checkpoint");
        if (!Files.exists(file)) {
            return NONE;
        }
        return of(new ObjectMapper().readTree(Files.readAllBytes(file)).path("checkpoint"));
    }

    /** {@return what the pipeline's newest committed record in the topic of checkpoints says} */
    static StoredCheckpoint readTopic(String brokers) throws IOException {
        StoredCheckpoint newest = NONE;
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = new TopicReader(brokers).consumer()) {
            if (!consumer.listTopics().containsKey(partition.topic())) {
                return NONE;
            }
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    // The first instance of all claims the place of a checkpoint by a record without a value.
                    JsonNode checkpoint = record.value() == null
                            ? MissingNode.getInstance()
                            : new ObjectMapper().readTree(record.value());
                    if (checkpoint.has("position")) {
                        newest = of(checkpoint);
                    }
                }
            }
        }
        return newest;
    }

    private static StoredCheckpoint of(JsonNode checkpoint) {
        return new StoredCheckpoint(
                GtidSet.parse(checkpoint.path("position").path("gtids").asText()),
                checkpoint.path("open").path("id").asText(),
                checkpoint.path("open").path("ordinal").asLong(-1));
    }

    /** {@return whether the change was acknowledged before the checkpoint was written} */
    boolean includes(String gtid, long changeOrdinal) {
        return (gtid.equals(open) && changeOrdinal <= ordinal) || executed.containsAll(GtidSet.parse(gtid));
    }

    @Override
    public String toString() {
        return executed.isEmpty() ? "none" : executed + (open.isEmpty() ? "" : " and " + open + " to " + ordinal);
    }
}
