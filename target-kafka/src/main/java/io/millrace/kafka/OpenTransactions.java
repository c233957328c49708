// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.TransientException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.DescribeProducersResult;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whose transactions are open in partitions, and whether they will ever end there. Used by one thread at a
 * time.
 */
final class OpenTransactions {

    /*
     * The coordinator of a transaction knows in which partitions it has yet to end it. One that has it open
     * and is none of them hangs: nobody is going to write its marker. Where the marker was written between
     * two questions it would look the same, so partitions are asked before and after the coordinator. What
     * may not be asked is left out of an answer without a word: that the brokers tell of no transaction of
     * a producer therefore proves nothing.
     */
    private static final Logger LOG = LoggerFactory.getLogger(OpenTransactions.class);

    private static final String ABORT = " Stop every pipeline that uses this transactional id, and then abort the"
            + " transaction in each of these partitions: kafka-transactions.sh --bootstrap-server %s abort --topic %s"
            + " --partition 0 --start-offset %d, and the others likewise. Its checkpoint is part of it, so what it holds is"
            + " sent again.";
    private static final String DECIDE_FIRST = " Do not abort it before you know whether the checkpoint counts its"
            + " records as delivered: that would lose them. Nothing more is sent, since the next transaction would decide"
            + " over them.";
    private static final String MORE = " See 'Hanging transactions' in docs/kafka.md";

    private static final Comparator<TopicPartition> BY_NAME =
            Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

    /** Partitions of one question: the answer holds each producer that has written to them in the last days. */
    private static final int MOST_ASKED = 500;

    private final KafkaOptions options;
    private final Brokers brokers;
    /** Topics of which a partition had no leader to ask, and which were not known to be written to. */
    private final Set<String> unasked = new HashSet<>();

    OpenTransactions(KafkaOptions options, Brokers brokers) {
        this.options = options;
        this.brokers = brokers;
    }

    /** {@return what to fail with, where readers of committed records do not come beyond the offset} */
    RuntimeException blocking(TopicPartition partition, long offset) throws InterruptedException {
        String blocked = "topic %s cannot be read beyond offset %d within %d ms: "
                .formatted(partition.topic(), offset, options.connectTimeout().toMillis());
        try {
            ProducerState first = firstOpen(partition);
            if (first != null) {
                String id = transactionalId(first.producerId());
                return id == null ? unknown(blocked, first) : blockedBy(id, first, partition, blocked);
            }
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            LOG.debug(
                    "{}: cannot ask who has a transaction open in {}",
                    options.target().name(),
                    partition,
                    e);
        }
        return new TransientException(
                blocked + "another pipeline that uses it has a transaction open, or the brokers do not answer", null);
    }

    private @Nullable ProducerState firstOpen(TopicPartition partition)
            throws ExecutionException, TimeoutException, InterruptedException {
        return producers(brokers.admin().describeProducers(List.of(partition)), partition).stream()
                .filter(producer -> producer.currentTransactionStartOffset().isPresent())
                .min(Comparator.comparingLong(OpenTransactions::startOffset))
                .orElse(null);
    }

    /** {@return whose the producer id is; null if the brokers do not tell} */
    private @Nullable String transactionalId(long producerId)
            throws ExecutionException, TimeoutException, InterruptedException {
        ListTransactionsOptions ofProducer = new ListTransactionsOptions().filterProducerIds(List.of(producerId));
        return brokers.answer(brokers.admin().listTransactions(ofProducer).all()).stream()
                .map(TransactionListing::transactionalId)
                .findFirst()
                .orElse(null);
    }

    private static TransientException unknown(String blocked, ProducerState open) {
        return new TransientException(
                blocked
                        + ("producer id %d has a transaction open since offset %d, of which the brokers tell nothing more."
                                        + " Either it is of a transactional id that this user may not DESCRIBE, or it"
                                        + " hangs, which kafka-transactions.sh find-hanging tells.")
                                .formatted(open.producerId(), startOffset(open))
                        + MORE,
                null);
    }

