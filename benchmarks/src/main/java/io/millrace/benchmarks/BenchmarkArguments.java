// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.nio.file.Path;
import java.util.List;
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
        long slowRows) {

    static final String USAGE = """
            usage: benchmarks/run [--workload W] [--rows N] [--slow-rows N] [--contestants A,B] [--json FILE]
                                  [--transaction-size N] [--runs N] [--heap SIZE] [--warm-up N]
            workloads: %s
            contestants: %s
            default: --workload bulk --rows 1000000 --contestants millrace-json,debezium-json
                     --runs 2 --heap 512m --warm-up 200000; Debezium drains as many rows as the
                     others unless --slow-rows is less; a transaction has as many as its workload says""".formatted(Workload.names(), Contestants.names());

    /** @throws IllegalArgumentException saying what is wrong */
    static BenchmarkArguments parse(String[] args) {
        Workload workload = Workload.BULK;
        long rows = 1_000_000;
        List<String> contestants = List.of("millrace-json", "debezium-json");
        Path json = null;
        int transactionSize = 0;
        int runs = 2;
        String heap = "512m";
        long warmUp = 200_000;
        long slowRows = Long.MAX_VALUE;
        for (int i = 0; i < args.length; i += 2) {
            String value = i + 1 < args.length ? args[i + 1] : "";
            switch (args[i]) {
                case "--workload" -> workload = Workload.of(value);
                case "--rows" -> rows = number(args[i], value);
                case "--contestants" -> contestants = List.of(value.split(","));
                case "--json" -> json = Path.of(value);
                case "--transaction-size" -> transactionSize = (int) number(args[i], value);
                case "--runs" -> runs = (int) number(args[i], value);
                case "--heap" -> heap = value;
                case "--slow-rows" -> slowRows = number(args[i], value);
                case "--warm-up" -> warmUp = number(args[i], value);
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        for (String contestant : contestants) {
            if (!Contestants.exists(contestant)) {
                throw new IllegalArgumentException("there is no contestant '" + contestant + "'");
            }
            if (workload == Workload.COMPRESSED && contestant.startsWith("library-")) {
                throw new IllegalArgumentException(contestant + " does not look into compressed transactions");
            }
        }
        int size = transactionSize == 0 ? workload.transactionSize() : transactionSize;
        return new BenchmarkArguments(
                workload, rows, contestants, json, size, runs, heap, warmUp, Math.min(rows, slowRows));
    }

    private static long number(String option, String value) {
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
