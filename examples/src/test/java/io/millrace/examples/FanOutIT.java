// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.MySqlServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One of three targets stands still for three minutes, longer than a server waits for a reader that does
 * not read: the others do not notice, it catches up, and a heap of 128 MB is enough.
 */
@Tag("long")
class FanOutIT {

    private static final int ROWS_PER_SECOND = 5_000;
    private static final int ROWS_PER_COMMIT = 50;
    private static final int SECONDS = 240;
    private static final Duration PAUSE = Duration.ofMinutes(3);
    private static final int ROWS = ROWS_PER_SECOND * SECONDS;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNotLetOneTargetHoldUpTheOthers(boolean optional) throws Exception {
        try (MySqlServer server = MySqlServer.builder()
                .option("innodb-redo-log-capacity", "512M")
                .option("innodb-buffer-pool-size", "128M")
                .start()) {
            server.execute("CREATE DATABASE fan", "CREATE TABLE fan.t (id INT PRIMARY KEY, pad VARCHAR(1000))");
            String start = server.executedGtids();
            Process capture = capture(server, start, optional);
            try {
                write(server);
                assertThat(capture.waitFor(5, TimeUnit.MINUTES)).as(output()).isTrue();
            } finally {
                capture.destroyForcibly();
            }
            System.out.println(output());
            assertThat(capture.exitValue()).as(output()).isZero();
        }
        for (String target : List.of("first", "second")) {
            assertThat(result(target, "rows")).isEqualTo(ROWS);
            assertThat(result(target, "p99")).isLessThan(1_000);
        }
        assertThat(result("held-up", "rows")).isEqualTo(ROWS);
        assertThat(result("held-up", "max")).isGreaterThan(PAUSE.toMillis() - 5_000);
        assertThat(output())
                .doesNotContain("inOrder=false", "PAUSED", "DETACHED")
                .contains("STALLED held-up");
    }

    /** Writes at an even pace, and holds the third target up for a while in the middle. */
    private void write(MySqlServer server) throws Exception {
        Path hold = folder.resolve("hold");
        long begin = System.nanoTime();
        try (Connection connection = server.connect("fan");
                PreparedStatement insert = connection.prepareStatement("INSERT INTO t VALUES (?, ?)")) {
            connection.setAutoCommit(false);
            for (int id = 0; id < ROWS; ) {
                for (int i = 0; i < ROWS_PER_COMMIT; i++, id++) {
                    insert.setInt(1, id);
                    insert.setString(2, "%010d".formatted(id).repeat(100));
                    insert.addBatch();
                }
                insert.executeBatch();
                connection.commit();
                long due = begin + TimeUnit.SECONDS.toNanos(id) / ROWS_PER_SECOND;
                TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
                if (id == 10 * ROWS_PER_SECOND) {
                    Files.createFile(hold);
                } else if (id == (10 + (int) PAUSE.toSeconds()) * ROWS_PER_SECOND) {
                    Files.delete(hold);
                }
            }
        }
    }

    private Process capture(MySqlServer server, String start, boolean optional) throws IOException {
        String uuid = start.substring(0, start.indexOf(':'));
        long last = Long.parseLong(start.substring(start.lastIndexOf('-') + 1));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FanOutCapture.class.getName(),
                        Integer.toString(server.port()),
                        start,
                        folder.toString(),
                        Boolean.toString(optional),
                        uuid + ":1-" + (last + ROWS / ROWS_PER_COMMIT))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("output"));
    }

    private long result(String target, String figure) throws IOException {
        Matcher line =
                Pattern.compile("RESULT " + target + " .*" + figure + "=(\\d+)").matcher(output());
        assertThat(line.find()).as(output()).isTrue();
        return Long.parseLong(line.group(1));
    }
}
