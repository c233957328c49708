// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.delivery;

import io.millrace.core.Change;
import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.source.Transaction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A batch on its way, from assembly to acknowledgement, with what its acknowledgement means for the
 * lane's position. Owned by the lane's thread, but for the outcome, which the target sets.
 */
final class Flight {

    /** A boundary between two transactions, and how many of the flight's records stand before it. */
    private record PassedMark(int recordsBefore, Parcel.Mark mark) {}

    /** The outcome of one attempt; what the target says of an earlier attempt reaches nobody. */
    private static final class Attempt {
        private volatile boolean done;
        private @Nullable Throwable failure;

        synchronized boolean end(@Nullable Throwable outcome) {
            if (done) {
                return false;
            }
            failure = outcome;
            done = true;
            return true;
        }
    }

    private List<Record> records;
    private final List<PassedMark> marks = new ArrayList<>();
    private @Nullable Statement statement;
    private long bytes;
    private long releasedBytes;
    private @Nullable Transaction openTransaction;
    private long openOrdinal;
    private @Nullable Checkpoint checkpoint;
    private long leftAtNanos;
    private volatile Attempt attempt = new Attempt();

    /** @param expected how many records are likely to come */
    Flight(int expected) {
        records = new ArrayList<>(expected);
    }

    void add(Record record) {
        records.add(record);
        bytes += record.sizeBytes();
    }

    /** @param made what became of one change */
    void add(List<Record> made) {
        made.forEach(this::add);
    }

    private static long bytes(List<Record> records) {
        long sum = 0;
        for (Record record : records) {
            sum += record.sizeBytes();
        }
        return sum;
    }

    void set(Statement value) {
        statement = value;
    }

    /** The flight takes the lane past the change, delivered or not. */
    void pass(Change change) {
        openTransaction = change.source().transaction();
        openOrdinal = change.ordinal();
    }

    /** The flight takes the lane past the boundary. */
    void pass(Parcel.Mark mark) {
        marks.add(new PassedMark(records.size(), mark));
        openTransaction = null;
    }

    /** With this flight's acknowledgement the parcel of that size is done with. */
    void release(long parcelBytes) {
        releasedBytes += parcelBytes;
    }

    boolean hasChanges() {
        return statement != null || !records.isEmpty();
    }

    boolean isEmpty() {
        return !hasChanges() && marks.isEmpty() && openTransaction == null && releasedBytes == 0;
    }

    /** {@return whether {@code record} has to wait for the next flight} */
    boolean isFullFor(Record record, int batchSize, long batchBytes) {
        return records.size() >= batchSize || (!records.isEmpty() && bytes + record.sizeBytes() > batchBytes);
    }

    /** {@return whether what became of one change has to wait for the next flight: it is never apart} */
    boolean isFullFor(List<Record> made, int batchSize, long batchBytes) {
        return !records.isEmpty()
                && !made.isEmpty()
                && (records.size() + made.size() > batchSize || bytes + bytes(made) > batchBytes);
    }

    /** {@return the records; the target may keep the list, so it does not change once the flight has left} */
    List<Record> records() {
        return records;
    }

    @Nullable Statement statement() {
        return statement;
    }

    boolean endsTransaction() {
        return openTransaction == null && !marks.isEmpty();
    }

    List<Parcel.Mark> marks() {
        return marks.stream().map(PassedMark::mark).toList();
    }

    /** {@return the transaction that the flight's last change leaves open; null if it ends or has none} */
    @Nullable Transaction openTransaction() {
        return openTransaction;
    }

    /** {@return the last change of {@link #openTransaction()}} */
    long openOrdinal() {
        return openOrdinal;
    }

    /** {@return what {@link #release} has gathered, and forgets it} */
    long takeReleasedBytes() {
        long taken = releasedBytes;
        releasedBytes = 0;
        return taken;
    }

    @Nullable Checkpoint checkpoint() {
        return checkpoint;
    }

    void setCheckpoint(@Nullable Checkpoint value) {
        checkpoint = value;
    }

    // ---- rejected changes

    /** Takes the change out; the flight's acknowledgement still means that the lane is past it. */
    boolean remove(Change change) {
        if (statement != null && isSame(statement, change)) {
            statement = null;
            return true;
        }
        for (int i = 0; i < records.size(); i++) {
            if (isSame(records.get(i), change)) {
                List<Record> others = new ArrayList<>(records);
                others.remove(i);
                records = others;
                for (int m = 0; m < marks.size(); m++) {
                    PassedMark mark = marks.get(m);
                    if (mark.recordsBefore > i) {
                        marks.set(m, new PassedMark(mark.recordsBefore - 1, mark.mark));
                    }
                }
                return true;
            }
        }
        return false;
    }

    /** A target may name the change by a copy of it. */
    private static boolean isSame(Change a, Change b) {
        return isOfOne(a, b) && subOrdinal(a) == subOrdinal(b);
    }

    private static int subOrdinal(Change change) {
        return change instanceof Record record ? record.subOrdinal() : 0;
    }

    /** {@return whether both are of the same change of the log} */
    private static boolean isOfOne(Change a, Change b) {
        return a.ordinal() == b.ordinal()
                && a.source().transactionId().equals(b.source().transactionId());
    }

    /** {@return the statement, or the records if all are of one change; empty if they are not} */
    List<Change> onlyChange() {
        if (statement != null) {
            return List.of(statement);
        }
        return records.stream().allMatch(record -> isOfOne(record, records.get(0))) ? List.copyOf(records) : List.of();
    }

    /** {@return flights of one change each that together mean what this one means, in order} */
    List<Flight> split() {
        List<Flight> singles = new ArrayList<>();
        int nextMark = 0;
        for (int i = 0, next; i < records.size(); i = next) {
            Flight single = new Flight(1);
            for (; nextMark < marks.size() && marks.get(nextMark).recordsBefore <= i; nextMark++) {
                single.pass(marks.get(nextMark).mark);
            }
            Record record = records.get(i);
            next = i + 1;
            while (next < records.size() && isOfOne(record, records.get(next))) {
                next++;
            }
            single.add(records.subList(i, next));
            single.pass(record);
            for (; nextMark < marks.size() && marks.get(nextMark).recordsBefore == next; nextMark++) {
                single.pass(marks.get(nextMark).mark);
            }
            singles.add(single);
        }
        Flight last = singles.get(singles.size() - 1);
        last.openTransaction = openTransaction;
        last.openOrdinal = openOrdinal;
        last.releasedBytes = releasedBytes;
        return singles;
    }

    // ---- the outcome

    /** A new attempt begins, at {@code nanoTime}. What an earlier one comes to is not heard any more. */
    Outcome leave(long nanoTime) {
        Attempt begun = new Attempt();
        attempt = begun;
        leftAtNanos = nanoTime;
        return begun::end;
    }

    /** Takes what an attempt came to. */
    interface Outcome {
        /** {@return false if it was known before} */
        boolean set(@Nullable Throwable failure);
    }

    /** {@return when the attempt under way began} */
    long leftAtNanos() {
        return leftAtNanos;
    }

    /** Fails the attempt under way, if it has no outcome yet. */
    void fail(Throwable failure) {
        attempt.end(failure);
    }

    boolean isDone() {
        return attempt.done;
    }

    @Nullable Throwable failure() {
        return attempt.failure;
    }
}
