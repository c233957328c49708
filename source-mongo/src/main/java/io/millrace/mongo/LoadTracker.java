// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.Position;
import io.millrace.core.TableId;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Transaction;
import io.millrace.mongo.LoadPosition.LoadedTo;
import org.jspecify.annotations.Nullable;

/** Moves over the collections that are loaded, and then over the stream. */
final class LoadTracker implements PositionTracker {

    private final PositionTracker log;
    /** Null once all collections have been loaded. */
    private @Nullable LoadPosition at;

    /** @param log stands where the stream begins later */
    LoadTracker(LoadPosition from, PositionTracker log) {
        this.at = from;
        this.log = log;
    }

    /** Of the collection that is being loaded, documents may come again: reading goes on behind a key. */
    @Override
    public boolean includes(Transaction transaction) {
        LoadPosition loading = at;
        TableId loaded = ((MongoTransaction) transaction).loaded();
        if (loading == null || loaded == null) {
            return log.includes(transaction);
        }
        LoadedTo to = loading.to();
        return to != null && LoadedTo.ORDER.compare(loaded, to.collection()) < 0;
    }

    @Override
    public boolean includes(Position other) {
        return at == null ? log.includes(other) : position().includes(other);
    }

    @Override
    public boolean advance(Boundary boundary) {
        LoadPosition loading = at;
        if (loading == null) {
            return log.advance(boundary);
        }
        if (!(boundary instanceof LoadBoundary end)) {
            throw new IllegalStateException("the stream goes on while collections are loaded: " + boundary);
        }
        LoadedTo to = end.to();
        if (to == null) {
            at = null;
            return true;
        }
        if (isPast(loading.to(), to)) {
            return false;
        }
        at = new LoadPosition(loading.log(), to);
        return true;
    }

    /** Another pass is followed, also back: what lies before its documents has been loaded, too. */
    private static boolean isPast(@Nullable LoadedTo here, LoadedTo to) {
        if (here == null) {
            return false;
        }
        int collections = LoadedTo.ORDER.compare(here.collection(), to.collection());
        return collections > 0
                || (collections == 0 && here.pass().equals(to.pass()) && here.documents() >= to.documents());
    }

    @Override
    public Position position() {
        return at == null ? log.position() : at;
    }
}
