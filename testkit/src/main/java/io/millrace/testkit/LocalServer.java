// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import io.millrace.testkit.internal.Folders;
import io.millrace.testkit.internal.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A real server, a process of its own on a free port of 127.0.0.1, with a data folder that is deleted with it. Ended
 * by {@link #close()}, and by the end of this JVM at the latest. Not thread-safe, unless a method says otherwise.
 */
public abstract class LocalServer implements AutoCloseable {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private final Path folder;
    private final Path logFile;
    private final int port;
    private final ServerProcess process;
    private final Thread hook;

    /**
     * @param name of the program, for messages
     * @param keyword for the names of its folder and its log
     * @param greets whether it speaks first when a client connects
     */
    LocalServer(String name, String keyword, boolean greets) throws IOException {
        this.folder = Folders.temporary(keyword);
        this.logFile = folder.resolve(keyword + ".log");
        this.port = ServerProcess.freePort();
        this.process = new ServerProcess(name, logFile, port, greets);
        this.hook = new Thread(this::end, "stop-" + keyword);
    }

    /** Prepares the data folder and starts the server for the first time; if that fails, nothing is left of it. */
    final void begin() throws IOException {
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            prepare();
            startAgain();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Makes what must be there before the first start. */
    void prepare() throws IOException {}

    abstract List<String> command() throws IOException;

    abstract Map<String, String> environment();

    /** Waits for what the server does after it has opened its port. */
    void awaitReady() throws IOException {}

    final Path folder() {
        return folder;
    }

    final boolean isRunning() {
        return process.isRunning();
    }

    public final String host() {
        return "127.0.0.1";
    }

    public final int port() {
        return port;
    }

    /** Stops the server in order and starts it again, on the same port and data. */
    public final void restart() throws IOException {
        process.stop(STOP_LIMIT);
        startAgain();
    }

    /** Ends the server by SIGKILL; {@link #startAgain()} may follow. */
    public final void kill() {
        process.kill();
    }

    /**
     * Starts the server after {@link #kill()}, on the same port and data.
     *
     * @throws IOException if it does not start, with the end of its log
     */
    public final void startAgain() throws IOException {
        process.start(command(), environment());
        awaitReady();
    }

    /** Stops the process from running (SIGSTOP): connections stay, nothing answers. */
    public final void pause() {
        process.signal("STOP");
    }

    /** Lets the process run on after {@link #pause()} (SIGCONT). */
    public final void resume() {
        process.signal("CONT");
    }

    /** {@return the end of what the server logged} */
    public final String log() {
        return process.logTail();
    }

    /** {@return the file that takes what the server logs; deleted by {@link #close()}} */
    public final Path logFile() {
        return logFile;
    }

    /** Ends the server by force and deletes its data. May be called twice. */
    @Override
    public final void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending and the hook runs anyway.
        }
    }

    /** What {@link #close()} does; may run twice. */
    void end() {
        process.kill();
        Folders.delete(folder);
    }
}
