// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;

/** What happened when, in a file and on the console. Thread-safe. */
final class RunLog implements AutoCloseable {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

    private final Path directory;
    private final PrintWriter file;

    /** @param directory emptied first: what a run of before has left, its checkpoints above all, must not count */
    RunLog(Path directory) throws IOException {
        delete(directory);
        this.directory = Files.createDirectories(directory);
        this.file = new PrintWriter(Files.newBufferedWriter(directory.resolve("events.log")));
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
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
        String time = LocalTime.now(ZoneId.systemDefault()).format(TIME);
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
