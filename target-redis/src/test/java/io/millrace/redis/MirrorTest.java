// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static io.millrace.redis.Pipelines.ORDERS;
import static io.millrace.redis.Pipelines.deliver;
import static io.millrace.redis.Pipelines.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.ColumnVisitor;
import io.millrace.core.FencedException;
import io.millrace.core.Position;
import io.millrace.core.Processor;
import io.millrace.core.ProcessorState;
import io.millrace.core.RowImage;
import io.millrace.core.Statement;
import io.millrace.core.TableSchema;
import io.millrace.core.TargetFailedException;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.transform.Route;
import io.millrace.core.transform.Transform;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.ScriptedSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The latest state of rows. */
class MirrorTest extends SharedRedisTest {

    /** {@return all rows of the mirror, by key} */
    private Map<String, Object> rows() {
        Map<String, Object> rows = new TreeMap<>();
        for (String key : client.keys("*")) {
            if (!key.startsWith("millrace:")) {
                rows.put(key, client.type(key).equals("hash") ? client.hgetAll(key) : client.get(key));
            }
        }
        return rows;
    }

    @Test
    void shouldHoldRowsAsHashes() {
        log.transaction(tx -> tx.insert(order(1, "a", null)).insert(order(2, "b", "x")));
        log.transaction(tx -> tx.update(order(2, "b", "x"), order(2, "c", null)));
        log.transaction(tx -> tx.insert(order(3, "d", "y")).delete(order(1, "a", null)));

        deliverTo(options(RedisCommand.HSET));

        assertThat(rows())
                .isEqualTo(Map.of(
                        "shop:orders:2", Map.of("id", "2", "name", "c"),
                        "shop:orders:3", Map.of("id", "3", "name", "d", "note", "y")));
    }

    @Test
    void shouldHoldRowsAsJson() {
        log.transaction(tx -> tx.insert(order(1, "a", null)));
        log.transaction(tx -> tx.update(order(1, "a", null), order(1, "\"é\"", "z")));

        deliverTo(options(RedisCommand.SET).key("o:%{/record/id}"));

        assertThat(rows()).isEqualTo(Map.of("o:1", "{\"id\":1,\"name\":\"\\\"é\\\"\",\"note\":\"z\"}"));
    }

    @Test
    void shouldHoldTheLastOfWhatWasMadeOfOneChange() {
        log.transaction(tx -> tx.insert(order(1, "a", null)).insert(order(2, "b", null)));
        Transform twice = (record, out) -> {
            out.accept(record);
            out.accept(record.withImages(null, record.row().with("note", "last")));
        };

        deliverTo(options(RedisCommand.SET)
                .key("all")
                .target(Pipelines.target().transform(twice).build()));

        assertThat(rows()).isEqualTo(Map.of("all", "{\"id\":2,\"name\":\"b\",\"note\":\"last\"}"));
    }

    @Test
    void shouldMoveARowToItsNewKey() {
        log.transaction(tx -> tx.insert(order(1, "a", "x")));
        log.transaction(tx -> tx.update(order(1, "a", "x"), order(2, "a", null)));

        deliverTo(options(RedisCommand.HSET));

        assertThat(rows()).isEqualTo(Map.of("shop:orders:2", Map.of("id", "2", "name", "a")));
    }

    @Test
    void shouldKeepWhatAPartialImageDoesNotTell() {
        log.transaction(tx -> tx.insert(order(1, "a", "x")));
        log.transaction(tx -> tx.update(order(1, "a", "absent"), order(1, "b", "absent")));

        deliverTo(options(RedisCommand.HSET));

        assertThat(rows()).isEqualTo(Map.of("shop:orders:1", Map.of("id", "1", "name", "b", "note", "x")));
    }

    @Test
    void shouldRefuseAPartialImageAsAString() {
        log.transaction(tx -> tx.insert(order(1, "a", "absent")));

        assertThatThrownBy(() -> deliverTo(options(RedisCommand.SET)))
                .isInstanceOf(TargetFailedException.class)
                .hasRootCauseInstanceOf(RedisDeliveryException.class)
                .rootCause()
                .hasMessageContaining("lacks column note of shop.orders")
                .hasMessageContaining("binlog_row_image=FULL");
    }

    /** A row that has fewer columns than others of its schema, as documents have fields. */
    private static final class Document extends RowImage {

        private final RowImage row;

        Document(long id, String name, @Nullable String note) {
            this.row = order(id, name, note);
        }

        @Override
        public TableSchema schema() {
            return row.schema();
        }

        @Override
        public void accept(ColumnVisitor visitor) {
            row.accept(visitor);
        }

        @Override
        public void accept(int column, ColumnVisitor visitor) {
            row.accept(column, visitor);
        }

        @Override
        public int sizeBytes() {
            return row.sizeBytes();
        }

