// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.util.List;

/**
 * Starts real servers, lets each contestant do the same with the same data in a JVM of its own, and prints
 * what was measured. Ends with status 0 if every run was complete and in order, otherwise 1.
 */
public final class Benchmark {

    private Benchmark() {}

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
        System.exit(run(arguments) ? 0 : 1);
    }

    private static boolean run(BenchmarkArguments arguments) throws Exception {
        Results results = new Results(arguments.workload().toString());
        try (Servers servers = Servers.start(arguments.contestants(), Math.max(arguments.rows(), arguments.warmUp()))) {
            switch (arguments.workload()) {
                case LATENCY -> new Latencies(arguments, servers, results).run();
                case RESTART -> new Restarts(arguments, servers, results).run();
                default -> new Drains(arguments, servers, results).run();
            }
        } finally {
            results.write(arguments.json());
        }
        return results.areAllValid();
    }
}
