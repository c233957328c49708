// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import com.mongodb.MongoChangeStreamException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.MongoIncompatibleDriverException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketReadTimeoutException;
import io.millrace.core.LogLostException;
import io.millrace.core.PermanentException;
import java.io.IOException;
import java.util.Set;

/** What the driver's exceptions mean: worth another attempt, the log is lost, or neither. */
final class StreamFailures {

    static final int UNAUTHORIZED = 13;

    private static final int EVENT_TOO_LARGE = 10_334;
    private static final int INVALID_TOKEN = 260;
    private static final int FATAL = 280;
    /** What the server says of it when a token leads into an event that it would not split there now. */
    private static final String OTHER_SPLIT = "Attempted to resume from a split event";
    /** The collection was dropped or renamed while it was read. */
    private static final int QUERY_PLAN_KILLED = 175;

    /**
     * CappedPositionLost, CloseChangeStream, InvalidResumeToken, ChangeStreamFatalError, ChangeStreamHistoryLost: the
     * place is not in the oplog any more, or never was.
     */
    private static final Set<Integer> LOST = Set.of(136, 222, 260, 280, 286);

    /**
     * Errors of servers that come up, step down or stop, as the change stream specification lists them, and
     * RetryChangeStream, MaxTimeMSExpired, Interrupted, CursorKilled, ReadConcernMajorityNotAvailableYet,
     * NetworkInterfaceExceededTimeLimit, KeyNotFound. Servers from 4.4 on say so by a label besides, for most.
     */
    private static final Set<Integer> PASSING = Set.of(
            6, 7, 43, 50, 63, 89, 91, 133, 134, 150, 189, 202, 211, 234, 237, 262, 9001, 10_107, 11_600, 11_601, 11_602,
            13_388, 13_435, 13_436);

    private static final Set<String> PASSING_LABELS =
            Set.of("ResumableChangeStreamError", "RetryableError", "RetryableWriteError", "TransientTransactionError");

    private StreamFailures() {}

    /**
     * {@return what to throw for a failure to open a stream that is worth another attempt}
     *
     * @param place where the stream was to go on
     * @throws LogLostException if the place is gone
     * @throws PermanentException if another attempt would fail as well
     */
    static IOException of(MongoException e, MongoPosition place) {
        if (LOST.contains(e.getCode())) {
            throw new LogLostException(
                    "the server cannot go on at %s: %s (error %d). The oplog has rolled over, the token is of another stream or cluster, or pipelineStages change _id. Bring the targets up to date by other means and start from a position that you choose; keep the oplog longer than any outage."
                            .formatted(place.toJson(), e.getMessage(), e.getCode()),
                    place.toJson(),
                    e);
        }
        if (e.getCode() == EVENT_TOO_LARGE) {
            throw new PermanentException(
                    "an event after %s is larger than the server may send: %s. Set MongoOptions.splitLargeEvents(true) with MongoDB from 6.0.9 on, or ask for less by pipelineStages, fullDocument and beforeImage."
                            .formatted(place.toJson(), e.getMessage()),
                    e);
        }
        if (e instanceof MongoSocketReadTimeoutException) {
            return new IOException(
                    "the server has not answered in time; if it is looking through its oplog for the first event that is wanted, raise MongoOptions.readTimeout",
                    e);
        }
        return passing(e, "the change stream at " + place.toJson());
    }

    /**
     * {@return what to throw for a failure of a stream that is open} The driver resumes it by itself, first. That it asks
     * behind an invalidate as it must not says nothing of the log: a stream that is opened anew does.
     *
     * @param place where the stream was to go on
     * @throws LogLostException if the place is gone
     * @throws PermanentException if another attempt would fail as well
     */
    static IOException ofOpen(MongoException e, MongoPosition place) {
        return e.getCode() == INVALID_TOKEN ? new IOException(e.getMessage(), e) : of(e, place);
    }

    /** {@return whether nobody knows if another attempt would fail as well: it is none of the errors that are known} */
    static boolean isUnclear(MongoException e) {
        return e instanceof MongoCommandException
                && !isPassing(e)
                && !LOST.contains(e.getCode())
                && e.getCode() != UNAUTHORIZED
                && e.getCode() != EVENT_TOO_LARGE;
    }

    /** {@return whether a token leads into an event that was split, and is not split there now} */
    static boolean isOtherSplit(MongoException e) {
        return e.getCode() == FATAL && String.valueOf(e.getMessage()).contains(OTHER_SPLIT);
    }

    /**
     * {@return what to throw for a failure while documents are loaded that is worth another attempt}
     *
     * @param what was to be read
     * @throws PermanentException if another attempt would fail as well
     */
    static IOException ofLoad(MongoException e, String what) {
        if (e.getCode() == QUERY_PLAN_KILLED) {
            return new IOException(e.getMessage(), e);
        }
        if (e.getCode() == UNAUTHORIZED) {
            throw new PermanentException(
                    "the user may not have %s loaded: %s. Grant find and listCollections on what is watched, or on all databases for the deployment; the role read has both."
                            .formatted(what, e.getMessage()),
                    e);
        }
        return passing(e, "to have " + what + " loaded");
    }

    private static IOException passing(MongoException e, String what) {
        if (!isPassing(e)) {
            throw new PermanentException("the server refuses %s: %s".formatted(what, e.getMessage()), e);
        }
        if (e instanceof MongoInterruptedException) {
            Thread.currentThread().interrupt();
        }
        return new IOException(e.getMessage(), e);
    }

    /** {@return whether it is worth another attempt} */
    static boolean isPassing(MongoException e) {
        if (e instanceof MongoSecurityException) {
            // The driver says so too of a connection that breaks while it logs in.
            return e.getCause() instanceof MongoException cause && isPassing(cause);
        }
        if (e instanceof MongoCommandException) {
            return PASSING.contains(e.getCode()) || PASSING_LABELS.stream().anyMatch(e::hasErrorLabel);
        }
        return !(e instanceof MongoChangeStreamException || e instanceof MongoIncompatibleDriverException);
    }
}
