// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class NumberingTest {

    private final Numbering numbering = new Numbering(7, Map.of(8L, "a", 9L, "b", 11L, "c"));

    @Test
    void shouldGiveATransactionThatComesAgainItsNumber() {
        assertThat(numbering.next("a")).isEqualTo(8);
        assertThat(numbering.next("b")).isEqualTo(9);
        assertThat(numbering.next("another")).isEqualTo(10);
    }

    @Test
    void shouldPassOverNumbersOfWhichTargetsHaveAPartOfAnotherTransaction() {
        assertThat(numbering.next("another")).isEqualTo(10);
        assertThat(numbering.next("c")).isEqualTo(11);
        assertThat(numbering.last()).isEqualTo(11);
    }

    @Test
    void shouldGiveANumberAgainThatNobodyHasSeen() {
        numbering.next("another");
        numbering.takeBack();

        assertThat(numbering.next("another")).isEqualTo(10);
    }
}
