// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static io.millrace.redis.Pipelines.deliver;
import static io.millrace.redis.Pipelines.order;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Processor;
import io.millrace.core.Record;
import io.millrace.core.TargetFailedException;
import io.millrace.core.TargetOptions;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.source.Source;
import io.millrace.core.transform.Transform;
import io.millrace.testkit.ScriptedSource;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.StreamEntryID;

/** Streams: what their entries are named after, and what becomes of them when something comes again. */
class RedisStreamTest extends SharedRedisTest {

    @Test
    void shouldNameEntriesAfterTransactionAndOrdinal() throws Exception {
        writeOrders(0, 2);
        writeOrders(2, 3);

        deliverTo(options(RedisCommand.XADD).streamField("json"));

        assertThat(client.xrange("shop.orders", "-", "+"))
                .extracting(entry -> entry.getID().toString())
                .containsExactly("1-0", "1-65536", "2-0");
        assertThat(client.xrange("shop.orders", "-", "+").get(2).getFields().get("json"))
                .contains("\"record\":{\"id\":2,");
    }

    @Test
    void shouldNameEntriesThatWereMadeOfOneChangeAfterEachOther() throws Exception {
        writeOrders(0, 2);
        Transform twice = (record, out) -> {
            out.accept(record);
            out.accept(record);
        };

        deliverTo(options(RedisCommand.XADD)
                .target(Pipelines.target().transform(twice).build()));

        assertThat(client.xrange("shop.orders", "-", "+"))
                .extracting(entry -> entry.getID().toString())
                .containsExactly("1-0", "1-1", "1-65536", "1-65537");
    }

    @Test
    void shouldNotDoubleEntriesWhenACheckpointIsSetBack() throws Exception {
        writeOrders(0, 5);
        deliverTo(options(RedisCommand.XADD));
        Checkpoint early = stored();
        writeOrders(5, 9);
        deliverTo(options(RedisCommand.XADD));
        setBack(early);
        writeOrders(9, 12);

        deliverTo(options(RedisCommand.XADD));

        assertThat(client.xrange("shop.orders", "-", "+"))
                .extracting(
                        entry -> entry.getID().getTime() + "-" + (entry.getID().getSequence() >> 16))
                .containsExactly("1-0", "1-1", "1-2", "1-3", "1-4", "2-0", "2-1", "2-2", "2-3", "3-0", "3-1", "3-2");
    }

    @Test
    void shouldTrimAndNotBringBackWhatWasTrimmed() throws Exception {
        writeOrders(0, 10);
        deliverTo(options(RedisCommand.XADD));
        Checkpoint early = stored();
        writeOrders(10, 1_000);
        deliverTo(options(RedisCommand.XADD).maxLength(10));
        long length = client.xlen("shop.orders");
        assertThat(length).isBetween(10L, 500L);
        setBack(early);

        deliverTo(options(RedisCommand.XADD).maxLength(10));

        assertThat(client.xlen("shop.orders")).isEqualTo(length);
    }

    @Test
    void shouldStopWhenSomethingElseWritesToTheStream() throws Exception {
        client.xadd("shop.orders", new StreamEntryID("99-0"), Map.of("a", "b"));
        writeOrders(0, 1);

        assertThatThrownBy(() -> deliverTo(options(RedisCommand.XADD)))
                .isInstanceOf(TargetFailedException.class)
                .hasMessageContaining("shop.orders has entries up to 99-0")
                .hasMessageContaining("1-0");
    }

    @Test
    void shouldNotTakeAnotherPipelinesEntriesForItsOwn() throws Exception {
        writeOrders(0, 5);
        deliverTo(options(RedisCommand.XADD));
        ScriptedSource other = new ScriptedSource();
        other.transaction(tx -> tx.insert(order(77, "of another log", null)));

        for (RedisOptions.Builder options :
                List.of(options(RedisCommand.XADD), options(RedisCommand.XADD).maxLength(2))) {
            assertThatThrownBy(() -> deliver(other, pipeline + "b", options.build()))
                    .isInstanceOf(TargetFailedException.class)
                    .hasMessageContaining("shop.orders has entries up to 1-262144");
        }
    }

    @Test
    void shouldFillAStreamAnewThatWasDeleted() throws Exception {
        writeOrders(0, 5);
        Checkpoint early;
        deliverTo(options(RedisCommand.XADD));
        early = stored();
        writeOrders(5, 9);
        deliverTo(options(RedisCommand.XADD));
        client.del("shop.orders");
        setBack(early);

        deliverTo(options(RedisCommand.XADD));

        assertThat(client.xlen("shop.orders")).isEqualTo(4);
    }

