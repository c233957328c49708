// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.checkpoint.FileCheckpointStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A process of its own that has a file store open, and saves until it is killed. */
final class CheckpointProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;

    CheckpointProcess(Path directory, long from) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = List.of(
                java.toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                CheckpointProcess.class.getName(),
                directory.toString(),
                Long.toString(from));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        output = process.inputReader(StandardCharsets.UTF_8);
    }

    long pid() {
        return process.pid();
    }

    /** {@return the next line that the process printed, null at its end} */
    String line() throws IOException {
        return output.readLine();
    }

    /** Kills the process as {@code kill -9} does, and waits for its end; what it printed can still be read. */
    void kill() {
        process.toHandle().destroyForcibly();
        process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() throws IOException {
        kill();
        output.close();
    }

    /** Prints "open" or "refused", then the number of each checkpoint that was saved. */
    public static void main(String[] arguments) throws Exception {
        FileCheckpointStore store = new FileCheckpointStore(Path.of(arguments[0]));
        try {
            store.open("kit");
        } catch (CheckpointException e) {
            System.out.println("refused");
            return;
        }
        System.out.println("open");
        long number = Long.parseLong(arguments[1]);
        while (number > 0) {
            store.save("orders", checkpoint(number));
            System.out.println(number);
            number++;
        }
        new CountDownLatch(1).await();
    }

    /** Of changing length, so that an old end under a new begin would show. */
    static Checkpoint checkpoint(long number) {
        String padding = "x".repeat((int) (number * 37 % 501));
        return new Checkpoint(
                "mysql",
                "{\"at\":" + number + ",\"padding\":\"" + padding + "\"}",
                number,
                number % 2 == 0 ? null : new OpenTransaction("tx-" + number, number),
                1);
    }
}
