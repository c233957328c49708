// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One process of the capturer and what its log tells. Used by one thread. */
final class CapturerProcess {

    private static final Duration EXIT_LIMIT = Duration.ofSeconds(45);

    /**
     * How old its stored checkpoint may be: handing records over may block for two seconds, during which
     * none is stored.
     */
    private static final Duration CHECKPOINT_AGE = CapturerMain.CHECKPOINT_INTERVAL.plusSeconds(3);

    private static final long UNDER_WAY = (long) CapturerTargets.BATCH_SIZE * CapturerTargets.MAX_IN_FLIGHT;

    /** How it came to its end. */
    enum Ending {
        RUNNING,
        KILLED,
        /** By SIGTERM, and everything that was under way was acknowledged. */
        ORDERLY,
        /** With an exit status that is not ours. */
        FAILED
    }

    private final int run;
    private final StoredCheckpoint start;
    private final Path log;
    private final Process process;
    private Ending ending = Ending.RUNNING;

    private CapturerProcess(int run, StoredCheckpoint start, Path log, Process process) {
        this.run = run;
        this.start = start;
        this.log = log;
        this.process = process;
    }

    static CapturerProcess start(CapturerSettings settings, Path directory) throws IOException {
        Path log = directory.resolve("capturer-" + settings.run() + ".log");
        StoredCheckpoint start = StoredCheckpoint.read(Path.of(settings.checkpoints()));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-Dlogback.configurationFile=torture-capturer.xml",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CapturerMain.class.getName(),
                        new ObjectMapper().writeValueAsString(settings))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new CapturerProcess(settings.run(), start, log, process);
    }

    /** {@return its number, which its records carry} */
    int run() {
        return run;
    }

    StoredCheckpoint start() {
        return start;
    }

    Ending ending() {
        return ending;
    }

    /** {@return whether it is there; if it has ended by itself, that is noted} */
    boolean isRunning() {
        if (ending == Ending.RUNNING && !process.isAlive()) {
            ending = Ending.FAILED;
        }
        return ending == Ending.RUNNING;
    }

    void kill() {
        process.destroyForcibly();
        awaitExit(EXIT_LIMIT);
        ending = Ending.KILLED;
    }

    /** Asks it to end (SIGTERM) and waits for it; one that does not end is killed. */
    void stop() throws IOException {
        process.destroy();
        if (!awaitExit(EXIT_LIMIT)) {
            kill();
            return;
        }
        String text = log();
        boolean whole = text.contains(CapturerMain.STATE + "STOPPED") && !text.contains("not acknowledged in time");
        ending = whole ? Ending.ORDERLY : Ending.KILLED;
    }

    void pause() throws IOException {
        signal("STOP");
    }

    void resume() throws IOException {
        signal("CONT");
    }

    private void signal(String signal) throws IOException {
        Process kill = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start();
        try {
            kill.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@return whether it ended within {@code limit}} */
    boolean awaitExit(Duration limit) {
        try {
            return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    int exitStatus() {
        return process.exitValue();
    }

    /** {@return whether it ended because the broker has left a transaction open that has ended} */
    boolean hasMetHangingTransaction() {
        return !process.isAlive() && exitStatus() == CapturerMain.STATUS_HANGING;
    }

    /** {@return what it logged, without a last line that was broken off} */
    String log() throws IOException {
        String text = Files.readString(log, StandardCharsets.UTF_8);
        return text.substring(0, text.lastIndexOf('\n') + 1);
    }

    private Stream<String> told(String word) throws IOException {
        return log().lines()
                .filter(line -> line.contains(word))
                .map(line -> line.substring(line.indexOf(word) + word.length()));
    }

    /** {@return how often it has connected to the source} */
    long connections() throws IOException {
        return told(CapturerMain.STATE)
                .filter(state -> state.startsWith("STREAMING"))
                .count();
    }

    /** {@return what the check has to know; once it has ended} */
    CapturerRun facts() throws IOException {
        long retries = told(CapturerMain.RETRY).count();
        return new CapturerRun(run, start, ending == Ending.ORDERLY, retries, mostAgain(retries));
    }

    /**
     * What it had acknowledged since a checkpoint must have been stored, and what was under way, then and
     * at each failure of the target; each row twice, since one that moves to another key is two changes.
     */
    private long mostAgain(long retries) throws IOException {
        List<long[]> acknowledged = told(CapturerMain.ACKNOWLEDGED)
                .map(line -> line.split(" "))
                .map(words -> new long[] {Long.parseLong(words[0]), Long.parseLong(words[1])})
                .toList();
        long[] last = acknowledged.isEmpty() ? new long[2] : acknowledged.get(acknowledged.size() - 1);
        long stored = acknowledged.stream()
                .filter(point -> point[0] <= last[0] - CHECKPOINT_AGE.toMillis())
                .mapToLong(point -> point[1])
                .max()
                .orElse(0);
        return 2 * (last[1] - stored + (retries + 2) * UNDER_WAY);
    }
}
