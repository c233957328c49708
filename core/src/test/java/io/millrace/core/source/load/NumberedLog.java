// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source.load;

import io.millrace.core.NativeHeader;
import io.millrace.core.Position;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.LogCodec;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Transaction;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** A fake log of numbered transactions, as far as a load has to do with one. */
final class NumberedLog {

    private NumberedLog() {}

    record At(long number) implements Position {

        static At parse(String json) {
            return new At(Long.parseLong(json));
        }

        @Override
        public String toJson() {
            return Long.toString(number);
        }

        @Override
        public boolean includes(Position other) {
            return number >= ((At) LoadPosition.logOf(other)).number;
        }

        @Override
        public Position lowest(Position other) {
            if (other instanceof LoadPosition loading) {
                return loading.lowest(this);
            }
            return includes(other) ? other : this;
        }
    }

    record End(long number) implements Boundary {}

    static final class Tx extends Transaction {
        Tx(long number) {
            super(number, "tx-" + number, null, 0);
        }
    }

    static final class Tracker implements PositionTracker {

        private At at;

        Tracker(Position from) {
            this.at = (At) from;
        }

        @Override
        public boolean includes(Transaction transaction) {
            return ((Tx) transaction).number() <= at.number;
        }

        @Override
        public boolean includes(Position other) {
            return at.includes(other);
        }

        @Override
        public boolean advance(Boundary boundary) {
            At moved = new At(((End) boundary).number);
            boolean isNew = !at.includes(moved);
            at = isNew ? moved : at;
            return isNew;
        }

        @Override
        public Position position() {
            return at;
        }
    }

    static final class Codec implements LogCodec {

        @Override
        public void write(Transaction transaction, DataOutput out) throws IOException {
            out.writeLong(((Tx) transaction).number());
        }

        @Override
        public Transaction readTransaction(DataInput in) throws IOException {
            return new Tx(in.readLong());
        }

        @Override
        public void write(Boundary boundary, DataOutput out) throws IOException {
            out.writeLong(((End) boundary).number);
        }

        @Override
        public Boundary readBoundary(DataInput in) throws IOException {
            return new End(in.readLong());
        }

        @Override
        public void write(NativeHeader header, DataOutput out) {
            throw new IllegalStateException("it has no headers");
        }

        @Override
        public NativeHeader readHeader(DataInput in) {
            throw new IllegalStateException("it has no headers");
        }
    }
}
