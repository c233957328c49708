// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

import io.millrace.core.source.Boundary;
import io.millrace.core.source.Capture;
import io.millrace.core.source.LogCodec;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Source;
import io.millrace.core.source.SourceBehindException;
import io.millrace.core.source.SourceReader;
import io.millrace.core.source.Transaction;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A fake source: a log in memory of transactions of rows, whose connection can be told to break. It
 * stands in for servers only where the delivery itself is tested, which no server can be told to
 * disturb at an exact row.
 */
final class FakeLog {

    static final TableSchema TABLE = new TableSchema(
            new TableId("shop", "orders"),
            List.of(Column.of("id", ColumnType.LONG), Column.of("pad", ColumnType.STRING)),
            List.of("id"));

    private final List<List<Long>> transactions = new ArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private int padding;
    private int breakAfterRows = Integer.MAX_VALUE;
    private RuntimeException poison;
    private int checkFailures;
    private Duration behind = Duration.ZERO;
    private volatile List<Position> begins = List.of();

    record Offset(long transactions) implements Position {

        @Override
        public String toJson() {
            return "{\"at\":" + transactions + "}";
        }

        @Override
        public boolean includes(Position other) {
            return transactions >= ((Offset) other).transactions;
        }

        @Override
        public Position lowest(Position other) {
            return includes(other) ? other : this;
        }

        /** Below zero it stands for rows of tables. */
        @Override
        public boolean isRepeatable() {
            return transactions >= 0;
        }
    }

    record End(long transactions) implements Boundary {}

    static final class Tx extends Transaction {

        private final long index;

        Tx(long number, long index) {
            super(number, "tx-" + index, null, 0);
            this.index = index;
        }
    }

    /** Adds a transaction of rows with these ids. */
    synchronized FakeLog transaction(long... ids) {
        List<Long> rows = new ArrayList<>();
        for (long id : ids) {
            rows.add(id);
        }
        transactions.add(rows);
        notifyAll();
        return this;
    }

    /** Adds transactions of {@code rows} rows each, ids counting on from {@code first}. */
    FakeLog transactions(int count, int rows, long first) {
        long id = first;
        for (int i = 0; i < count; i++) {
            long[] ids = new long[rows];
            for (int j = 0; j < rows; j++) {
                ids[j] = id++;
            }
            transaction(ids);
        }
        return this;
    }

    /** Every row carries so many characters. */
    FakeLog padding(int characters) {
        padding = characters;
        return this;
    }

    /** Each connection breaks after so many rows, as long as it makes progress by that. */
    FakeLog breakAfterRows(int rows) {
        breakAfterRows = rows;
        return this;
    }

    /** What reading on throws at the end of the log. */
    FakeLog poison(RuntimeException failure) {
        poison = failure;
        return this;
    }

    FakeLog checkFails(int times) {
        checkFailures = times;
        return this;
    }

    /** For so long the server lacks what was read before. */
    FakeLog behindFor(Duration time) {
        behind = time;
        return this;
    }

    int connections() {
        return connections.get();
    }

    /** {@return where the targets of the last run began, as the source was told} */
    List<Position> begins() {
        return begins;
    }

    long size() {
        return transactions.size();
    }

    Source source() {
        return new FakeSource();
    }

    Processor processor(PipelineOptions options, Target... targets) {
        return new Processor(options, List.of(targets)) {
            @Override
            protected Source source() {
                return FakeLog.this.source();
            }
        };
    }

    private final class FakeSource implements Source {

        private final long opened = System.nanoTime();
        private volatile boolean closed;

        @Override
        public String type() {
            return "fake";
        }

        @Override
        public void check(Findings findings) throws IOException {
            if (checkFailures-- > 0) {
                throw new IOException("nothing answers at fake:1");
            }
        }

        @Override
        public Position firstPosition() {
            return new Offset(0);
        }

        @Override
        public Position parsePosition(String json) {
            return new Offset(Long.parseLong(json.replaceAll("[^-0-9]", "")));
        }

        @Override
        public PositionTracker track(Position position) {
            return new PositionTracker() {
                private long at = ((Offset) position).transactions;

                @Override
                public boolean includes(Transaction transaction) {
                    return ((Tx) transaction).index < at;
                }

                @Override
                public boolean includes(Position other) {
                    return position().includes(other);
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
            };
        }

        @Override
        public LogCodec codec() {
            return new LogCodec() {
                @Override
                public void write(Transaction transaction, DataOutput out) throws IOException {
                    out.writeLong(transaction.number());
                    out.writeLong(((Tx) transaction).index);
                }

                @Override
                public Transaction readTransaction(DataInput in) throws IOException {
                    return new Tx(in.readLong(), in.readLong());
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
        public void targetsBeginAt(List<Position> positions) {
            begins = positions;
        }

        @Override
        public SourceReader connect(Position from) {
            if (System.nanoTime() - opened < behind.toNanos()) {
                throw new SourceBehindException("has to catch up");
            }
            connections.incrementAndGet();
            return new FakeReader(((Offset) from).transactions);
        }

        @Override
        public void close() {
            closed = true;
            synchronized (FakeLog.this) {
                FakeLog.this.notifyAll();
            }
        }

        private final class FakeReader implements SourceReader {

            private long next;
            private int row;
            private Tx open;
            private int rowsLeft = breakAfterRows;
            private volatile boolean aborted;

            FakeReader(long from) {
                next = from;
            }

            @Override
            public void readNext(Capture capture) throws IOException {
                if (aborted || rowsLeft-- <= 0) {
                    throw new IOException("connection reset");
                }
                List<Long> rows = rows(capture);
                if (open == null) {
                    open = new Tx(capture.begin("tx-" + next), next);
                    row = 0;
                }
                if (row < rows.size()) {
                    capture.record(record(rows.get(row), row));
                    row++;
                }
                if (row == rows.size()) {
                    next++;
                    open = null;
                    capture.end(new End(next));
                }
            }

            private List<Long> rows(Capture capture) throws IOException {
                synchronized (FakeLog.this) {
                    if (next < transactions.size()) {
                        return transactions.get((int) next);
                    }
                }
                capture.flush();
                if (poison != null) {
                    throw poison;
                }
                synchronized (FakeLog.this) {
                    while (next >= transactions.size()) {
                        if (aborted || closed) {
                            throw new IOException("connection reset");
                        }
                        try {
                            FakeLog.this.wait(1_000);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                            throw new IOException(e);
                        }
                    }
                    return transactions.get((int) next);
                }
            }

            private Record record(long id, int ordinal) {
                SourceInfo source = new SourceInfo("test", "log", next, open, 0, null);
                return new Record(Record.Kind.INSERT, null, new Row(id, "x".repeat(padding)), source, ordinal);
            }

            @Override
            public void abort() {
                aborted = true;
                synchronized (FakeLog.this) {
                    FakeLog.this.notifyAll();
                }
            }

            @Override
            public void close() {
                aborted = true;
            }
        }
    }

    private static final class Row extends RowImage {

        private final long id;
        private final String pad;

        Row(long id, String pad) {
            this.id = id;
            this.pad = pad;
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
            if (column == 0) {
                visitor.onLong(0, id);
            } else {
                byte[] utf8 = pad.getBytes(java.nio.charset.StandardCharsets.UTF_8);
                visitor.onUtf8(1, utf8, 0, utf8.length);
            }
        }

        @Override
        public int sizeBytes() {
            return 16 + pad.length();
        }

        @Override
        public boolean has(int column) {
            return true;
        }
    }
}
