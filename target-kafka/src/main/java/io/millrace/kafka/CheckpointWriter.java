// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.FencedException;
import io.millrace.core.TransientException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes a pipeline's checkpoints, one per Kafka transaction. Used by one thread at a time. */
final class CheckpointWriter {

    /*
     * Who opens leaves a record that says so. A producer that failed, for whatever reason, is followed
     * by a new one only if that record is still this instance's: so an instance that was fenced
     * learns of it, and one whose transaction merely timed out goes on.
     */
    private final KafkaOptions options;
    private final String pipeline;
    private final byte[] ownerKey;
    private final Map<String, Object> properties;
    private final String instance = UUID.randomUUID().toString();

    private @Nullable Brokers brokers;
    private @Nullable CheckpointTopic topic;
    private @Nullable KafkaProducer<byte[], byte[]> producer;

    CheckpointWriter(KafkaOptions options, String pipeline) {
        this.options = options;
        this.pipeline = pipeline;
        this.ownerKey = CheckpointTopic.key(pipeline);
        this.properties = KafkaProperties.checkpoints(options, pipeline);
    }

    /** Takes the pipeline's checkpoints from whoever had them, and answers with them as JSON, by target. */
    Map<String, String> take() throws InterruptedException {
        brokers = Brokers.connect(options, properties);
        CheckpointTopic prepared = new CheckpointTopic(options, brokers, properties);
        prepared.prepare();
        topic = prepared;
        makeProducer();
        Map<String, String> found = new HashMap<>();
        prepared.readAll(record -> {
            String target = CheckpointTopic.target(record.key(), pipeline);
            if (target == null) {
                return;
            }
            byte[] value = record.value();
            if (value == null) {
                found.remove(target);
            } else {
                found.put(target, new String(value, UTF_8));
            }
        });
        write(ownerKey, "{\"instance\":\"" + instance + "\"}");
        return found;
    }

    /** @param checkpoint as JSON; null to delete it */
    void writeFor(String target, @Nullable String checkpoint) throws InterruptedException {
        if (producer == null) {
            checkOwner(IsolationLevel.READ_COMMITTED);
            makeProducer();
            checkOwner(IsolationLevel.READ_UNCOMMITTED);
        }
        write(CheckpointTopic.key(pipeline, target), checkpoint);
    }

    private void makeProducer() throws InterruptedException {
        KafkaProducer<byte[], byte[]> made;
        try {
            made = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            throw Brokers.cannotStart(options, e);
        }
        producer = made;
        call("taking the checkpoints of pipeline " + pipeline, made::initTransactions);
    }

    private void write(byte[] key, @Nullable String value) throws InterruptedException {
        KafkaProducer<byte[], byte[]> writing = Objects.requireNonNull(producer);
        byte[] bytes = value == null ? null : value.getBytes(UTF_8);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                options.checkpointTopic(), 0, null, key, bytes, StoredCheckpoint.headers(instance, null));
        try {
            call("storing a checkpoint of pipeline " + pipeline, () -> {
                writing.beginTransaction();
                // The commit tells what the future would tell.
                var unused = writing.send(record);
                writing.commitTransaction();
            });
        } catch (TransientException e) {
            if (KafkaFailures.isFencing(e.getCause())) {
                checkOwner(IsolationLevel.READ_UNCOMMITTED);
            }
            throw e;
        }
    }

    private void call(String what, Runnable call) throws InterruptedException {
        try {
            call.run();
        } catch (InterruptException e) {
            boolean unused = Thread.interrupted();
            closeProducer();
            throw CheckpointTopic.interrupted();
        } catch (KafkaException e) {
            closeProducer();
            throw KafkaFailures.of(e, what, options.checkpointTopic(), options.bootstrapServers());
        }
    }

    private void checkOwner(IsolationLevel upTo) throws InterruptedException {
        ConsumerRecord<byte[], byte[]> owner = Objects.requireNonNull(topic).newestRecord(ownerKey, upTo);
        if (owner != null && !StoredCheckpoint.instance(owner).equals(instance)) {
            throw new FencedException(
                    "another instance of pipeline %s has taken over the checkpoints in topic %s. This one stores nothing more"
                            .formatted(pipeline, options.checkpointTopic()),
                    null);
        }
    }

    private void closeProducer() {
        KafkaProducer<byte[], byte[]> ended = producer;
        producer = null;
        if (ended != null) {
            ProducerSession.close(ended);
        }
    }

    void close() {
        closeProducer();
        if (brokers != null) {
            brokers.close();
            brokers = null;
        }
    }
}
