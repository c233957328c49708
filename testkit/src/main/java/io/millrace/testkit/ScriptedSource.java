// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import io.millrace.core.Change;
import io.millrace.core.Findings;
import io.millrace.core.NativeHeader;
import io.millrace.core.PipelineOptions;
import io.millrace.core.Position;
import io.millrace.core.Processor;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.Target;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.Capture;
import io.millrace.core.source.LogCodec;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Source;
import io.millrace.core.source.SourceReader;
import io.millrace.core.source.Transaction;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A fake source: a log in memory that a test writes, for tests of processors and targets which need
 * no server, or one that can be told to break at an exact row.
 *
 * <pre>{@code
 * ScriptedSource log = new ScriptedSource();
 * log.transaction(tx -> tx
 *         .insert(RowImage.of(ORDERS, Map.of("id", 1L, "state", "new")))
 *         .delete(RowImage.of(ORDERS, Map.of("id", 1L, "state", "new"))));
 * Processor processor = log.processor(options, List.of(target));
 * new Thread(processor).start();
 * processor.awaitDelivered(log.end(), Duration.ofSeconds(10));
 * }</pre>
 *
 * <p>The log may grow while processors read it, and any number of them may, one after the other or
 * together: each begins at its checkpoint, or at the begin of the log. Thread-safe.
 */
public final class ScriptedSource {

    private static final String TYPE = "scripted";

    private final String ids;
    private final List<ScriptedTransaction> log = new ArrayList<>();
    private int breakAfter = Integer.MAX_VALUE;
    private int connections;

    /** An empty log. */
    public ScriptedSource() {
        this("tx-");
    }

    /** @param ids what the ids of transactions begin with: no other log has the same ones */
    public ScriptedSource(String ids) {
        this.ids = ids;
    }

    /** Writes the changes of one transaction. */
    public static final class Script {

        private final SourceInfo source;
        private final List<Change> changes = new ArrayList<>();

        private Script(SourceInfo source) {
            this.source = source;
        }

        public Script insert(RowImage row) {
            return record(Record.Kind.INSERT, null, row);
        }

        public Script update(RowImage before, RowImage after) {
            return record(Record.Kind.UPDATE, before, after);
        }

        public Script delete(RowImage row) {
            return record(Record.Kind.DELETE, row, null);
        }

        private Script record(Record.Kind kind, @Nullable RowImage before, @Nullable RowImage after) {
            changes.add(new Record(kind, before, after, source, changes.size()));
            return this;
        }

        public Script statement(Statement.Kind kind, TableId table, String sql) {
            changes.add(new Statement(kind, table.database(), List.of(table), sql, source, changes.size()));
            return this;
        }
    }

    /** Adds a transaction to the end of the log. */
    public synchronized ScriptedSource transaction(Consumer<Script> changes) {
        long number = log.size() + 1L;
        ScriptedTransaction transaction = new ScriptedTransaction(number, number, ids + number);
        Script script = new Script(new SourceInfo(TYPE, "script", number, transaction, number, null));
        changes.accept(script);
        transaction.changes.addAll(script.changes);
        log.add(transaction);
        notifyAll();
        return this;
    }

    /**
     * Breaks each connection after so many changes: the processor has to connect anew, and begins with
     * the transaction that was open. More than the longest transaction has, or no end is ever reached.
     */
    public synchronized ScriptedSource breakAfter(int changes) {
        if (changes < 1) {
            throw new IllegalArgumentException("changes was " + changes + " but it must be at least 1");
        }
        breakAfter = changes;
        return this;
    }

    /** {@return how often a processor has connected} */
    public synchronized int connections() {
        return connections;
    }

    /** {@return the position after everything that the log holds now} */
    public synchronized Position end() {
        return new Offset(log.size());
    }

    /** {@return all changes that the log holds now, in order} */
    public synchronized List<Change> changes() {
        List<Change> all = new ArrayList<>();
        log.forEach(transaction -> all.addAll(transaction.changes));
        return all;
    }

    /** {@return all rows that the log holds now, in order} */
    public List<Record> records() {
        return changes().stream()
                .filter(Record.class::isInstance)
                .map(Record.class::cast)
                .toList();
    }

    /** {@return a reader of this log, for a processor's {@code source()}} */
    public Source source() {
        return new LogSource();
    }

    /** {@return a processor that delivers this log to the targets as it is} */
    public Processor processor(PipelineOptions options, List<? extends Target> targets) {
        return new Processor(options, targets) {
            @Override
            protected Source source() {
                return ScriptedSource.this.source();
            }
        };
    }

    /** {@return the transaction after {@code number}, null if there is none yet} */
    private synchronized @Nullable ScriptedTransaction after(long number) {
        return number < log.size() ? log.get((int) number) : null;
    }

    private synchronized void wakeReaders() {
        notifyAll();
    }

    private record Offset(long transactions) implements Position {

        @Override
        public String toJson() {
            return "{\"transactions\":" + transactions + "}";
        }

        @Override
        public boolean includes(Position other) {
            return transactions >= of(other).transactions;
        }

        @Override
        public Position lowest(Position other) {
            return includes(other) ? other : this;
        }

        static Offset of(Position position) {
            if (position instanceof Offset offset) {
                return offset;
            }
            throw new IllegalArgumentException("not a position of a scripted source: " + position.toJson());
        }
    }

    private record End(long transactions) implements Boundary {}

