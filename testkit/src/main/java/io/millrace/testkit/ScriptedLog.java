// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.ColumnVisitor;
import io.millrace.core.Findings;
import io.millrace.core.Position;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.checkpoint.Checkpoint;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.Capture;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Source;
import io.millrace.core.source.SourceReader;
import io.millrace.core.source.Transaction;
import io.millrace.testkit.kit.TargetKit.Stored;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A fake source, for tests of targets: a log in memory that holds what a test has written. It stands
 * in for a server because a target's contract is about what reaches it, whatever it came from.
 * Thread-safe.
 */
public final class ScriptedLog {

    private static final TableSchema TABLE = new TableSchema(
            new TableId("kit", "rows"),
            List.of(Column.of("id", ColumnType.LONG), Column.of("version", ColumnType.LONG)),
            List.of("id"));

    private final List<List<Stored>> transactions = new ArrayList<>();
    private final Map<Long, Long> versions = new HashMap<>();

    /** Adds transactions of so many changes each, of {@code keys} rows in turn. */
    public synchronized void change(int count, int changes, int keys) {
        long id = 0;
        for (int i = 0; i < count; i++) {
            List<Stored> transaction = new ArrayList<>();
            for (int j = 0; j < changes; j++) {
                id = (id + 1) % keys;
                transaction.add(new Stored(id, versions.merge(id, 1L, Long::sum)));
            }
            transactions.add(transaction);
        }
        notifyAll();
    }

    /** {@return everything that was written, in order} */
    public synchronized List<Stored> changes() {
        return transactions.stream().flatMap(List::stream).toList();
    }

    /** {@return the position after everything that was written} */
    public synchronized Position end() {
        return new Offset(transactions.size());
    }

    /** {@return the checkpoint of a target that has acknowledged so many transactions} */
    public Checkpoint checkpointAfter(int count) {
        return new Checkpoint("scripted", new Offset(count).toJson(), count, null, 1);
    }

    /** {@return the log as a processor reads it} */
    public Source source() {
        return new ScriptedSource();
    }

    private record Offset(long transactions) implements Position, Boundary {

        @Override
        public String toJson() {
            return "{\"transactions\":" + transactions + "}";
        }

        @Override
        public boolean includes(Position other) {
            return transactions >= ((Offset) other).transactions;
        }

        @Override
        public Position lowest(Position other) {
            return includes(other) ? other : this;
        }
    }

    private static final class ScriptedTransaction extends Transaction {

        private final long index;

        ScriptedTransaction(long number, long index) {
            super(number, Long.toString(index), null, 0);
            this.index = index;
        }
    }

    private static final class Tracker implements PositionTracker {

        private long at;

        Tracker(long at) {
            this.at = at;
        }

        @Override
        public boolean includes(Transaction transaction) {
            return ((ScriptedTransaction) transaction).index < at;
        }

        @Override
        public boolean advance(Boundary boundary) {
            long end = ((Offset) boundary).transactions;
            boolean moves = end > at;
            at = Math.max(at, end);
            return moves;
        }

        @Override
        public Position position() {
            return new Offset(at);
        }
    }

    private final class ScriptedSource implements Source {

        private volatile boolean closed;

        @Override
        public String type() {
            return "scripted";
        }

        @Override
        public void check(Findings findings) {
            // A log in memory is always set up for capture.
        }

        @Override
        public Position firstPosition() {
            return new Offset(0);
        }

        @Override
        public Position parsePosition(String json) {
            return new Offset(Long.parseLong(json.replaceAll("\\D", "")));
        }

        @Override
        public PositionTracker track(Position position) {
            return new Tracker(((Offset) position).transactions);
        }

        @Override
        public SourceReader connect(Position from) {
            return new ScriptedReader(((Offset) from).transactions);
        }

        @Override
        public void close() {
            closed = true;
            synchronized (ScriptedLog.this) {
                ScriptedLog.this.notifyAll();
            }
        }

        private final class ScriptedReader implements SourceReader {

            private long next;
            private volatile boolean aborted;

            ScriptedReader(long from) {
                next = from;
            }

            @Override
            public void readNext(Capture capture) throws IOException {
                List<Stored> changes = await(capture);
                ScriptedTransaction transaction = new ScriptedTransaction(capture.begin(Long.toString(next)), next);
                SourceInfo source = new SourceInfo("kit", "scripted", next, transaction, 0, null);
                for (int i = 0; i < changes.size(); i++) {
                    Stored change = changes.get(i);
                    RowImage row = new Row(change.id(), change.version());
                    boolean first = change.version() == 1;
                    RowImage before = first ? null : new Row(change.id(), change.version() - 1);
                    Record.Kind kind = first ? Record.Kind.INSERT : Record.Kind.UPDATE;
                    capture.record(new Record(kind, before, row, source, i));
                }
                next++;
                capture.end(new Offset(next));
            }

            private List<Stored> await(Capture capture) throws IOException {
                synchronized (ScriptedLog.this) {
                    if (next < transactions.size()) {
                        return transactions.get((int) next);
                    }
                }
                capture.flush();
                synchronized (ScriptedLog.this) {
                    while (next >= transactions.size()) {
                        if (aborted || closed) {
                            throw new IOException("the log is closed");
                        }
                        try {
                            ScriptedLog.this.wait();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                            throw new IOException("interrupted", e);
                        }
                    }
                    return transactions.get((int) next);
                }
            }

            @Override
            public void abort() {
                aborted = true;
                synchronized (ScriptedLog.this) {
                    ScriptedLog.this.notifyAll();
                }
            }

            @Override
            public void close() {
                abort();
            }
        }
    }

    private static final class Row extends RowImage {

        private final long id;
        private final long version;

        Row(long id, long version) {
            this.id = id;
            this.version = version;
        }

        @Override
        public TableSchema schema() {
            return TABLE;
        }

        @Override
        public void accept(ColumnVisitor visitor) {
            accept(0, visitor);
            accept(1, visitor);
        }

        @Override
        public void accept(int column, ColumnVisitor visitor) {
            visitor.onLong(column, column == 0 ? id : version);
        }

        @Override
        public int sizeBytes() {
            return 24;
        }

        @Override
        public boolean has(int column) {
            return true;
        }
    }
}
