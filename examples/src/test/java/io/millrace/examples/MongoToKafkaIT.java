// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.KafkaExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The example as users run it: real Kafka, and for MongoDB a fake unless {@code -Dmongo.uri=mongodb://...} is given. */
@ExtendWith(KafkaExtension.class)
class MongoToKafkaIT {

    @Test
    void shouldBringEveryChangeOfAScriptedServerBack(KafkaBroker broker) throws Exception {
        assertThat(run("--kafka", broker.bootstrapServers())).isTrue();
    }

    @Test
    @EnabledIfSystemProperty(named = "mongo.uri", matches = ".+", disabledReason = "it needs a real MongoDB")
    void shouldBringEveryChangeOfARealServerBack(KafkaBroker broker) throws Exception {
        assertThat(run("--kafka", broker.bootstrapServers(), "--mongo", System.getProperty("mongo.uri")))
                .isTrue();
    }

    @Test
    void shouldSayThatTheAddressIsNone(KafkaBroker broker) {
        assertThatThrownBy(() -> run("--kafka", broker.bootstrapServers(), "--mongo", "localhost:27017"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mongodb://");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --mongo       | --mongo needs a value
            --nonsense    | unknown argument --nonsense
            """)
    void shouldSayWhatIsWrongWithTheArguments(String arguments, String message) {
        assertThatThrownBy(() -> MongoToKafkaArguments.parse(arguments.split(" ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message)
                .hasMessageContaining("usage: mongo-to-kafka");
    }

    private static boolean run(String... arguments) throws Exception {
        return MongoToKafka.run(MongoToKafkaArguments.parse(arguments));
    }
}
