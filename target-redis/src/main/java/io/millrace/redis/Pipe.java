// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A connection over which requests go without waiting for answers, so that the server works while the lane encodes.
 * Requests run in the order in which they are sent; answers come in the same order. Failures are those of the client.
 * Used by one thread.
 */
final class Pipe implements AutoCloseable {

    /** How many requests may be sent before an answer is taken. */
    static final int MOST_UNANSWERED = 4;

    private final FlushableConnection connection;
    private final long timeoutNanos;
    private final int minReplicas;
    private final Executor later;
    /** When the request that is being sent began to be; 0 for none. */
    private volatile long sendingSince;

    private volatile boolean isClosed;

    /**
     * @param timeout after which a request that the server does not take ends the connection
     * @param minReplicas how many replicas must have what a request has written before it is answered
     */
    Pipe(HostAndPort server, JedisClientConfig config, Duration timeout, int minReplicas) {
        connection = new FlushableConnection(server, config);
        timeoutNanos = timeout.toNanos();
        this.minReplicas = minReplicas;
        later = CompletableFuture.delayedExecutor(timeoutNanos, TimeUnit.NANOSECONDS);
        try {
            for (Script script : Script.values()) {
                connection.sendCommand(Protocol.Command.SCRIPT, "LOAD".getBytes(UTF_8), script.text());
                connection.getBinaryBulkReply();
            }
            // A user who may not begin a transaction would run its commands one by one.
            connection.sendCommand(Protocol.Command.MULTI);
            connection.getStatusCodeReply();
            connection.sendCommand(Protocol.Command.EXEC);
            connection.getObjectMultiBulkReply();
            if (minReplicas > 0) {
                // For none, it does not wait.
                connection.sendCommand(Protocol.Command.WAIT, "0", "1");
                connection.getIntegerReply();
            }
        } catch (JedisException e) {
            close();
            throw e;
        }
        later.execute(this::watch);
    }

    /** Reading has a timeout, but writing to a socket has none. */
    private void watch() {
        long since = sendingSince;
        if (since != 0 && System.nanoTime() - since > timeoutNanos) {
            connection.cut();
        }
        if (!isClosed) {
            later.execute(this::watch);
        }
    }

    void send(Request request) {
        sendingSince = System.nanoTime() | 1;
        request.commands().forEach(connection::sendCommand);
        if (minReplicas > 0) {
            // It answers before the client gives up.
            long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(timeoutNanos) / 2);
            connection.sendCommand(Protocol.Command.WAIT, Integer.toString(minReplicas), Long.toString(millis));
        }
        connection.flush();
        sendingSince = 0;
    }

    /** {@return the answer to that request, the first that has not got its answer yet} */
    String receive(Request request) {
        JedisDataException failure = null;
        @Nullable Object last = null;
        // Of a transaction that failed, all replies are taken, and the first that is a failure says why.
        for (int i = 0; i < request.commands().size(); i++) {
            try {
                last = connection.getUnflushedObject();
            } catch (JedisDataException e) {
                failure = failure == null ? e : failure;
            }
        }
        long replicas = minReplicas > 0 ? connection.getIntegerReply() : 0;
        if (failure != null || last == null) {
            throw failure != null ? failure : new JedisDataException("a transaction was not run");
        }
        String answer = Request.answer(last);
        if (replicas < minReplicas) {
            throw new JedisDataException(
                    "NOREPLICAS what was written has come to %d replicas, not to %d".formatted(replicas, minReplicas));
        }
        return answer;
    }

    @Override
    public void close() {
        isClosed = true;
        try {
            connection.disconnect();
        } catch (JedisConnectionException e) {
            // It is broken already, and says so when what is left to send cannot be sent.
        }
    }

    private static final class FlushableConnection extends Connection {

        FlushableConnection(HostAndPort server, JedisClientConfig config) {
            super(server, config);
        }

        @Override
        protected void flush() {
            super.flush();
        }

        /** May be called by any thread. */
        void cut() {
            try {
                forceDisconnect();
            } catch (IOException e) {
                setBroken();
            }
        }
    }
}
