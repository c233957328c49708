// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static io.millrace.kafka.Changes.ABSENT;
import static io.millrace.kafka.Changes.row;
import static io.millrace.kafka.Changes.table;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.core.Batches;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.format.DebeziumJson;
import io.millrace.core.format.MaxwellJson;
import io.millrace.core.format.NativeJson;
import io.millrace.core.format.PlainRow;
import io.millrace.core.format.UnresolvedTemplateException;
import io.millrace.testkit.KafkaBroker;
import io.millrace.testkit.KafkaExtension;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What arrives at a real broker. */
@Timeout(60)
@ExtendWith(KafkaExtension.class)
class KafkaTargetTest {

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private String bootstrapServers;
    private final String database = "db" + DATABASES.incrementAndGet();
    private final Changes changes = new Changes();
    private final TableSchema orders = table(database, "orders");
    private @Nullable KafkaTarget target;

    @BeforeEach
    void useBroker(KafkaBroker broker) {
        bootstrapServers = broker.bootstrapServers();
    }

    @AfterEach
    void close() {
        if (target != null) {
            target.close();
        }
    }

    private KafkaOptions.Builder options() {
        return KafkaOptions.builder(bootstrapServers).topicPartitions(4);
    }

    private KafkaTarget open(KafkaOptions.Builder options) throws Exception {
        KafkaTarget opened = new KafkaTarget(options.build());
        target = opened;
        opened.open();
        return opened;
    }

    private static void deliver(KafkaTarget target, List<Record> records) throws Exception {
        target.saveAsync(Batches.of(records)).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static void deliver(KafkaTarget target, Statement statement) throws Exception {
        target.saveAsync(Batches.of(statement)).toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
        return TopicReader.read(bootstrapServers, topic);
    }

    private List<String> values(String topic) {
        return read(topic).stream().map(TopicReader::value).toList();
    }

    @Test
    void shouldGiveEachTableItsTopic() throws Exception {
        KafkaTarget kafka = open(options());
        Record order = changes.insert(orders, 1, "a");
        Record customer = changes.insert(table(database, "customers"), 2, "b");

        deliver(kafka, List.of(order, customer));

        assertThat(values(database + ".orders")).containsExactly(order.toJson());
        assertThat(values(database + ".customers")).containsExactly(customer.toJson());
        assertThat(TopicReader.key(read(database + ".orders").get(0))).isEqualTo("{\"id\":1}");
    }

    @Test
    void shouldSaveAndWait() throws Exception {
        KafkaTarget kafka = open(options());

        kafka.save(changes.inserts(orders, 10));

        assertThat(read(database + ".orders")).hasSize(10);
    }

    @Test
    void shouldKeepOrderOfEachKey() throws Exception {
        KafkaTarget kafka = open(options());
        List<CompletableFuture<Void>> stages = new ArrayList<>();
        List<Record> records = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            records.add(changes.update(orders, row(orders, i % 7, "v"), row(orders, i % 7, "v" + i)));
        }

        for (int from = 0; from < records.size(); from += 100) {
            stages.add(kafka.saveAsync(Batches.of(records.subList(from, from + 100)))
                    .toCompletableFuture());
        }
        CompletableFuture.allOf(stages.toArray(new CompletableFuture<?>[0])).get(30, TimeUnit.SECONDS);

        List<ConsumerRecord<byte[], byte[]>> read = read(database + ".orders");
        assertThat(read).hasSize(2_000);
        for (int id = 0; id < 7; id++) {
            String key = "{\"id\":" + id + "}";
            List<ConsumerRecord<byte[], byte[]>> ofKey = read.stream()
                    .filter(record -> TopicReader.key(record).equals(key))
                    .toList();
            List<String> expected = new ArrayList<>();
            for (int i = id; i < 2_000; i += 7) {
                expected.add(records.get(i).toJson());
            }
            assertThat(ofKey)
                    .extracting(ConsumerRecord::partition)
                    .containsOnly(ofKey.get(0).partition());
            assertThat(ofKey).extracting(TopicReader::value).containsExactlyElementsOf(expected);
        }
        assertThat(read.stream().map(ConsumerRecord::partition).distinct()).hasSizeGreaterThan(1);
    }

