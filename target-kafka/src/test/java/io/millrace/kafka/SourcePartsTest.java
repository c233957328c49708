// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static io.millrace.kafka.Changes.table;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Record;
import io.millrace.core.SourceInfo;
import io.millrace.core.TableSchema;
import io.millrace.core.checkpoint.CheckpointException;
import io.millrace.core.source.Transaction;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SourcePartsTest {

    private static final TableSchema ORDERS = table("shop", "orders");

    private final KafkaOptions options = KafkaOptions.builder("a:1")
            .exactlyOnce(true)
            .transactionTopic("%{/service}.transactions")
            .build();

    private static Record change(String transaction, long number) {
        Transaction of = new Transaction(number, transaction, null, 5_000_000) {};
        SourceInfo source = new SourceInfo("shop", "log", 1, of, 1, null);
        return new Record(Record.Kind.INSERT, null, Changes.row(ORDERS, 1L, "a"), source, 0);
    }

    private static void take(SourceParts parts, Record change) {
        parts.enter(change);
        parts.count(1);
    }

    private static String end(SourceParts parts) {
        var end = parts.end();
        return end == null ? "none" : new String(end.value(), UTF_8);
    }

    @Test
    void shouldCountThroughSeveralKafkaTransactions() {
        SourceParts parts = new SourceParts(options, null);

        take(parts, change("tx 1", 7));
        assertThat(parts.part()).isZero();
        OpenSource first = parts.nextPart();
        take(parts, change("tx 1", 7));
        assertThat(parts.part()).isEqualTo(1);

        assertThat(first).isEqualTo(new OpenSource("tx 1", 7, 5_000_000, "shop.transactions", 1, 1, 1));
        assertThat(end(parts))
                .isEqualTo("{\"transaction_id\":\"tx 1\",\"number\":7,\"changes\":2,\"records\":2,\"parts\":2,"
                        + "\"commit_timestamp_us\":5000000}");
        assertThat(parts.nextPart()).isNull();
    }

    @Test
    void shouldCountOnWithWhatWasStored() {
        SourceParts before = new SourceParts(options, null);
        take(before, change("tx 1", 7));
        OpenSource stored =
                OpenSource.parse(Objects.requireNonNull(before.nextPart()).text());

        SourceParts parts = new SourceParts(options, stored);
        assertThat(parts.endsBefore(change("tx 1", 7))).isFalse();
        take(parts, change("tx 1", 7));

        assertThat(end(parts)).contains("\"changes\":2").contains("\"parts\":2");
    }

    @Test
    void shouldEndATransactionOfWhichNothingMoreCame() {
        SourceParts parts = new SourceParts(options, null);
        take(parts, change("tx 1", 7));
        parts.nextPart();

        assertThat(parts.endsBefore(change("tx 2", 8))).isTrue();
        assertThat(end(parts)).contains("\"tx 1\"").contains("\"parts\":1");
        assertThat(end(parts)).isEqualTo("none");
    }

    @Test
    void shouldReadNothingOutOfADamagedHeader() {
        assertThatThrownBy(() -> OpenSource.parse("1 2 x 4 5 topic id")).isInstanceOf(CheckpointException.class);
        assertThatThrownBy(() -> OpenSource.parse("1 2")).isInstanceOf(CheckpointException.class);
    }

    @Test
    void shouldKeepOddIds() {
        OpenSource odd = new OpenSource("a b  c", 1, 0, "", 2, 3, 4);

        assertThat(OpenSource.parse(odd.text())).isEqualTo(odd);
    }
}
