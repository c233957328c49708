// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The command line.
 *
 * @param time how long things are broken; starting, catching up and checking come on top of it
 * @param seed decides what happens, though not exactly when
 * @param faults what is done
 * @param expectLogLost whether this is the other test: that a log which is gone is noticed
 */
record TortureOptions(
        Duration time, long seed, Mode mode, Set<Fault> faults, Sabotage sabotage, boolean expectLogLost) {

    static final String USAGE = """
            usage: benchmarks/torture [--minutes N] [--seed S] [--mode %s]
                                      [--faults A,B] [--sabotage %s]
                   benchmarks/torture --expect-log-lost
            faults: %s
            default: --minutes 10 --mode at-least-once --sabotage none, all faults, another seed each time""".formatted(
                    Names.all(Mode.class).replace(',', '|'),
                    Names.all(Sabotage.class).replace(',', '|'),
                    Names.all(Fault.class));

    /** @throws IllegalArgumentException saying what is wrong */
    static TortureOptions parse(String[] args) {
        Duration time = Duration.ofMinutes(10);
        long seed = System.currentTimeMillis() % 1_000_000;
        Mode mode = Mode.AT_LEAST_ONCE;
        Set<Fault> faults = EnumSet.allOf(Fault.class);
        Sabotage sabotage = Sabotage.NONE;
        boolean expectLogLost = false;
        for (int i = 0; i < args.length; i++) {
            if (args[i].equals("--expect-log-lost")) {
                expectLogLost = true;
                continue;
            }
            String value = i + 1 < args.length ? args[i + 1] : "";
            switch (args[i++]) {
                case "--minutes" -> time = Duration.ofSeconds(Math.round(60 * number("--minutes", value)));
                case "--seed" -> seed = (long) number("--seed", value);
                case "--mode" -> mode = Names.parse(Mode.class, value);
                case "--faults" ->
                    faults = Arrays.stream(value.split(","))
                            .map(name -> Names.parse(Fault.class, name))
                            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Fault.class)));
                case "--sabotage" -> sabotage = Names.parse(Sabotage.class, value);
                default -> throw new IllegalArgumentException("unknown option " + args[i - 1]);
            }
        }
        return new TortureOptions(time, seed, mode, Collections.unmodifiableSet(faults), sabotage, expectLogLost);
    }

    private static double number(String option, String value) {
        try {
            double number = Double.parseDouble(value);
            if (number > 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, together with numbers that are too small.
        }
        throw new IllegalArgumentException(option + " needs a positive number, not '" + value + "'");
    }

    /** {@return where everything of the run is kept, below the working directory} */
    Path directory() {
        return Path.of("target", (expectLogLost ? "log-lost-" : "torture-") + seed);
    }
}
