// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.NativeHeader;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.LogCodec;
import io.millrace.core.source.Transaction;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Writes what the stream's reader knows of transactions. */
enum MongoLogCodec implements LogCodec {
    INSTANCE;

    @Override
    public void write(Transaction transaction, DataOutput out) throws IOException {
        out.writeLong(transaction.number());
        // A token holds what the user's key holds.
        LogCodec.writeText(transaction.id(), out);
        String shown = transaction.shownId();
        out.writeBoolean(shown != null);
        if (shown != null) {
            out.writeUTF(shown);
        }
        out.writeLong(transaction.commitTimestampMicros());
    }

    @Override
    public Transaction readTransaction(DataInput in) throws IOException {
        return new MongoTransaction(
                in.readLong(), LogCodec.readText(in), in.readBoolean() ? in.readUTF() : null, in.readLong());
    }

    @Override
    public void write(Boundary boundary, DataOutput out) throws IOException {
        byte[] token = ((MongoBoundary) boundary).token().bytes();
        out.writeInt(token.length);
        out.write(token);
    }

    @Override
    public Boundary readBoundary(DataInput in) throws IOException {
        byte[] token = new byte[in.readInt()];
        in.readFully(token);
        return new MongoBoundary(ResumeToken.ofBytes(token));
    }

    @Override
    public void write(NativeHeader header, DataOutput out) {
        throw new IllegalStateException("events of change streams have no header, but this one has " + header);
    }

    @Override
    public NativeHeader readHeader(DataInput in) {
        throw new IllegalStateException("events of change streams have no header");
    }
}
