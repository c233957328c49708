// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * How long a contestant that was away takes from its start, in a fresh JVM, until it has the first row
 * again: it ran before and kept its place, then a backlog was written. All tables of the database are captured.
 */
final class Restarts {

    private static final String TABLE = "backlog";
    /** What is drained after the restart, to be sure that it goes on. */
    private static final int ROWS_AFTER = 1_000;

    private final BenchmarkArguments arguments;
    private final Servers servers;
    private final Results results;

    /** Of the rows of first runs; those of the backlog are positive. */
    private long lastId;

    Restarts(BenchmarkArguments arguments, Servers servers, Results results) {
        this.arguments = arguments;
        this.servers = servers;
        this.results = results;
    }

    void run() throws Exception {
        System.out.printf("Creating %,d tables%n", arguments.tables());
        for (int i = 0; i < arguments.tables(); i++) {
            servers.mysql().execute("CREATE TABLE bench.t" + i + " (" + Workload.BULK.columns() + ")");
        }
        Backlog backlog = new Backlog(servers, arguments.workload(), arguments.transactionSize());
        Job.Start begin = backlog.write(TABLE, 0);
        Map<String, String> states = new HashMap<>();
        for (String contestant : arguments.contestants()) {
            String state = Files.createTempDirectory("state").toString();
            runOnce(contestant, job(begin, state, 1));
            states.put(contestant, state);
        }
        System.out.printf("Writing a backlog of %,d rows%n", arguments.rows());
        backlog.insertInto(TABLE, arguments.rows());
        List<String> order = new ArrayList<>(arguments.contestants());
        for (int run = 1; run <= arguments.runs(); run++) {
            for (String contestant : order) {
                String state = copy(states.get(contestant));
                restart(contestant, run, job(begin, state, ROWS_AFTER));
            }
            Collections.reverse(order);
        }
        results.printMedians("first_row_ms", "ms to the first row");
    }

    private Job job(Job.Start begin, String state, long rows) {
        return new Job(servers.mysql().port(), arguments.tls(), "", "*", "", state, begin, rows, 1, false);
    }

    /** The first run: until it has a row and so a place to go on from. */
    private void runOnce(String contestant, Job job) throws Exception {
        AtomicBoolean hasEnded = new AtomicBoolean();
        try (ContestantProcess process = new ContestantProcess(
                new Assignment(contestant, job.withRows(0), job, 0, ""), arguments.heap(), true)) {
            Thread rows = new Thread(
                    () -> {
                        try (process) {
                            insertUntil(hasEnded);
                        }
                    },
                    "rows");
            rows.start();
            ObjectNode measured = process.result();
            hasEnded.set(true);
            rows.join();
            if (measured == null) {
                throw new IllegalStateException(contestant + " failed before its restart");
            }
        }
    }

    /** It cannot be told when a contestant has come to the log's end, so rows come until it has one. */
    private void insertUntil(AtomicBoolean hasEnded) {
        try {
            while (!hasEnded.get()) {
                servers.mysql()
                        .execute("INSERT INTO bench." + TABLE + "(id,customer,status) VALUES (" + --lastId + ",0,0)");
                // Ten rows a second: enough for one to come soon, too few to be work.
                Thread.sleep(100);
            }
        } catch (SQLException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void restart(String contestant, int run, Job job) throws Exception {
        ObjectNode result = results.add(contestant, run);
        result.put("tables", arguments.tables()).put("backlog", arguments.rows());
        try (ContestantProcess process = new ContestantProcess(
                new Assignment(contestant, job.withRows(0), job, 0, ""), arguments.heap(), true)) {
            ObjectNode measured = process.result();
            // The rows of the first run are not the backlog's, so only how many came is looked at.
            result.put("valid", measured != null && measured.path("rows").asLong() == ROWS_AFTER);
            if (measured != null) {
                result.set("first_row_ms", measured.path("first_row_ms"));
                result.set("rss_mb", measured.path("rss_mb"));
            }
        }
        System.out.printf(
                "%-18s run %d  %,9d ms to the first row  %5d MB  %s%n",
                contestant,
                run,
                result.path("first_row_ms").asLong(),
                result.path("rss_mb").asLong(),
                result.path("valid").asBoolean() ? "valid" : "INVALID");
    }

    private static String copy(@Nullable String from) throws IOException {
        Path source = Path.of(Objects.requireNonNull(from));
        Path target = Files.createTempDirectory("state");
        try (var files = Files.walk(source)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = target.resolve(source.relativize(file));
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        return target.toString();
    }
}
