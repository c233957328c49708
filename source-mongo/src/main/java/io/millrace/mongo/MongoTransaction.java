// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.TableId;
import io.millrace.core.source.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one transaction that stand next to each other in the stream, or one change that was in none. Its id
 * is the resume token of the first: changes of transactions that were committed at the same time on several shards
 * may stand between each other, so that a transaction comes in several pieces.
 */
final class MongoTransaction extends Transaction {

    private final @Nullable String shownId;
    private final @Nullable TableId loaded;

    /**
     * @param token text of the first event's resume token
     * @param shownId of the session and the transaction in it; null for a change that was in none
     */
    MongoTransaction(long number, String token, @Nullable String shownId, long commitTimestampMicros) {
        super(number, token, null, commitTimestampMicros);
        this.shownId = shownId;
        this.loaded = null;
    }

    /** Documents that were there before: no transaction of the log, but delivered as if they were one. */
    MongoTransaction(long number, String id, TableId loaded) {
        super(number, id, null, 0);
        this.shownId = id;
        this.loaded = loaded;
    }

    /** {@return the collection of which documents are loaded; null if this is a transaction of the log} */
    @Nullable TableId loaded() {
        return loaded;
    }

    @Override
    public @Nullable String shownId() {
        return shownId;
    }
}
