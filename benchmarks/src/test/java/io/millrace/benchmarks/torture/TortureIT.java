// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The torture test in its short form, and the test of the test. What a run did is in target/torture-SEED. */
class TortureIT {

    private static void assertHeld(String... args) throws Exception {
        TortureRun run = new TortureRun(TortureOptions.parse(args));
        assertThat(run.run())
                .as(() -> "see %s; %s"
                        .formatted(
                                TortureOptions.parse(args).directory(),
                                run.problems().first()))
                .isTrue();
    }

    @Test
    void shouldStoreEachChangeOnceWhateverBreaks() throws Exception {
        assertHeld("--minutes", "0.1", "--seed", "7", "--mode", "exactly-once");
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource(Mode.class)
    void shouldKeepItsPromiseForMinutes(Mode mode) throws Exception {
        assertHeld("--minutes", "3", "--seed", "9", "--mode", Names.of(mode));
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({
        "checkpoint-before-ack, at-least-once, 'kill-capturer,black-hole-broker,pause-broker', MISSING",
        "checkpoint-before-ack, exactly-once, 'kill-capturer,black-hole-broker,pause-broker', MISSING",
        "drop-last-of-batch, at-least-once, cut-source, MISSING",
        "drop-last-of-batch, exactly-once, cut-source, MISSING",
        "no-epoch-check, at-least-once, second-instance, OUT_OF_ORDER",
        "no-epoch-check, exactly-once, second-instance, DOUBLED"
    })
    void shouldFindBugsThatWerePutIn(String sabotage, String mode, String faults, Problems.Kind found)
            throws Exception {
        TortureRun run = new TortureRun(TortureOptions.parse(new String[] {
            "--minutes", "0.4", "--seed", "10", "--mode", mode, "--sabotage", sabotage, "--faults", faults
        }));

        assertThat(run.run()).as("see target/torture-10").isFalse();
        assertThat(run.problems().count(found)).isPositive();
    }
}
