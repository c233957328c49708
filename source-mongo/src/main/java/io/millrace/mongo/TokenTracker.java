// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.Position;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Transaction;

/** A place in a stream that moves on. */
final class TokenTracker implements PositionTracker {

    private final StreamShape stream;
    private MongoPosition at;

    TokenTracker(MongoPosition from, StreamShape stream) {
        this.stream = stream;
        this.at = from.in(stream);
    }

    /** Transactions are named by the token of their first event. What is loaded then is loaded for another target. */
    @Override
    public boolean includes(Transaction transaction) {
        boolean isLoaded = ((MongoTransaction) transaction).loaded() != null;
        return isLoaded || at.order().compareTo(transaction.id()) >= 0;
    }

    @Override
    public boolean includes(Position other) {
        return at.includes(other);
    }

    @Override
    public boolean advance(Boundary boundary) {
        if (boundary instanceof LoadBoundary) {
            return false;
        }
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