    @Test
    void shouldKeepRowsOfTableWithoutKeyInOnePartition() throws Exception {
        KafkaTarget kafka = open(options());
        TableSchema log = new TableSchema(new TableId(database, "log"), orders.columns(), List.of());
        List<Record> records = new ArrayList<>(changes.inserts(log, 50));
        records.add(changes.update(log, row(log, 1L, "a"), row(log, 2L, "a")));
        records.add(changes.delete(log, 2, "a"));

        deliver(kafka, records);

        List<ConsumerRecord<byte[], byte[]>> read = read(database + ".log");
        assertThat(read)
                .extracting(TopicReader::value)
                .containsExactlyElementsOf(records.stream().map(Record::toJson).toList());
        assertThat(read)
                .extracting(TopicReader::key)
                .containsOnly("{\"schema_name\":\"" + database + "\",\"table_name\":\"log\"}");
    }

    @Nested
    class Keys {

        @Test
        void shouldTurnKeyChangeIntoDeleteAndInsert() throws Exception {
            KafkaTarget kafka = open(options().topicPartitions(1));
            Record update = changes.update(orders, row(orders, 1L, "a"), row(orders, 2L, "a"));

            deliver(kafka, List.of(update));

            List<ConsumerRecord<byte[], byte[]>> read = read(database + ".orders");
            String gone = new Record(Record.Kind.DELETE, update.before(), null, update.source(), 0).toJson();
            String come = new Record(Record.Kind.INSERT, null, update.after(), update.source(), 0).toJson();
            assertThat(read).extracting(TopicReader::value).containsExactly(gone, "tombstone", come);
            assertThat(read).extracting(TopicReader::key).containsExactly("{\"id\":1}", "{\"id\":1}", "{\"id\":2}");
        }

        @Test
        void shouldTakeFromRowBeforeWhatPartialImageLacks() throws Exception {
            KafkaTarget kafka = open(options().topicPartitions(1));
            TableSchema pair = table(database, "pair", "id", "name");
            Record plain = changes.update(orders, row(orders, 1L, ABSENT), row(orders, ABSENT, "new"));
            Record moved = changes.update(pair, row(pair, 1L, "a"), row(pair, ABSENT, "b"));

            deliver(kafka, List.of(plain, moved));

            assertThat(read(database + ".orders")).extracting(TopicReader::key).containsExactly("{\"id\":1}");
            assertThat(values(database + ".orders")).containsExactly(plain.toJson());
            assertThat(read(database + ".pair"))
                    .extracting(TopicReader::key)
                    .containsExactly(
                            "{\"id\":1,\"name\":\"a\"}", "{\"id\":1,\"name\":\"a\"}", "{\"id\":1,\"name\":\"b\"}");
        }

        @Test
        void shouldNotLetARowComeInPartUnderItsNewKey() throws Exception {
            KafkaTarget kafka = open(options().topicPartitions(1));
            RowImage changed = row(orders, 2L, ABSENT);

            deliver(kafka, List.of(changes.update(orders, row(orders, 1L, "a"), changed)));

            assertThat(values(database + ".orders").get(2)).contains("\"record\":{\"id\":2,\"name\":\"a\"}");
            assertThatThrownBy(() -> kafka.save(List.of(changes.update(orders, row(orders, 1L, ABSENT), changed))))
                    .isInstanceOf(KafkaDeliveryException.class)
                    .hasMessageContaining("binlog_row_image=FULL");
        }

        @Test
        void shouldSendTombstoneAfterDelete() throws Exception {
            KafkaTarget kafka = open(options());
            Record delete = changes.delete(orders, 1, "a");

            deliver(kafka, List.of(delete));

            assertThat(values(database + ".orders")).containsExactly(delete.toJson(), "tombstone");
        }

