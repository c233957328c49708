// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static io.millrace.kafka.Changes.table;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Batches;
import io.millrace.core.Record;
import io.millrace.core.TableSchema;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.testkit.FaultyProxy;
import io.millrace.testkit.KafkaBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Instances that are lost while a commit is on its way, at any byte of it. */
@Timeout(120)
class UnknownCommitTest {

    private final Changes changes = new Changes();
    private final TableSchema orders = table("unknown", "orders");
    private final Random random = new Random(68);

    @Test
    void shouldBeDecidedByTheNextInstance() throws Exception {
        loseInstances(5);
    }

    @Test
    @Tag("long")
    @Timeout(600)
    void shouldBeDecidedByTheNextInstanceManyTimes() throws Exception {
        loseInstances(40);
    }

    private void loseInstances(int commits) throws Exception {
        List<List<Record>> batches = new ArrayList<>();
        for (int i = 0; i < commits; i++) {
            batches.add(changes.inserts(orders, 10));
        }
        int committed = 0;
        int aborted = 0;
        try (KafkaBroker broker = KafkaBroker.builder().behindProxy().start()) {
            Checkpoint before = null;
            for (int epoch = 1; ; epoch++) {
                KafkaTarget kafka = target(broker.proxy());
                try {
                    kafka.open();
                    Checkpoint stored = kafka.restore();
                    int next = stored == null ? 0 : (int) stored.transaction();
                    if (epoch > 1) {
                        boolean moved = before == null ? stored != null : !before.equals(stored);
                        committed += moved ? 1 : 0;
                        aborted += moved ? 0 : 1;
                    }
                    if (next == commits) {
                        break;
                    }
                    before = stored;
                    loseWhileCommitting(kafka, broker, batches, next, epoch);
                } finally {
                    kafka.close();
                }
            }

            assertThat(committed).isEqualTo(commits);
            assertThat(aborted).isPositive();
            assertThat(TopicReader.readCommitted(broker.bootstrapServers(), "unknown.orders"))
                    .extracting(TopicReader::value)
                    .containsExactlyElementsOf(batches.stream()
                            .flatMap(List::stream)
                            .map(Record::toJson)
                            .toList());
        }
    }

    private void loseWhileCommitting(
            KafkaTarget kafka, KafkaBroker broker, List<List<Record>> batches, int next, int epoch) throws Exception {
        Checkpoint after = new Checkpoint("test", "{\"at\":" + (next + 1) + "}", next + 1, null, epoch);
        CompletableFuture<@Nullable Void> stage =
                kafka.saveAsync(Batches.of(batches.get(next), true, after)).toCompletableFuture();
        FaultyProxy proxy = broker.proxy();
        proxy.refuse();
        int bytes = random.nextInt(600);
        long cutAt = proxy.bytesFromServer() + bytes;
        proxy.cutAfter(bytes);
        kafka.flush();
        await().atMost(Duration.ofSeconds(60)).until(() -> stage.isDone() || proxy.bytesFromServer() >= cutAt);
        kafka.close();
        broker.proxy().heal();
    }

    private static KafkaTarget target(FaultyProxy proxy) {
        KafkaTarget target = new KafkaTarget(KafkaOptions.builder(proxy.host() + ":" + proxy.port())
                .exactlyOnce(true)
                .transactionInterval(Duration.ofSeconds(20))
                .topicPartitions(1)
                .topicConfig("retention.ms", "-1")
                .property("max.block.ms", "100")
                .property("retry.backoff.ms", "10")
                .build());
        Batches.attach(target, "unknown");
        return target;
    }
}
