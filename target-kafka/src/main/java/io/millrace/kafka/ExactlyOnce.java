// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Batch;
import io.millrace.core.FencedException;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.checkpoint.CheckpointLostException;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.jspecify.annotations.Nullable;

/**
 * Delivers exactly once: records and checkpoint in one Kafka transaction. Used by the lane's thread.
 */
final class ExactlyOnce implements Mode {

    /*
     * Two things tell who owns the target. Kafka's own, the epoch of the transactional id: whoever
     * takes it last ends the transaction of the one before and makes its producer useless, so nothing
     * is ever stored by two. But Kafka answers the same when it has aborted a transaction that was open
     * for too long, so an instance that is told so does not know yet whether there is another. That is
     * told by the checkpoints: each says which instance wrote it. An instance begins by writing the
     * one that it finds once more, as its own; one that later finds another's was replaced. It looks
     * before it takes the transactional id again, so that it disturbs nobody, and after, when what
     * was open is decided.
     *
     * Decided, but a coordinator can take a partition for deleted and never tell it (docs/kafka.md). The
     * records that hang there share the fate of the next transaction, whatever was decided for them: twice
     * there, or lost. So before that begins, partitions must have nothing open: of all topics at first, then
     * of those that were written to. A partition that has no leader cannot be asked, nor be written to; it may
     * have one later, so its topic is looked at again before it is used.
     */

    private final KafkaOptions options;
    private final String pipeline;
    private final byte[] key;
    private final Map<String, Object> properties;
    private final String instance = UUID.randomUUID().toString();
    /** Topics of sessions that have ended, until their partitions are seen to have nothing open. */
    private final Set<String> written = new HashSet<>();

    private @Nullable Brokers brokers;
    private @Nullable Topics topics;
    private @Nullable CheckpointTopic checkpoints;
    private @Nullable OpenTransactions open;
    private @Nullable TransactionalSession session;
    private boolean owned;
    /** Offset of the checkpoint that was found at the beginning; those behind it are this instance's, or a successor's. */
    private long base = -1;

    private @Nullable StoredCheckpoint stored;

    ExactlyOnce(KafkaOptions options, String pipeline) {
        this.options = options;
        this.pipeline = pipeline;
        this.key = CheckpointTopic.key(pipeline, options.target().name());
        this.properties = KafkaProperties.transactional(
                options, pipeline + "." + options.target().name());
    }

    @Override
    public void open() throws Exception {
        if (brokers == null) {
            brokers = Brokers.connect(options, properties);
            OpenTransactions asking = new OpenTransactions(options, brokers);
            topics = new Topics(options, brokers, topic -> asking.checkBeforeUse(transactionalId(), topic));
            checkpoints = new CheckpointTopic(options, brokers, properties);
            open = asking;
        }
        checkpoints().prepare();
    }

    private CheckpointTopic checkpoints() {
        return Objects.requireNonNull(checkpoints, "not open");
    }

    private Topics topics() {
        return Objects.requireNonNull(topics, "not open");
    }

    private String transactionalId() {
        return String.valueOf(properties.get(ProducerConfig.TRANSACTIONAL_ID_CONFIG));
    }

    /** Takes the transactional id, reads what is stored now that nothing is open, and marks it as its own. */
    private void begin() throws Exception {
        TransactionalSession current = session;
        if (current == null) {
            // While the id is not taken, its coordinator still tells how the last transaction ended.
            checkNothingHangs();
            TransactionWriter writer = new TransactionWriter(options, topics(), key, instance, properties);
            current = new TransactionalSession(writer, options);
            session = current;
        }
        try {
            long patience = options.connectTimeout().toMillis();
            current.awaitInit(patience);
            StoredCheckpoint newest = checkpoints().newest(key, IsolationLevel.READ_UNCOMMITTED);
            if (owned) {
                checkOwner(newest);
            } else {
                base = newest == null ? -1 : newest.offset();
            }
            checkNothingHangs();
            written.clear();
            current.begin(newest, !owned, patience);
            owned = true;
            stored = newest;
        } finally {
            if (current.hasFailed()) {
                endSession();
            }
        }
    }

    private void checkNothingHangs() throws InterruptedException {
        Objects.requireNonNull(open, "not open").check(transactionalId(), owned ? written : null);
    }

    private void endSession() {
        TransactionalSession ended = session;
        session = null;
        if (ended != null) {
            ended.close(KafkaProperties.maxBlock(options.properties()));
        }
    }

    /** @param newest what is stored now */
    private void checkOwner(@Nullable StoredCheckpoint newest) {
        if (newest == null) {
            throw new CheckpointLostException(
                    "the checkpoint of pipeline %s, target %s was in topic %s, and is not there any more"
                            .formatted(pipeline, options.target().name(), options.checkpointTopic()));
        }
        if (newest.offset() > base && !newest.instance().equals(instance)) {
            Checkpoint checkpoint = newest.checkpoint();
            throw new FencedException(
                    ("another instance of pipeline %s has taken over target %s: it has stored a checkpoint%s in topic"
                                    + " %s. This one stores nothing more")
                            .formatted(
                                    pipeline,
                                    options.target().name(),
                                    checkpoint == null ? "" : " of epoch " + checkpoint.epoch(),
                                    options.checkpointTopic()),
                    null);
        }
    }

    @Override
    public CompletionStage<@Nullable Void> deliver(Batch batch) {
        return Objects.requireNonNull(session, "not open").add(batch);
    }

    @Override
    public void flush() {
        if (session != null) {
            session.flush();
        }
    }

    @Override
    public void recover() throws Exception {
        if (session != null && session.hasFailed()) {
            endSession();
        }
        if (!owned) {
            return;
        }
        if (session == null) {
            // Nothing is waited for: it may be this instance's own transaction that is open.
            StoredCheckpoint newest = checkpoints().newest(key, IsolationLevel.READ_COMMITTED);
            if (newest != null) {
                checkOwner(newest);
            }
            written.addAll(topics().forget());
        }
        begin();
    }

    @Override
    public @Nullable Checkpoint restore() throws Exception {
        if (!owned) {
            begin();
        }
        return stored == null ? null : stored.checkpoint();
    }

    /**
     * Reads the newest checkpoint, and waits for one that is being committed. The other way, a
     * transaction that does nothing, would fail too when Kafka has forgotten an idle transactional id,
     * or another instance has taken it and gone away without having begun, and so prove nothing
     * without this reading; and where reading finds nothing, Kafka itself still lets only one of two
     * store anything.
     */
    @Override
    public void confirmOwnership() throws Exception {
        checkOwner(checkpoints().newest(key, IsolationLevel.READ_UNCOMMITTED));
    }

    @Override
    public void close() {
        try {
            endSession();
        } finally {
            if (brokers != null) {
                brokers.close();
                brokers = null;
            }
        }
    }
}
