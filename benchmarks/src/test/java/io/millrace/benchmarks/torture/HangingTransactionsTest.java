// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.KafkaBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The operator that a torture run has: a transaction each that the checkpoint covers, and that it does not. */
class HangingTransactionsTest {

    private static final String SERVER = "00000000-0000-0000-0000-000000000001";
    private static final String ID = "torture.kafka";
    private static final String ITEMS = TortureTable.ITEMS.qualified();
    private static final String PARTS = TortureTable.PARTS.qualified();

    @Test
    void shouldCommitWhatTheCheckpointCoversAndAbortTheRest(@TempDir Path directory) throws Exception {
        try (KafkaBroker broker = KafkaBroker.start();
                RunLog log = new RunLog(directory.resolve("run"));
                Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            List<NewTopic> topics = new ArrayList<>();
            for (String topic : List.of(ITEMS, PARTS, StoredCheckpoint.TOPIC)) {
                topics.add(new NewTopic(topic, 1, (short) 1));
            }
            admin.createTopics(topics).all().get();
            try (var producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", ID),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                producer.initTransactions();
                commit(producer, ITEMS, 1);
                commit(producer, PARTS, 2);
            }
            assertThat(Waits.until(Duration.ofSeconds(30), () -> state(admin) == TransactionState.COMPLETE_COMMIT))
                    .isTrue();
            broker.kill();
            broker.loseMarker(ITEMS, 0);
            broker.loseMarker(PARTS, 0);
            broker.loseMarker(StoredCheckpoint.TOPIC, 0);
            broker.startAgain();

            HangingTransactions hanging = new HangingTransactions(broker.bootstrapServers(), log);
            assertThat(hanging.end()).isEqualTo(2);

            List<String> shown = new ArrayList<>();
            new TopicReader(broker.bootstrapServers())
                    .readAll(record -> shown.add(record.topic() + " " + new String(record.key(), UTF_8)));
            assertThat(shown).containsExactly(ITEMS + " {\"id\":1}", ITEMS + " {\"id\":-1}");
            assertThat(StoredCheckpoint.readTopic(broker.bootstrapServers()).includes(SERVER + ":1", 0))
                    .isTrue();
            assertThat(hanging.end()).isZero();
        }
    }

    private static TransactionState state(Admin admin) throws IOException {
        try {
            return admin.describeTransactions(List.of(ID)).description(ID).get().state();
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException(e);
        }
    }

    private static void commit(KafkaProducer<byte[], byte[]> producer, String topic, int number) {
        producer.beginTransaction();
        String change =
                "{\"record\":{\"id\":" + number + "},\"global_id\":\"" + SERVER + ":" + number + "\",\"ordinal\":0}";
        String checkpoint = "{\"position\":{\"gtids\":\"" + SERVER + ":1-" + number + "\"}}";
        for (var record : Set.of(
                new ProducerRecord<>(topic, ("{\"id\":" + number + "}").getBytes(UTF_8), change.getBytes(UTF_8)),
                new ProducerRecord<>(StoredCheckpoint.TOPIC, "key".getBytes(UTF_8), checkpoint.getBytes(UTF_8)))) {
            var unused = producer.send(record);
        }
        producer.commitTransaction();
    }
}
