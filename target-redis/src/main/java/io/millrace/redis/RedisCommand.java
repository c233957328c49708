// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

/** What a {@link RedisTarget} does with each change. */
public enum RedisCommand {
    /** Pushes the change, as the format writes it, onto the head of a list. */
    LPUSH,
    /** Pushes the change, as the format writes it, onto the tail of a list. */
    RPUSH,
    /**
     * Appends the change, as the format writes it, to a stream, in one field. The id is
     * {@code <transaction number>-<place>}, so entries are ordered as the source's changes are. The place is 65,536
     * times the {@linkplain io.millrace.core.Change#ordinal() ordinal} plus the
     * {@linkplain io.millrace.core.Record#subOrdinal() sub-ordinal}.
     */
    XADD,
    /**
     * Publishes the change, as the format writes it, in a channel. Redis stores nothing of it: who is not
     * subscribed at that moment never gets it. The checkpoint is kept in the pipeline's store; after a
     * failure of the connection some changes may be published twice.
     */
    PUBLISH,
    /**
     * Mirrors tables: the latest state of each row is a hash of its columns, as text; null is a field that
     * is not there. A deleted row's key is deleted.
     */
    HSET,
    /**
     * Mirrors tables: the latest state of each row is a string that holds it as a JSON object. A deleted
     * row's key is deleted.
     */
    SET;

    /** {@return whether what is stored is the latest state of each row} */
    boolean mirrors() {
        return this == HSET || this == SET;
    }
}
