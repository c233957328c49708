// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A scripted server that streams inserted documents, in a JVM of its own. */
final class MongoProcess implements AutoCloseable {

    private final Process process;
    private final String uri;

    private MongoProcess(Process process, String uri) {
        this.process = process;
        this.uri = uri;
    }

    static MongoProcess start(long documents) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx4g",
                        "-XX:+UseParallelGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        MongoEventsMain.class.getName(),
                        Long.toString(documents))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String uri = process.inputReader(StandardCharsets.UTF_8).readLine();
        if (uri == null) {
            throw new IOException("the scripted server has ended");
        }
        return new MongoProcess(process, uri);
    }

    String uri() {
        return uri;
    }

    @Override
    public void close() {
        process.destroy();
    }
}
