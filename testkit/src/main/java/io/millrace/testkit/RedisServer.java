// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import io.millrace.testkit.internal.RedisInstallation;
import io.millrace.testkit.internal.ServerCertificate;
import io.millrace.testkit.internal.ServerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A real redis-server 7.0.15. Needs the artifact {@code org.signal:embedded-redis} on the class path. It keeps nothing
 * on disk unless {@link Builder#durable()} is asked for.
 */
public final class RedisServer extends LocalServer {

    private static final Duration READY_LIMIT = Duration.ofSeconds(60);

    private final Map<String, String> options;
    private final int busPort;
    private final int tlsPort;

    private RedisServer(Builder builder) throws IOException {
        super("redis-server", "redis", false);
        this.options = new LinkedHashMap<>(builder.options);
        // By default it is a port far above its own, which there may not be.
        this.busPort = ServerProcess.freePort();
        if (options.containsKey("cluster-enabled")) {
            options.put("cluster-port", Integer.toString(busPort));
        }
        this.tlsPort = builder.tls ? ServerProcess.freePort() : 0;
        if (builder.tls) {
            options.putAll(tlsOptions(tlsPort));
        }
    }

    /** {@return a running server with the default options} */
    public static RedisServer start() throws IOException {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** {@return options of a server, or a sentinel, that others reach by TLS, and that reaches others by it} */
    static Map<String, String> tlsOptions(int port) throws IOException {
        ServerCertificate certificate = ServerCertificate.get();
        Map<String, String> options = new LinkedHashMap<>();
        options.put("tls-port", Integer.toString(port));
        options.put("tls-cert-file", certificate.certificate().toString());
        options.put("tls-key-file", certificate.key().toString());
        options.put("tls-ca-cert-file", certificate.certificate().toString());
        options.put("tls-auth-clients", "no");
        options.put("tls-replication", "yes");
        return options;
    }

    @Override
    List<String> command() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                RedisInstallation.get().toString(),
                "--port",
                Integer.toString(port()),
                "--bind",
                host(),
                "--dir",
                folder().toString()));
        options.forEach((name, value) -> {
            command.add("--" + name);
            command.add(value);
        });
        return command;
    }

    @Override
    Map<String, String> environment() {
        return Map.of("PATH", "/usr/bin:/bin");
    }

    /** The port is open before what was on disk is in memory. */
    @Override
    void awaitReady() throws IOException {
        long deadline = System.nanoTime() + READY_LIMIT.toNanos();
        try (Socket socket = new Socket(host(), port())) {
            BufferedReader answers =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String answer;
            do {
                if (System.nanoTime() > deadline) {
                    throw new IOException("the Redis server does not become ready:\n" + log());
                }
                socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
                answer = answers.readLine();
            } while (answer != null && answer.startsWith("-LOADING"));
        }
    }

    /** {@return {@code redis://127.0.0.1:port}, for clients} */
    public String uri() {
        return "redis://" + host() + ":" + port();
    }

    /** {@return its port for TLS, beside the other one; 0 without {@link Builder#tls()}} */
    public int tlsPort() {
        return tlsPort;
    }

    /** {@return {@code rediss://127.0.0.1:port}, for clients that trust {@link #trustStore()}} */
    public String tlsUri() {
        return "rediss://" + host() + ":" + tlsPort;
    }

    /** {@return a store (PKCS #12) that trusts the certificate that all servers have; password {@code changeit}} */
    public static Path trustStore() throws IOException {
        return ServerCertificate.get().trustStore();
    }

    /** {@return where the other nodes of its cluster reach it} */
    public int busPort() {
        return busPort;
    }

    /** Options of a server beyond the default ones. Not thread-safe. */
    public static final class Builder {

        private final Map<String, String> options = new LinkedHashMap<>();
        private boolean tls;

        private Builder() {
            options.put("save", "");
            options.put("appendonly", "no");
        }

        /** Sets one of the server's own options, such as {@code maxmemory}. */
        public Builder option(String name, String value) {
            options.put(name, value);
            return this;
        }

        /** Lets the server keep every write on disk before it answers (an AOF with {@code appendfsync always}). */
        public Builder durable() {
            return option("appendonly", "yes").option("appendfsync", "always");
        }

        /** Lets the server take TLS at a port of its own, and speak it with its master. */
        public Builder tls() {
            tls = true;
            return this;
        }

        /** Makes the server a node of a cluster, which has no slots yet. */
        public Builder cluster() {
            return option("cluster-enabled", "yes");
        }

        /**
         * {@return the running server}
         *
         * @throws IOException if it cannot be started, with the end of its log
         */
        public RedisServer start() throws IOException {
            UnsupportedPlatformException.check("Redis server");
            RedisServer server = new RedisServer(this);
            server.begin();
            return server;
        }
    }
}
