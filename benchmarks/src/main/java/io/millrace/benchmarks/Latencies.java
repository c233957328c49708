// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Commits rows at a steady rate, one a transaction, while a contestant delivers them to Kafka; for each, how
 * long it took from just before its INSERT was sent (so the commit is within it) until a consumer had it.
 */
final class Latencies {

    /** What is not counted: the contestant begins, and its code gets compiled. */
    private static final int WARM_UP_SECONDS = 10;

    /** Rows per second that one writer keeps up with. */
    private static final int RATE_OF_A_WRITER = 2_500;

    private final BenchmarkArguments arguments;
    private final Servers servers;
    private final Results results;

    Latencies(BenchmarkArguments arguments, Servers servers, Results results) {
        this.arguments = arguments;
        this.servers = servers;
        this.results = results;
    }

    void run() throws Exception {
        Backlog backlog = new Backlog(servers, arguments.workload(), 1);
        Job.Start warmUp = backlog.write("warmup", arguments.warmUp());
        List<String> order = new ArrayList<>(arguments.contestants());
        for (int run = 1; run <= arguments.runs(); run++) {
            for (String contestant : order) {
                measure(contestant, run, warmUp);
            }
            Collections.reverse(order);
        }
        results.printMedians("p99_ms", "ms p99");
    }

    private void measure(String contestant, int run, Job.Start warmUp) throws Exception {
        String name = contestant + "-" + run;
        String table = "steady_" + name.replace('-', '_');
        int seconds = WARM_UP_SECONDS + Math.max(arguments.seconds(), 1);
        int rows = Math.toIntExact((long) arguments.rate() * seconds);
        new Backlog(servers, arguments.workload(), 1).write(table, 0);
        Job job = new Job(
                servers.mysql().port(),
                arguments.tls(),
                servers.brokers(contestant),
                table,
                name,
                "",
                servers.here(),
                rows,
                1,
                true);
        Job before = new Job(
                job.port(),
                job.tls(),
                job.brokers(),
                "warmup",
                name + "-warmup",
                "",
                warmUp,
                arguments.warmUp(),
                1,
                true);
        ObjectNode result = results.add(contestant, run);
        long[] sent = new long[rows];
        ExecutorService threads = Executors.newCachedThreadPool();
        try (ContestantProcess process =
                new ContestantProcess(new Assignment(contestant, before, job, 0, ""), arguments.heap(), true)) {
            process.awaitReady();
            Future<long[]> seen =
                    threads.submit(() -> new StoredRows(job.brokers(), Assignment.topic(job, 1)).timesSeen(job));
            write(table, sent, threads);
            ObjectNode measured = process.result();
            boolean isValid = measured != null && measured.path("valid").asBoolean();
            result.put("valid", isValid).put("rate", arguments.rate());
            if (measured != null) {
                result.setAll(measured);
            }
            if (isValid) {
                summarize(sent, seen.get(1, TimeUnit.MINUTES), result);
            }
        } finally {
            threads.shutdownNow();
            servers.deleteTopics(contestant);
        }
        System.out.printf(
                "%-18s run %d  %,d tx/s (%,d reached)  p50 %.1f ms  p99 %.1f ms  p99.9 %.1f ms  most %.1f ms  %s%n",
                contestant,
                run,
                arguments.rate(),
                result.path("rate_reached").asLong(),
                result.path("p50_ms").asDouble(),
                result.path("p99_ms").asDouble(),
                result.path("p999_ms").asDouble(),
                result.path("max_ms").asDouble(),
                result.path("valid").asBoolean() ? "valid" : "INVALID");
    }

    /** Sends each row at its time, if the server keeps up. */
    private void write(String table, long[] sent, ExecutorService threads) throws Exception {
        int writers = 1 + (arguments.rate() - 1) / RATE_OF_A_WRITER;
        long begin = System.nanoTime();
        List<Future<?>> done = new ArrayList<>();
        for (int writer = 0; writer < writers; writer++) {
            int first = writer;
            done.add(threads.submit(() -> {
                write(table, sent, first, writers, begin);
                return null;
            }));
        }
        for (Future<?> one : done) {
            one.get();
        }
    }

    private void write(String table, long[] sent, int first, int step, long begin) throws SQLException {
        Random random = new Random(first);
        StringBuilder text = new StringBuilder();
        String url = servers.mysql().jdbcUrl("bench");
        try (Connection connection = DriverManager.getConnection(
                        url, servers.mysql().user(), servers.mysql().password());
                Statement sql = connection.createStatement()) {
            for (int id = first; id < sent.length; id += step) {
                text.setLength(0);
                text.append("INSERT INTO ").append(table).append(" VALUES ");
                arguments.workload().row(text, id, random);
                String insert = text.toString();
                long due = begin + TimeUnit.SECONDS.toNanos(id) / arguments.rate();
                for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                sent[id] = System.nanoTime();
                sql.execute(insert);
            }
        }
    }

    private void summarize(long[] sent, long[] seen, ObjectNode result) {
        int first = WARM_UP_SECONDS * arguments.rate();
        long[] nanos = new long[sent.length - first];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = seen[first + i] - sent[first + i];
        }
        Arrays.sort(nanos);
        double seconds = (sent[sent.length - 1] - sent[first]) / 1e9;
        long reached = Math.round((nanos.length - 1) / seconds);
        result.put("rate_reached", reached);
        result.put("p50_ms", millis(nanos, 0.5));
        result.put("p99_ms", millis(nanos, 0.99));
        result.put("p999_ms", millis(nanos, 0.999));
        result.put("max_ms", millis(nanos, 1));
        // Otherwise the writers were slower than asked, and the figures are those of another rate.
        result.put("valid", reached >= 0.95 * arguments.rate());
    }

    private static double millis(long[] sorted, double quantile) {
        int index = (int) Math.ceil(quantile * sorted.length) - 1;
        return Math.round(sorted[index] / 1e4) / 100.0;
    }
}
