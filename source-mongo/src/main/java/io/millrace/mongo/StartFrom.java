// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import java.time.Instant;
import java.util.Objects;

/**
 * Where a pipeline begins that has no checkpoint yet. There is no default: beginning at the wrong
 * place is a gap, or a flood, that nobody notices at first. Immutable.
 */
public sealed interface StartFrom {

    /** {@return what is changed from now on} */
    static StartFrom latest() {
        return Now.LATEST;
    }

    /**
     * {@return the documents that are there now, as {@link io.millrace.core.Record.Kind#READ} records, and then what
     * was changed since} The time of the cluster is noted first, then all captured collections are read, one after the
     * other by name, along {@code _id}; a restart goes on behind the last document that was delivered.
     *
     * <p>A document may be read in a state newer than the stream at the noted time: the changes that led to it come
     * again. Targets that keep the latest state of each key are right once the stream has been read up to the load's
     * end. Meanwhile the stream is not read: the oplog must reach back for as long. Of replica sets only.
     */
    static StartFrom initialLoad() {
        return Now.INITIAL_LOAD;
    }

    /** {@return what was changed at this time or after it, by the cluster's clock} The oplog must reach back so far. */
    static StartFrom operationTime(Instant time) {
        return new At(MongoPosition.operationTime(time));
    }

    /**
     * {@return what comes after a resume token, which may be that of an invalidate}
     *
     * @param json the token, as extended JSON: {@code {"_data":"82..."}}
     * @throws IllegalArgumentException if it is not one
     */
    static StartFrom token(String json) {
        return new At(MongoPosition.token(json));
    }

    /** A place that is known only when the server is asked. */
    enum Now implements StartFrom {
        LATEST,
        INITIAL_LOAD
    }

    /**
     * A place that is known.
     *
     * @param position the place
     */
    record At(MongoPosition position) implements StartFrom {

        public At {
            Objects.requireNonNull(position, "position");
        }
    }
}
