// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.source.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one transaction that stand next to each other in the stream, or one change that was in none. Its id
 * is the resume token of the first: changes of transactions that were committed at the same time on several shards
 * may stand between each other, so that a transaction comes in several pieces.
 */
final class MongoTransaction extends Transaction {

    private final @Nullable String shownId;

    /**
     * @param token text of the first event's resume token
     * @param shownId of the session and the transaction in it; null for a change that was in none
     */
    MongoTransaction(long number, String token, @Nullable String shownId, long commitTimestampMicros) {
        super(number, token, null, commitTimestampMicros);
        this.shownId = shownId;
    }

    @Override
    public @Nullable String shownId() {
        return shownId;
    }
}