    private RuntimeException blockedBy(String id, ProducerState open, TopicPartition partition, String blocked)
            throws ExecutionException, TimeoutException, InterruptedException {
        Hanging hanging = hangingIn(partitions(allTopics(), topic -> {}), id);
        if (hanging.in.containsKey(partition)) {
            return failure(hanging, blocked);
        }
        TransactionDescription owner = hanging.owner;
        return new TransientException(
                blocked
                        + "%s (producer id %d) has a transaction open%s, in state %s"
                                .formatted(
                                        id,
                                        open.producerId(),
                                        owner.transactionStartTimeMs().isPresent()
                                                ? " since "
                                                        + Instant.ofEpochMilli(owner.transactionStartTimeMs()
                                                                .getAsLong())
                                                : "",
                                        owner.state()),
                null);
    }

    /**
     * Sees that partitions have nothing open of a transactional id but what its coordinator is going to end.
     *
     * @param topics where it has written, beside the topic of checkpoints; null if that is not known: then all that
     *     there are are asked, and those that cannot be are left to {@link #checkBeforeUse}
     * @throws KafkaHangingTransactionException if they have
     * @throws TransientException if a partition that it has written to has no leader
     */
    void check(String transactionalId, @Nullable Set<String> topics) throws InterruptedException {
        Set<String> before = Set.copyOf(unasked);
        throwIfHanging(transactionalId, () -> {
            Set<String> needed = new HashSet<>(topics == null ? Set.of() : topics);
            needed.add(options.checkpointTopic());
            Set<String> asked = topics == null ? allTopics() : new HashSet<>();
            asked.addAll(needed);
            unasked.removeAll(asked);
            return partitions(asked, topic -> {
                if (needed.contains(topic)) {
                    throw withoutLeader(topic);
                }
                unasked.add(topic);
            });
        });
        if (!before.containsAll(unasked)) {
            LOG.info(
                    "{}: topics with partitions without a leader: {}. Whether a transaction of {} hangs there is looked"
                            + " at before something is written to them",
                    options.target().name(),
                    unasked,
                    transactionalId);
        }
    }

    /**
     * Does what {@link #check} could not do of the topic.
     *
     * @throws KafkaHangingTransactionException if a transaction hangs there
     * @throws TransientException if a partition still has no leader
     */
    void checkBeforeUse(String transactionalId, String topic) throws InterruptedException {
        if (unasked.contains(topic)) {
            throwIfHanging(
                    transactionalId,
                    () -> partitions(Set.of(topic), without -> {
                        throw withoutLeader(without);
                    }));
            unasked.remove(topic);
        }
    }

    private static TransientException withoutLeader(String topic) {
        return new TransientException(
                "topic %s has a partition without a leader, so it is not known whether a transaction hangs there"
                        .formatted(topic),
                null);
    }

    /** Tells what partitions to ask. */
    private interface Asked {
        List<TopicPartition> partitions() throws ExecutionException, TimeoutException, InterruptedException;
    }

    private void throwIfHanging(String transactionalId, Asked asked) throws InterruptedException {
        Hanging hanging;
        try {
            hanging = hangingIn(asked.partitions(), transactionalId);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            Throwable cause = Brokers.cause(e);
            if (cause instanceof TransactionalIdNotFoundException) {
                return;
            }
            if (cause instanceof UnsupportedVersionException) {
                LOG.debug(
                        "{}: these brokers cannot be asked for open transactions",
                        options.target().name(),
                        cause);
                return;
            }
            throw cause instanceof TimeoutException
                    ? brokers.unreachable(cause)
                    : KafkaFailures.of(
                            cause,
                            "asking for open transactions of " + transactionalId,
                            options.checkpointTopic(),
                            options.bootstrapServers());
        }
        if (!hanging.in.isEmpty()) {
            throw failure(hanging, "");
        }
    }

    private KafkaHangingTransactionException failure(Hanging hanging, String blocked) {
        TopicPartition checkpoints = new TopicPartition(options.checkpointTopic(), 0);
        Map<TopicPartition, ProducerState> in = hanging.in;
        ProducerState producer = in.get(checkpoints);
        String advice;
        if (producer == null) {
            producer = in.values().iterator().next();
            advice = DECIDE_FIRST;
        } else {
            int epoch = producer.producerEpoch();
            // Another epoch is another transaction, which may have another fate.
            in.values().removeIf(other -> other.producerEpoch() != epoch);
            advice = ABORT.formatted(options.bootstrapServers(), checkpoints.topic(), startOffset(producer));
        }
        Map<TopicPartition, Long> startOffsets = new LinkedHashMap<>();
        in.forEach((partition, state) -> startOffsets.put(partition, startOffset(state)));
        return new KafkaHangingTransactionException(
                hanging.id,
                producer.producerId(),
                startOffsets,
                blocked
                        + ("a transaction of %s (producer id %d, epoch %d) hangs: its coordinator, which says %s, has ended"
                                        + " it, but not in %s.")
                                .formatted(
                                        hanging.id,
                                        producer.producerId(),
                                        producer.producerEpoch(),
                                        hanging.owner.state(),
                                        startOffsets.entrySet().stream()
                                                .map(start -> start.getKey() + " from offset " + start.getValue())
                                                .collect(Collectors.joining(", ")))
                        + advice
                        + MORE);
    }

