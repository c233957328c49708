// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.core.PipelineOptions;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.UnreadableEventException;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import io.millrace.testkit.MySqlRelease;
import io.millrace.testkit.MySqlServer;
import io.millrace.testkit.MySqlServers;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;

/** What is written in a real server arrives as records and statements, in order. */
@ParameterizedClass(autoCloseArguments = false)
@MySqlServers({MySqlRelease.MYSQL_8_0, MySqlRelease.MARIADB_11_4})
class MySqlCaptureIT {

    @Parameter
    private MySqlServer server;

    private String database;

    @BeforeEach
    void createDatabase() throws Exception {
        database = server.createDatabase();
    }

    @Test
    void shouldDeliverInsertUpdateAndDelete() throws Exception {
        table("person (id INT PRIMARY KEY, name VARCHAR(50), born DATE)");
        try (Captured captured = Captured.from(server, database)) {
            execute(
                    "INSERT INTO person VALUES (1, 'John', '1990-01-15'), (2, 'Jane', NULL)",
                    "UPDATE person SET name = 'Jonathan' WHERE id = 1",
                    "DELETE FROM person WHERE id = 2");
            List<Record> records = captured.upTo(server).records();

            assertThat(records)
                    .extracting(Record::kind)
                    .containsExactly(Record.Kind.INSERT, Record.Kind.INSERT, Record.Kind.UPDATE, Record.Kind.DELETE);
            assertThat(records.get(1).before()).isNull();
            assertThat(Objects.requireNonNull(records.get(1).after()).asMap())
                    .containsEntry("id", 2)
                    .containsEntry("name", "Jane")
                    .containsEntry("born", null);
            assertThat(Objects.requireNonNull(records.get(2).before()).getString("name"))
                    .isEqualTo("John");
            assertThat(records.get(2).row().getString("name")).isEqualTo("Jonathan");
            assertThat(records.get(3).after()).isNull();
            assertThat(records.get(3).row().getLong("id")).isEqualTo(2);
            assertThat(records.get(0).schema().primaryKey()).containsExactly("id");
        }
    }

    @Test
    void shouldTellWhereARecordComesFrom() throws Exception {
        table("person (id INT PRIMARY KEY, name VARCHAR(50))");
        try (Captured captured = Captured.from(server, database)) {
            execute("INSERT INTO person VALUES (1, 'John'), (2, 'Jane')");
            String executed = server.executedGtids();
            boolean isMariaDb = server.release().isMariaDb();
            List<Record> records = captured.upTo(server).records();

            JsonNode json = new ObjectMapper().readTree(records.get(1).toJson());
            assertThat(json.fieldNames())
                    .toIterable()
                    .containsExactly(
                            "event_timestamp",
                            "event_type",
                            "global_id",
                            "position",
                            "primary_key",
                            "record",
                            "schema_name",
                            "service",
                            "source",
                            "table_name",
                            "transaction_id",
                            "commit_timestamp_us",
                            "ordinal");
            String number = executed.substring(Math.max(executed.lastIndexOf('-'), executed.lastIndexOf(':')) + 1);
            assertThat(json.get("global_id").asText())
                    .isEqualTo(isMariaDb ? executed : server.serverUuid() + ":" + number);
            assertThat(json.get("transaction_id")).isEqualTo(json.get("global_id"));
            assertThat(json.get("record").toString()).isEqualTo("{\"id\":2,\"name\":\"Jane\"}");
            assertThat(json.get("source").asText()).startsWith("binlog.");
            assertThat(json.get("ordinal").asLong()).isEqualTo(1);
            long now = System.currentTimeMillis();
            assertThat(json.get("event_timestamp").asLong()).isBetween(now / 1000 - 60, now / 1000 + 1);
            if (!isMariaDb) {
                assertThat(json.get("commit_timestamp_us").asLong() / 1000).isBetween(now - 60_000, now + 1_000);
            }
            assertThat(records.get(0).source().nativeHeader())
                    .isInstanceOfSatisfying(
                            BinlogEventHeader.class,
                            header -> assertThat(header.nextEventPosition())
                                    .isEqualTo(
                                            isMariaDb
                                                    ? 0
                                                    : records.get(0).source().position()));
        }
    }

