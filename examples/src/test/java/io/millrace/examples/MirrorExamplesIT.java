// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples that write to a database of one's own end well. */
@Tag("long")
@Timeout(120)
class MirrorExamplesIT {

    @Test
    void shouldHoldEachChangeOnce() throws Exception {
        assertThat(ExactlyOnceJdbc.run()).isTrue();
    }

    @Test
    void shouldReadItsOwnWrites() throws Exception {
        assertThat(ReadYourWrites.run()).isTrue();
    }

    @Test
    void shouldAnswerWhatATableDoesNotKeep() throws Exception {
        assertThat(HoldingHistory.run()).isTrue();
    }
}
