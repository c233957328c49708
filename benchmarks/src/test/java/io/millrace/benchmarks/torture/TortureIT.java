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

    private static boolean held(String... args) throws Exception {
        return new TortureRun(TortureOptions.parse(args)).run();
    }

    @Test
    void shouldStoreEachChangeOnceWhateverBreaks() throws Exception {
        assertThat(held("--minutes", "0.1", "--seed", "7", "--mode", "exactly-once"))
                .as("see target/torture-7")
                .isTrue();
    }

    @Test
    void shouldNoticeThatItsLogIsGone() throws Exception {
        assertThat(new LogLostRun(TortureOptions.parse(new String[] {"--expect-log-lost", "--seed", "8"})).run())
                .as("see target/log-lost-8")
                .isTrue();
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource(Mode.class)
    void shouldKeepItsPromiseForMinutes(Mode mode) throws Exception {
        assertThat(held("--minutes", "3", "--seed", "9", "--mode", Names.of(mode)))
                .as("see target/torture-9")
                .isTrue();
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({
        "checkpoint-before-ack, at-least-once, 'kill-capturer,black-hole-broker,pause-broker'",
        "drop-last-of-batch, at-least-once, cut-source",
        "drop-last-of-batch, exactly-once, cut-source",
        "no-epoch-check, at-least-once, second-instance"
    })
    void shouldFindBugsThatWerePutIn(String sabotage, String mode, String faults) throws Exception {
        assertThat(held("--minutes", "0.7", "--seed", "10", "--mode", mode, "--sabotage", sabotage, "--faults", faults))
                .as("see target/torture-10")
                .isFalse();
    }
}
