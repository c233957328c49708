// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JsonNumbersTest {

    private final JsonBuffer out = new JsonBuffer();

    @Test
    void shouldWriteIntegersAroundEveryPowerOfTen() {
        assertWritten(0);
        assertWritten(Long.MAX_VALUE);
        assertWritten(Long.MIN_VALUE);
        long power = 1;
        for (int i = 0; i < 19; i++) {
            assertWritten(power - 1);
            assertWritten(power);
            assertWritten(power + 1);
            assertWritten(-power);
            power *= 10;
        }
    }

    @Test
    void shouldWriteIntegersAroundEveryPowerOfTwo() {
        for (int i = 0; i < Long.SIZE; i++) {
            assertWritten((1L << i) - 1);
            assertWritten(1L << i);
            assertWritten((1L << i) + 1);
        }
    }

    private void assertWritten(long number) {
        out.clear();
        out.number(number);
        assertThat(out.toString()).isEqualTo(String.valueOf(number));
    }
}