    @Test
    void shouldDeliverStatementsInTheirPlace() throws Exception {
        try (Captured captured = Captured.from(server, database)) {
            table("a (id INT PRIMARY KEY)");
            execute(
                    "INSERT INTO a VALUES (1)",
                    "ALTER TABLE a ADD COLUMN b INT",
                    "INSERT INTO a VALUES (2, 3)",
                    "TRUNCATE TABLE a",
                    "DROP TABLE a");
            captured.upTo(server);

            assertThat(captured.changes().stream()
                            .map(change -> change instanceof Statement s ? s.kind() : ((Record) change).kind()))
                    .containsExactly(
                            Statement.Kind.CREATE_TABLE,
                            Record.Kind.INSERT,
                            Statement.Kind.ALTER_TABLE,
                            Record.Kind.INSERT,
                            Statement.Kind.TRUNCATE_TABLE,
                            Statement.Kind.DROP_TABLE);
            assertThat(captured.statements())
                    .allSatisfy(
                            statement -> assertThat(statement.tables()).containsExactly(new TableId(database, "a")));
            assertThat(captured.records().get(1).row().asMap()).containsEntry("b", 3);
        }
    }

    @Test
    void shouldLeaveOutFilteredTablesButCountTheirRows() throws Exception {
        String other = server.createDatabase();
        table("t (id INT PRIMARY KEY)");
        server.execute("CREATE TABLE " + other + ".t (id INT PRIMARY KEY)");
        try (Captured captured = Captured.from(server, database)) {
            server.transaction(
                    "INSERT INTO " + database + ".t VALUES (1)",
                    "INSERT INTO " + other + ".t VALUES (1), (2), (3)",
                    "INSERT INTO " + database + ".t VALUES (2)");
            List<Record> records = captured.upTo(server).records();

            assertThat(captured.ids()).containsExactly(1L, 2L);
            assertThat(records).extracting(Record::ordinal).containsExactly(0L, 4L);
            assertThat(records.get(0).source().transactionId())
                    .isEqualTo(records.get(1).source().transactionId());
        }
    }

    @Test
    void shouldReadSeveralTablesInOneStatement() throws Exception {
        table("a (id INT PRIMARY KEY, v INT)");
        table("b (id INT PRIMARY KEY, v INT)");
        execute("INSERT INTO a VALUES (1, 1)", "INSERT INTO b VALUES (1, 1)");
        try (Captured captured = Captured.from(server, database)) {
            execute("UPDATE a JOIN b ON a.id = b.id SET a.v = 2, b.v = 3");

            assertThat(captured.upTo(server).records())
                    .extracting(record -> record.table().name() + record.row().get("v"))
                    .containsExactlyInAnyOrder("a2", "b3");
        }
    }

    @Test
    void shouldReadARowLargerThanAPacket() throws Exception {
        table("big (id INT PRIMARY KEY, body LONGBLOB)");
        try (Captured captured = Captured.from(server, database)) {
            for (int bytes : List.of(16_777_100, 16_777_215, 17_000_000, 33_554_430)) {
                execute("INSERT INTO big VALUES (" + bytes + ", REPEAT('x', " + bytes + "))");
            }
            captured.upTo(server);

            for (Record record : captured.records()) {
                byte[] body = Objects.requireNonNull(record.row().getBytes("body"));
                byte[] expected = new byte
                        [Math.toIntExact(Objects.requireNonNull(record.row().getLong("id")))];
                Arrays.fill(expected, (byte) 'x');
                assertThat(Arrays.equals(body, expected))
                        .as("%s bytes", expected.length)
                        .isTrue();
            }
            assertThat(captured.records()).hasSize(4);
        }
    }

    @Test
    void shouldFollowTheLogIntoANewFile() throws Exception {
        table("t (id INT PRIMARY KEY)");
        try (Captured captured = Captured.from(server, database)) {
            execute("INSERT INTO t VALUES (1)", "FLUSH BINARY LOGS", "INSERT INTO t VALUES (2)");
            List<Record> records = captured.upTo(server).records();

            assertThat(captured.ids()).containsExactly(1L, 2L);
            assertThat(records.get(0).source().source())
                    .isNotEqualTo(records.get(1).source().source());
        }
    }