        @Test
        void shouldSendNoTombstoneWhenOff() throws Exception {
            KafkaTarget kafka = open(options().tombstones(false).topicPartitions(1));
            Record delete = changes.delete(orders, 1, "a");
            Record moved = changes.update(orders, row(orders, 1L, "a"), row(orders, 2L, "a"));

            deliver(kafka, List.of(delete, moved));

            assertThat(values(database + ".orders")).hasSize(3).doesNotContain("tombstone");
        }
    }

    @Nested
    class Formats {

        @Test
        void shouldTakeKeysFromAnotherFormat() throws Exception {
            KafkaTarget kafka = open(options()
                    .format(DebeziumJson.builder("shop").build())
                    .keyFormat(MaxwellJson.builder().build()));

            deliver(kafka, List.of(changes.insert(orders, 1, "a")));

            ConsumerRecord<byte[], byte[]> sent = read(database + ".orders").get(0);
            assertThat(TopicReader.key(sent))
                    .isEqualTo("{\"database\":\"" + database + "\",\"table\":\"orders\",\"pk.id\":1}");
            assertThat(TopicReader.value(sent)).startsWith("{\"schema\":");
        }

        @Test
        void shouldKeyTablesAsTheFormatDoes() throws Exception {
            KafkaTarget kafka = open(options()
                    .topicPartitions(1)
                    .format(DebeziumJson.builder("shop").keySchema(false).build()));
            TableSchema log = new TableSchema(new TableId(database, "orders"), orders.columns(), List.of());

            deliver(kafka, List.of(changes.insert(log, 1, "a")));
            deliver(kafka, changes.statement(Statement.Kind.TRUNCATE_TABLE, "TRUNCATE orders", log.table()));
            deliver(kafka, changes.statement(Statement.Kind.CREATE_DATABASE, "CREATE DATABASE x"));

            assertThat(read(database + ".orders"))
                    .extracting(TopicReader::key)
                    .containsExactly(
                            "{\"databaseName\":\"" + database + "\"}", "{\"databaseName\":\"" + database + "\"}");
            assertThat(read("orders.statements")).extracting(TopicReader::key).contains("{\"databaseName\":\"shop\"}");
        }

        @ParameterizedTest
        @ValueSource(booleans = {true, false})
        void shouldSendNothingButTheTombstoneOfDeleteWithoutForm(boolean tombstones) throws Exception {
            KafkaTarget kafka = open(options()
                    .topicPartitions(1)
                    .tombstones(tombstones)
                    .format(PlainRow.builder().build()));

            deliver(kafka, List.of(changes.insert(orders, 1, "a"), changes.delete(orders, 1, "a")));

            assertThat(values(database + ".orders")).containsExactly("{\"id\":1,\"name\":\"a\"}", "tombstone");
        }
    }

    @Nested
    class HeadersAndTime {

        @Test
        void shouldHandNativeHeaderOn() throws Exception {
            KafkaTarget kafka = open(options());
            Record record = changes.insert(orders, 1, "a");

            deliver(kafka, List.of(record));

            assertThat(TopicReader.headers(read(database + ".orders").get(0)))
                    .isEqualTo(Map.of(
                            "mysql_binlog_headers",
                            "{\"log_pos\":" + record.source().position() + "}"));
        }

        @Test
        void shouldSendSelectedHeaders() throws Exception {
            Set<KafkaHeader> ownOnes = EnumSet.complementOf(EnumSet.of(KafkaHeader.PART, KafkaHeader.CLOUD_EVENTS));
            KafkaTarget kafka = open(options().topicPartitions(1).headers(ownOnes.toArray(new KafkaHeader[0])));
            List<Record> records = changes.inserts(orders, 2);

            deliver(kafka, records);

            String position = String.valueOf(records.get(0).source().position());
            assertThat(TopicReader.headers(read(database + ".orders").get(1)))
                    .isEqualTo(Map.of(
                            "millrace.service", "orders",
                            "millrace.source", "binlog.000007",
                            "millrace.position", position,
                            "millrace.transaction", "tx:1",
                            "millrace.global_id", "gtid:1",
                            "millrace.kind", "INSERT",
                            "millrace.ordinal", "1",
                            "mysql_binlog_headers", "{\"log_pos\":" + position + "}"));
        }

