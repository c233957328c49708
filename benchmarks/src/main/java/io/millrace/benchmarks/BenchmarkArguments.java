// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The command line.
 *
 * @param contestants names, in the order in which they run
 * @param json file for the results, null for none
 * @param transactionSize rows of a transaction
 * @param runs of each contestant
 * @param heap of each contestant, as -Xmx takes it
 * @param warmUp rows that each run drains before the timed ones
 * @param slowRows rows that the slow contestants drain, of the same backlog
 * @param seconds how long a run lasts at least: it drains the backlog again and again; 0 for once
 * @param tls whether contestants read the log over encrypted connections
 * @param checkpointFile whether this library keeps its checkpoints in files, not in memory
 * @param profile folder for flame graphs, null for none
 * @param smallestHeap whether to look for the smallest heap with which each contestant comes to its end
 * @param rate transactions per second, where they come at a steady rate
 * @param tables how many there are beside the one with rows, where that matters
 */
record BenchmarkArguments(
        Workload workload,
        long rows,
        List<String> contestants,
        @Nullable Path json,
        int transactionSize,
        int runs,
        String heap,
        long warmUp,
        long slowRows,
        int seconds,
        boolean tls,
        boolean checkpointFile,
        @Nullable Path profile,
        boolean smallestHeap,
        int rate,
        int tables) {

    private static final Set<String> OPTIONS = Set.of(
            "--workload",
            "--rows",
            "--slow-rows",
            "--contestants",
            "--json",
            "--transaction-size",
            "--runs",
            "--seconds",
            "--heap",
            "--warm-up",
            "--tls",
            "--checkpoints",
            "--profile",
            "--smallest-heap",
            "--rate",
            "--tables");

    static final String USAGE = """
            usage: benchmarks/run [--workload W] [--rows N] [--slow-rows N] [--contestants A,B] [--json FILE]
                                  [--transaction-size N] [--runs N] [--seconds N] [--heap SIZE] [--warm-up N]
                                  [--tls on|off] [--checkpoints memory|file] [--profile FOLDER]
                                  [--smallest-heap on|off] [--rate N] [--tables N]
            workloads: %s
            contestants: %s
            default: --workload bulk --rows 1000000 --contestants millrace-json,debezium-json
                     --runs 2 --heap 512m --warm-up 200000 --tls off --checkpoints memory;
                     a run drains the backlog once, unless --seconds asks for more time;
                     Debezium drains as many rows as the others unless --slow-rows is less;
                     a transaction has as many rows as its workload says;
                     latency: --rate 1000 --seconds 30; restart: --tables 5000""".formatted(Workload.names(), Contestants.names());

    /** @throws IllegalArgumentException saying what is wrong */
    static BenchmarkArguments parse(String[] args) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            if (!OPTIONS.contains(args[i])) {
                throw new IllegalArgumentException("unknown option " + args[i]);
            }
            options.put(args[i], i + 1 < args.length ? args[i + 1] : "");
        }
        Workload workload = Workload.of(options.getOrDefault("--workload", "bulk"));
        boolean isLatency = workload == Workload.LATENCY;
        String usual = isLatency ? "millrace-kafka,debezium-kafka" : "millrace-json,debezium-json";
        List<String> contestants =
                List.of(options.getOrDefault("--contestants", usual).split(","));
        contestants.forEach(contestant -> check(contestant, workload));
        long rows = number(options, "--rows", 1_000_000);
        return new BenchmarkArguments(
                workload,
                rows,
                contestants,
                options.containsKey("--json") ? Path.of(options.get("--json")) : null,
                (int) number(options, "--transaction-size", workload.transactionSize()),
                (int) number(options, "--runs", 2),
                options.getOrDefault("--heap", "512m"),
                number(options, "--warm-up", isLatency ? 50_000 : 200_000),
                Math.min(rows, number(options, "--slow-rows", rows)),
                (int) number(options, "--seconds", isLatency ? 30 : 0),
                choice(options, "--tls", "off", "on"),
                choice(options, "--checkpoints", "memory", "file"),
                options.containsKey("--profile") ? Path.of(options.get("--profile")) : null,
                choice(options, "--smallest-heap", "off", "on"),
                (int) number(options, "--rate", 1_000),
                (int) number(options, "--tables", 5_000));
    }

    private static void check(String contestant, Workload workload) {
        if (!Contestants.exists(contestant)) {
            throw new IllegalArgumentException("there is no contestant '" + contestant + "'");
        }
        if (workload != Workload.BULK && Contestants.needsMongo(contestant)) {
            throw new IllegalArgumentException(contestant + " has no workload but bulk");
        }
        if (workload == Workload.COMPRESSED && contestant.startsWith("library-")) {
            throw new IllegalArgumentException(contestant + " does not look into compressed transactions");
        }
        if (workload == Workload.LATENCY
                && (!Contestants.needsKafka(contestant)
                        || Contestants.rivals(contestant).isEmpty() && !Contestants.isSlow(contestant))) {
            throw new IllegalArgumentException(contestant + " does not deliver rows to where a consumer sees them");
        }
        if (workload == Workload.RESTART
                && !List.of("millrace-json", "debezium-json").contains(contestant)) {
            throw new IllegalArgumentException(contestant + " does not keep its place in the log");
        }
    }

    private static boolean choice(Map<String, String> options, String option, String no, String yes) {
        String value = options.getOrDefault(option, no);
        if (!value.equals(no) && !value.equals(yes)) {
            throw new IllegalArgumentException(option + " is " + no + " or " + yes + ", not '" + value + "'");
        }
        return value.equals(yes);
    }

    private static long number(Map<String, String> options, String option, long usual) {
        String value = options.get(option);
        if (value == null) {
            return usual;
        }
        try {
            long number = Long.parseLong(value.replace("_", ""));
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, together with numbers that are too small.
        }
        throw new IllegalArgumentException(option + " needs a positive number, not '" + value + "'");
    }
}