    private static long startOffset(ProducerState open) {
        return open.currentTransactionStartOffset().orElseThrow();
    }

    // ---- questions

    /** @param in partitions that have a transaction open that its coordinator has ended, and the producer's state there */
    private record Hanging(String id, TransactionDescription owner, Map<TopicPartition, ProducerState> in) {}

    private Hanging hangingIn(List<TopicPartition> partitions, String id)
            throws ExecutionException, TimeoutException, InterruptedException {
        long producerId = describe(id).producerId();
        Map<TopicPartition, ProducerState> open = open(producerId, partitions);
        TransactionDescription owner = describe(id);
        open.keySet().removeAll(owner.topicPartitions());
        open.entrySet().retainAll(open(producerId, List.copyOf(open.keySet())).entrySet());
        return new Hanging(id, owner, open);
    }

    private TransactionDescription describe(String id)
            throws ExecutionException, TimeoutException, InterruptedException {
        return brokers.answer(brokers.admin().describeTransactions(List.of(id)).description(id));
    }

    private Map<TopicPartition, ProducerState> open(long producerId, List<TopicPartition> partitions)
            throws ExecutionException, TimeoutException, InterruptedException {
        Map<TopicPartition, ProducerState> open = new TreeMap<>(BY_NAME);
        for (int from = 0; from < partitions.size(); from += MOST_ASKED) {
            List<TopicPartition> some = partitions.subList(from, Math.min(from + MOST_ASKED, partitions.size()));
            DescribeProducersResult asked = brokers.admin().describeProducers(some);
            for (TopicPartition partition : some) {
                for (ProducerState producer : producers(asked, partition)) {
                    if (producer.producerId() == producerId
                            && producer.currentTransactionStartOffset().isPresent()) {
                        open.put(partition, producer);
                    }
                }
            }
        }
        return open;
    }

    private List<ProducerState> producers(DescribeProducersResult asked, TopicPartition partition)
            throws ExecutionException, TimeoutException, InterruptedException {
        var state = permitted(asked.partitionResult(partition));
        return state == null ? List.of() : state.activeProducers();
    }

    private Set<String> allTopics() throws ExecutionException, TimeoutException, InterruptedException {
        return new HashSet<>(brokers.answer(brokers.admin().listTopics().names()));
    }

    /**
     * {@return those that have a leader, which alone can be asked}
     *
     * @param withoutLeader takes each topic that has others
     */
    private List<TopicPartition> partitions(Collection<String> topics, Consumer<String> withoutLeader)
            throws ExecutionException, TimeoutException, InterruptedException {
        List<TopicPartition> partitions = new ArrayList<>();
        for (KafkaFuture<TopicDescription> described :
                brokers.admin().describeTopics(topics).topicNameValues().values()) {
            TopicDescription topic = permitted(described);
            if (topic != null) {
                for (TopicPartitionInfo info : topic.partitions()) {
                    if (info.leader() != null && !info.leader().isEmpty()) {
                        partitions.add(new TopicPartition(topic.name(), info.partition()));
                    } else {
                        withoutLeader.accept(topic.name());
                    }
                }
            }
        }
        return partitions;
    }

    /** {@return the answer; null if it may not be asked for, or the topic has been deleted} */
    private <T> @Nullable T permitted(KafkaFuture<T> answer)
            throws ExecutionException, TimeoutException, InterruptedException {
        try {
            return brokers.answer(answer);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AuthorizationException
                    || e.getCause() instanceof UnknownTopicOrPartitionException) {
                return null;
            }
            throw e;
        }
    }
}
