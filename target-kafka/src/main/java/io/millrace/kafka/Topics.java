// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Change;
import io.millrace.core.PermanentException;
import io.millrace.core.Statement;
import io.millrace.core.TransientException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Knows which topics exist and creates those that do not. Used by one thread at a time. */
final class Topics {

    private static final Logger LOG = LoggerFactory.getLogger(Topics.class);
    private static final int LONGEST_NAME = 249;

    private final KafkaOptions options;
    private final Admin admin;
    private final Set<String> known = new HashSet<>();
    private String last = "";

    private Topics(KafkaOptions options, Admin admin) {
        this.options = options;
        this.admin = admin;
    }

    /**
     * Connects to the brokers.
     *
     * @throws TransientException if none answers within {@link KafkaOptions#connectTimeout()}
     * @throws PermanentException if the credentials are not accepted
     */
    static Topics connect(KafkaOptions options, Map<String, Object> properties) throws InterruptedException {
        Admin admin;
        try {
            admin = Admin.create(properties);
        } catch (KafkaException e) {
            throw cannotStart(options, e);
        }
        try {
            await(admin.describeCluster().clusterId(), options);
            return new Topics(options, admin);
        } catch (ExecutionException | TimeoutException e) {
            close(admin);
            Throwable cause = cause(e);
            throw cause instanceof AuthenticationException
                    ? KafkaFailures.authentication(cause, options.bootstrapServers())
                    : unreachable(options, cause);
        } catch (InterruptedException e) {
            close(admin);
            throw e;
        }
    }

    /** {@return why a client could not be made: a host without an address may get one, settings stay wrong} */
    static RuntimeException cannotStart(KafkaOptions options, KafkaException e) {
        Throwable root = e.getCause() == null ? e : e.getCause();
        boolean noAddress = root instanceof ConfigException
                && String.valueOf(root.getMessage()).contains("resolvable");
        return noAddress
                ? unreachable(options, root)
                : new PermanentException(
                        "a Kafka client cannot be made: " + root.getMessage()
                                + " Check the properties given to KafkaOptions",
                        e);
    }

    private static Throwable cause(Exception e) {
        return e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
    }

    private static TransientException unreachable(KafkaOptions options, Throwable cause) {
        return new TransientException(
                ("no Kafka broker answered at %s within %d ms: %s. Check bootstrapServers, that the brokers run,"
                                + " and that their advertised.listeners can be reached from here")
                        .formatted(
                                options.bootstrapServers(),
                                options.connectTimeout().toMillis(),
                                cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage()),
                cause);
    }

    /** Makes sure that the topic exists. */
    void require(String topic, Change change) throws InterruptedException {
        if (topic.equals(last) || known.contains(topic)) {
            last = topic;
            return;
        }
        checkName(topic, change);
        try {
            if (!exists(topic)) {
                if (!options.createTopics()) {
                    throw KafkaFailures.delivery(topic, change, null, missing(topic, change));
                }
                create(topic);
            }
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = cause(e);
            throw cause instanceof TimeoutException
                    ? unreachable(options, cause)
                    : KafkaFailures.of(cause, topic, change, options.bootstrapServers());
        }
        known.add(topic);
        last = topic;
    }

    private boolean exists(String topic) throws ExecutionException, TimeoutException, InterruptedException {
        try {
            await(admin.describeTopics(List.of(topic)).allTopicNames(), options);
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
        Optional<Short> replication =
                options.topicReplication() == 0 ? Optional.empty() : Optional.of((short) options.topicReplication());
        NewTopic wanted = new NewTopic(topic, partitions, replication).configs(options.topicConfigs());
        try {
            await(admin.createTopics(List.of(wanted)).all(), options);
            LOG.info("{}: created topic {}", options.target().name(), topic);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    private String missing(String topic, Change change) {
        return ("topic %s, for %s at %s, does not exist. Create it, or let it be created by KafkaOptions"
                        + " createTopics(true)")
                .formatted(topic, KafkaFailures.name(change), change.source());
    }

    private void checkName(String topic, Change change) {
        boolean legal = !topic.isEmpty()
                && topic.length() <= LONGEST_NAME
                && !topic.equals(".")
                && !topic.equals("..")
                && topic.chars().allMatch(Topics::isLegal);
        if (!legal) {
            throw KafkaFailures.delivery(
                    topic,
                    change,
                    null,
                    ("'%s', which template '%s' makes of %s at %s, cannot be a topic: a name is 1 to %d"
                                    + " letters and digits of ASCII, '.', '_' and '-'. Choose another template,"
                                    + " or rename by a transform")
                            .formatted(
                                    topic,
                                    template(change),
                                    KafkaFailures.name(change),
                                    change.source(),
                                    LONGEST_NAME));
        }
    }

    private String template(Change change) {
        boolean ofStatements = change instanceof Statement statement
                && (statement.tables().isEmpty() || !options.statementsToTables());
        return (ofStatements ? options.statementTopic() : options.topic()).toString();
    }

    private static boolean isLegal(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }

    /** Topics may have been deleted meanwhile: asks for each again. */
    void forget() {
        known.clear();
        last = "";
    }

    /** Ends the client and its thread, even if this thread is interrupted. */
    void close() {
        close(admin);
    }

    private static void close(Admin admin) {
        boolean interrupted = Thread.interrupted();
        admin.close(Duration.ZERO);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> @Nullable T await(KafkaFuture<T> answer, KafkaOptions options)
            throws ExecutionException, TimeoutException, InterruptedException {
        return answer.get(options.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }
}
