// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Writes a backlog and drains it with each contestant in turn, there and back: A-B-B-A. */
final class Drains {

    /** A run with a heap that is looked for fails if it takes longer. */
    private static final int MOST_SECONDS = 120;

    /** Heaps that are tried, in megabytes. */
    private static final int[] HEAPS = {
        12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512
    };

    private final BenchmarkArguments arguments;
    private final Servers servers;
    private final Results results;

    Drains(BenchmarkArguments arguments, Servers servers, Results results) {
        this.arguments = arguments;
        this.servers = servers;
        this.results = results;
    }

    void run() throws Exception {
        Job.Start warmUp = Job.Start.NOWHERE;
        Job.Start timed = Job.Start.NOWHERE;
        if (servers.haveRows()) {
            System.out.printf(
                    "Writing %,d rows to warm up and %,d to drain, %,d a transaction%n",
                    arguments.warmUp(), arguments.rows(), arguments.transactionSize());
            Backlog backlog = new Backlog(servers, arguments.workload(), arguments.transactionSize());
            warmUp = backlog.write("warmup", arguments.warmUp());
            timed = backlog.write("backlog", arguments.rows());
        }
        List<String> order = new ArrayList<>(arguments.contestants());
        for (int run = 1; run <= arguments.runs(); run++) {
            for (String contestant : order) {
                String name = contestant + "-" + run;
                Job rows = job(
                        contestant,
                        "backlog",
                        timed,
                        Contestants.isSlow(contestant) ? arguments.slowRows() : arguments.rows(),
                        name);
                if (arguments.checkpointFile() && contestant.startsWith("millrace-")) {
                    rows = rows.withState(
                            Files.createTempDirectory("checkpoints").toString());
                }
                Job before = job(contestant, "warmup", warmUp, arguments.warmUp(), name + "-warmup");
                Assignment assignment =
                        new Assignment(contestant, before, rows, arguments.seconds(), profile(contestant, run));
                if (arguments.smallestHeap()) {
                    findSmallestHeap(assignment, run);
                } else {
                    drain(assignment, run);
                }
            }
            Collections.reverse(order);
        }
        if (arguments.smallestHeap()) {
            results.printMedians("smallest_heap_mb", "MB");
        } else {
            results.printMedians("rows_per_s", "rows/s");
            results.printMedians("cpu_s_per_million", "CPU s/M rows");
        }
    }

    private Job job(String contestant, String table, Job.Start start, long rows, String topic) {
        boolean hasVersions = arguments.workload() == Workload.OLTP;
        return new Job(
                servers.haveRows() ? servers.mysql().port() : 0,
                arguments.tls() || Contestants.needsTls(contestant),
                servers.brokers(contestant),
                table,
                topic,
                "",
                start,
                rows,
                arguments.transactionSize(),
                hasVersions);
    }

    private String profile(String contestant, int run) throws IOException {
        Path folder = arguments.profile();
        if (folder == null) {
            return "";
        }
        Files.createDirectories(folder);
        return folder.resolve(arguments.workload() + "-" + contestant + "-" + run)
                .toAbsolutePath()
                .toString();
    }

    private void drain(Assignment assignment, int run) throws Exception {
        ObjectNode result = results.add(assignment.contestant(), run);
        ObjectNode measured = measure(assignment, arguments.heap(), true);
        result.put("valid", measured != null);
        if (measured != null) {
            result.setAll(measured);
        }
        System.out.printf(
                "%-18s run %d  %,9d rows/s  %7.1f MB/s  %6.2f CPU s/M rows  %5d MB  %6.1f s  %s%n",
                assignment.contestant(),
                run,
                result.path("rows_per_s").asLong(),
                result.path("mb_per_s").asDouble(),
                result.path("cpu_s_per_million").asDouble(),
                result.path("rss_mb").asLong(),
                result.path("seconds").asDouble(),
                result.path("valid").asBoolean() ? "valid" : "INVALID");
    }

    /** {@return the figures of a run, without those that tell nothing; null if it did not come to its end} */
    private @Nullable ObjectNode measure(Assignment assignment, String heap, boolean showsErrors) throws Exception {
        try (ContestantProcess process = new ContestantProcess(assignment, heap, showsErrors)) {
            if (arguments.smallestHeap()) {
                CompletableFuture.delayedExecutor(MOST_SECONDS, TimeUnit.SECONDS)
                        .execute(process::close);
            }
            ObjectNode measured = process.result();
            Job job = assignment.timed();
            boolean isStoring = !job.brokers().isEmpty() && !Contestants.needsMongo(assignment.contestant());
            if (measured != null && isStoring) {
                boolean isStored = true;
                for (int pass = 1; pass <= measured.path("passes").asInt(); pass++) {
                    isStored &= isStored(assignment.contestant(), job, Assignment.topic(job, pass));
                }
                measured.put("valid", measured.path("valid").asBoolean() && isStored);
            }
            return measured;
        } finally {
            servers.deleteTopics(assignment.contestant());
        }
    }

    private boolean isStored(String contestant, Job job, String topic) {
        return Contestants.needsRedis(contestant)
                ? servers.lengthInRedis(topic) >= job.rows()
                : new StoredRows(job.brokers(), topic).areInOrder(job);
    }

    /** The smallest heap with which the contestant comes to its end, whatever time that takes. */
    private void findSmallestHeap(Assignment assignment, int run) throws Exception {
        int low = -1;
        int high = HEAPS.length;
        while (high - low > 1) {
            int middle = (low + high) / 2;
            ObjectNode measured = measure(assignment, HEAPS[middle] + "m", false);
            boolean passes = measured != null && measured.path("valid").asBoolean();
            long speed = measured == null ? 0 : measured.path("rows_per_s").asLong();
            System.out.printf(
                    "%-18s -Xmx%dm %s%n",
                    assignment.contestant(), HEAPS[middle], passes ? "%,d rows/s".formatted(speed) : "fails");
            if (passes) {
                high = middle;
            } else {
                low = middle;
            }
        }
        ObjectNode result = results.add(assignment.contestant(), run);
        result.put("valid", high < HEAPS.length);
        if (high < HEAPS.length) {
            result.put("smallest_heap_mb", HEAPS[high]);
        }
    }
}
