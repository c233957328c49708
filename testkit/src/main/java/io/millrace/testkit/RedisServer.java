// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import io.millrace.testkit.internal.Folders;
import io.millrace.testkit.internal.RedisInstallation;
import io.millrace.testkit.internal.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A real redis-server 7.0.15, a process of its own on a free port of 127.0.0.1, with a data folder that is
 * deleted with it. Ended by {@link #close()}, and by the end of this JVM at the latest. Needs the artifact
 * {@code org.signal:embedded-redis} on the class path. It keeps nothing on disk unless
 * {@link Builder#durable()} is asked for. Not thread-safe.
 */
public final class RedisServer implements AutoCloseable {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    private final Path folder;
    private final int port;
    private final Map<String, String> options;
    private final ServerProcess process;
    private final Thread hook = new Thread(this::end, "stop-redis");

    private RedisServer(Builder builder) throws IOException {
        UnsupportedPlatformException.check("Redis server");
        this.folder = Folders.temporary("redis");
        this.port = ServerProcess.freePort();
        this.options = new LinkedHashMap<>(builder.options);
        this.process = new ServerProcess("redis-server", folder.resolve("redis.log"), port, false);
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            startProcess();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** {@return a running server with the default options} */
    public static RedisServer start() throws IOException {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    private void startProcess() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                RedisInstallation.get().toString(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                folder.toString()));
        options.forEach((name, value) -> {
            command.add("--" + name);
            command.add(value);
        });
        process.start(command, Map.of("PATH", "/usr/bin:/bin"));
    }

    public int port() {
        return port;
    }

    /** {@return {@code redis://127.0.0.1:port}, for clients} */
    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    /** Stops the server in order and starts it again, on the same port and data. */
    public void restart() throws IOException {
        process.stop(STOP_LIMIT);
        startProcess();
    }

    /** Ends the server by SIGKILL; {@link #startAgain()} may follow. */
    public void kill() {
        process.kill();
    }

    /** Starts the server after {@link #kill()}, on the same port and data. */
    public void startAgain() throws IOException {
        startProcess();
    }

    /** Stops the process from running (SIGSTOP): connections stay, nothing answers. */
    public void pause() {
        process.signal("STOP");
    }

    /** Lets the process run on after {@link #pause()} (SIGCONT). */
    public void resume() {
        process.signal("CONT");
    }

    /** {@return the end of what the server logged} */
    public String log() {
        return process.logTail();
    }

    /** Ends the server by force and deletes its data. May be called twice. */
    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending and the hook runs anyway.
        }
    }

    private void end() {
        process.kill();
        Folders.delete(folder);
    }

    /** Options of a server beyond the default ones. Not thread-safe. */
    public static final class Builder {

        private final Map<String, String> options = new LinkedHashMap<>();

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

        /**
         * {@return the running server}
         *
         * @throws IOException if it cannot be started, with the end of its log
         */
        public RedisServer start() throws IOException {
            return new RedisServer(this);
        }
    }
}
