// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.source.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one transaction that stand next to each other in the stream, or one change that was in none. Its id
 * is the resume token of the first, of a split event the one that it would have whole. A transaction that was committed
 * on several shards comes in several pieces: each shard commits its part at a time of its own.
 */
final class MongoTransaction extends Transaction {

    private final @Nullable String shownId;

    /**
     * @param token what names the first event: the text of its resume token
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
