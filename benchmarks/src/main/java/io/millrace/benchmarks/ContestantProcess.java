// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A JVM of its own for one run of one contestant. */
final class ContestantProcess implements AutoCloseable {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Process process;
    private final BufferedReader output;

    /** @param heap as -Xmx takes it */
    ContestantProcess(Assignment assignment, String heap, boolean showsErrors) throws IOException {
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heap,
                        "-XX:+UseParallelGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ContestantMain.class.getName(),
                        MAPPER.writeValueAsString(assignment)))
                .redirectError(showsErrors ? ProcessBuilder.Redirect.INHERIT : ProcessBuilder.Redirect.DISCARD)
                .start();
        output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Waits until the timed drain begins; or the process has ended. */
    void awaitReady() throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.equals(ContestantMain.READY)) {
                return;
            }
        }
    }

    /** {@return what it measured, once it has ended; null if it failed} */
    @Nullable ObjectNode result() throws IOException, InterruptedException {
        ObjectNode result = null;
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith(ContestantMain.RESULT)) {
                result = (ObjectNode) MAPPER.readTree(line.substring(ContestantMain.RESULT.length()));
            }
        }
        process.waitFor();
        return result;
    }

    /** Kills it if it still runs. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
