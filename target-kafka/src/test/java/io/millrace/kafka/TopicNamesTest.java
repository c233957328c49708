// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicNamesTest {

    @ParameterizedTest
    @CsvSource({
        "shop.orders-1_A, shop.orders-1_A",
        "'shop orders', shop_orders",
        "größe, gr__e",
        "a\uD83D\uDE00b, a_b",
        "'', _",
        "., ._",
        ".., .._",
        "..., ..."
    })
    void shouldMakeNamesThatATopicCanHave(String text, String topic) {
        assertThat(TopicNames.sanitized(text)).isEqualTo(topic);
        assertThat(TopicNames.isLegal(topic)).isTrue();
    }

    @Test
    void shouldCutWhatIsTooLong() {
        assertThat(TopicNames.sanitized("x".repeat(250))).hasSize(249);
        assertThat(TopicNames.isLegal("x".repeat(249))).isTrue();
        assertThat(TopicNames.isLegal("x".repeat(250))).isFalse();
    }
}
