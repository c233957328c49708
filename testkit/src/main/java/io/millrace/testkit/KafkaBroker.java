// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import io.millrace.testkit.internal.KafkaMain;
import io.millrace.testkit.internal.ServerProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/** A real Kafka broker (KRaft, of one node or two). Needs the artifact {@code org.apache.kafka:kafka_2.13} on the class path. */
public final class KafkaBroker extends LocalServer {

    private static final Duration READY_LIMIT = Duration.ofSeconds(60);

    // Where things are in a batch of a log. The length counts what follows it.
    private static final int BATCH_LENGTH = 8;
    private static final int BATCH_ATTRIBUTES = 21;
    private static final int CONTROL = 0x20;

    private final Properties more;
    private final int heapMegabytes;
    private final @Nullable KafkaBroker first;
    private final String clusterId;
    private final int controllerPort;
    private final @Nullable FaultyProxy proxy;
    private final int proxiedPort;

    private KafkaBroker(Builder builder) throws IOException {
        super("the Kafka broker", "kafka", false);
        this.more = builder.properties;
        this.heapMegabytes = builder.heapMegabytes;
        this.first = builder.first;
        this.clusterId = first == null ? Uuid.randomUuid().toString() : first.clusterId;
        this.controllerPort = first == null ? ServerProcess.freePort() : first.controllerPort;
        this.proxiedPort = builder.behindProxy ? ServerProcess.freePort() : 0;
        this.proxy = builder.behindProxy ? FaultyProxy.before(host(), proxiedPort) : null;
    }

    /** {@return a running broker with the default properties} */
    public static KafkaBroker start() throws IOException {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    @Override
    void prepare() throws IOException {
        Properties properties = new Properties();
        properties.setProperty("process.roles", first == null ? "broker,controller" : "broker");
        properties.setProperty("node.id", first == null ? "1" : "2");
        properties.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        String listeners = "PLAINTEXT://127.0.0.1:" + port();
        if (first == null) {
            listeners += ",CONTROLLER://127.0.0.1:" + controllerPort;
        }
        String advertised = "PLAINTEXT://127.0.0.1:" + port();
        if (proxy != null) {
            listeners += ",PROXIED://127.0.0.1:" + proxiedPort;
            advertised += ",PROXIED://127.0.0.1:" + proxy.port();
        }
        properties.setProperty("listeners", listeners);
        properties.setProperty("advertised.listeners", advertised);
        properties.setProperty("controller.listener.names", "CONTROLLER");
        properties.setProperty(
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT");
        properties.setProperty("inter.broker.listener.name", "PLAINTEXT");
        properties.setProperty("log.dirs", data().toString());
        properties.setProperty("offsets.topic.num.partitions", "1");
        properties.setProperty("offsets.topic.replication.factor", "1");
        properties.setProperty("transaction.state.log.num.partitions", "1");
        properties.setProperty("transaction.state.log.replication.factor", "1");
        properties.setProperty("transaction.state.log.min.isr", "1");
        properties.setProperty("share.coordinator.state.topic.replication.factor", "1");
        properties.setProperty("share.coordinator.state.topic.min.isr", "1");
        properties.setProperty("group.initial.rebalance.delay.ms", "0");
        properties.setProperty("log.cleaner.dedupe.buffer.size", "2097152");
        properties.setProperty("controlled.shutdown.enable", "false");
        // A broker that was killed is let in again only after its old session has ended.
        properties.setProperty("broker.session.timeout.ms", "2000");
        properties.setProperty("broker.heartbeat.interval.ms", "500");
        properties.setProperty("auto.create.topics.enable", "false");
        properties.setProperty("num.network.threads", "2");
        properties.setProperty("num.io.threads", "2");
        properties.setProperty("background.threads", "2");
        properties.setProperty("log.index.size.max.bytes", "1048576");
        properties.setProperty("controller.quorum.election.timeout.ms", "100");
        properties.setProperty("controller.quorum.fetch.timeout.ms", "500");
        properties.putAll(more);
        try (OutputStream out = Files.newOutputStream(propertiesFile())) {
            properties.store(out, null);
        }
    }

    private Path propertiesFile() {
        return folder().resolve("server.properties");
    }

    private static Path newestSegment(Path partition) throws IOException {
        try (Stream<Path> files = Files.list(partition)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .max(Comparator.naturalOrder())
                    .orElseThrow(() -> new IOException("no log in " + partition));
        }
    }

    private Path data() {
        return folder().resolve("data");
    }

    @Override
    List<String> command() throws IOException {
        Path arguments = folder().resolve("arguments");
        Files.writeString(
                arguments, "-cp \"" + System.getProperty("java.class.path").replace("\\", "\\\\") + "\"\n");
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx" + heapMegabytes + "m",
                "@" + arguments,
                KafkaMain.class.getName(),
                propertiesFile().toString(),
                clusterId);
    }

    @Override
    Map<String, String> environment() {
        return Map.of("PATH", "/usr/bin:/bin", "LOG_DIR", folder().toString());
    }

    /** The port is open before the broker is registered with the controller. */
    @Override
    void awaitReady() throws IOException {
        long deadline = System.nanoTime() + READY_LIMIT.toNanos();
        Map<String, Object> config = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 2_000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 5_000);
        try (Admin admin = Admin.create(config)) {
            while (!hasNode(admin)) {
                if (!isRunning() || System.nanoTime() > deadline) {
                    throw new IOException("the Kafka broker does not become ready:\n" + log());
                }
            }
        }
    }