    @Test
    void shouldStartAtAnyPlaceThatIsAskedFor() throws Exception {
        table("t (id INT PRIMARY KEY)");
        // What other tests have written, some of it unreadable, is not to be met from the earliest place.
        server.execute("FLUSH BINARY LOGS");
        server.execute("PURGE BINARY LOGS TO '"
                + server.query("SHOW MASTER STATUS").get(0).get(0) + "'");
        execute("INSERT INTO t VALUES (1)");
        String gtids = server.executedGtids();
        List<String> place = server.query("SHOW MASTER STATUS").get(0);
        execute("INSERT INTO t VALUES (2)");

        assertThat(idsFrom(StartFrom.gtids(gtids))).containsExactly(2L);
        assertThat(idsFrom(StartFrom.earliest())).containsExactly(1L, 2L);
        long offset = Long.parseLong(place.get(1));
        try (Captured captured = Captured.start(options(StartFrom.file(place.get(0), offset)))) {
            await().until(() -> captured.ids().size() == 1);
            assertThat(captured.ids()).containsExactly(2L);
            assertThat(captured.records().get(0).source().globalId()).isNotNull();
        }
    }

    private List<Long> idsFrom(StartFrom start) throws Exception {
        try (Captured captured = Captured.start(options(start))) {
            return captured.upTo(server).ids();
        }
    }

