// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Change;
import io.millrace.core.Statement;
import io.millrace.core.format.Template;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows which topics exist and creates those that do not. Used by one thread at a time. */
final class Topics {

    private static final Logger LOG = LoggerFactory.getLogger(Topics.class);

    private final KafkaOptions options;
    private final Brokers brokers;
    private final FirstUse firstUse;
    private final Set<String> known = new HashSet<>();
    private String last = "";

    /** Looks at a topic that exists, before something is written to it. */
    interface FirstUse {
        void of(String topic) throws InterruptedException;
    }

    Topics(KafkaOptions options, Brokers brokers, FirstUse firstUse) {
        this.options = options;
        this.brokers = brokers;
        this.firstUse = firstUse;
    }

    /** Makes sure that the topic exists, to which the change goes. */
    void require(String topic, Change change) throws InterruptedException {
        if (!isKnown(topic)) {
            find(topic, change, template(change));
        }
    }

    /** Makes sure that the topic exists, which {@code template} names after the change. */
    void require(String topic, Change change, Template template) throws InterruptedException {
        if (!isKnown(topic)) {
            find(topic, change, template);
        }
    }

    private boolean isKnown(String topic) {
        if (topic.equals(last) || known.contains(topic)) {
            last = topic;
            return true;
        }
        return false;
    }

    private void find(String topic, Change change, Template template) throws InterruptedException {
        checkName(topic, change, template);
        try {
            if (!exists(topic)) {
                if (!options.createTopics()) {
                    throw new KafkaTopicException(topic, missing(topic, change), null);
                }
                create(topic);
            }
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = Brokers.cause(e);
            throw cause instanceof TimeoutException
                    ? brokers.unreachable(cause)
                    : KafkaFailures.of(cause, topic, change, options.bootstrapServers());
        }
        firstUse.of(topic);
        known.add(topic);
        last = topic;
    }

    private boolean exists(String topic) throws ExecutionException, TimeoutException, InterruptedException {
        try {
            brokers.answer(brokers.admin().describeTopics(List.of(topic)).allTopicNames());
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw e;
        }
    }

    private void create(String topic) throws ExecutionException, TimeoutException, InterruptedException {
        Optional<Integer> partitions =
                options.topicPartitions() == 0 ? Optional.empty() : Optional.of(options.topicPartitions());
        NewTopic wanted = new NewTopic(topic, partitions, replication(options)).configs(options.topicConfigs());
        try {
            brokers.answer(brokers.admin().createTopics(List.of(wanted)).all());
            LOG.info("{}: created topic {}", options.target().name(), topic);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    static Optional<Short> replication(KafkaOptions options) {
        return options.topicReplication() == 0 ? Optional.empty() : Optional.of((short) options.topicReplication());
    }

    private static String missing(String topic, Change change) {
        return ("topic %s, for %s at %s, does not exist. Create it, or let it be created by KafkaOptions"
                        + " createTopics(true)")
                .formatted(topic, KafkaFailures.name(change), change.source());
    }

    private static void checkName(String topic, Change change, Template template) {
        if (!TopicNames.isLegal(topic)) {
            throw new KafkaDeliveryException(
                    topic,
                    change,
                    "'%s', which template '%s' makes of %s at %s, cannot be a topic: %s. Choose another template, rename by a transform, or set sanitizeTopics"
                            .formatted(
                                    topic, template, KafkaFailures.name(change), change.source(), TopicNames.legal()),
                    null);
        }
    }

    private Template template(Change change) {
        boolean ofStatements = change instanceof Statement statement
                && (statement.tables().isEmpty() || !options.statementsToTables());
        return ofStatements ? options.statementTopic() : options.topic();
    }

    /** {@return the topics that were known until now} They may have been deleted meanwhile: asks for each again. */
    Set<String> forget() {
        Set<String> forgotten = Set.copyOf(known);
        known.clear();
        last = "";
        return forgotten;
    }
}