    private static boolean hasNode(Admin admin) throws IOException {
        try {
            return !admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** {@return {@code host:port}, for clients} */
    public String bootstrapServers() {
        return host() + ":" + port();
    }

    /**
     * Cuts the newest batch off a partition's log, which must be the marker that ends a transaction: as if its
     * coordinator had never written it. Only while the broker is killed.
     */
    public void loseMarker(String topic, int partition) throws IOException {
        Path log = newestSegment(data().resolve(topic + "-" + partition));
        try (FileChannel file = FileChannel.open(log, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer header = ByteBuffer.allocate(BATCH_ATTRIBUTES + Short.BYTES);
            long last = 0;
            for (long at = 0; at < file.size(); at += BATCH_LENGTH + Integer.BYTES + header.getInt(BATCH_LENGTH)) {
                last = at;
                header.clear();
                file.read(header, at);
            }
            if ((header.getShort(BATCH_ATTRIBUTES) & CONTROL) == 0) {
                throw new IOException(log + " does not end with a marker");
            }
            file.truncate(last);
        }
    }

    /**
     * {@return the proxy in front of the broker} Clients that begin at its address stay behind it, while
     * {@link #bootstrapServers()} is the way around it.
     *
     * @throws IllegalStateException if there is none; see {@link Builder#behindProxy()}
     */
    public FaultyProxy proxy() {
        if (proxy == null) {
            throw new IllegalStateException("the broker was started without a proxy");
        }
        return proxy;
    }

    @Override
    void end() {
        if (proxy != null) {
            proxy.close();
        }
        super.end();
    }

    /** Properties of a broker beyond the default ones. Not thread-safe. */
    public static final class Builder {

        private final Properties properties = new Properties();
        private int heapMegabytes = 192;
        private boolean behindProxy;
        private @Nullable KafkaBroker first;

        private Builder() {}

        /** Sets one of the broker's own properties. */
        public Builder property(String name, String value) {
            properties.setProperty(name, value);
            return this;
        }

        /** Puts a {@link KafkaBroker#proxy()} in front of the broker, for clients that are to be disturbed. */
        public Builder behindProxy() {
            behindProxy = true;
            return this;
        }

        /** Makes the broker the second, number 2, of a cluster whose first, number 1, must keep running. */
        public Builder joining(KafkaBroker first) {
            this.first = first;
            return this;
        }

        /** Default 192. */
        public Builder heapMegabytes(int value) {
            heapMegabytes = value;
            return this;
        }

        /**
         * {@return the running broker}
         *
         * @throws IOException if it cannot be started, with the end of its log
         */
        public KafkaBroker start() throws IOException {
            KafkaBroker broker = new KafkaBroker(this);
            broker.begin();
            return broker;
        }
    }
}
