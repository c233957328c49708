// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.benchmarks.torture.Problems.Kind;
import io.millrace.mysql.GtidSet;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** One row: inserted, updated twice. Capturer 1 was killed, 2 ended in order, 3 found a checkpoint. */
class TopicCheckTest {

    private static final String SERVER = "00000000-0000-0000-0000-000000000001";
    private static final RowKey ROW = new RowKey(TortureTable.ITEMS, 7);

    private final Problems problems = new Problems();
    private final RowHistory history = new RowHistory();
    private final TopicCheck check = check(Mode.AT_LEAST_ONCE);
    private long offset;

    TopicCheckTest() {
        for (int version = 1; version <= 3; version++) {
            history.add(Step.written(version));
        }
    }

    private TopicCheck check(Mode mode) {
        StoredCheckpoint checkpoint = new StoredCheckpoint(GtidSet.parse(SERVER + ":1-2"), "", -1);
        return new TopicCheck(
                Map.of(ROW, history),
                List.of(
                        new CapturerRun(1, StoredCheckpoint.NONE, false, 0, 100),
                        new CapturerRun(2, StoredCheckpoint.NONE, true, 0, 100),
                        new CapturerRun(3, checkpoint, false, 0, 100),
                        new CapturerRun(4, StoredCheckpoint.NONE, false, 1, 1)),
                mode,
                problems);
    }

    @Test
    void shouldFindNothingWrongWithEachChangeOnceInOrder() throws IOException {
        send(check, 1, 1, 2, 3);
        check.finish();

        assertThat(problems.isEmpty()).isTrue();
        assertThat(check.duplicates()).isZero();
        assertThat(check.state(TortureTable.ITEMS))
                .containsEntry(ROW, RowContent.of(ROW, 3).checksum());
    }

    @Test
    void shouldCountWhatComesAgainAfterAKill() throws IOException {
        send(check, 1, 1, 2);
        send(check, 2, 2, 3);
        check.finish();

        assertThat(problems.isEmpty()).isTrue();
        assertThat(check.duplicates()).isEqualTo(1);
    }

    @Test
    void shouldForbidWhatComesAgainWhereEachChangeMustComeOnce() throws IOException {
        TopicCheck exactly = check(Mode.EXACTLY_ONCE);
        send(exactly, 1, 1, 2);
        send(exactly, 2, 2, 3);

        assertThat(problems.count(Kind.DOUBLED)).isEqualTo(1);
    }

    @Test
    void shouldForbidWhatComesAgainAfterAnOrderlyStop() throws IOException {
        send(check, 2, 1, 2);
        send(check, 4, 2, 3);

        assertThat(problems.count(Kind.DOUBLED)).isEqualTo(1);
    }

    @Test
    void shouldForbidWhatTheCheckpointHad() throws IOException {
        send(check, 1, 1, 2);
        send(check, 3, 2, 3);

        assertThat(problems.count(Kind.DOUBLED)).isEqualTo(1);
    }

    @Test
    void shouldForbidMoreThanMayHaveBeenOnItsWay() throws IOException {
        send(check, 4, 1, 2, 3, 1, 2, 3);
        check.finish();

        assertThat(problems.count(Kind.DOUBLED)).isEqualTo(1);
    }

    @Test
    void shouldForbidStepsBackOfOneProcess() throws IOException {
        send(check, 1, 1, 2, 3, 2, 3);

        assertThat(problems.count(Kind.OUT_OF_ORDER)).isEqualTo(1);
    }

    @Test
    void shouldSeeAGap() throws IOException {
        send(check, 1, 1, 3);
        check.finish();

        assertThat(problems.count(Kind.OUT_OF_ORDER)).isEqualTo(1);
        assertThat(problems.count(Kind.MISSING)).isEqualTo(1);
    }

    @Test
    void shouldSeeAProcessThatWritesAfterItsSuccessor() throws IOException {
        send(check, 1, 1);
        send(check, 2, 1, 2);
        send(check, 1, 2);

        assertThat(problems.count(Kind.OUT_OF_ORDER)).isEqualTo(1);
    }

    @Test
    void shouldSeeWhatWasNeverCommitted() throws IOException {
        send(check, 1, 1, 2, 3, 4);

        assertThat(problems.count(Kind.UNEXPECTED)).isEqualTo(1);
    }

    @Test
    void shouldSeeOtherValues() throws IOException {
        RowContent other = RowContent.of(new RowKey(TortureTable.ITEMS, 8), 1);
        check.accept(record(
                1, "INSERT", new RowContent(ROW.region(), 7, 1, other.amount(), other.note(), other.raw()), null));

        assertThat(problems.count(Kind.WRONG)).isEqualTo(1);
    }

    @Test
    void shouldSeeAnInsertThatComesAsAnUpdate() throws IOException {
        check.accept(record(1, "UPDATE", RowContent.of(ROW, 1), RowContent.of(ROW, 1)));

        assertThat(problems.count(Kind.WRONG)).isEqualTo(1);
    }

    private void send(TopicCheck to, int run, int... versions) throws IOException {
        for (int version : versions) {
            RowContent before = version == 1 ? null : RowContent.of(ROW, version - 1);
            to.accept(record(run, version == 1 ? "INSERT" : "UPDATE", RowContent.of(ROW, version), before));
        }
    }

    private ConsumerRecord<byte[], byte[]> record(int run, String kind, RowContent row, RowContent before) {
        String json =
                "{\"event_type\":\"%s\",\"service\":\"torture-%d\",\"global_id\":\"%s:%d\",\"ordinal\":0,\"record\":%s,\"before\":%s}"
                        .formatted(kind, run, SERVER, row.version(), json(row), before == null ? "null" : json(before));
        return new ConsumerRecord<>(
                TortureTable.ITEMS.qualified(),
                0,
                offset++,
                "{}".getBytes(StandardCharsets.UTF_8),
                json.getBytes(StandardCharsets.UTF_8));
    }

    private static String json(RowContent row) {
        String note = row.note()
                .replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\t", "\\t");
        return "{\"region\":\"%s\",\"id\":%d,\"version\":%d,\"amount\":%s,\"note\":\"%s\",\"raw\":\"%s\"}"
                .formatted(
                        row.region(),
                        row.id(),
                        row.version(),
                        row.amount().toPlainString(),
                        note,
                        Base64.getEncoder().encodeToString(row.raw()));
    }
}
