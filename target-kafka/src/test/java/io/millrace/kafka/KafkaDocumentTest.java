// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What docs/kafka.md says is so. */
class KafkaDocumentTest {

    private static final String PAGE = page();

    private static String page() {
        try {
            return Files.readString(Path.of("..", "docs", "kafka.md"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldNameAllOptions() {
        Set<String> told = Set.of("build", "target", "properties");

        assertThat(Arrays.stream(KafkaOptions.Builder.class.getMethods())
                        .filter(method -> method.getDeclaringClass() == KafkaOptions.Builder.class)
                        .map(Method::getName)
                        .filter(name -> !told.contains(name)))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(PAGE).contains("`" + name + "`"));
    }

    @Test
    void shouldTellTheDefaults() {
        KafkaOptions options = KafkaOptions.builder("a:1").build();

        assertThat(PAGE)
                .contains("`" + options.topic() + "`, `" + options.statementTopic() + "`")
                .contains("| `checkpointTopic` | `" + options.checkpointTopic() + "` |")
                .contains("| `transactionInterval` | "
                        + options.transactionInterval().toMillis() + " ms |")
                .contains("| `connectTimeout` | " + options.connectTimeout().toSeconds() + " s |")
                .contains("The default target has "
                        + KafkaOptions.builder("a:1")
                                .exactlyOnce(true)
                                .build()
                                .target()
                                .maxInFlight());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NATIVE")
    void shouldNameAllHeaders(KafkaHeader header) {
        assertThat(PAGE).contains("`" + header.headerName() + "`");
    }

    @Test
    void shouldShowTheEndOfATransaction() {
        OpenSource transaction = new OpenSource(
                "3e11fa47-71ca-11e1-9e33-c80aa9429562:17",
                17,
                1_700_000_000_123_456L,
                "shop.transactions",
                2,
                6_000,
                6_012);

        assertThat(PAGE).contains(new String(transaction.end(3).value(), java.nio.charset.StandardCharsets.UTF_8));
    }
}
