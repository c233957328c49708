// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Batches;
import io.millrace.core.FencedException;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.CheckpointStore;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.core.checkpoint.PipelineCheckpoints;
import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.KafkaExtension;
import io.millrace.testkit.kit.CheckpointStoreKit;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A topic of checkpoints keeps to what every store of them does, and has one owner. */
@ExtendWith(KafkaExtension.class)
class KafkaCheckpointStoreTest extends CheckpointStoreKit {

    private static final AtomicInteger TOPICS = new AtomicInteger();

    private final String topic = "store" + TOPICS.incrementAndGet();
    private KafkaBroker broker;

    @BeforeEach
    void useBroker(KafkaBroker shared) {
        broker = shared;
    }

    private KafkaOptions.Builder options() {
        return KafkaOptions.builder(broker.bootstrapServers())
                .checkpointTopic(topic)
                .property("retry.backoff.ms", "10");
    }

    @Override
    protected CheckpointStore store() {
        return new KafkaCheckpointStore(options().build());
    }

    /** The second takes over instead. */
    @Override
    protected boolean refusesSecondInstance() {
        return false;
    }

    private static Checkpoint at(long transaction) {
        return new Checkpoint("test", "{\"at\":" + transaction + "}", transaction, null, 1);
    }

    @Test
    void shouldFenceTheInstanceBefore() throws Exception {
        try (CheckpointStore old = store();
                CheckpointStore successor = store()) {
            old.open("p");
            old.save("t", at(1));
            successor.open("p");

            assertThatThrownBy(() -> old.save("t", at(2)))
                    .isInstanceOf(FencedException.class)
                    .hasMessageContaining("pipeline p");
            assertThatThrownBy(() -> old.save("t", at(3))).isInstanceOf(FencedException.class);
            successor.save("t", at(5));
            assertThat(successor.load("t")).isEqualTo(at(5));
        }
    }

    @Test
    void shouldGoOnAfterAProducerWasMadeUselessByNobody() throws Exception {
        try (CheckpointStore store = store()) {
            store.open("p");
            store.save("t", at(1));
            takeTransactionalId("p.checkpoints");

            assertThatThrownBy(() -> store.save("t", at(2))).isInstanceOf(IOException.class);
            store.save("t", at(3));
        }
        try (CheckpointStore again = store()) {
            again.open("p");
            assertThat(again.load("t")).isEqualTo(at(3));
        }
    }

    @Test
    void shouldSaveWhileAnInterruptIsPending() throws Exception {
        try (CheckpointStore store = store()) {
            store.open("p");
            Thread.currentThread().interrupt();

            store.save("t", at(1));

            assertThat(Thread.interrupted()).isTrue();
            assertThat(store.load("t")).isEqualTo(at(1));
        }
    }

    @Test
    void shouldLoadWhatTargetsKeepForThemselves() throws Exception {
        KafkaTarget target = new KafkaTarget(options().exactlyOnce(true).build());
        Batches.attach(target, "p");
        target.open();
        target.restore();
        var stored = target.saveAsync(Batches.of(List.of(), true, at(7)));
        target.flush();
        stored.toCompletableFuture().get();
        target.close();

        try (CheckpointStore store = store()) {
            store.open("p");

            assertThat(store.load("kafka")).isEqualTo(at(7));
            assertThat(store.targets()).containsExactly("kafka");
        }
    }

    @Test
    void shouldHandOnWhatWasImportedToATargetThatKeepsItsOwn() throws Exception {
        InMemoryCheckpointStore before = new InMemoryCheckpointStore();
        before.save("kafka", at(7));
        String exported;
        try (PipelineCheckpoints checkpoints = PipelineCheckpoints.open("p", before)) {
            exported = checkpoints.exportJson();
        }

        try (PipelineCheckpoints checkpoints = PipelineCheckpoints.open("p", store())) {
            checkpoints.importJson(exported);
        }

        KafkaTarget target = new KafkaTarget(options().exactlyOnce(true).build());
        Batches.attach(target, "p");
        target.open();
        assertThat(target.restore()).isNotNull().satisfies(restored -> {
            assertThat(restored.position()).isEqualTo(at(7).position());
            assertThat(restored.transaction()).isEqualTo(7);
        });
        target.close();
    }

    @Test
    void shouldRefuseDamagedCheckpointsAndDeleteThem() throws Exception {
        write("p", "t", "{\"format\":1");

        try (CheckpointStore store = store()) {
            store.open("p");
            assertThat(store.targets()).containsExactly("t");
            assertThatThrownBy(() -> store.load("t"))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("damaged");
            store.delete("t");
            assertThat(store.load("t")).isNull();
        }
    }

    @Test
    void shouldCareOnlyForItsOwnPipeline() throws Exception {
        write("another", "t", "{\"format\":99}");

        try (CheckpointStore store = store()) {
            store.open("p");

            assertThat(store.load("t")).isNull();
        }
    }

    @Test
    void shouldSayThatNobodyAnswers() throws Exception {
        String nobody;
        try (ServerSocket socket = new ServerSocket(0)) {
            nobody = "127.0.0.1:" + socket.getLocalPort();
        }
        CheckpointStore store = new KafkaCheckpointStore(KafkaOptions.builder(nobody)
                .connectTimeout(Duration.ofMillis(300))
                .build());

        assertThatThrownBy(() -> store.open("p"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(nobody);
        store.close();
    }

    private KafkaProducer<byte[], byte[]> producer(String transactionalId) {
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", transactionalId),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private void takeTransactionalId(String id) {
        try (var producer = producer(id)) {
            producer.initTransactions();
        }
    }

    private void write(String pipeline, String target, String value) {
        try (CheckpointStore store = store()) {
            store.open(pipeline);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        try (var producer = producer("writer")) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, CheckpointTopic.key(pipeline, target), value.getBytes()));
            producer.commitTransaction();
        }
    }
}
