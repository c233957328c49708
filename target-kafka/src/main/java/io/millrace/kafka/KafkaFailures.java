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
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.UnsupportedCompressionTypeException;
import org.apache.kafka.common.errors.UnsupportedForMessageFormatException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.jspecify.annotations.Nullable;

/** Says of Kafka's errors whether they pass, and makes messages of them that help. */
final class KafkaFailures {

    /** They end a producer, but a new one that sends the same again goes on. */
    private static final Set<Class<? extends KafkaException>> MENDED_BY_NEW_PRODUCER =
            Set.of(OutOfOrderSequenceException.class, InvalidProducerEpochException.class);

    private static final Set<Class<? extends KafkaException>> OF_THE_CHANGE_OR_TOPIC = Set.of(
            InvalidTopicException.class,
            InvalidRecordException.class,
            InvalidTimestampException.class,
            InvalidConfigurationException.class,
            InvalidPartitionsException.class,
            InvalidReplicationFactorException.class,
            InvalidRequestException.class,
            PolicyViolationException.class,
            SerializationException.class,
            UnsupportedCompressionTypeException.class,
            UnsupportedForMessageFormatException.class,
            UnsupportedVersionException.class);

    private KafkaFailures() {}

    /**
     * {@return the failure as {@link TransientException}, {@link PermanentException}, or, if nobody
     * knows, a {@link KafkaException} that says what was being done}
     */
    static RuntimeException of(Throwable failure, String topic, Change change, String bootstrapServers) {
        String subject = "%s at %s to topic %s".formatted(name(change), change.source(), topic);
        if (failure instanceof RecordTooLargeException) {
            return delivery(
                    topic,
                    change,
                    failure,
                    subject + " is too large: " + failure.getMessage()
                            + " Raise the producer property max.request.size and the topic's max.message.bytes,"
                            + " or leave columns out");
        } else if (failure instanceof AuthenticationException) {
            return authentication(failure, bootstrapServers);
        } else if (failure instanceof AuthorizationException) {
            return delivery(
                    topic,
                    change,
                    failure,
                    subject + " is not allowed: " + failure.getMessage()
                            + " Grant the user WRITE and DESCRIBE on the topic, CREATE where topics are created,"
                            + " and IDEMPOTENT_WRITE on the cluster of brokers before 2.8");
        } else if (failure instanceof RetriableException || MENDED_BY_NEW_PRODUCER.contains(failure.getClass())) {
            return new TransientException(subject + " was not stored: " + failure, failure);
        } else if (OF_THE_CHANGE_OR_TOPIC.contains(failure.getClass())) {
            return delivery(topic, change, failure, subject + " is refused: " + failure);
        }
        return new KafkaException(subject + " failed: " + failure, failure);
    }

    static PermanentException authentication(Throwable failure, String bootstrapServers) {
        return new PermanentException(
                "Kafka at %s does not accept the credentials: %s Check the properties security.protocol, sasl.* and ssl.*"
                        .formatted(bootstrapServers, failure.getMessage()),
                failure);
    }

    static KafkaDeliveryException delivery(String topic, Change change, @Nullable Throwable cause, String message) {
        return new KafkaDeliveryException(topic, change.source(), message, cause);
    }

    /** {@return what the change is, for messages} */
    static String name(Change change) {
        if (change instanceof Record record) {
            return record.kind() + " of " + record.table();
        }
        return change instanceof Statement statement ? "statement " + statement.kind() : "change";
    }
}
