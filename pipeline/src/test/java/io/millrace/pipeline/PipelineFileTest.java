// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.PipelineOptions;
import io.millrace.core.Processor;
import io.millrace.core.ProcessorState;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.filter.TableFilter;
import io.millrace.core.transform.Transform;
import io.millrace.mysql.MySqlBinlogProcessor;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.StartFrom;
import io.millrace.testkit.ScriptedSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineFileTest {

    private static final Path FILES = Path.of("src/test/resources/io/millrace/pipeline");
    private static final TableSchema ORDERS = table("orders");
    private static final TableSchema AUDIT = table("audit");

    @TempDir
    private Path folder;

    private static TableSchema table(String name) {
        return new TableSchema(
                new TableId("shop", name),
                List.of(
                        Column.of("id", ColumnType.LONG),
                        Column.of("state", ColumnType.STRING),
                        Column.of("card", ColumnType.STRING)),
                List.of("id"));
    }

    private static RowImage row(TableSchema schema, long id) {
        return RowImage.of(schema, Map.of("id", id, "state", "new", "card", "4711"));
    }

    private PipelineFile parse(String yaml, Map<String, String> environment) {
        return PipelineFile.reader()
                .checkpoints(folder)
                .environment(environment)
                .parse(yaml, "pipeline.yaml");
    }

    private List<Processor> processors(String yaml) {
        return parse(yaml, Map.of()).processors();
    }

    /** Runs the pipelines until their targets have all that the log holds. */
    private void run(ScriptedSource log, List<Processor> processors) throws InterruptedException {
        for (Processor processor : processors) {
            Thread thread = new Thread(() -> processor.runUntil(log.end()));
            thread.start();
            thread.join(30_000);
            assertThat(processor.status().state()).isEqualTo(ProcessorState.STOPPED);
        }
    }

    private static List<Record> delivered(String list) {
        return OwnComponents.LISTS.getOrDefault(list, List.of());
    }

    @Test
    void shouldReadTheFileOfWasmLogFlexAsItIs() throws IOException {
        PipelineFile file = PipelineFile.reader().read(FILES.resolve("wasm-log-flex.yaml"));

        assertThat(file.processors()).singleElement().isInstanceOfSatisfying(MySqlBinlogProcessor.class, processor -> {
            MySqlOptions mysql = processor.mySqlOptions();
            PipelineOptions pipeline = processor.options();
            assertThat(mysql.user()).isEqualTo("root");
            assertThat(mysql.startFrom()).isEqualTo(StartFrom.latest());
            assertThat(pipeline.id()).isEqualTo("binlog_collector");
            assertThat(pipeline.filter().includes(new TableId("d1", "t1"))).isTrue();
            assertThat(pipeline.filter().includes(new TableId("d1", "t2"))).isFalse();
            assertThat(pipeline.filter().includes(new TableId("d2", "t1"))).isTrue();
            assertThat(pipeline.transforms()).isEmpty();
            assertThat(processor.stats().targets()).isEmpty();
        });
        assertThat(file.effectiveSettings())
                .contains("topic: logFlex.%{/database}.%{/table}", "compression.type: none", "command: publish")
                .contains("port: 3306", "password: '***'");
    }

    @Test
    void shouldDifferFromTheFileOfWasmLogFlexInHostsAndPortsOnly() throws IOException {
        List<String> original = Files.readAllLines(FILES.resolve("wasm-log-flex.yaml"));
        List<String> elsewhere = Files.readAllLines(FILES.resolve("wasm-log-flex-elsewhere.yaml")).stream()
                .filter(line -> !line.matches(" +(host|port): \\$\\{\\w+}"))
                .map(line -> line.replace("${KAFKA_HOST}:${KAFKA_PORT}", "127.0.0.1:9092"))
                .toList();

        assertThat(elsewhere).isEqualTo(original);
    }

    @Test
    void shouldRunUsersOwnComponents() throws Exception {
        ScriptedSource log = new ScriptedSource();
        OwnComponents.LOGS.put("own", log);
        log.transaction(tx -> tx.insert(row(ORDERS, 1)));

        run(log, processors("""
                        collectors:
                          - {id: orders, type: Scripted, destination: suffix, log: own}
                        transformers:
                          - {id: suffix, type: Suffix, destination: list, text_column: state, every: 5m}
                        dispatchers:
                          - {id: list, type: List, list: own}
                        """));

        assertThat(delivered("own"))
                .singleElement()
                .satisfies(record -> assertThat(record.row().get("state")).isEqualTo("new every PT5M"));
    }

    @Test
    void shouldGiveEachTargetTheTransformersOnItsWay() throws Exception {
        ScriptedSource log = new ScriptedSource();
        OwnComponents.LOGS.put("ways", log);
        log.transaction(tx -> tx.insert(row(ORDERS, 1)).insert(row(AUDIT, 2)));

        List<Processor> processors = processors("""
                collectors:
                  - {id: orders, type: Scripted, destination: all, log: ways}
                transformers:
                  - id: all
                    type: Columns
                    destinations: [plain, masked, few]
                    set: {column: tenant, value: 7}
                  - id: masked
                    type: Columns
                    destination: masked-list
                    tables: [exclude: {database: "*"}, include: {database: shop, table: orders}]
                    mask: {text: "***", columns: card}
                  - id: few
                    type: TableFilter
                    destination: few-list
                    rules: [exclude: {database: shop, table: audit}]
                dispatchers:
                  - {id: plain, type: List, list: plain}
                  - {id: masked-list, type: List, list: masked}
                  - {id: few-list, type: List, list: few}
                """);
        run(log, processors);

        assertThat(processors.get(0).options().transforms()).hasSize(1);
        assertThat(delivered("plain"))
                .extracting(record -> record.row().get("card"))
                .containsExactly("4711", "4711");
        assertThat(delivered("plain"))
                .extracting(record -> record.row().get("tenant"))
                .containsOnly(7L);
        assertThat(delivered("masked"))
                .extracting(record -> record.row().get("card"))
                .containsExactly("***", "4711");
        assertThat(delivered("few")).extracting(Record::table).containsExactly(ORDERS.table());
    }

    @Test
    void shouldTakeTheStepsOfAComponentInOrderForStatementsToo() {
        OwnComponents.LOGS.put("steps", new ScriptedSource());
        Transform steps = processors("""
                        collectors:
                          - {id: orders, type: Scripted, destination: route, log: steps}
                        transformers:
                          - id: route
                            type: Route
                            destination: list
                            one_to_one: true
                            matching:
                              - {pattern: "shop\\\\.(.*)_\\\\d+", replacement: "shop.$1"}
                              - {pattern: "shop\\\\.orders", replacement: "crm.orders"}
                        dispatchers:
                          - {id: list, type: List, list: any}
                        """).get(0).options().transforms().get(0);
        ScriptedSource log = new ScriptedSource()
                .transaction(tx -> tx.statement(
                        Statement.Kind.TRUNCATE_TABLE, new TableId("shop", "orders_07"), "TRUNCATE orders_07"));
        Statement truncate = (Statement) log.changes().get(0);

        Statement routed = steps.apply(truncate);

        assertThat(routed).isNotNull();
        assertThat(routed.tables()).containsExactly(new TableId("crm", "orders"));
    }

    @Test
    void shouldTakeFormatsByNameAndWithSettings() {
        String kafka = """
                collectors:
                  - {id: orders, type: MySql, destination: kafka, user: capturer, start_from: latest}
                dispatchers:
                  - {id: kafka, type: Kafka, bootstrap_servers: "one:9092", format: %s}
                """;

        for (String format : List.of("native", "maxwell", "canal", "plain", "{debezium: {topic_prefix: shop}}")) {
            String name = format.replace("{", "").replaceAll(":.*", "");
            assertThat(parse(kafka.formatted(format), Map.of()).effectiveSettings())
                    .contains("format: " + name);
        }
        assertThatThrownBy(() -> parse(kafka.formatted("debezium"), Map.of()))
                .hasMessageContaining("lacks 'topic_prefix'");
        assertThatThrownBy(() -> parse(kafka.formatted("{debezium: {topic_prefx: shop}}"), Map.of()))
                .hasMessageContaining("did you mean 'topic_prefix'?");
    }

    @Test
    void shouldRefusePlacesForDeadLettersThatKeepCheckpoints() {
        String list = """
                collectors:
                  - {id: shop, type: MySql, destination: list, user: capturer, start_from: latest}
                dispatchers:
                  - {id: list, type: List, list: any, target: {error_policy: {dead_letter: {%s}}}}
                """;

        for (String place : List.of(
                "type: Redis, uris: 'redis://localhost:6379/0', key: dead, command: rpush",
                "type: Kafka, bootstrap_servers: 'one:9092', exactly_once: true")) {
            assertThatThrownBy(() -> parse(list.formatted(place), Map.of()))
                    .hasMessageContaining("error_policy")
                    .hasMessageContaining("keeps no checkpoint of its own");
        }
        parse(list.formatted("type: Kafka, bootstrap_servers: 'one:9092'"), Map.of());
    }

    @Test
    void shouldShowNoSecretHoweverItIsWritten() {
        String yaml = """
                collectors:
                  - {id: shop, type: MySql, destination: hash, user: capturer, start_from: latest, pass_word: "${PW:hunter22}"}
                transformers:
                  - id: hash
                    type: Columns
                    destination: redis
                    hash:
                      - {key: hunter22hunter22, columns: [card]}
                      - {key: hunter22hunter22, columns: [iban]}
                dispatchers:
                  - {id: redis, type: Redis, uris: "%s", command: rpush, key: list}
                """;

        assertThat(parse(yaml.formatted("redis://default:hunter22@redis:6379"), Map.of())
                        .effectiveSettings())
                .contains("${PW:***}")
                .doesNotContain("hunter22");
        for (String uri : List.of("default:hunter22@redis:6379", "redis:/u:hunter22@h", "redis://u:p w hunter22@h:x")) {
            assertThatThrownBy(() -> parse(yaml.formatted(uri), Map.of()))
                    .hasMessageContaining("dispatchers[0].uris")
                    .hasMessageNotContaining("hunter22");
        }
    }

    @Test
    void shouldRefuseReferencesThatEndTooEarly() {
        String yaml = """
                collectors:
                  - {id: shop, type: MySql, destination: kafka, user: capturer, start_from: latest}
                dispatchers:
                  - {id: kafka, type: Kafka, bootstrap_servers: "one:9092", topic: "${TOPIC:shop.%{/table}}"}
                """;

        for (Map<String, String> environment : List.of(Map.<String, String>of(), Map.of("TOPIC", "orders"))) {
            assertThatThrownBy(() -> parse(yaml, environment)).hasMessageContaining("with no braces within");
        }
    }

    @Test
    void shouldTakeAPropertyByNameAndValue() {
        assertThat(parse("""
                        collectors:
                          - {id: shop, type: MySql, destination: kafka, user: capturer, start_from: latest}
                        dispatchers:
                          - {id: kafka, type: Kafka, bootstrap_servers: "one:9092", property: {name: linger.ms, value: 7}}
                        """, Map.of()).effectiveSettings()).contains("properties:\n    linger.ms: '7'\n");
    }

    @Test
    void shouldRefuseOnePlaceForTheCheckpointsOfTwo() {
        assertThatThrownBy(() -> parse("""
                        collectors:
                          - {id: one, type: MySql, destination: redis, user: capturer, start_from: latest, pipeline: {checkpoints: {type: Redis, uris: "redis://h:6379/0", checkpoint_key: x}}}
                          - {id: two, type: MySql, destination: redis, user: capturer, start_from: latest, pipeline: {checkpoints: {type: Redis, uris: "redis://h:6379/0", checkpoint_key: x}}}
                        dispatchers:
                          - {id: redis, type: Redis, uris: "redis://h:6379/0", command: rpush, key: list, checkpoint_key: y}
                        """, Map.of()))
                .hasMessageContaining("collectors[1].pipeline.checkpoints.checkpoint_key: is the place of another")
                .hasMessageContaining("dispatchers[0].checkpoint_key: would be the place of two");
    }

    @Test
    void shouldRefuseRulesOfColumnsThatWouldLetDocumentsThrough() {
        String yaml = """
                collectors:
                  - {id: crm, type: MongoDb, uri: "mongodb://h/?replicaSet=r", start_from: latest, destinations: [some, all]%s}
                transformers:
                  - id: some
                    type: TableFilter
                    destination: one
                    rules:
                      - exclude_columns: {database: crm, table: users, columns: [ssn]}
                  - {id: all, type: EventReplicator, destination: two}
                dispatchers:
                  - {id: one, type: List, list: one}
                  - {id: two, type: List, list: two}
                """;

        assertThatThrownBy(() -> parse(yaml.formatted(""), Map.of()))
                .hasMessageContaining("collectors[0]")
                .hasMessageContaining("rules");
        parse(yaml.formatted(", whole_events: false, full_document: update_lookup"), Map.of());
    }

    @Test
    void shouldCaptureByRulesOfEventsAndColumns() {
        TableFilter filter = processors("""
                        collectors:
                          - {id: shop, type: MySql, destination: filter, user: capturer, start_from: latest}
                        transformers:
                          - id: filter
                            type: TableFilter
                            destination: list
                            rules:
                              - exclude: {database: "*"}
                              - include: {database: SHOP, table: orders_*}
                              - exclude: {database: shop, table: "*", kinds: [delete]}
                              - exclude_columns: {database: shop, table: "/orders_[0-9]+/", columns: [card]}
                              - ignore_case: true
                        dispatchers:
                          - {id: list, type: List, list: any}
                        """).get(0).options().filter();
        TableId orders = new TableId("shop", "orders_1");

        assertThat(filter.includes(orders, Record.Kind.INSERT)).isTrue();
        assertThat(filter.includes(orders, Record.Kind.DELETE)).isFalse();
        assertThat(filter.includesColumn(orders, "Card")).isFalse();
        assertThat(filter.includes(new TableId("shop", "users"))).isFalse();
    }

    @Test
    void shouldGiveAnExactlyOnceTargetTheBatchesOfATransaction() {
        String kafka = """
                collectors:
                  - {id: orders, type: MySql, destination: kafka, user: capturer, start_from: latest}
                dispatchers:
                  - {id: kafka, type: Kafka, bootstrap_servers: [one:9092, two:9092], exactly_once: true, target: {%s}}
                """;

        assertThat(parse(kafka.formatted(""), Map.of()).effectiveSettings()).contains("max_in_flight: 256");
        assertThat(parse(kafka.formatted("max_in_flight: 7"), Map.of()).effectiveSettings())
                .contains("max_in_flight: 7")
                .doesNotContain("max_in_flight: 256");
    }

    @Test
    void shouldMakeTwoTargetsOfADispatcherBehindTwoCollectors() throws Exception {
        ScriptedSource log = new ScriptedSource();
        OwnComponents.LOGS.put("shared", log);
        log.transaction(tx -> tx.insert(row(ORDERS, 1)));

        List<Processor> processors = processors("""
                collectors:
                  - {id: one, type: Scripted, destination: list, log: shared}
                  - {id: two, type: Scripted, destination: list, log: shared, pipeline: {id: second, service: shop}}
                dispatchers:
                  - {id: list, type: List, list: shared}
                """);
        run(log, processors);

        assertThat(processors).extracting(processor -> processor.options().id()).containsExactly("one", "second");
        assertThat(processors.get(1).options().service()).isEqualTo("shop");
        assertThat(delivered("shared")).hasSize(2);
        assertThat(folder).isDirectoryContaining("glob:**one*").isDirectoryContaining("glob:**second*");
    }

    @Test
    void shouldReplaceReferencesBeforeTypesAreLookedAt() {
        String yaml = """
                collectors:
                  - id: orders
                    type: MySql
                    destination: list
                    start_from: ${START:latest}
                    user: ${USER}
                    password: $${USER}
                    port: ${PORT}
                    heartbeat: ${BEAT:2s}
                dispatchers:
                  - {id: list, type: List, list: any}
                """;

        PipelineFile file = parse(yaml, Map.of("USER", "capturer", "PORT", "3307"));
        MySqlOptions mysql = ((MySqlBinlogProcessor) file.processors().get(0)).mySqlOptions();

        assertThat(mysql.user()).isEqualTo("capturer");
        assertThat(mysql.password()).isEqualTo("${USER}");
        assertThat(mysql.port()).isEqualTo(3307);
        assertThat(mysql.heartbeat()).isEqualTo(Duration.ofSeconds(2));
        assertThat(mysql.startFrom()).isEqualTo(StartFrom.latest());
    }

    @Test
    void shouldNotShowSecrets() {
        String yaml = """
                collectors:
                  - id: orders
                    type: MySql
                    destinations: [kafka, redis, log-flex]
                    start_from: latest
                    user: capturer
                    password: plain-secret
                    tls: {mode: required}
                dispatchers:
                  - id: kafka
                    type: Kafka
                    bootstrap_servers: kafka:9092
                    properties: {sasl.jaas.config: plain-secret, linger.ms: 20, ssl.key.password: plain-secret}
                  - {id: redis, type: Redis, uris: "redis://me:plain-secret@localhost:6379/0"}
                  - {id: log-flex, type: RedisDispatcher, auth: "${AUTH}"}
                """;

        String shown = parse(yaml, Map.of("AUTH", "plain-secret")).effectiveSettings();

        assertThat(shown)
                .doesNotContain("plain-secret")
                .contains("password: '***'", "redis://***@localhost:6379/0", "auth: '${AUTH}'", "linger.ms: 20");
    }

    @Test
    void shouldKnowBothSpellingsAndAllUnits() {
        Processor processor = processors("""
                        collectors:
                          - id: orders
                            type: MySql
                            destination: list
                            startFrom: {file: {file: binlog.000003, offset: 4}}
                            user: capturer
                            max_row_bytes: 2MiB
                            connectTimeout: 1500ms
                            pipeline:
                              retry: {initialBackoff: 1s, max_backoff: 1m}
                              skip_transaction: [{id: a, reason: b}, {id: c, reason: d}]
                              checkpoints: {type: Memory}
                        dispatchers:
                          - id: list
                            type: List
                            list: any
                            target:
                              linger: PT0.1S
                              error_policy: {dead_letter: {type: List, list: dead}}
                        """).get(0);
        MySqlOptions mysql = ((MySqlBinlogProcessor) processor).mySqlOptions();

        assertThat(mysql.startFrom()).isEqualTo(StartFrom.file("binlog.000003", 4));
        assertThat(mysql.maxRowBytes()).isEqualTo(2 << 20);
        assertThat(mysql.connectTimeout()).isEqualTo(Duration.ofMillis(1500));
        assertThat(processor.options().retry().maxBackoff()).isEqualTo(Duration.ofMinutes(1));
        assertThat(processor.options().skippedTransactions()).isEqualTo(Map.of("a", "b", "c", "d"));
    }

    @Test
    void shouldNotFollowAliasesWithoutEnd() {
        assertThatThrownBy(() -> processors("collectors: &a [*a]\n"))
                .isInstanceOf(InvalidPipelineException.class)
                .hasMessageContaining("an alias must not hold itself");
        String grown = "a0: &a0 [x, x]\n";
        for (int i = 1; i < 24; i++) {
            grown += "a%1$d: &a%1$d [*a%2$d, *a%2$d]\n".formatted(i, i - 1);
        }
        String text = grown;
        assertThatThrownBy(() -> processors(text))
                .isInstanceOf(InvalidPipelineException.class)
                .hasMessageContaining("100000 values");
    }
}