    private MySqlOptions options(StartFrom start) {
        return Captured.source(server, start)
                .pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                        .build())
                .build();
    }

    @Test
    void shouldGoOnAfterARestartInsideATransactionWithoutLossOrRepetition() throws Exception {
        table("t (id INT PRIMARY KEY, pad VARCHAR(200))");
        InMemoryCheckpointStore store = new InMemoryCheckpointStore();
        MySqlOptions options = Captured.source(server, StartFrom.latest())
                .pipeline(Captured.pipeline(database, store).build())
                .build();
        Stopper first = new Stopper(3_000);
        List<Long> before;
        try (Captured captured =
                Captured.start(options, first, record -> record).streaming()) {
            first.processor = captured.processor();
            execute(
                    server.release().isMariaDb()
                            ? "SET SESSION max_recursive_iterations = 100000"
                            : "SET SESSION cte_max_recursion_depth = 100000",
                    "INSERT INTO t WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)"
                            + " SELECT i, REPEAT('p', 200) FROM n");
            captured.join();
            before = captured.ids();
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
        assertThat(before).hasSizeBetween(3_000, 9_999);

        try (Captured captured = Captured.start(options)) {
            List<Long> after = captured.upTo(server).ids();

            assertThat(LongStream.concat(
                            before.stream().mapToLong(id -> id), after.stream().mapToLong(id -> id)))
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, 10_000).boxed().toList());
        }
    }

    /** The last row is in the log right before the commit. */
    @Test
    void shouldStayBeforeATransactionOfWhichTheLastRowIsNotTaken() throws Throwable {
        table("t (id INT PRIMARY KEY)");
        InMemoryCheckpointStore store = new InMemoryCheckpointStore();
        MySqlOptions options = Captured.source(server, StartFrom.latest())
                .pipeline(Captured.pipeline(database, store).build())
                .build();
        List<Long> before;
        try (Captured captured = Captured.start(options, new Captured.Memory(), record -> {
                    if (Long.valueOf(3).equals(record.row().getLong("id"))) {
                        throw new IllegalStateException("not this one");
                    }
                    return record;
                })
                .streaming()) {
            execute("INSERT INTO t VALUES (1), (2), (3)");
            assertThatThrownBy(captured::join).hasRootCauseMessage("not this one");
            before = captured.ids();
        }
        String checkpoint = Objects.requireNonNull(store.load("memory")).position();
        assertThat(MySqlPosition.parse(checkpoint).includes(MySqlPosition.gtids(server.executedGtids())))
                .isFalse();

        try (Captured captured = Captured.start(options)) {
            assertThat(LongStream.concat(
                            before.stream().mapToLong(id -> id),
                            captured.upTo(server).ids().stream().mapToLong(id -> id)))
                    .containsExactly(1L, 2L, 3L);
        }
    }

    /** Ends the run once it has so many records. */
    private static final class Stopper extends Captured.Memory {

        private final int limit;
        private volatile io.millrace.core.Processor processor;

        Stopper(int limit) {
            this.limit = limit;
        }

        @Override
        protected void save(List<Record> records) throws Exception {
            super.save(records);
            if (records().size() >= limit) {
                processor.close();
            }
        }
    }

    @Test
    void shouldLeaveOutATransactionOnRecord() throws Throwable {
        table("t (id INT PRIMARY KEY)");
        InMemoryCheckpointStore store = new InMemoryCheckpointStore();
        PipelineOptions.Builder pipeline = Captured.pipeline(database, store);
        String skipped;
        try (Captured stopped = Captured.start(Captured.source(server, StartFrom.latest())
                        .pipeline(pipeline.build())
                        .build())
                .streaming()) {
            execute("INSERT INTO t VALUES (1)");
            execute("SET SESSION binlog_format = STATEMENT", "INSERT INTO t VALUES (2)");
            execute("INSERT INTO t VALUES (3)");
            UnreadableEventException failure = catchThrowableOfType(UnreadableEventException.class, stopped::join);
            assertThat(failure).hasMessageContaining("transaction ");
            Matcher id = Pattern.compile("transaction ([0-9a-f-]{36}:\\d+|\\d+-\\d+-\\d+)")
                    .matcher(failure.getMessage());
            assertThat(id.find()).isTrue();
            skipped = id.group(1);
        }

        try (Captured captured = Captured.start(Captured.source(server, StartFrom.latest())
                .pipeline(pipeline.skipTransaction(skipped, "a repair by hand").build())
                .build())) {
            captured.upTo(server);

            assertThat(captured.ids()).containsExactly(3L);
            assertThat(captured.processor().stats().skippedTransactions()).isEqualTo(1);
        }
    }

    private void table(String definition) throws Exception {
        execute("CREATE TABLE " + definition);
    }

    private void execute(String... sql) throws Exception {
        server.executeIn(database, sql);
    }

    /** The server then gives it another number; who writes records keeps what it has prepared by the schema. */
    @Test
    void shouldKeepTheSchemaOfATableThatTheServerOpensAnew() throws Exception {
        table("t (id INT PRIMARY KEY, v INT)");
        try (Captured captured = Captured.from(server, database)) {
            for (int id = 1; id <= 5; id++) {
                execute("FLUSH TABLES t", "INSERT INTO t VALUES (" + id + ", 0)");
            }
            List<Record> records = captured.upTo(server).records();

            assertThat(records).hasSize(5);
            assertThat(records)
                    .allSatisfy(record ->
                            assertThat(record.schema()).isSameAs(records.get(0).schema()));
        }
    }

    /** The log has them as numbers, which mean what they meant when they were written. */
    @Test
    void shouldReadEnumsAsTheyWereWhenTheyWereWritten() throws Exception {
        table("e (id INT PRIMARY KEY, c ENUM('a', 'b'), s SET('x', 'y'))");
        String before = server.executedGtids();
        execute(
                "INSERT INTO e VALUES (1, 'a', 'x,y')",
                "ALTER TABLE e MODIFY c ENUM('b', 'c', 'a'), MODIFY s SET('y', 'z', 'x')",
                "INSERT INTO e VALUES (2, 'a', 'x,y')",
                "ALTER TABLE e DROP COLUMN c, ADD COLUMN c INT AFTER id",
                "INSERT INTO e VALUES (3, 5, 'z')");
        try (Captured captured = Captured.start(Captured.source(server, StartFrom.gtids(before))
                .pipeline(Captured.pipeline(database, new InMemoryCheckpointStore())
                        .build())
                .build())) {
            assertThat(captured.upTo(server).records())
                    .extracting(record -> record.row().asMap().toString())
                    .containsExactly("{id=1, c=a, s=x,y}", "{id=2, c=a, s=y,x}", "{id=3, c=5, s=z}");
        }
    }
}
