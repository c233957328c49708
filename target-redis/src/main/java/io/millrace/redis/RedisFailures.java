// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.MillraceException;
import io.millrace.core.PermanentException;
import io.millrace.core.TransientException;
import java.security.cert.CertificateException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisClusterOperationException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/** What a failure of the client means: whether it passes, and what to do. */
final class RedisFailures {

    /**
     * Codes of errors that pass: they stand at the begin, or before 7.0 within a script's error. Scripts that were
     * flushed are loaded again. A master that becomes a replica unblocks whoever waits for replicas.
     */
    private static final Pattern PASSING = Pattern.compile(
            "\\b(NOSCRIPT|OOM|READONLY|LOADING|BUSY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MISCONF|NOREPLICAS|UNKILLABLE|UNBLOCKED)\\b|max number of clients|replica instances");

    private static final Pattern CROSSES_SLOTS = Pattern.compile("same (hash ?)?slot|multiple (hash ?)?slots");

    /** Said of keys that only the scripts name, and that a node has not got while their slot moves. */
    private static final String NOT_HERE = "access a non local key";

    private static final Pattern REFUSED =
            Pattern.compile("\\b(NOAUTH|WRONGPASS|NOPERM)\\b|user executing the script can't");

    private static final Pattern COMMAND = Pattern.compile("'([^' ]+)' command");

    private RedisFailures() {}

    static MillraceException of(JedisException failure, RedisServers servers) {
        String message = String.valueOf(failure.getMessage());
        String where = "Redis at " + servers + ": ";
        if (failure instanceof JedisAccessControlException
                || REFUSED.matcher(message).find()) {
            return new PermanentException(
                    where + message + rule(message) + ". Check user and password of the URI, and the user's ACL: it"
                            + " needs the keys, MULTI, EXEC, EVAL, EVALSHA, SCRIPT LOAD and what the scripts call",
                    failure);
        }
        String refusedCertificate = refusedCertificate(failure);
        if (refusedCertificate != null) {
            return new PermanentException(
                    where + "its certificate is not accepted: " + refusedCertificate + ". Use the name that it was made"
                            + " for, and let the JVM trust who signed it (javax.net.ssl.trustStore)",
                    failure);
        }
        boolean isElsewhere = failure instanceof JedisRedirectionException || message.contains(NOT_HERE);
        if (isElsewhere && servers.isCluster()) {
            return new TransientException(where + "the slot is moving: " + message, failure);
        }
        if (isElsewhere) {
            return new PermanentException(where + message + ". This is a cluster: set cluster(true)", failure);
        }
        boolean crossesSlots = failure instanceof JedisClusterOperationException
                && CROSSES_SLOTS.matcher(message).find();
        if (crossesSlots || message.startsWith("CROSSSLOT")) {
            return new PermanentException(
                    where + message + ". In a cluster, the checkpoint and all keys must be in one slot: put the same"
                            + " hash tag into key, statementKey and checkpointKey",
                    failure);
        }
        boolean passes = failure instanceof JedisConnectionException
                || failure instanceof JedisClusterOperationException
                || PASSING.matcher(message).find();
        if (passes) {
            return new TransientException(where + message, failure);
        }
        if (failure instanceof JedisDataException) {
            return new PermanentException(where + message, failure);
        }
        // The pool's own, such as one that was closed or could not connect.
        return new TransientException(where + message, failure);
    }

    /** {@return what is wrong with the server's certificate; null if that is not why it failed} */
    private static @Nullable String refusedCertificate(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return cause.getMessage();
            }
        }
        return null;
    }

    /** {@return what to add to the ACL, if the message tells which command was refused} */
    private static String rule(String message) {
        Matcher command = COMMAND.matcher(message);
        return command.find() ? " (the ACL lacks +" + command.group(1) + ")" : "";
    }
}