        @Test
        void shouldTellWhatTransformsMadeOfOneChangeApart() throws Exception {
            KafkaTarget kafka =
                    open(options().topicPartitions(1).headers(KafkaHeader.ORDINAL, KafkaHeader.CLOUD_EVENTS));
            Record record = changes.insert(orders, 1, "a");

            deliver(kafka, List.of(record, record.withSubOrdinal(1)));

            assertThat(read(database + ".orders").stream()
                            .map(TopicReader::headers)
                            .map(headers -> headers.get("millrace.ordinal") + " " + headers.get("millrace.sub_ordinal")
                                    + " " + headers.get("ce_id")))
                    .containsExactly("0 null tx:1:0", "0 1 tx:1:0.1");
        }

        @Test
        void shouldMakeCloudEventsOfChanges() throws Exception {
            KafkaTarget kafka = open(options().topicPartitions(1).headers(KafkaHeader.CLOUD_EVENTS));
            List<Record> records = changes.inserts(orders, 2);

            deliver(kafka, records);

            Map<String, String> first = new HashMap<>(Map.of(
                    "ce_specversion", "1.0",
                    "ce_id", "tx:1:0",
                    "ce_source", "/millrace/orders",
                    "ce_type", "io.millrace.insert",
                    "ce_subject", database + ".orders",
                    "ce_time", "2023-11-14T22:13:20.123456Z",
                    "content-type", "application/json"));
            assertThat(TopicReader.headers(read(database + ".orders").get(0))).isEqualTo(first);
            first.put("ce_id", "tx:1:1");
            assertThat(TopicReader.headers(read(database + ".orders").get(1))).isEqualTo(first);
        }

        @Test
        void shouldNameTheTableOfEachCloudEvent() throws Exception {
            KafkaTarget kafka = open(options().topic("all").headers(KafkaHeader.CLOUD_EVENTS));
            Record record = changes.insert(orders, 1, "a");
            Record sibling = new Record(
                    Record.Kind.INSERT, null, row(table(database, "customers"), 1L, "a"), record.source(), 1);

            deliver(kafka, List.of(record, sibling));

            assertThat(read("all").stream()
                            .map(sent -> TopicReader.headers(sent).get("ce_subject")))
                    .contains(database + ".orders", database + ".customers");
        }

        @Test
        void shouldGiveCloudEventsTheSameIdsWhenTheyComeAgain() throws Exception {
            KafkaTarget kafka = open(options().topicPartitions(1).headers(KafkaHeader.CLOUD_EVENTS));
            Record moved = changes.update(orders, row(orders, 1L, "a"), row(orders, 2L, "a"));
            Statement truncate = changes.statement(
                    Statement.Kind.TRUNCATE_TABLE, "TRUNCATE orders", new TableId(database, "orders"));

            deliver(kafka, List.of(moved));
            deliver(kafka, truncate);
            deliver(kafka, List.of(moved));

            assertThat(read(database + ".orders").stream()
                            .map(TopicReader::headers)
                            .map(headers -> headers.get("ce_id")))
                    .containsExactly(
                            "tx:1:0:delete", null, "tx:1:0:insert", "tx:1:0", "tx:1:0:delete", null, "tx:1:0:insert");
        }

        @Test
        void shouldSendNoHeadersWhenNoneAreWanted() throws Exception {
            KafkaTarget kafka = open(options().headers());

            deliver(kafka, List.of(changes.insert(orders, 1, "a")));

            assertThat(TopicReader.headers(read(database + ".orders").get(0))).isEmpty();
        }