        @Override
        public boolean has(int column) {
            return row.has(column);
        }

        @Override
        public boolean isWhole() {
            return true;
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RedisCommand.class,
            names = {"HSET", "SET"})
    void shouldKeepNothingThatAWholeRowDoesNotHaveAnyMore(RedisCommand command) {
        log.transaction(tx -> tx.insert(new Document(1, "a", "x")));
        log.transaction(tx -> tx.update(new Document(1, "a", "x"), new Document(1, "b", "absent")));
        log.transaction(tx -> tx.insert(new Document(2, "c", "absent").with("name", "d")));

        deliverTo(options(command));

        assertThat(rows().toString())
                .contains(command == RedisCommand.SET ? "\"name\":\"b\"" : "name=b")
                .contains(command == RedisCommand.SET ? "\"name\":\"d\"" : "name=d")
                .doesNotContain("note");
    }

    @Test
    void shouldLeaveNothingOfARowThatWasThereBefore() {
        client.hset("shop:orders:1", Map.of("id", "1", "gone", "column"));
        log.transaction(tx -> tx.insert(order(1, "a", null)));

        deliverTo(options(RedisCommand.HSET));

        assertThat(rows()).isEqualTo(Map.of("shop:orders:1", Map.of("id", "1", "name", "a")));
    }

    @Test
    void shouldEscapeColonsInKeys() {
        RowImage row = RowImage.of(
                new TableSchema(ORDERS.table(), ORDERS.columns(), List.of("name", "note")),
                Map.of("id", 1L, "name", "a:b", "note", "50%"));
        log.transaction(tx -> tx.insert(row));

        deliverTo(options(RedisCommand.SET));

        assertThat(rows()).containsOnlyKeys("shop:orders:a%3Ab:50%25");
    }

    @Test
    void shouldNeverWriteOlderOverNewerNorBringADeletedRowBack() {
        log.transaction(tx -> tx.insert(order(1, "old", null)));
        deliverTo(options(RedisCommand.HSET));
        Checkpoint early = stored();
        log.transaction(
                tx -> tx.update(order(1, "old", null), order(1, "new", null)).insert(order(2, "b", null)));
        log.transaction(tx -> tx.delete(order(2, "b", null)));
        log.transaction(tx -> tx.update(order(1, "new", null), order(1, "newest", null)));
        deliverTo(options(RedisCommand.HSET));
        Map<String, Object> before = rows();
        setBack(early);
        client.hset("shop:orders:1", "name", "written by hand");

        deliverTo(options(RedisCommand.HSET));

        // All came again, and none of it was newer than what is there.
        assertThat(stored().transaction()).isEqualTo(4);
        assertThat(rows()).containsOnlyKeys("shop:orders:1").hasSameSizeAs(before);
        assertThat(client.hget("shop:orders:1", "name")).isEqualTo("written by hand");
    }

    @ParameterizedTest
    @EnumSource(names = {"HSET", "SET"})
    void shouldKeepADeletedRowDeletedInTheMiddleOfAReplay(RedisCommand command) {
        log.transaction(tx -> tx.insert(order(1, "a", null)));
        deliverTo(options(command));
        Checkpoint early = stored();
        log.transaction(tx -> tx.insert(order(2, "b", null)));
        Position middle = log.end();
        log.transaction(tx -> tx.delete(order(2, "b", null)));
        deliverTo(options(command));
        setBack(early);

        deliverUntil(middle, options(command));

        assertThat(stored().transaction()).isEqualTo(2);
        assertThat(rows()).containsOnlyKeys("shop:orders:1");
    }

    @ParameterizedTest
    @EnumSource(names = {"HSET", "SET"})
    void shouldKeepATableEmptyInTheMiddleOfAReplay(RedisCommand command) {
        log.transaction(tx -> tx.insert(order(1, "a", null)));
        deliverTo(options(command));
        Checkpoint early = stored();
        log.transaction(tx -> tx.insert(order(2, "b", null)));
        Position middle = log.end();
        log.transaction(tx -> tx.statement(Statement.Kind.TRUNCATE_TABLE, ORDERS.table(), "TRUNCATE orders"));
        deliverTo(options(command));
        setBack(early);

        deliverUntil(middle, options(command));

        assertThat(stored().transaction()).isEqualTo(2);
        assertThat(rows()).isEmpty();
    }

    private void deliverUntil(Position position, RedisOptions.Builder options) {
        try (Processor processor =
                log.processor(Pipelines.pipeline(pipeline), List.of(new RedisTarget(options.build())))) {
            processor.runUntil(position);
        }
    }

