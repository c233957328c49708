// SPDX-License-Identifier: Apache-2.0
package io.millrace.kafka;

import io.millrace.core.Findings;
import io.millrace.core.NativeHeader;
import io.millrace.core.Position;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.TableSchema;
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
import java.util.concurrent.CountDownLatch;
import java.util.function.LongFunction;

/**
 * A fake source: transactions of ten inserts each over a few keys. Row {@code n} has the key
 * {@code n % KEYS} and a text that the test makes of {@code n}.
 */
final class ScriptedSource implements Source {

    static final int ROWS = 10;
    static final int KEYS = 13;

    private final TableSchema table;
    private final long transactions;
    private final LongFunction<String> text;
    private final CountDownLatch closed = new CountDownLatch(1);

    ScriptedSource(TableSchema table, long transactions, LongFunction<String> text) {
        this.table = table;
        this.transactions = transactions;
        this.text = text;
    }

    record Offset(long next) implements Position, Boundary {

        @Override
        public String toJson() {
            return "{\"next\":" + next + "}";
        }

        @Override
        public boolean includes(Position other) {
            return next >= ((Offset) other).next;
        }

        @Override
        public Position lowest(Position other) {
            return includes(other) ? other : this;
        }
    }

    private static final class Tx extends Transaction {

        private final long index;

        Tx(long number, long index) {
            super(number, "tx-" + index, null, Changes.COMMIT_MICROS);
            this.index = index;
        }
    }

    @Override
    public String type() {
        return "scripted";
    }

    @Override
    public void check(Findings findings) {}

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
        return new PositionTracker() {
            private long next = ((Offset) position).next;

            @Override
            public boolean includes(Transaction transaction) {
                return ((Tx) transaction).index < next;
            }

            @Override
            public boolean includes(Position other) {
                return position().includes(other);
            }

            @Override
            public boolean advance(Boundary boundary) {
                boolean moves = ((Offset) boundary).next > next;
                next = Math.max(next, ((Offset) boundary).next);
                return moves;
            }

            @Override
            public Position position() {
                return new Offset(next);
            }
        };
    }

    @Override
    public LogCodec codec() {
        return new LogCodec() {
            @Override
            public void write(Transaction transaction, DataOutput out) {
                throw unexpected();
            }

            @Override
            public Transaction readTransaction(DataInput in) {
                throw unexpected();
            }

            @Override
            public void write(Boundary boundary, DataOutput out) {
                throw unexpected();
            }

            @Override
            public Boundary readBoundary(DataInput in) {
                throw unexpected();
            }

            @Override
            public void write(NativeHeader header, DataOutput out) {
                throw unexpected();
            }

            @Override
            public NativeHeader readHeader(DataInput in) {
                throw unexpected();
            }

            private AssertionError unexpected() {
                return new AssertionError("nothing waits on disk");
            }
        };
    }

    @Override
    public SourceReader connect(Position from) {
        return new SourceReader() {
            private long next = ((Offset) from).next;

            @Override
            public void readNext(Capture capture) throws IOException {
                if (next == transactions) {
                    capture.flush();
                    awaitClose();
                    throw new IOException("closed");
                }
                Tx transaction = new Tx(capture.begin("tx-" + next), next);
                SourceInfo source = new SourceInfo("scripted", "log", next, transaction, 0, null);
                for (int i = 0; i < ROWS; i++) {
                    long row = next * ROWS + i;
                    RowImage image = Changes.row(table, row % KEYS, text.apply(row));
                    capture.record(new Record(Record.Kind.INSERT, null, image, source, i));
                }
                next++;
                capture.end(new Offset(next));
            }

            @Override
            public void abort() {
                closed.countDown();
            }

            @Override
            public void close() {}
        };
    }

    private void awaitClose() throws IOException {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
