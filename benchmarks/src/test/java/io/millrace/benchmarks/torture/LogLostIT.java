// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A capturer whose log was purged while it was not running. What a run did is in target/log-lost-SEED. */
class LogLostIT {

    @Test
    void shouldNoticeThatItsLogIsGone() throws Exception {
        assertThat(new LogLostRun(TortureOptions.parse(new String[] {"--expect-log-lost", "--seed", "8"})).run())
                .as("see target/log-lost-8")
                .isTrue();
    }
}
