// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source.load;

import io.millrace.core.Position;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Transaction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Moves over the tables that are loaded, and then over the log, of which it knows nothing itself. */
public final class LoadTracker implements PositionTracker {

    private final PositionTracker log;
    /** Null once all tables have been loaded: what is loaded then is loaded for another target. */
    private @Nullable LoadPosition at;

    private LoadTracker(@Nullable LoadPosition from, PositionTracker log) {
        this.at = from;
        this.log = log;
    }

    /**
     * {@return a tracker that stands there}
     *
     * @param log makes a tracker of the log that stands at a position of it
     */
    public static PositionTracker at(Position position, Function<Position, ? extends PositionTracker> log) {
        return new LoadTracker(
                position instanceof LoadPosition loading ? loading : null, log.apply(LoadPosition.logOf(position)));
    }

    /** Of the table that is being loaded, rows may come again: reading goes on behind a row, not a number of rows. */
    @Override
    public boolean includes(Transaction transaction) {
        if (!(transaction instanceof LoadTransaction loaded)) {
            return log.includes(transaction);
        }
        if (at == null) {
            return true;
        }
        LoadedTo to = at.to();
        return to != null && LoadedTo.ORDER.compare(loaded.table(), to.table()) < 0;
    }

    @Override
    public boolean includes(Position other) {
        return at == null ? log.includes(other) : at.includes(other);
    }

    @Override
    public boolean advance(Boundary boundary) {
        LoadPosition loading = at;
        if (!(boundary instanceof LoadBoundary end)) {
            if (loading != null) {
                throw new IllegalStateException("the log goes on while tables are loaded: " + boundary);
            }
            return log.advance(boundary);
        }
        if (loading == null) {
            return false;
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

    /** Another pass is followed, also back: what lies before its rows has been loaded, too. */
    private static boolean isPast(@Nullable LoadedTo here, LoadedTo to) {
        if (here == null) {
            return false;
        }
        int tables = LoadedTo.ORDER.compare(here.table(), to.table());
        return tables > 0 || (tables == 0 && here.pass().equals(to.pass()) && here.rows() >= to.rows());
    }

    @Override
    public Position position() {
        return at == null ? log.position() : at;
    }
}
