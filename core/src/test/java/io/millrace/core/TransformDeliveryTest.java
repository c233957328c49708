// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;
import io.millrace.core.transform.Transform;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How what transforms make of changes is delivered, acknowledged, and refused. */
class TransformDeliveryTest extends PipelineTest {

    /** Makes three records of one. */
    private static final Transform THREE = (record, out) -> {
        out.accept(record);
        out.accept(record);
        out.accept(record);
    };

    private static TargetOptions.Builder target(String name) {
        RetryOptions retry = RetryOptions.builder()
                .initialBackoff(Duration.ofMillis(1))
                .maxBackoff(Duration.ofMillis(5))
                .maxAttempts(3)
                .build();
        return TargetOptions.builder(name).retry(retry);
    }

    private static String place(Record record) {
        return record.source().transactionId() + ":" + record.ordinal() + ":" + record.subOrdinal();
    }

    private static List<String> places(Memory target) {
        return target.batches.stream()
                .flatMap(List::stream)
                .map(TransformDeliveryTest::place)
                .toList();
    }

    private static List<Long> odd(long first, long last) {
        return LongStream.rangeClosed(first, last)
                .filter(id -> id % 2 == 1)
                .boxed()
                .toList();
    }

    @Test
    void shouldRunThePipelinesTransformsBeforeTheTargets() throws Exception {
        Memory plain = new Memory("plain");
        Memory edited = new Memory(target("edited")
                .transform(Transform.rows(row -> row.with("pad", row.getString("pad") + "b")))
                .transform(Transform.rows(row -> row.with("pad", row.getString("pad") + "c")))
                .build());
        PipelineOptions options = options()
                .transform(Transform.keeping(record -> id(record) % 2 == 1))
                .transform(Transform.rows(row -> row.with("pad", "a")))
                .build();

        Running running = start(options, record -> record, plain, edited);
        log.transactions(4, 5, 1);
        running.awaitDelivered(4);

        assertThat(plain.ids()).isEqualTo(odd(1, 20));
        assertThat(edited.ids()).isEqualTo(odd(1, 20));
        assertThat(plain.batches.stream().flatMap(List::stream))
                .allMatch(record -> "a".equals(record.row().getString("pad")));
        assertThat(edited.batches.stream().flatMap(List::stream))
                .allMatch(record -> "abc".equals(record.row().getString("pad")));
    }

