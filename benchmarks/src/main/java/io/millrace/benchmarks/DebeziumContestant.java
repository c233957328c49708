// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.format.Json;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Debezium's embedded engine with its MySQL connector, tuned as its documentation advises: the
 * asynchronous engine, large batches and queue, JSON without schemas. It starts from offsets that
 * are written for it, so that no snapshot is taken.
 */
final class DebeziumContestant implements Contestant {

    private final boolean toKafka;

    DebeziumContestant(boolean toKafka) {
        this.toKafka = toKafka;
    }

    @Override
    public void drain(Job job, Tally tally) throws Exception {
        boolean keepsState = !job.state().isEmpty();
        Path folder =
                keepsState ? Files.createDirectories(Path.of(job.state())) : Files.createTempDirectory("debezium");
        Path offsets = folder.resolve("offsets.dat");
        if (!keepsState) {
            writeOffsets(offsets, job.start());
        }
        CountDownLatch done = new CountDownLatch(1);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        try (Sink sink = toKafka ? new KafkaSink(job) : Sink.NOTHING;
                DebeziumEngine<ChangeEvent<String, String>> engine = DebeziumEngine.create(Json.class)
                        .using(properties(job, folder))
                        .notifying((events, committer) -> take(events, committer, tally, sink, done))
                        .using((success, message, error) -> {
                            if (!success) {
                                failure.set(error == null ? new IllegalStateException(message) : error);
                            }
                            done.countDown();
                        })
                        .build()) {
            Thread thread = new Thread(engine, "debezium");
            thread.start();
            done.await();
            sink.flush();
        }
        Throwable failed = failure.get();
        if (failed != null && !tally.isComplete()) {
            throw new IllegalStateException("Debezium failed", failed);
        }
    }

    private static void take(
            List<ChangeEvent<String, String>> events,
            RecordCommitter<ChangeEvent<String, String>> committer,
            Tally tally,
            Sink sink,
            CountDownLatch done)
            throws InterruptedException {
        for (ChangeEvent<String, String> event : events) {
            if (tally.isComplete()) {
                break;
            }
            byte[] json = event.value().getBytes(StandardCharsets.UTF_8);
            tally.json(json, row(event.value()), json.length);
            sink.send(event.key(), json);
            committer.markProcessed(event);
        }
        committer.markBatchFinished();
        if (tally.isComplete()) {
            done.countDown();
        }
    }

    /** {@return where the row stands: behind the image before, unless it was deleted} */
    static int row(String json) {
        int after = json.indexOf("\"after\":");
        return after < 0 || json.startsWith("null", after + 8) ? 0 : after;
    }

    private static Properties properties(Job job, Path folder) {
        Properties properties = new Properties();
        properties.setProperty("name", "benchmark");
        properties.setProperty("connector.class", "io.debezium.connector.mysql.MySqlConnector");
        properties.setProperty("offset.storage", "org.apache.kafka.connect.storage.FileOffsetBackingStore");
        properties.setProperty(
                "offset.storage.file.filename", folder.resolve("offsets.dat").toString());
        properties.setProperty("offset.flush.interval.ms", "10000");
        properties.setProperty("schema.history.internal", "io.debezium.relational.history.MemorySchemaHistory");
        properties.setProperty("topic.prefix", "bench");
        properties.setProperty("database.hostname", "127.0.0.1");
        properties.setProperty("database.port", Integer.toString(job.port()));
        properties.setProperty("database.user", "root");
        properties.setProperty("database.password", "");
        properties.setProperty("database.server.id", "777");
        properties.setProperty("database.ssl.mode", job.tls() ? "required" : "disabled");
        properties.setProperty("table.include.list", "bench\\." + job.table().replace("*", ".*"));
        properties.setProperty("include.schema.changes", "false");
        properties.setProperty("snapshot.mode", "recovery");
        properties.setProperty("snapshot.locking.mode", "none");
        properties.setProperty("max.batch.size", "16384");
        properties.setProperty("max.queue.size", "65536");
        properties.setProperty("poll.interval.ms", "10");
        properties.setProperty("tombstones.on.delete", "false");
        properties.setProperty("key.converter.schemas.enable", "false");
        properties.setProperty("value.converter.schemas.enable", "false");
        properties.setProperty("converter.schemas.enable", "false");
        properties.setProperty("record.processing.threads", "AVAILABLE_CORES");
        properties.setProperty("record.processing.order", "ORDERED");
        if (!job.state().isEmpty()) {
            properties.setProperty("offset.flush.interval.ms", "0");
            properties.setProperty("schema.history.internal", "io.debezium.storage.file.history.FileSchemaHistory");
            properties.setProperty(
                    "schema.history.internal.file.filename",
                    folder.resolve("history.dat").toString());
            properties.setProperty("snapshot.mode", "no_data");
        }
        return properties;
    }

    /** The file that Kafka Connect's store writes: a serialised map of keys and values in JSON. */
    private static void writeOffsets(Path file, Job.Start start) throws IOException {
        Map<byte[], byte[]> offsets = new HashMap<>();
        String key = "[\"benchmark\",{\"server\":\"bench\"}]";
        String value = "{\"ts_sec\":0,\"file\":\"" + start.file() + "\",\"pos\":" + start.offset() + ",\"gtids\":\""
                + start.gtids() + "\",\"row\":0,\"event\":0}";
        offsets.put(key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
        try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(file))) {
            out.writeObject(offsets);
        }
    }

    /** Where the JSON goes. */
    private interface Sink extends AutoCloseable {

        Sink NOTHING = new Sink() {};

        default void send(@Nullable String key, byte[] json) {}

        default void flush() {}

        @Override
        default void close() {}
    }

    /** Sends with the same settings as this library's own target. */
    private static final class KafkaSink implements Sink {

        private final KafkaProducer<byte[], byte[]> producer;
        private final String topic;
        private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

        KafkaSink(Job job) {
            this.topic = job.topic();
            this.producer = RivalProducer.connect(job.brokers());
        }

        @Override
        public void send(@Nullable String key, byte[] json) {
            byte[] keyBytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
            var unused = producer.send(new ProducerRecord<>(topic, keyBytes, json), (metadata, error) -> {
                if (error != null) {
                    failure.compareAndSet(null, error);
                }
            });
        }

        @Override
        public void flush() {
            producer.flush();
            Exception failed = failure.get();
            if (failed != null) {
                throw new IllegalStateException(failed);
            }
        }

        @Override
        public void close() {
            producer.close();
        }
    }
}
