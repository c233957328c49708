// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.formats;

import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;
import io.millrace.testkit.MySqlServer;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Debezium's own events of a database, from its embedded engine. */
final class DebeziumRun {

    private static final String PREFIX = "shop";

    private DebeziumRun() {}

    /**
     * {@return the first so many events of the table since that place, in order}
     *
     * @param place binlog file, offset, and GTIDs
     * @param options of the connector, beside those that it needs
     */
    static List<ChangeEvent<String, String>> events(
            int count, MySqlServer server, String table, List<String> place, Map<String, String> options, Path folder)
            throws Exception {
        BlockingQueue<ChangeEvent<String, String>> queue = new LinkedBlockingQueue<>();
        Properties properties = properties(server, table, place, folder);
        properties.putAll(options);
        List<ChangeEvent<String, String>> events = new ArrayList<>();
        try (DebeziumEngine<ChangeEvent<String, String>> engine = DebeziumEngine.create(Json.class)
                .using(properties)
                .notifying(queue::add)
                .build()) {
            new Thread(engine, "debezium").start();
            while (events.size() < count) {
                ChangeEvent<String, String> event = queue.poll(90, TimeUnit.SECONDS);
                if (event == null) {
                    throw new AssertionError("Debezium told " + events.size() + " events, not " + count);
                }
                if (event.value() != null && event.destination().equals(PREFIX + "." + table)) {
                    events.add(event);
                }
            }
        }
        return events;
    }

    private static Properties properties(MySqlServer server, String table, List<String> place, Path folder)
            throws IOException {
        Path offsets = folder.resolve("offsets.dat");
        writeOffsets(offsets, place);
        Properties properties = new Properties();
        properties.setProperty("name", "formats");
        boolean isMariaDb = server.release().isMariaDb();
        properties.setProperty(
                "connector.class",
                isMariaDb
                        ? "io.debezium.connector.mariadb.MariaDbConnector"
                        : "io.debezium.connector.mysql.MySqlConnector");
        properties.setProperty("offset.storage", "org.apache.kafka.connect.storage.FileOffsetBackingStore");
        properties.setProperty("offset.storage.file.filename", offsets.toString());
        properties.setProperty("schema.history.internal", "io.debezium.relational.history.MemorySchemaHistory");
        properties.setProperty("topic.prefix", PREFIX);
        properties.setProperty("database.hostname", server.host());
        properties.setProperty("database.port", Integer.toString(server.port()));
        properties.setProperty("database.user", server.user());
        properties.setProperty("database.password", server.password());
        properties.setProperty("database.server.id", "778");
        properties.setProperty("database.ssl.mode", isMariaDb ? "disable" : "disabled");
        properties.setProperty("table.include.list", table.replace(".", "\\."));
        properties.setProperty("snapshot.mode", "recovery");
        properties.setProperty("snapshot.locking.mode", "none");
        properties.setProperty("poll.interval.ms", "10");
        // Debezium 3.5 asks for it, and connects to nothing.
        properties.setProperty("bootstrap.servers", "127.0.0.1:1");
        return properties;
    }

    /** The file that Kafka Connect's store writes: a serialised map of keys and values in JSON. */
    private static void writeOffsets(Path file, List<String> place) throws IOException {
        Map<byte[], byte[]> offsets = new HashMap<>();
        String key = "[\"formats\",{\"server\":\"" + PREFIX + "\"}]";
        String value = "{\"ts_sec\":0,\"file\":\"" + place.get(0) + "\",\"pos\":" + place.get(1) + ",\"gtids\":\""
                + place.get(2) + "\",\"row\":0,\"event\":0}";
        offsets.put(key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
        try (ObjectOutputStream out = new ObjectOutputStream(Files.newOutputStream(file))) {
            out.writeObject(offsets);
        }
    }
}
