// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.core.Finding;
import io.millrace.core.InvalidOptionsException;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaOptionsTest {

    @Test
    void shouldHaveDocumentedDefaults() {
        KafkaOptions options = KafkaOptions.builder("a:9092,b:9093").build();

        assertThat(options.target().name()).isEqualTo("kafka");
        assertThat(options.topic()).hasToString("%{/schema_name}.%{/table_name}");
        assertThat(options.statementTopic()).hasToString("%{/service}.statements");
        assertThat(options.statementsToTables()).isTrue();
        assertThat(options.createTopics()).isTrue();
        assertThat(options.tombstones()).isTrue();
        assertThat(options.headers()).containsExactly(KafkaHeader.NATIVE);
        assertThat(options.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @CsvSource({
        "acks, 1",
        "acks, 0",
        "enable.idempotence, false",
        "max.in.flight.requests.per.connection, 6",
        "key.serializer, x",
        "value.serializer, x",
        "transactional.id, t",
        "delivery.timeout.ms, 120000",
        "retries, 3",
        "bootstrap.servers, c:1",
        "partitioner.ignore.keys, true",
        "max.block.ms, 60000",
    })
    void shouldRefuseWhatBreaksPromises(String name, String value) {
        KafkaOptions.Builder builder = KafkaOptions.builder("a:9092").property(name, value);

        InvalidOptionsException failure = catchThrowableOfType(InvalidOptionsException.class, builder::build);

        assertThat(failure.findings()).extracting(Finding::setting).contains("property " + name);
        assertThat(failure).hasMessageContaining("but it ");
    }

    @Test
    void shouldAcceptWhatKeepsThem() {
        KafkaOptions options = KafkaOptions.builder("a:9092")
                .properties(Map.of(
                        "acks", "-1",
                        "enable.idempotence", "TRUE",
                        "max.in.flight.requests.per.connection", "5",
                        "retries", "2147483647",
                        "linger.ms", "20",
                        "my.interceptor.setting", "x"))
                .build();

        Map<String, Object> producer = KafkaProperties.producer("a:9092", "t", options.properties());
        assertThat(producer)
                .containsEntry(ProducerConfig.LINGER_MS_CONFIG, "20")
                .containsEntry(ProducerConfig.ACKS_CONFIG, "all")
                .containsEntry(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "2147483647")
                .containsEntry("my.interceptor.setting", "x");
        assertThat(KafkaProperties.admin(producer))
                .containsEntry("bootstrap.servers", "a:9092")
                .containsEntry("my.interceptor.setting", "x")
                .doesNotContainKeys("linger.ms", "acks", "retries");
    }

    @Test
    void shouldReportEverythingAtOnce() {
        KafkaOptions.Builder builder = KafkaOptions.builder("a:9092,broken")
                .topic("%{/table")
                .statementTopic("%{nope}")
                .topicPartitions(-1)
                .topicReplication(40_000)
                .connectTimeout(Duration.ZERO)
                .property("linger.ms", "soon")
                .property("acks", "1");

        InvalidOptionsException failure = catchThrowableOfType(InvalidOptionsException.class, builder::build);

        assertThat(failure.findings())
                .extracting(Finding::setting)
                .containsExactlyInAnyOrder(
                        "bootstrapServers",
                        "topic",
                        "statementTopic",
                        "topicPartitions",
                        "topicReplication",
                        "connectTimeout",
                        "property acks",
                        "linger.ms");
        assertThat(failure).hasMessageContaining("column 1: '%{' is not closed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host", "host:", ":9092", "host:99999", "host:1,", "a b:1"})
    void shouldRefuseMalformedServers(String servers) {
        assertThatThrownBy(() -> KafkaOptions.builder(servers).build())
                .isInstanceOf(InvalidOptionsException.class)
                .hasMessageContaining("host:port");
    }

    @ParameterizedTest
    @ValueSource(strings = {"host:9092", "127.0.0.1:1", "[::1]:9092", "a.b-c.d:65535, e:2"})
    void shouldAcceptServers(String servers) {
        assertThat(KafkaOptions.builder(servers).build().bootstrapServers()).isEqualTo(servers);
    }

    @Test
    void shouldPrintNoSecrets() {
        KafkaOptions options = KafkaOptions.builder("a:9092")
                .property("sasl.jaas.config", "login password=hunter2")
                .property("ssl.keystore.password", "hunter2")
                .property("ssl.keystore.key", "hunter2")
                .property("my.secret", "hunter2")
                .property("client.id", "seen")
                .build();

        assertThat(options.toString()).doesNotContain("hunter2").contains("client.id=seen");
        assertThatThrownBy(() -> KafkaOptions.builder("a:9092")
                        .property("ssl.keystore.password", "hunter2")
                        .property("transactional.id", "x")
                        .build())
                .hasMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @CsvSource({"134217728, 16777216", "16777216, 4194304", "8589934592, 67108864"})
    void shouldFitBufferIntoHeap(long heap, long buffer) {
        assertThat(KafkaProperties.bufferMemory(heap)).isEqualTo(buffer);
    }
}