    /** Its batch is on its way for as long as its successor takes to write what is newer. */
    @ParameterizedTest
    @EnumSource(names = {"HSET", "SET"})
    void shouldRefuseWhatAnOlderInstanceHadUnderWay(RedisCommand command) throws Exception {
        log.transaction(tx -> tx.insert(order(1, "first", null)));
        RedisOptions slow = RedisOptions.builder(server.uri()).command(command).build();
        try (FaultyProxy proxy = FaultyProxy.before(server.host(), server.port());
                Processor older = log.processor(
                        Pipelines.pipeline(pipeline),
                        List.of(new RedisTarget(RedisOptions.builder("redis://127.0.0.1:" + proxy.port())
                                .command(command)
                                .target(slow.target())
                                .build())));
                Processor newer = log.processor(Pipelines.pipeline(pipeline), List.of(new RedisTarget(slow)))) {
            CompletableFuture<Void> olderRun = CompletableFuture.runAsync(older);
            assertThat(older.awaitDelivered(log.end(), Duration.ofSeconds(30))).isTrue();
            proxy.blackHole();
            log.transaction(tx -> tx.update(order(1, "first", null), order(1, "second", null)));
            await().until(() -> older.stats().records() == 2);
            CompletableFuture<Void> newerRun = CompletableFuture.runAsync(newer);
            log.transaction(tx -> tx.delete(order(1, "second", null)).insert(order(2, "third", null)));
            assertThat(newer.awaitDelivered(log.end(), Duration.ofSeconds(30))).isTrue();

            proxy.heal();

            assertThatThrownBy(() -> olderRun.get(60, TimeUnit.SECONDS)).hasRootCauseInstanceOf(FencedException.class);
            assertThat(older.status().state()).isEqualTo(ProcessorState.FENCED);
            assertThat(rows()).containsOnlyKeys("shop:orders:2");
            assertThat(newerRun).isNotDone();
        }
    }

    @Test
    void shouldLeaveNothingOfAColumnThatIsGone() throws Exception {
        TableSchema wider = new TableSchema(
                ORDERS.table(),
                List.of(ORDERS.column(0), ORDERS.column(1), ORDERS.column(2), Column.of("old", ColumnType.STRING)),
                List.of("id"));
        RowImage before = RowImage.of(wider, Map.of("id", 1L, "name", "a", "note", "x", "old", "y"));
        log.transaction(tx -> tx.insert(before));
        log.transaction(tx -> tx.update(order(1, "a", "x"), order(1, "b", "x")));

        deliverTo(options(RedisCommand.HSET));

        assertThat(rows()).isEqualTo(Map.of("shop:orders:1", Map.of("id", "1", "name", "b", "note", "x")));
    }

    @Test
    void shouldRefuseAPartOfARowThatIsNotThereOrMoves() {
        log.transaction(tx -> tx.update(order(1, "a", "absent"), order(1, "b", "absent")));
        assertThatThrownBy(() -> deliverTo(options(RedisCommand.HSET)))
                .isInstanceOf(TargetFailedException.class)
                .hasRootCauseInstanceOf(RedisDeliveryException.class)
                .hasMessageContaining("the rest is not there");

        ScriptedSource other = new ScriptedSource();
        other.transaction(tx -> tx.update(order(1, "a", "absent"), order(2, "a", "absent")));
        assertThatThrownBy(() -> deliver(
                        other, pipeline + "b", options(RedisCommand.HSET).build()))
                .isInstanceOf(TargetFailedException.class)
                .hasMessageContaining("a row that gets another key must be known whole");
    }

    @Test
    void shouldNotTakeTheRestOfARowFromOthers() {
        client.hset("shop:orders:1", Map.of("id", "1", "note", "of others"));
        log.transaction(tx -> tx.update(order(1, "a", "absent"), order(1, "b", "absent")));

        assertThatThrownBy(() -> deliverTo(options(RedisCommand.HSET)))
                .isInstanceOf(TargetFailedException.class)
                .hasMessageContaining("the rest is not there");
        assertThat(rows()).isEqualTo(Map.of("shop:orders:1", Map.of("id", "1", "note", "of others")));
    }

    @Test
    void shouldWriteNothingOfABatchOfWhichOneKeyHoldsSomethingElse() {
        client.set("shop:orders:2", "a string");
        log.transaction(tx -> tx.insert(order(1, "a", null)).insert(order(2, "b", null)));

        assertThatThrownBy(() -> deliverTo(options(RedisCommand.HSET)))
                .isInstanceOf(TargetFailedException.class)
                .hasRootCauseInstanceOf(RedisDeliveryException.class)
                .hasMessageContaining("shop:orders:2")
                .hasMessageContaining("holds a string");
        assertThat(rows()).isEqualTo(Map.of("shop:orders:2", "a string"));
        assertThat(client.keys("millrace:version:*")).isEmpty();
    }

