// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.MySqlServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;

/**
 * Starts real servers, writes a backlog, drains it with each contestant in turn (there and back: A-B-B-A),
 * and prints the results. Ends with status 0 if every run was complete and in order, otherwise 1.
 */
public final class Benchmark {

    private final BenchmarkArguments arguments;
    private final ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private final List<ObjectNode> results = new ArrayList<>();

    private Benchmark(BenchmarkArguments arguments) {
        this.arguments = arguments;
    }

    public static void main(String[] args) throws Exception {
        if (List.of(args).contains("--help")) {
            System.out.println(BenchmarkArguments.USAGE);
            return;
        }
        BenchmarkArguments arguments;
        try {
            arguments = BenchmarkArguments.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println("benchmarks/run: " + e.getMessage() + "\n" + BenchmarkArguments.USAGE);
            System.exit(2);
            return;
        }
        System.exit(new Benchmark(arguments).run() ? 0 : 1);
    }

    private boolean run() throws Exception {
        boolean kafka = arguments.contestants().stream().anyMatch(Contestants::needsKafka);
        try (MySqlServer server = MySqlServer.builder()
                        .option("innodb-buffer-pool-size", "256M")
                        .option("innodb-redo-log-capacity", "512M")
                        .start();
                KafkaBroker broker =
                        kafka ? KafkaBroker.builder().heapMegabytes(512).start() : null) {
            server.execute("CREATE DATABASE bench");
            System.out.printf(
                    "Writing %,d rows to warm up and %,d to drain, %,d a transaction%n",
                    arguments.warmUp(), arguments.rows(), arguments.transactionSize());
            Backlog backlog = new Backlog(server, arguments.workload(), arguments.transactionSize());
            Job.Start warmUp = backlog.write("warmup", arguments.warmUp());
            Job.Start timed = backlog.write("backlog", arguments.rows());
            String brokers = broker == null ? "" : broker.bootstrapServers();
            Job warmUpJob = job(server, brokers, "warmup", warmUp, arguments.warmUp());
            Job timedJob = job(server, brokers, "backlog", timed, arguments.rows());
            List<String> order = new ArrayList<>(arguments.contestants());
            for (int run = 1; run <= arguments.runs(); run++) {
                for (String contestant : order) {
                    results.add(run(contestant, run, warmUpJob, timedJob));
                }
                Collections.reverse(order);
            }
        }
        report();
        return results.stream().allMatch(result -> result.path("valid").asBoolean());
    }

    private Job job(MySqlServer server, String brokers, String table, Job.Start start, long rows) {
        boolean hasVersions = arguments.workload() == Workload.OLTP;
        return new Job(server.port(), brokers, table, "", start, rows, arguments.transactionSize(), hasVersions);
    }

    private ObjectNode run(String contestant, int run, Job warmUp, Job whole) throws Exception {
        ObjectNode result = mapper.createObjectNode();
        result.put("contestant", contestant)
                .put("workload", arguments.workload().toString())
                .put("run", run);
        String topic = contestant + "-" + run;
        Job timed = whole.to(topic, Contestants.isSlow(contestant) ? arguments.slowRows() : whole.rows());
        if (Contestants.needsKafka(contestant)) {
            createTopics(timed.brokers(), topic, topic + "-warmup");
        }
        String measured = child(contestant, warmUp.to(topic + "-warmup", warmUp.rows()), timed);
        if (measured == null) {
            result.put("valid", false);
        } else {
            result.setAll((ObjectNode) mapper.readTree(measured));
            if (Contestants.needsKafka(contestant)) {
                boolean stored = new StoredRows(timed.brokers(), topic).areInOrder(timed);
                result.put("valid", result.path("valid").asBoolean() && stored);
            }
        }
        System.out.printf(
                "%-18s run %d  %,9d rows/s  %7.1f MB/s  %6.2f CPU s/M rows  %5d MB  %s%n",
                contestant,
                run,
                result.path("rows_per_s").asLong(),
                result.path("mb_per_s").asDouble(),
                result.path("cpu_s_per_million").asDouble(),
                result.path("rss_mb").asLong(),
                result.path("valid").asBoolean() ? "valid" : "INVALID");
        return result;
    }

    private static void createTopics(String brokers, String... names) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            List<NewTopic> topics = List.of(names).stream()
                    .map(name -> new NewTopic(name, 1, (short) 1))
                    .toList();
            admin.createTopics(topics).all().get();
        }
    }

    /** {@return the line of results that the contestant's JVM printed; null if it failed} */
    private @Nullable String child(String contestant, Job warmUp, Job timed) throws IOException, InterruptedException {
        ObjectMapper compact = new ObjectMapper();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + arguments.heap(),
                        "-XX:+UseParallelGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ContestantMain.class.getName(),
                        contestant,
                        compact.writeValueAsString(warmUp),
                        compact.writeValueAsString(timed))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String result = null;
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.startsWith(ContestantMain.RESULT)) {
                    result = line.substring(ContestantMain.RESULT.length());
                }
            }
        }
        process.waitFor();
        return result;
    }

    private void report() throws IOException {
        Map<String, Long> medians = new LinkedHashMap<>();
        for (String contestant : arguments.contestants()) {
            List<Long> speeds = results.stream()
                    .filter(result -> result.path("contestant").asText().equals(contestant))
                    .map(result -> result.path("rows_per_s").asLong())
                    .sorted()
                    .toList();
            medians.put(contestant, (speeds.get((speeds.size() - 1) / 2) + speeds.get(speeds.size() / 2)) / 2);
        }
        System.out.println();
        medians.forEach((contestant, median) -> {
            StringBuilder ratios = new StringBuilder();
            for (String rival : Contestants.rivals(contestant)) {
                long other = medians.getOrDefault(rival, 0L);
                if (other > 0) {
                    ratios.append("  %.2f x %s".formatted((double) median / other, rival));
                }
            }
            System.out.printf("%-18s median %,9d rows/s%s%n", contestant, median, ratios);
        });
        Path json = arguments.json();
        if (json != null) {
            Files.writeString(json, mapper.writeValueAsString(results) + "\n");
        }
    }
}