    private static final class ScriptedTransaction extends Transaction {

        /** Its place in the log, from 1. */
        private final long place;

        private final List<Change> changes = new ArrayList<>();

        ScriptedTransaction(long number, long place, String id) {
            super(number, id, null, 0);
            this.place = place;
        }

        /** {@return the transaction under the number that the pipeline has given it} */
        ScriptedTransaction numbered(long number) {
            if (number == number()) {
                return this;
            }
            ScriptedTransaction other = new ScriptedTransaction(number, place, id());
            SourceInfo source = new SourceInfo(TYPE, "script", place, other, place, null);
            for (Change change : changes) {
                if (change instanceof Record record) {
                    other.changes.add(
                            new Record(record.kind(), record.before(), record.after(), source, record.ordinal()));
                } else if (change instanceof Statement statement) {
                    other.changes.add(new Statement(
                            statement.kind(),
                            statement.database(),
                            statement.tables(),
                            statement.sql(),
                            source,
                            statement.ordinal()));
                }
            }
            return other;
        }
    }

    private static final class Tracker implements PositionTracker {

        private long at;

        Tracker(long at) {
            this.at = at;
        }

        @Override
        public boolean includes(Transaction transaction) {
            return ((ScriptedTransaction) transaction).place <= at;
        }

        @Override
        public boolean includes(Position other) {
            return at >= Offset.of(other).transactions;
        }

        @Override
        public boolean advance(Boundary boundary) {
            long end = ((End) boundary).transactions;
            boolean moves = end > at;
            at = Math.max(at, end);
            return moves;
        }

        @Override
        public Position position() {
            return new Offset(at);
        }
    }

    private final class LogSource implements Source {

        private volatile boolean closed;

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void check(Findings findings) {
            // A script has nothing to set up.
        }

        @Override
        public Position firstPosition() {
            return new Offset(0);
        }

        @Override
        public Position parsePosition(String json) {
            if (!json.matches("\\{\"transactions\":\\d+}")) {
                throw new IllegalArgumentException("not a position of a scripted source: " + json);
            }
            return new Offset(Long.parseLong(json.replaceAll("\\D", "")));
        }

        @Override
        public PositionTracker track(Position position) {
            return new Tracker(Offset.of(position).transactions);
        }

        @Override
        public LogCodec codec() {
            return new LogCodec() {
                @Override
                public void write(Transaction transaction, DataOutput out) throws IOException {
                    out.writeLong(transaction.number());
                    out.writeLong(((ScriptedTransaction) transaction).place);
                    out.writeUTF(transaction.id());
                }

                @Override
                public Transaction readTransaction(DataInput in) throws IOException {
                    return new ScriptedTransaction(in.readLong(), in.readLong(), in.readUTF());
                }

                @Override
                public void write(Boundary boundary, DataOutput out) throws IOException {
                    out.writeLong(((End) boundary).transactions());
                }

                @Override
                public Boundary readBoundary(DataInput in) throws IOException {
                    return new End(in.readLong());
                }

                @Override
                public void write(NativeHeader header, DataOutput out) {
                    throw new AssertionError("there are no headers");
                }

                @Override
                public NativeHeader readHeader(DataInput in) {
                    throw new AssertionError("there are no headers");
                }
            };
        }

        @Override
        public SourceReader connect(Position from) {
            synchronized (ScriptedSource.this) {
                connections++;
                return new LogReader(this, Offset.of(from).transactions, breakAfter);
            }
        }

        @Override
        public void close() {
            closed = true;
            wakeReaders();
        }
    }

    private final class LogReader implements SourceReader {

        private final LogSource source;
        private long done;
        private int changesLeft;
        private @Nullable ScriptedTransaction open;
        private int nextChange;
        private volatile boolean aborted;

        LogReader(LogSource source, long from, int breakAfter) {
            this.source = source;
            this.done = from;
            this.changesLeft = breakAfter;
        }

        @Override
        public void readNext(Capture capture) throws IOException {
            ScriptedTransaction current = open;
            if (current == null) {
                ScriptedTransaction next = next(capture);
                current = next.numbered(capture.begin(next.id()));
                open = current;
                nextChange = 0;
            }
            if (nextChange < current.changes.size()) {
                if (changesLeft-- == 0) {
                    throw new IOException("the scripted connection breaks here");
                }
                hand(current.changes.get(nextChange++), capture);
            }
            if (nextChange == current.changes.size()) {
                open = null;
                done++;
                capture.end(new End(done));
            }
        }

        private void hand(Change change, Capture capture) {
            if (change instanceof Record record) {
                capture.record(record);
            } else if (change instanceof Statement statement) {
                capture.statement(statement);
            }
        }

        private ScriptedTransaction next(Capture capture) throws IOException {
            ScriptedTransaction next = after(done);
            if (next == null) {
                capture.flush();
                next = await();
            }
            if (next == null || aborted || source.closed) {
                throw new IOException("the connection was closed");
            }
            return next;
        }

        private @Nullable ScriptedTransaction await() throws IOException {
            synchronized (ScriptedSource.this) {
                try {
                    while (after(done) == null && !aborted && !source.closed) {
                        ScriptedSource.this.wait();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("interrupted while waiting for the script to go on", e);
                }
                return after(done);
            }
        }

        @Override
        public void abort() {
            aborted = true;
            wakeReaders();
        }

        @Override
        public void close() {
            aborted = true;
        }
    }
}