        @Test
        void shouldCarryTimeOfCommitOrElseOfEvent() throws Exception {
            KafkaTarget kafka = open(options().topicPartitions(1));
            Record committed = changes.insert(orders, 1, "a");
            Record unknown = new Record(Record.Kind.INSERT, null, row(orders, 2L, "b"), changes.source(0), 0);

            deliver(kafka, List.of(committed, unknown));

            assertThat(read(database + ".orders"))
                    .extracting(ConsumerRecord::timestamp)
                    .containsExactly(Changes.COMMIT_MICROS / 1_000, Changes.EVENT_SECONDS * 1_000);
        }
    }

    @Nested
    class TopicNames {

        @Test
        void shouldCreateTopicAsConfigured() throws Exception {
            KafkaTarget kafka =
                    open(options().topicPartitions(3).topicReplication(1).topicConfig("cleanup.policy", "compact"));

            deliver(kafka, List.of(changes.insert(orders, 1, "a")));

            String topic = database + ".orders";
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
                var description = admin.describeTopics(List.of(topic))
                        .allTopicNames()
                        .get()
                        .get(topic);
                var config =
                        admin.describeConfigs(List.of(resource)).all().get().get(resource);
                assertThat(description.partitions()).hasSize(3);
                assertThat(description.partitions().get(0).replicas()).hasSize(1);
                assertThat(config.get("cleanup.policy").value()).isEqualTo("compact");
            }
        }

        @Test
        void shouldRefuseMissingTopicWhenCreationIsOff() throws Exception {
            KafkaTarget kafka = open(options().createTopics(false));
            Record record = changes.insert(orders, 1, "a");

            KafkaTopicException failure =
                    catchThrowableOfType(KafkaTopicException.class, () -> kafka.save(List.of(record)));

            assertThat(failure.topic()).isEqualTo(database + ".orders");
            assertThat(failure)
                    .hasMessageContaining(database + ".orders")
                    .hasMessageContaining("binlog.000007:" + record.source().position())
                    .hasMessageContaining("createTopics(true)");
        }

        @Test
        void shouldUseExistingTopicWhenCreationIsOff() throws Exception {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
                admin.createTopics(List.of(new NewTopic(database + ".orders", 2, (short) 1)))
                        .all()
                        .get();
            }
            KafkaTarget kafka = open(options().createTopics(false));

            kafka.save(List.of(changes.insert(orders, 1, "a")));

