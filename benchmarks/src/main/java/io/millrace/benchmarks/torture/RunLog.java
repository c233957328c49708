// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;

/** What happened when, in a file and on the console. Thread-safe. */
final class RunLog implements AutoCloseable {

    private final Path directory;
    private final PrintWriter file;

    RunLog(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.file = new PrintWriter(Files.newBufferedWriter(directory.resolve("events.log")));
    }

    /** {@return where everything of the run is kept} */
    Path directory() {
        return directory;
    }

    void event(String format, Object... arguments) {
        System.out.println(write(format, arguments));
    }

    /** What only somebody who searches for a cause wants to know: it goes into the file. */
    void detail(String format, Object... arguments) {
        write(format, arguments);
    }

    private synchronized String write(String format, Object... arguments) {
        // The same clock as the capturers' logs have.
        LocalTime time = LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.MILLIS);
        String line = time + " " + format.formatted(arguments);
        file.println(line);
        file.flush();
        return line;
    }

    @Override
    public synchronized void close() {
        file.close();
    }
}