    /** Nobody reads streams for ever that are named by what changes, such as one for each order. */
    @Test
    void shouldForgetHeightsOfStreamsThatAreGone() throws Exception {
        int streams = 400;
        RedisOptions.Builder options = options(RedisCommand.XADD)
                .key("o:%{/record/id}")
                .target(Pipelines.target().batchSize(50).build());
        writeOrders(0, streams);
        deliverTo(options);
        Checkpoint early = stored();
        client.del(LongStream.range(1, streams).mapToObj(id -> "o:" + id).toArray(String[]::new));

        writeOrders(streams, 2 * streams);
        deliverTo(options);

        assertThat(heights())
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                Stream.of(0),
                                IntStream.range(streams, 2 * streams).boxed())
                        .map(id -> "o:" + id)
                        .toList());
        setBack(early);
        deliverTo(options);
        assertThat(client.keys("o:*")).hasSize(streams + 1).allMatch(key -> client.xlen(key) == 1);
    }

    @Test
    void shouldForgetHeightsFromBeforeItsCheckpointWasDeleted() throws Exception {
        writeOrders(0, 1);
        deliverTo(options(RedisCommand.XADD).key("old"));
        client.hdel(RedisCheckpointStore.key(pipeline), "redis");

        deliverTo(options(RedisCommand.XADD).key("new"));

        assertThat(client.exists("old")).isTrue();
        assertThat(heights()).containsExactly("new");
    }

    /** {@return the streams whose heights are kept} */
    private List<String> heights() {
        String prefix = "stream redis ";
        return client.hkeys(RedisCheckpointStore.key(pipeline)).stream()
                .filter(field -> field.startsWith(prefix))
                .map(field -> field.substring(prefix.length()))
                .toList();
    }

    /** As a piece of a table that is loaded: after a kill it is read anew, and rows are gone by then. */
    @Test
    void shouldNotTakeATransactionForAnotherThatItHasAPartOf() throws Exception {
        int rows = 3_000;
        ScriptedSource first = new ScriptedSource("first-");
        first.transaction(tx -> LongStream.range(0, rows).forEach(id -> tx.insert(order(id, "first", null))));
        RedisOptions.Builder stream = options(RedisCommand.XADD);
        RedisOptions.Builder mirror = options(RedisCommand.HSET)
                .target(TargetOptions.builder("mirror")
                        .retry(Pipelines.quickRetry())
                        .build());
        deliverAPart(first, 2_500, stream, mirror);
        assertThat(stored().open()).isNotNull();
        ScriptedSource second = new ScriptedSource("second-");
        second.transaction(tx -> LongStream.range(1, rows).forEach(id -> tx.insert(order(id, "second", null))));

        try (Processor processor = second.processor(
                Pipelines.pipeline(pipeline),
                List.of(new RedisTarget(stream.build()), new RedisTarget(mirror.build())))) {
            processor.runUntil(second.end());
        }

        assertThat(client.xrange("shop.orders", "-", "+"))
                .extracting(entry -> entry.getFields().get("event"))
                .containsAll(
                        second.records().stream().map(record -> record.toJson()).toList());
        assertThat(LongStream.range(1, rows).mapToObj(id -> client.hget("shop:orders:" + id, "name")))
                .hasSize(rows - 1)
                .containsOnly("second");
    }

    /** Ends after so many rows, in the middle of a transaction. */
    private void deliverAPart(ScriptedSource of, int rows, RedisOptions.Builder... options) {
        List<RedisTarget> targets = Stream.of(options)
                .map(builder -> new RedisTarget(builder.build()))
                .toList();
        try (Processor processor = new Processor(Pipelines.pipeline(pipeline), targets) {
            private int seen;

            @Override
            protected Source source() {
                return of.source();
            }

            @Override
            protected Record process(Record record) {
                if (++seen == rows) {
                    await().until(() -> stats().targets().stream().allMatch(target -> target.records() > 0));
                    close();
                }
                return record;
            }
        }) {
            processor.run();
        }
    }

    @Test
    void shouldLeaveStreamsAsTheyWereWhenABatchIsRefused() {
        client.xadd("o:1", new StreamEntryID("0-7"), Map.of("a", "b"));
        client.xgroupCreate("o:1", "readers", new StreamEntryID("0-0"), false);
        client.xadd("o:2", new StreamEntryID("99-0"), Map.of("a", "b"));
        writeOrders(0, 4);

        assertThatThrownBy(() -> deliverTo(options(RedisCommand.XADD).key("o:%{/record/id}")))
                .isInstanceOf(TargetFailedException.class)
                .hasMessageContaining("o:2 has entries up to 99-0");
        assertThat(client.keys("o:*")).containsExactlyInAnyOrder("o:1", "o:2");
        assertThat(client.xlen("o:1")).isEqualTo(1);
        assertThat(client.xinfoGroups("o:1")).hasSize(1);
    }
}