    @Test
    void shouldGiveRowsOfOneTableOneSchema() throws Exception {
        Memory target = new Memory(target("target")
                .transform(Transform.rows(row -> row.with("more", 1L).without("pad")))
                .build());

        Running running = start(target);
        log.transactions(4, 5, 1);
        running.awaitDelivered(4);

        assertThat(target.batches.stream().flatMap(List::stream).map(Record::schema))
                .hasSize(20)
                .allMatch(schema -> schema == target.batches.get(0).get(0).schema());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 7, 1_000})
    void shouldNeverSplitWhatBecameOfOneChange(int batchSize) throws Exception {
        Memory target = new Memory(
                target("target").batchSize(batchSize).transform(THREE).build());

        Running running = start(target);
        log.transactions(5, 3, 1);
        running.awaitDelivered(5);

        List<String> expected = new ArrayList<>();
        for (int transaction = 0; transaction < 5; transaction++) {
            for (int ordinal = 0; ordinal < 3; ordinal++) {
                for (int sub = 0; sub < 3; sub++) {
                    expected.add("tx-" + transaction + ":" + ordinal + ":" + sub);
                }
            }
        }
        assertThat(places(target)).isEqualTo(expected);
        assertThat(target.batches).allMatch(batch -> batch.size() % 3 == 0);
        if (batchSize < 7) {
            assertThat(target.batches).allMatch(batch -> batch.size() == 3);
        }
    }

    @Test
    void shouldMovePastWhatIsDropped() throws Exception {
        Memory target = new Memory(
                target("target").transform(Transform.keeping(record -> false)).build());

        Running running = start(target);
        log.transactions(5, 3, 1);
        running.awaitDelivered(5);
        running.close();

        assertThat(target.count()).isZero();
        assertThat(checkpoint("target").position()).isEqualTo("{\"at\":5}");
    }

    @Test
    void shouldRepeatAllOrNothingOfAChangeAfterARestart() throws Exception {
        Keeper first = new Keeper(target("keeper").batchSize(4).transform(THREE).build());
        first.stopAfter = 6;
        log.transactions(1, 5, 1);
        Running running = start(first);
        await().until(() -> first.count() == 6);
        first.closeDuringNextSave = running.processor;
        first.release();
        running.close();

        Keeper second =
                new Keeper(target("keeper").batchSize(4).transform(THREE).build());
        second.kept = first.kept;
        start(second).awaitDelivered(1);

        List<String> all = new ArrayList<>(places(first));
        all.addAll(places(second));
        assertThat(all).doesNotHaveDuplicates().hasSize(15);
        assertThat(places(first)).isNotEmpty();
        assertThat(places(second)).isNotEmpty();
    }

    // ---- transforms that fail

    private static Transform failingFor(Long... ids) {
        List<Long> bad = List.of(ids);
        return Transform.rows(row -> {
            if (bad.contains(Objects.requireNonNull(row.getLong("id")))) {
                throw new IllegalStateException("cannot do " + row.getLong("id"));
            }
            return row;
        });
    }

    @Test
    void shouldStopAtTheRecordThatATransformFailsWithAndDeliverWhatCameBefore() throws Throwable {
        Memory target = new Memory(target("target").transform(failingFor(8L)).build());
        log.transactions(4, 5, 1);

        Running running = start(target);

        assertThatThrownBy(running::join)
                .isInstanceOf(TargetFailedException.class)
                .hasMessageContaining("ordinal 2")
                .hasMessageContaining("cannot do 8")
                .hasRootCauseInstanceOf(IllegalStateException.class);
        assertThat(target.ids()).isEqualTo(ids(1, 7));
        assertThat(checkpoint("target").open()).isEqualTo(new OpenTransaction("tx-1", 1));
    }

    @Test
    void shouldSkipRecordsThatATransformFailsWith() throws Exception {
        Memory skipping = new Memory(
                target("skipping").errorPolicy(ErrorPolicy.skip()).batchSize(4).build());
        PipelineOptions options = options().transform(failingFor(1L, 8L, 20L)).build();
        log.transactions(4, 5, 1);

        Running running = start(options, record -> record, skipping);
        running.awaitDelivered(4);

        List<Long> expected = new ArrayList<>(ids(1, 20));
        expected.removeAll(List.of(1L, 8L, 20L));
        assertThat(skipping.ids()).isEqualTo(expected);
        assertThat(running.processor.stats().targets().get(0).rejected()).isEqualTo(3);
    }

    @Test
    void shouldPutNoMoreThanTheKeyOfARecordAsideThatATransformFailedWith() throws Exception {
        Memory letters = new Memory("letters");
        Memory target = new Memory(target("target")
                .errorPolicy(ErrorPolicy.deadLetter(letters))
                .transform(Transform.rows(row -> row.with("pad", "edited")))
                .transform(failingFor(8L))
                .build());
        log.transactions(4, 5, 1);

        start(target).awaitDelivered(4);

        assertThat(target.count()).isEqualTo(19);
        assertThat(letters.batches).singleElement().satisfies(batch -> {
            assertThat(batch.get(0).row().getString("record"))
                    .contains("\"id\":8")
                    .doesNotContain("edited");
            assertThat(batch.get(0).row().getString("problem")).contains("cannot do 8");
        });
    }

    @Test
    void shouldNotTakeALookupThatIsDownForAFaultOfTheRecord() throws Throwable {
        Memory target = new Memory(target("target")
                .errorPolicy(ErrorPolicy.skip())
                .transform(Transform.each(record -> {
                    throw new TransientException("the lookup is down", null);
                }))
                .build());
        log.transactions(1, 5, 1);

        Running running = start(target);

        assertThatThrownBy(running::join)
                .isInstanceOf(TargetFailedException.class)
                .hasMessageContaining("the lookup is down");
        assertThat(running.processor.stats().targets().get(0).rejected()).isZero();
    }

    @Test
    void shouldTakeRecordsDuringTheCallOnly() throws Throwable {
        AtomicReference<Consumer<Record>> kept = new AtomicReference<>();
        Memory target = new Memory(target("target")
                .transform((record, out) -> {
                    if (kept.get() != null) {
                        kept.get().accept(record);
                    }
                    kept.set(out);
                })
                .build());
        log.transactions(1, 5, 1);

        assertThatThrownBy(start(target)::join).hasMessageContaining("during the call only");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 20})
    void shouldDeliverWhatIsLeftWithLingerAndFromDisk(long lingerMillis, @TempDir Path directory) throws Exception {
        Memory target = new Memory(target("target")
                .linger(Duration.ofMillis(lingerMillis))
                .batchSize(4)
                .queueBytes(2_000)
                .transform(Transform.keeping(record -> id(record) % 10 == 1))
                .transform(THREE)
                .build());
        log.transactions(100, 10, 1);

        start(options().spillDirectory(directory).build(), record -> record, target)
                .awaitDelivered(100);

        assertThat(places(target)).hasSize(300).doesNotHaveDuplicates();
        assertThat(target.batches).allMatch(batch -> batch.size() == 3);
    }

    @Test
    void shouldRefuseTransformsOfATargetForDeadLetters() {
        Memory letters = new Memory(target("letters").transform(THREE).build());

        assertThatThrownBy(() -> target("target")
                        .errorPolicy(ErrorPolicy.deadLetter(letters))
                        .build())
                .isInstanceOf(InvalidOptionsException.class)
                .hasMessageContaining("dead letters are not transformed");
    }

    @Test
    void shouldRefuseRecordsOfAnotherPlace() throws Throwable {
        Memory target = new Memory(target("target")
                .transform(Transform.each(record -> new Record(
                        record.kind(), record.before(), record.after(), record.source(), record.ordinal() + 1)))
                .build());
        log.transactions(1, 5, 1);

        assertThatThrownBy(start(target)::join).hasMessageContaining("another place");
        assertThat(target.count()).isZero();
    }

    @Test
    void shouldRefuseAHooksRecordOfAnotherPlace() throws Throwable {
        Memory target = new Memory("target");
        log.transactions(1, 5, 1);

        Running running = start(
                options().build(),
                record -> new Record(
                        record.kind(), record.before(), record.after(), record.source(), record.ordinal() + 1),
                target);

        assertThatThrownBy(running::join)
                .isInstanceOf(PermanentException.class)
                .hasMessageContaining("process(record)")
                .hasMessageContaining("another place");
    }

    // ---- targets that refuse what transforms made

    /** Refuses the second of what was made of each of some ids. */
    private static final class Picky extends Memory {

        private final boolean tellsWhich;
        private final AtomicInteger attempts = new AtomicInteger();

        Picky(TargetOptions options, boolean tellsWhich) {
            super(options);
            this.tellsWhich = tellsWhich;
        }

        @Override
        protected void save(List<Record> records) throws Exception {
            for (Record record : records) {
                if (id(record) % 7 == 0 && record.subOrdinal() == 1) {
                    attempts.incrementAndGet();
                    if (tellsWhich) {
                        throw new ChangeRejectedException(record, "too large", null);
                    }
                    throw new IllegalStateException("something is wrong in here");
                }
            }
            super.save(records);
        }
    }

    @Test
    void shouldPutAsideTheOneOfSeveralThatTheTargetNames() throws Exception {
        Memory letters = new Memory("letters");
        Picky target = new Picky(
                target("target")
                        .errorPolicy(ErrorPolicy.deadLetter(letters))
                        .transform(THREE)
                        .build(),
                true);
        log.transactions(2, 5, 1);

        start(target).awaitDelivered(2);

        assertThat(places(target)).hasSize(29).doesNotContain("tx-1:1:1").contains("tx-1:1:0", "tx-1:1:2");
        assertThat(letters.batches)
                .singleElement()
                .satisfies(batch ->
                        assertThat(batch.get(0).row().getString("sub_ordinal")).isEqualTo("1"));
    }

    @Test
    void shouldPutAsideAllOfAChangeIfTheTargetDoesNotSayWhich() throws Exception {
        List<String> letters = Collections.synchronizedList(new ArrayList<>());
        Target dead = new Target(TargetOptions.named("letters")) {
            @Override
            protected void save(List<Record> records) {
                records.forEach(letter -> letters.add(
                        letter.row().getString("ordinal") + ":" + letter.row().getString("sub_ordinal")));
            }
        };
        Picky target = new Picky(
                target("target")
                        .errorPolicy(ErrorPolicy.deadLetter(dead))
                        .transform(THREE)
                        .build(),
                false);
        log.transactions(2, 5, 1);

        start(target).awaitDelivered(2);

        assertThat(places(target)).hasSize(27).noneMatch(place -> place.startsWith("tx-1:1:"));
        assertThat(letters).containsExactly("1:0", "1:1", "1:2");
    }
}
