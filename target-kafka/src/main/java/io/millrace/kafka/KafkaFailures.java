// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Change;
import io.millrace.core.PermanentException;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.TransientException;
import java.util.Set;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.errors.TransactionAbortedException;
import org.apache.kafka.common.errors.TransactionCoordinatorFencedException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/** Says of Kafka's errors whether they pass, and makes messages of them that help. */
final class KafkaFailures {

    /** They end a producer, but a new one goes on; whether another instance made them is seen then. */
    private static final Set<Class<? extends KafkaException>> MENDED_BY_NEW_PRODUCER = Set.of(
            OutOfOrderSequenceException.class,
            UnknownProducerIdException.class,
            InvalidProducerEpochException.class,
            InvalidPidMappingException.class,
            InvalidTxnStateException.class,
            ProducerFencedException.class,
            TransactionAbortableException.class,
            TransactionAbortedException.class,
            TransactionCoordinatorFencedException.class);

    private static final Set<Class<? extends KafkaException>> OF_THE_CHANGE = Set.of(
            InvalidTopicException.class,
            InvalidRecordException.class,
            InvalidTimestampException.class,
            SerializationException.class);

    private static final Set<Class<? extends KafkaException>> OF_THE_TOPIC = Set.of(
            InvalidConfigurationException.class,
            InvalidPartitionsException.class,
            InvalidReplicationFactorException.class,
            InvalidRequestException.class,
            PolicyViolationException.class,
            RecordBatchTooLargeException.class,
            UnsupportedCompressionTypeException.class,
            UnsupportedForMessageFormatException.class,
            UnsupportedVersionException.class);

    /** What the client says of records that were refused because of another one beside them. */
    private static final String BESIDE_AN_INVALID_ONE = "part of a batch";

    private KafkaFailures() {}

    /**
     * {@return the failure as {@link TransientException}, {@link PermanentException}, or, if nobody
     * knows, a {@link KafkaException} that says what was being done}
     */
    static RuntimeException of(Throwable reported, String topic, Change change, String bootstrapServers) {
        Throwable failure = unwrapped(reported);
        String subject = "%s at %s to topic %s".formatted(name(change), change.source(), topic);
        if (failure instanceof RecordTooLargeException) {
            return new KafkaDeliveryException(
                    topic,
                    change,
                    subject + " is too large: " + failure.getMessage()
                            + " Raise the producer property max.request.size and the topic's max.message.bytes,"
                            + " or leave columns out",
                    failure);
        } else if (OF_THE_CHANGE.contains(failure.getClass())) {
            return new KafkaDeliveryException(topic, change, subject + " is refused: " + failure, failure);
        } else if (failure.getClass() == KafkaException.class
                && String.valueOf(failure.getMessage()).contains(BESIDE_AN_INVALID_ONE)) {
            return new KafkaDeliveryException(
                    topic, null, "a change near " + subject + " is refused: " + failure, failure);
        }
        return of(failure, subject, topic, bootstrapServers);
    }

    /**
     * {@return the failure of something that is not the fault of any change}
     *
     * @param subject what was being done
     */
    static RuntimeException of(Throwable reported, String subject, String topic, String bootstrapServers) {
        Throwable failure = unwrapped(reported);
        if (failure instanceof AuthenticationException) {
            return authentication(failure, bootstrapServers);
        } else if (failure instanceof TransactionalIdAuthorizationException) {
            return new PermanentException(
                    subject + " is not allowed: " + failure.getMessage()
                            + " Grant the user WRITE and DESCRIBE on the transactional id",
                    failure);
        } else if (failure instanceof AuthorizationException) {
            return new KafkaTopicException(
                    topic,
                    subject + " is not allowed: " + failure.getMessage()
                            + " Grant the user WRITE and DESCRIBE on the topic, CREATE where topics are created,"
                            + " READ and DESCRIBE_CONFIGS too where it is that of checkpoints,"
                            + " and IDEMPOTENT_WRITE on the cluster of brokers before 2.8",
                    failure);
        } else if (failure instanceof RetriableException || MENDED_BY_NEW_PRODUCER.contains(failure.getClass())) {
            return new TransientException(
                    subject + " was not stored: " + failure
                            + (isFencing(failure)
                                    ? " Either the transaction took longer than transaction.timeout.ms, or another"
                                            + " instance has taken over, which is looked into before anything else"
                                    : ""),
                    failure);
        } else if (failure instanceof InvalidTxnTimeoutException) {
            return new PermanentException(
                    subject + " is refused: " + failure.getMessage()
                            + " Lower the producer property transaction.timeout.ms, or raise the brokers'"
                            + " transaction.max.timeout.ms",
                    failure);
        } else if (OF_THE_TOPIC.contains(failure.getClass())
                || OF_THE_CHANGE.contains(failure.getClass())
                || failure instanceof RecordTooLargeException) {
            return new KafkaTopicException(topic, subject + " is refused: " + failure, failure);
        }
        return new KafkaException(subject + " failed: " + failure, failure);
    }

    /** {@return whether Kafka says that another has the transactional id, or that a transaction took too long} */
    static boolean isFencing(@Nullable Throwable failure) {
        return failure instanceof ProducerFencedException || failure instanceof InvalidProducerEpochException;
    }

    /** {@return what a transactional producer failed for first; it wraps that when it is used again} */
    private static Throwable unwrapped(Throwable reported) {
        Throwable failure = reported;
        for (Throwable cause = failure.getCause();
                failure.getClass() == KafkaException.class && cause instanceof KafkaException;
                cause = failure.getCause()) {
            failure = cause;
        }
        return failure;
    }

    /** {@return the failure to make keys, values or topic names of a change} */
    static PermanentException encoding(Change change, RuntimeException failure) {
        if (failure instanceof KafkaTopicException ofNoChange) {
            return ofNoChange;
        }
        return new KafkaDeliveryException(
                null,
                change,
                "%s at %s cannot be encoded: %s".formatted(name(change), change.source(), failure),
                failure);
    }

    static PermanentException authentication(Throwable failure, String bootstrapServers) {
        return new PermanentException(
                "Kafka at %s does not accept the credentials: %s Check the properties security.protocol, sasl.* and ssl.*"
                        .formatted(bootstrapServers, failure.getMessage()),
                failure);
    }

    /** {@return what the change is, for messages} */
    static String name(@Nullable Change change) {
        if (change instanceof Record record) {
            return record.kind() + " of " + record.table();
        }
        return change instanceof Statement statement ? "statement " + statement.kind() : "change";
    }
}