            assertThat(read(database + ".orders")).hasSize(1);
        }

        @Test
        void shouldRefuseTopicThatCannotBeCreated() throws Exception {
            KafkaTarget kafka = open(options().topicReplication(3));

            assertThatThrownBy(() -> kafka.save(List.of(changes.insert(orders, 1, "a"))))
                    .isInstanceOf(KafkaTopicException.class)
                    .hasMessageContaining("replication");
        }

        @Test
        void shouldRefuseIllegalName() throws Exception {
            KafkaTarget kafka = open(options());
            TableSchema odd = table(database, "söme table");

            assertThatThrownBy(() -> kafka.save(List.of(changes.insert(odd, 1, "a"))))
                    .isInstanceOf(KafkaDeliveryException.class)
                    .hasMessageContaining(database + ".söme table")
                    .hasMessageContaining("%{/schema_name}.%{/table_name}");
        }

        @Test
        void shouldSanitizeNamesOnRequest() throws Exception {
            KafkaTarget kafka = open(options().sanitizeTopics(true));
            TableSchema odd = table(database, "söme table");
            TableSchema same = table(database, "s_me_table");

            deliver(kafka, List.of(changes.insert(odd, 1, "a")));
            deliver(kafka, changes.statement(Statement.Kind.TRUNCATE_TABLE, "TRUNCATE ...", odd.table()));

            assertThat(read(database + ".s_me_table")).hasSize(2);
            assertThatThrownBy(() -> kafka.save(List.of(changes.insert(same, 1, "a"))))
                    .isInstanceOf(KafkaTopicException.class)
                    .hasMessageContaining("'" + database + ".söme table' and '" + database + ".s_me_table'")
                    .hasMessageContaining("topic " + database + ".s_me_table");
        }

        @Test
        void shouldRefuseTooLongName() throws Exception {
            KafkaTarget kafka = open(options());

            assertThatThrownBy(() -> kafka.save(List.of(changes.insert(table(database, "x".repeat(250)), 1, "a"))))
                    .isInstanceOf(KafkaDeliveryException.class)
                    .hasMessageContaining("249");
        }

        @Test
        void shouldRouteByValueAndFailWhereItIsMissing() throws Exception {
            KafkaTarget kafka = open(options().topic(database + ".%{/record/name}"));
            Record missing = new Record(Record.Kind.INSERT, null, row(orders, 2L, null), changes.source(), 0);

            assertThatThrownBy(() -> kafka.save(List.of(changes.insert(orders, 1, "eu"), missing)))
                    .isInstanceOf(KafkaDeliveryException.class)
                    .hasCauseInstanceOf(UnresolvedTemplateException.class)
                    .hasMessageContaining("column name is null");
            assertThat(read(database + ".eu")).hasSize(1);
        }
    }

    @Nested
    class Statements {

        private final TableId ordersId = new TableId(database, "orders");
        private final TableId oldId = new TableId(database, "orders_old");

        @Test
        void shouldGoToTopicOfItsTable() throws Exception {
            KafkaTarget kafka = open(options());
            Statement statement =
                    changes.statement(Statement.Kind.ALTER_TABLE, "ALTER TABLE orders ADD c int", ordersId);

            deliver(kafka, statement);

            List<ConsumerRecord<byte[], byte[]>> read = read(database + ".orders");
            assertThat(read).extracting(TopicReader::value).containsExactly(statement.toJson());
            assertThat(TopicReader.key(read.get(0)))
                    .isEqualTo(new String(TableEncoder.tableKey(NativeJson.INSTANCE, database, "orders"), UTF_8));
        }

        @Test
        void shouldGoToTopicOfEachTableOnce() throws Exception {
            KafkaTarget kafka = open(options());
            Statement statement =
                    changes.statement(Statement.Kind.RENAME_TABLE, "RENAME TABLE ...", ordersId, oldId, ordersId);

            kafka.executeDdl(statement);

            assertThat(values(database + ".orders")).containsExactly(statement.toJson());
            assertThat(values(database + ".orders_old")).containsExactly(statement.toJson());
        }

        @Test
        void shouldGoOnceWhereTablesShareTopic() throws Exception {
            KafkaTarget kafka = open(options().topic("%{/schema_name}.all"));
            Statement statement = changes.statement(Statement.Kind.RENAME_TABLE, "RENAME TABLE ...", ordersId, oldId);

            deliver(kafka, statement);

            assertThat(values(database + ".all")).containsExactly(statement.toJson());
        }

        @Test
        void shouldGoToStatementTopicWhenNoTableIsNamed() throws Exception {
            KafkaTarget kafka = open(options().statementTopic(database + ".%{/service}.ddl"));
            Statement statement = changes.statement(Statement.Kind.CREATE_DATABASE, "CREATE DATABASE x");

            deliver(kafka, statement);

            List<ConsumerRecord<byte[], byte[]>> read = read(database + ".orders.ddl");
            assertThat(read).extracting(TopicReader::value).containsExactly(statement.toJson());
            assertThat(TopicReader.key(read.get(0))).isEqualTo("{\"schema_name\":\"shop\",\"table_name\":null}");
        }

        @Test
        void shouldAllGoToStatementTopicOnRequest() throws Exception {
            KafkaTarget kafka = open(options().statementTopic(database + ".ddl").statementsToTables(false));
            Statement statement = changes.statement(Statement.Kind.DROP_TABLE, "DROP TABLE orders", ordersId);

            deliver(kafka, statement);

            assertThat(values(database + ".ddl")).containsExactly(statement.toJson());
        }
    }
}
