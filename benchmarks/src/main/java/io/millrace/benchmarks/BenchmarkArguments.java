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
 */
record BenchmarkArguments(
        String workload,
        long rows,
        List<String> contestants,
        @Nullable Path json,
        int transactionSize,
        int runs,
        String heap,
        long warmUp) {

    static final String USAGE = """
            usage: benchmarks/run [--workload bulk] [--rows N] [--contestants A,B] [--json FILE]
                                  [--transaction-size N] [--runs N] [--heap SIZE] [--warm-up N]
            contestants: %s
            default: --workload bulk --rows 1000000 --contestants millrace-json,debezium-json
                     --transaction-size 1000 --runs 2 --heap 512m --warm-up 200000""".formatted(Contestants.names());

    /** @throws IllegalArgumentException saying what is wrong */
    static BenchmarkArguments parse(String[] args) {
        String workload = "bulk";
        long rows = 1_000_000;
        List<String> contestants = List.of("millrace-json", "debezium-json");
        Path json = null;
        int transactionSize = 1_000;
        int runs = 2;
        String heap = "512m";
        long warmUp = 200_000;
        for (int i = 0; i < args.length; i += 2) {
            String value = i + 1 < args.length ? args[i + 1] : "";
            switch (args[i]) {
                case "--workload" -> workload = value;
                case "--rows" -> rows = number(args[i], value);
                case "--contestants" -> contestants = List.of(value.split(","));
                case "--json" -> json = Path.of(value);
                case "--transaction-size" -> transactionSize = (int) number(args[i], value);
                case "--runs" -> runs = (int) number(args[i], value);
                case "--heap" -> heap = value;
                case "--warm-up" -> warmUp = number(args[i], value);
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        if (!workload.equals("bulk")) {
            throw new IllegalArgumentException("there is no workload '" + workload + "'; there is bulk");
        }
        for (String contestant : contestants) {
            if (!Contestants.exists(contestant)) {
                throw new IllegalArgumentException("there is no contestant '" + contestant + "'");
            }
        }
        return new BenchmarkArguments(workload, rows, contestants, json, transactionSize, runs, heap, warmUp);
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
