// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.Position;
import io.millrace.core.TableId;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Transaction;
import io.millrace.mysql.MySqlPosition.LoadedTo;
import io.millrace.mysql.MySqlPosition.Loading;
import org.jspecify.annotations.Nullable;

/** Moves over the tables that are loaded, and then over the log. */
final class LoadTracker implements PositionTracker {

    private final PositionTracker log;
    /** Null once all tables have been loaded. */
    private @Nullable Loading at;

    /** @param log stands where the log is read from later */
    LoadTracker(Loading from, PositionTracker log) {
        this.at = from;
        this.log = log;
    }

    /** Of the table that is being loaded, rows may come again: reading goes on behind a row, not a number of rows. */
    @Override
    public boolean includes(Transaction transaction) {
        Loading loading = at;
        TableId loaded = ((MySqlTransaction) transaction).loaded();
        if (loading == null || loaded == null) {
            return log.includes(transaction);
        }
        LoadedTo to = loading.to();
        return to != null && LoadedTo.ORDER.compare(loaded, to.table()) < 0;
    }

    @Override
    public boolean includes(Position other) {
        return at == null ? log.includes(other) : position().includes(other);
    }

    @Override
    public boolean advance(Boundary boundary) {
        Loading loading = at;
        if (loading == null) {
            return log.advance(boundary);
        }
        if (!(boundary instanceof LoadBoundary end)) {
            throw new IllegalStateException("the log goes on while tables are loaded: " + boundary);
        }
        LoadedTo to = end.to();
        if (to == null) {
            at = null;
            return true;
        }
        if (isPast(loading.to(), to)) {
            return false;
        }
        at = new Loading(loading.log(), to);
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