    @Test
    void shouldNotTakeAnotherPipelinesRowsForItsOwn() throws Exception {
        for (int i = 0; i < 5; i++) {
            int id = i;
            log.transaction(tx -> tx.insert(order(id, "a", null)));
        }
        deliverTo(options(RedisCommand.HSET));
        ScriptedSource other = new ScriptedSource();
        other.transaction(tx -> tx.update(order(4, "a", null), order(4, "newer", null)));

        // Its first transaction has a lower number than the one that wrote the row, but that says nothing.
        assertThatThrownBy(() -> deliver(
                        other, pipeline + "b", options(RedisCommand.HSET).build()))
                .isInstanceOf(TargetFailedException.class)
                .hasMessageContaining("shop:orders:4 was written by another pipeline");
    }

    @Test
    void shouldLeaveAnotherPipelinesRowsWhenATableIsEmptied() throws Exception {
        log.transaction(tx -> tx.insert(order(1, "a", null)));
        deliver(
                log,
                pipeline + "b",
                options(RedisCommand.HSET).key("b:%{/record/id}").build());
        log.transaction(tx -> tx.statement(Statement.Kind.TRUNCATE_TABLE, ORDERS.table(), "TRUNCATE orders"));

        deliver(log, pipeline, options(RedisCommand.HSET).key("a:%{/record/id}").build());

        assertThat(rows()).containsOnlyKeys("b:1");
    }

    @Test
    void shouldKeepRowsForEverOnceTheyNoLongerExpire() throws Exception {
        log.transaction(tx -> tx.insert(order(1, "a", null)));
        deliverTo(options(RedisCommand.HSET).ttl(Duration.ofHours(1)));
        log.transaction(tx -> tx.update(order(1, "a", "absent"), order(1, "b", "absent")));

        deliverTo(options(RedisCommand.HSET));

        assertThat(client.pttl("shop:orders:1")).isEqualTo(-1);
    }

    @Test
    void shouldForgetRowsAfterAWhile() {
        log.transaction(tx -> tx.insert(order(1, "a", null)));

        deliverTo(options(RedisCommand.HSET).ttl(Duration.ofHours(1)).tombstoneTtl(Duration.ofHours(2)));

        assertThat(client.pttl("shop:orders:1")).isBetween(1L, 3_600_000L);
        assertThat(client.pttl("millrace:version:shop:orders:1")).isBetween(3_600_001L, 7_200_000L);
    }

    @Test
    void shouldForgetTombstonesAfterAWhile() {
        log.transaction(tx -> tx.insert(order(1, "a", null)));
        log.transaction(tx -> tx.delete(order(1, "a", null)));

        deliverTo(options(RedisCommand.HSET).tombstoneTtl(Duration.ofHours(1)));

        assertThat(rows()).isEmpty();
        assertThat(client.pttl("millrace:version:shop:orders:1")).isBetween(1L, 3_600_000L);
    }

    @Test
    void shouldNotEmptyATableBecauseOneOfThoseThatItIsMadeOfIsEmptied() {
        log.transaction(tx -> tx.insert(order(1, "a", null)));
        log.transaction(tx -> tx.statement(Statement.Kind.TRUNCATE_TABLE, ORDERS.table(), "TRUNCATE orders"));
        RedisOptions.Builder options = options(RedisCommand.SET)
                .key("o:%{/record/id}")
                .target(Pipelines.target()
                        .transform(Route.matching("shop\\.orders.*", "shop.all"))
                        .build());

        assertThatThrownBy(() -> deliverTo(options))
                .hasMessageContaining(
                        "TRUNCATE_TABLE of [shop.orders] would reach all tables that go on as [shop.all]");

        assertThat(rows()).containsOnlyKeys("o:1");
    }

    @Test
    void shouldEmptyATableAsTruncateDoes() {
        log.transaction(tx -> {
            for (int i = 0; i < 2_500; i++) {
                tx.insert(order(i, "a", null));
            }
        });
        client.hset("shop:orders:other", "not", "a row");
        log.transaction(tx -> tx.statement(Statement.Kind.TRUNCATE_TABLE, ORDERS.table(), "TRUNCATE orders"));
        log.transaction(tx -> tx.insert(order(7, "b", null)));

        deliverTo(options(RedisCommand.HSET));

        assertThat(rows())
                .isEqualTo(Map.of(
                        "shop:orders:other", Map.of("not", "a row"),
                        "shop:orders:7", Map.of("id", "7", "name", "b")));
    }

    @Test
    void shouldRefuseStatementsThatItCannotApply() {
        log.transaction(tx -> tx.statement(Statement.Kind.RENAME_TABLE, ORDERS.table(), "RENAME TABLE orders TO o"));

        assertThatThrownBy(() -> deliverTo(options(RedisCommand.HSET)
                        .target(Pipelines.target().executeDdl(true).build())))
                .isInstanceOf(TargetFailedException.class)
                .hasMessageContaining("RENAME TABLE orders TO o");
    }
}
