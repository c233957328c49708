// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Change;
import io.millrace.core.LogLostException;
import io.millrace.core.MillraceException;
import io.millrace.core.PermanentException;
import io.millrace.core.Position;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.TransientException;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.Capture;
import io.millrace.core.source.PositionTracker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Takes what the source found, applies the user's hooks, gathers parcels and hands them to all lanes,
 * waiting where one is full. Used by the capture thread; the counters are readable by any.
 */
public final class Intake implements Capture {

    /*
     * It also remembers how far into the log it has handed things on, so that a broken connection is
     * made anew from there: the position of complete transactions, and of an open one how many of its
     * changes were handed on. The lanes hold what they got, so nothing of it may come twice.
     */

    /** What the processor does with each change, and when lanes hold the capture back. */
    public interface Hooks {

        @Nullable Record process(Record record);

        @Nullable Statement processDdl(Statement statement);

        /** {@return whether the transaction is to be left out} Called once for each time that it is begun. */
        boolean isSkipped(String id);

        /** Called about every 100 ms while a lane is full; throws {@link StoppedException} to give up. */
        void waiting(Lane lane, Duration soFar);

        /** Called when a wait is over. */
        void waited();
    }

    private static final long WAIT_STEP_NANOS = Duration.ofMillis(100).toNanos();

    private final List<Lane> lanes;
    private final Hooks hooks;
    private final PositionTracker captured;
    private final @Nullable Position goal;
    private final AtomicLong records = new AtomicLong();
    private final AtomicLong statements = new AtomicLong();
    private final AtomicLong transactions = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile long lastEventTimestamp;

    private Parcel parcel = new Parcel(0);
    private final Numbering numbering;
    private @Nullable String open;
    private long lastOrdinal = -1;
    /** Set when a connection ended inside a transaction: it has to come again. */
    private boolean interrupted;

    private long skipThrough = -1;

    /**
     * @param captured stands where the source begins
     * @param numbering stands there, too
     * @param goal the position at which to end; null for none
     */
    public Intake(
            List<Lane> lanes, Hooks hooks, PositionTracker captured, Numbering numbering, @Nullable Position goal) {
        this.lanes = List.copyOf(lanes);
        this.hooks = hooks;
        this.captured = captured;
        this.numbering = numbering;
        this.goal = goal;
    }

    /** @throws GoalReachedException if nothing is left to capture: the goal is reached */
    public void checkGoal() {
        if (goal != null && open == null && captured.includes(goal)) {
            throw new GoalReachedException();
        }
    }

    /** {@return where a new connection has to begin} */
    public Position position() {
        return captured.position();
    }

    /** The connection ended; the next one begins at {@link #position()}. */
    public void connectionEnded() {
        if (open != null) {
            if (lastOrdinal >= 0) {
                interrupted = true;
            } else {
                open = null;
                numbering.takeBack();
            }
        }
    }

    @Override
    public long begin(String id) {
        if (interrupted) {
            if (!id.equals(open)) {
                throw new LogLostException(
                        "the connection ended inside transaction %s, of which changes up to ordinal %d were handed on, but the log goes on with %s: the server has lost it, or is another one. Compare the target with the source, then start from a position you choose."
                                .formatted(open, lastOrdinal, id),
                        String.valueOf(open),
                        null);
            }
            interrupted = false;
            skipThrough = lastOrdinal;
            return numbering.last();
        }
        if (open != null) {
            throw new IllegalStateException("transaction " + id + " begins inside " + open);
        }
        open = id;
        lastOrdinal = -1;
        skipThrough = -1;
        return numbering.next(id);
    }

    @Override
    public boolean isSkipped(String id) {
        return hooks.isSkipped(id);
    }

