// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.PermanentException;
import io.millrace.core.TransientException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;

/** The brokers as those who answer questions: an admin client, and how long an answer may take. Thread-safe. */
final class Brokers {

    private final KafkaOptions options;
    private final Admin admin;

    private Brokers(KafkaOptions options, Admin admin) {
        this.options = options;
        this.admin = admin;
    }

    /**
     * Connects.
     *
     * @param producer the properties that a producer is made with
     * @throws TransientException if no broker answers within {@link KafkaOptions#connectTimeout()}
     * @throws PermanentException if the credentials are not accepted
     */
    static Brokers connect(KafkaOptions options, Map<String, Object> producer) throws InterruptedException {
        Admin admin;
        try {
            admin = Admin.create(KafkaProperties.admin(producer));
        } catch (KafkaException e) {
            throw cannotStart(options, e);
        }
        Brokers brokers = new Brokers(options, admin);
        try {
            brokers.answer(admin.describeCluster().clusterId());
            return brokers;
        } catch (ExecutionException | TimeoutException e) {
            brokers.close();
            Throwable cause = cause(e);
            throw cause instanceof AuthenticationException
                    ? KafkaFailures.authentication(cause, options.bootstrapServers())
                    : brokers.unreachable(cause);
        } catch (InterruptedException e) {
            brokers.close();
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

    /** {@return what an answer failed for, without the wrapper of futures} */
    static Throwable cause(Exception e) {
        return e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
    }

    TransientException unreachable(Throwable cause) {
        return unreachable(options, cause);
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

    Admin admin() {
        return admin;
    }

    /** Waits for an answer, at most {@link KafkaOptions#connectTimeout()}. */
    <T> T answer(KafkaFuture<T> answer) throws ExecutionException, TimeoutException, InterruptedException {
        return answer.get(options.connectTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Ends the client and its thread, even if this thread is interrupted. */
    void close() {
        boolean interrupted = Thread.interrupted();
        admin.close(Duration.ZERO);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
