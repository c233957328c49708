// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import static io.millrace.kafka.Changes.table;
import static org.awaitility.Awaitility.await;

import io.millrace.core.Batches;
import io.millrace.core.Record;
import io.millrace.core.TableSchema;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.testkit.KafkaBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** What tests store exactly once for one pipeline, which has topics of its own. */
final class TransactionalPipeline implements AutoCloseable {

    private final KafkaBroker broker;
    private final String name;
    private final Changes changes = new Changes();
    private final List<Record> records;
    private final Collection<KafkaTarget> opened = new ArrayList<>();

    TransactionalPipeline(KafkaBroker broker, String name) {
        this.broker = broker;
        this.name = name;
        this.records = changes.inserts(table(name, "orders"), 10);
    }

    String transactionalId() {
        return name + ".kafka";
    }

    TopicPartition checkpoints() {
        return new TopicPartition(name + "-checkpoints", 0);
    }

    /** {@return the only partition of a table} */
    TopicPartition data(String table) {
        return new TopicPartition(name + "." + table, 0);
    }

    /** {@return what is stored with checkpoint 1, into table {@code orders}} */
    List<Record> records() {
        return records;
    }

    List<String> json() {
        return records.stream().map(Record::toJson).toList();
    }

    List<Record> inserts(String table, int count) {
        return changes.inserts(table(name, table), count);
    }

    Record insert(String table, long id, String text) {
        TableSchema schema = table(name, table);
        return changes.insert(schema, id, text);
    }

    KafkaOptions.Builder options() {
        return KafkaOptions.builder(broker.bootstrapServers())
                .exactlyOnce(true)
                .transactionInterval(Duration.ofSeconds(20))
                .topicConfig("retention.ms", "-1")
                .topicPartitions(1)
                .checkpointTopic(checkpoints().topic())
                .connectTimeout(Duration.ofSeconds(5))
                .property("retry.backoff.ms", "10")
                .property("max.request.size", "20000");
    }

    KafkaTarget open() throws Exception {
        KafkaTarget target = new KafkaTarget(options().build());
        opened.add(target);
        Batches.attach(target, name);
        target.open();
        return target;
    }

    /** {@return a target that has stored checkpoint 0} */
    KafkaTarget begun() throws Exception {
        KafkaTarget target = open();
        target.restore();
        store(target, List.of(), at(0));
        return target;
    }

    /** {@return a target that has stored checkpoint 0, and then in one transaction the records and checkpoint 1} */
    KafkaTarget storedOnce() throws Exception {
        KafkaTarget target = begun();
        store(target, records, at(1));
        return target;
    }

    static Checkpoint at(long transaction) {
        return new Checkpoint("test", "{\"at\":" + transaction + "}", transaction, null, 1);
    }

    static void store(KafkaTarget target, List<Record> records, Checkpoint at) throws Exception {
        CompletableFuture<@Nullable Void> stage =
                target.saveAsync(Batches.of(records, true, at)).toCompletableFuture();
        target.flush();
        stage.get(30, TimeUnit.SECONDS);
    }

    /** Waits until the coordinator has ended the last transaction. */
    void awaitEnd(Admin admin) {
        await().until(() -> admin.describeTransactions(List.of(transactionalId()))
                        .description(transactionalId())
                        .get()
                        .state()
                == TransactionState.COMPLETE_COMMIT);
    }

    /** {@return what readers see of table {@code orders}} */
    List<String> committed() {
        return TopicReader.readCommitted(
                        broker.bootstrapServers(), data("orders").topic())
                .stream()
                .map(TopicReader::value)
                .toList();
    }

    Map<String, Object> producerProperties() {
        return Map.of("bootstrap.servers", broker.bootstrapServers(), "transactional.id", transactionalId());
    }

    @Override
    public void close() {
        opened.forEach(KafkaTarget::close);
    }
}