    @Override
    public void record(Record record) {
        if (record.ordinal() <= skipThrough) {
            return;
        }
        records.lazySet(records.getPlain() + 1);
        Record kept;
        try {
            kept = hooks.process(record);
        } catch (TransientException e) {
            throw hookFailed("process(record)", record, e);
        } catch (MillraceException e) {
            throw e;
        } catch (RuntimeException e) {
            throw hookFailed("process(record)", record, e);
        }
        lastOrdinal = record.ordinal();
        if (kept != null) {
            requirePlace(kept, "process(record)", record);
            add(kept);
        }
    }

    @Override
    public void statement(Statement statement) {
        if (statement.ordinal() <= skipThrough) {
            return;
        }
        statements.lazySet(statements.getPlain() + 1);
        Statement kept;
        try {
            kept = hooks.processDdl(statement);
        } catch (TransientException e) {
            throw hookFailed("processDdl(statement)", statement, e);
        } catch (MillraceException e) {
            throw e;
        } catch (RuntimeException e) {
            throw hookFailed("processDdl(statement)", statement, e);
        }
        lastOrdinal = statement.ordinal();
        if (kept != null) {
            requirePlace(kept, "processDdl(statement)", statement);
            add(kept);
        }
    }

    /** The position moves by what was captured, so what goes on must stand at the same place. */
    private static void requirePlace(Change kept, String hook, Change captured) {
        if (kept.source() != captured.source() || kept.ordinal() != captured.ordinal()) {
            throw new PermanentException(
                    "%s answered with a change of another place, %s, ordinal %d, for the one at %s, ordinal %d; make copies of the change that came in, such as by withImages"
                            .formatted(hook, kept.source(), kept.ordinal(), captured.source(), captured.ordinal()),
                    null);
        }
    }

    private static PermanentException hookFailed(String hook, Change change, RuntimeException e) {
        return new PermanentException(hook + " threw " + e + " for the change at " + change.source(), e);
    }

    private void add(Change change) {
        parcel.add(change);
        if (parcel.isFull()) {
            handOver();
        }
    }

    @Override
    public void end(Boundary boundary) {
        captured.advance(boundary);
        transactions.lazySet(transactions.getPlain() + 1);
        open = null;
        parcel.mark(boundary, numbering.last());
        if (parcel.isFull()) {
            handOver();
        }
        checkGoal();
    }

    @Override
    public void idle(Boundary boundary) {
        if (interrupted) {
            // The new connection stands before the transaction that has to come again.
            return;
        }
        if (open != null) {
            throw new IllegalStateException("idle inside transaction " + open);
        }
        captured.advance(boundary);
        parcel.mark(boundary, numbering.last());
        checkGoal();
    }

    @Override
    public void flush() {
        lanes.forEach(Lane::reportHang);
        if (!parcel.isEmpty()) {
            handOver();
        }
    }

    private void handOver() {
        Parcel full = parcel;
        // What comes next is mostly like what came last.
        parcel = new Parcel(full.size());
        if (full.size() > 0) {
            lastEventTimestamp = full.change(full.size() - 1).source().eventTimestamp();
        }
        lanes.forEach(Lane::reportHang);
        long waitingSince = System.nanoTime();
        boolean waited = false;
        for (Lane lane : lanes) {
            while (!isTaken(full, lane)) {
                waited = true;
                hooks.waiting(lane, Duration.ofNanos(System.nanoTime() - waitingSince));
            }
        }
        if (waited) {
            hooks.waited();
        }
    }

    private static boolean isTaken(Parcel parcel, Lane lane) {
        try {
            return lane.inbox().offer(parcel, WAIT_STEP_NANOS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoppedException();
        }
    }

    @Override
    public void countBytes(long count) {
        bytes.lazySet(bytes.getPlain() + count);
    }

    /** {@return rows read so far} */
    public long records() {
        return records.get();
    }

    public long statements() {
        return statements.get();
    }

    public long transactions() {
        return transactions.get();
    }

    public long bytes() {
        return bytes.get();
    }

    /** {@return seconds since the epoch, of the last change handed on; 0 if there was none} */
    public long lastEventTimestamp() {
        return lastEventTimestamp;
    }
}
