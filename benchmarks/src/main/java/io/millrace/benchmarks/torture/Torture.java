// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import java.util.List;

/** The torture test as a program. Ends with status 0 only if what is promised was kept, otherwise 1. */
public final class Torture {

    private Torture() {}

    public static void main(String[] args) throws Exception {
        if (List.of(args).contains("--help")) {
            System.out.println(TortureOptions.USAGE);
            return;
        }
        TortureOptions options;
        try {
            options = TortureOptions.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println("benchmarks/torture: " + e.getMessage() + "\n" + TortureOptions.USAGE);
            System.exit(2);
            return;
        }
        boolean held = options.expectLogLost() ? new LogLostRun(options).run() : new TortureRun(options).run();
        System.exit(held ? 0 : 1);
    }
}
