// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.Position;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Transaction;
import org.bson.BsonTimestamp;

/** A place in a stream that moves on. */
final class TokenTracker implements PositionTracker {

    private final StreamShape stream;
    private MongoPosition at;

    TokenTracker(MongoPosition from, StreamShape stream) {
        this.stream = stream;
        this.at = from;
    }

    /** Transactions are named by the token of their first event. */
    @Override
    public boolean includes(Transaction transaction) {
        return at.order().compareTo(transaction.id()) >= 0 && !mayBeWithin(transaction.id());
    }

    /**
     * A token that was read from the stream here is where a transaction ends. One that someone chose may be of any
     * event, and what comes behind it in the same transaction would be missing: the transaction comes whole.
     */
    private boolean mayBeWithin(String first) {
        BsonTimestamp time = at.operationTime();
        return at.stream() == null
                && !at.order().equals(first)
                && time != null
                && time.equals(MongoPosition.timeOf(first));
    }

    @Override
    public boolean includes(Position other) {
        return at.includes(other);
    }

    @Override
    public boolean advance(Boundary boundary) {
        ResumeToken token = ((MongoBoundary) boundary).token();
        if (token.data().compareTo(at.order()) <= 0) {
            return false;
        }
        at = MongoPosition.after(token, stream);
        return true;
    }

    @Override
    public Position position() {
        return at;
    }
}
