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
        assertThat(options.exactlyOnce()).isFalse();
        assertThat(options.checkpointTopic()).isEqualTo("millrace-checkpoints");
        assertThat(options.transactionInterval()).isEqualTo(Duration.ofMillis(200));
        assertThat(options.transactionTopic()).isNull();
        assertThat(options.target().maxInFlight()).isEqualTo(16);
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
        "transaction.two.phase.commit.enable, true",
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

        Map<String, Object> producer = KafkaProperties.producer(options);
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
    void shouldNameTheOptionForTransactions() {
        assertThatThrownBy(() -> KafkaOptions.builder("a:9092")
                        .property("transactional.id", "t")
                        .build())
                .hasMessageContaining("exactlyOnce");
    }

    @Test
    void shouldGatherMoreBatchesWhereDeliveryIsExactlyOnce() {
        KafkaOptions options = KafkaOptions.builder("a:9092").exactlyOnce(true).build();

        assertThat(options.target().name()).isEqualTo("kafka");
        assertThat(options.target().maxInFlight()).isEqualTo(256);
    }

    @Test
    void shouldMakeTransactionalProducerThatGivesUpNothingBeforeItsTransaction() {
        KafkaOptions options = KafkaOptions.builder("a:9092")
                .exactlyOnce(true)
                .property("max.block.ms", "500")
                .property("transaction.timeout.ms", "5000")
                .build();

        assertThat(KafkaProperties.transactional(options, "p.t"))
                .containsEntry(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "p.t")
                .containsEntry(ProducerConfig.MAX_BLOCK_MS_CONFIG, "5000")
                .containsEntry(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "5");
        assertThat(KafkaProperties.maxBlock(options.properties())).isEqualTo(500);
    }

    @Test
    void shouldReadCheckpointsWithWhatConnectsTheProducer() {
        KafkaOptions options = KafkaOptions.builder("a:9092")
                .property("security.protocol", "SASL_SSL")
                .property("interceptor.classes", "of.Producers")
                .property("compression.type", "zstd")
                .build();

        assertThat(KafkaProperties.consumer(KafkaProperties.transactional(options, "p.t")))
                .containsEntry("security.protocol", "SASL_SSL")
                .containsEntry("isolation.level", "read_committed")
                .doesNotContainKeys("interceptor.classes", "compression.type", "transactional.id", "acks");
    }

    @Test
    void shouldRefuseWhatNeedsTransactionsWithoutThem() {
        KafkaOptions.Builder builder = KafkaOptions.builder("a:9092")
                .headers(KafkaHeader.PART)
                .transactionTopic("ends")
                .checkpointTopic("no such/name")
                .transactionInterval(Duration.ofSeconds(31));

        InvalidOptionsException failure = catchThrowableOfType(InvalidOptionsException.class, builder::build);

        assertThat(failure.findings())
                .extracting(Finding::setting)
                .containsExactlyInAnyOrder("headers", "transactionTopic", "checkpointTopic", "transactionInterval");
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

    @ParameterizedTest
    @CsvSource({"67108864, 524288", "16777216, 131072", "1000000, 16384", "1000000000, 524288"})
    void shouldFitBatchesIntoTheBuffer(long buffer, String batch) {
        KafkaOptions options = KafkaOptions.builder("a:9092")
                .property("buffer.memory", Long.toString(buffer))
                .build();

        assertThat(KafkaProperties.producer(options)).containsEntry("batch.size", batch);
    }
}
