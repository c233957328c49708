// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.internal;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A server that runs as a process of its own and accepts connections on a port. Not thread-safe. */
public final class ServerProcess {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final int LOG_TAIL = 4_000;
    private static final int LOWEST_PORT = 10_000;
    private static final int HIGHEST_PORT = 32_000;
    private static final int MOST_ATTEMPTS = 100;

    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private final String name;
    private final Path log;
    private final int port;
    private final boolean greets;
    private @Nullable Process process;

    /**
     * @param name for messages
     * @param log file that takes what the process prints
     * @param greets whether it speaks first on each connection: then it is not taken as started before
     */
    public ServerProcess(String name, Path log, int port, boolean greets) {
        this.name = name;
        this.log = log;
        this.port = port;
        this.greets = greets;
    }

    /**
     * {@return a port of the loopback address that was free just now} It is none of those that the system gives to
     * clients: one of them could take it while the server is started again. No other server of this process gets it.
     */
    public static int freePort() throws IOException {
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        for (int attempt = 1; ; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT);
            try (ServerSocket socket = new ServerSocket(port, 1, loopback)) {
                if (GIVEN.add(port)) {
                    return socket.getLocalPort();
                }
            } catch (BindException e) {
                if (attempt == MOST_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /**
     * Starts the process and waits until it accepts connections.
     *
     * @throws IOException if it ends before, with the tail of its log
     */
    public void start(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Process started = builder.start();
        started.getOutputStream().close();
        process = started;
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!accepts()) {
            if (!started.isAlive()) {
                throw new IOException(
                        name + " ended with status " + started.exitValue() + " at its start:\n" + logTail());
            }
            if (System.nanoTime() > deadline) {
                kill();
                throw new IOException(name + " did not accept connections within " + START_LIMIT + ":\n" + logTail());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
            socket.setSoTimeout(1_000);
            return !greets || socket.getInputStream().read() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    public boolean isRunning() {
        return process != null && process.isAlive();
    }

    /** Ends the process in order (SIGTERM), after {@code limit} by force. */
    public void stop(Duration limit) {
        Process running = process;
        if (running == null) {
            return;
        }
        signal("CONT");
        running.destroy();
        if (!endsWithin(running, limit)) {
            kill();
        }
    }

    /** Ends the process by SIGKILL and waits for it. */
    public void kill() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
            endsWithin(running, START_LIMIT);
        }
    }

    private static boolean endsWithin(Process process, Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            return false;
        }
    }

    /** Stops (STOP) or continues (CONT) the process. */
    public void signal(String signal) {
        Process running = process;
        if (running == null || !running.isAlive()) {
            return;
        }
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(running.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new IllegalStateException("the command kill cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@return the end of what the process printed} */
    public String logTail() {
        try {
            String text = Files.exists(log) ? new String(Files.readAllBytes(log), StandardCharsets.UTF_8) : "";
            return text.substring(Math.max(0, text.length() - LOG_TAIL));
        } catch (IOException e) {
            return "(its log cannot be read: " + e.getMessage() + ")";
        }
    }
}
