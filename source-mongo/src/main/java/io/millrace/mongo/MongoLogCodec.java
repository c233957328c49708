// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static java.nio.charset.StandardCharsets.UTF_8;

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
        write(transaction.id(), out);
        String shown = transaction.shownId();
        out.writeBoolean(shown != null);
        if (shown != null) {
            out.writeUTF(shown);
        }
        out.writeLong(transaction.commitTimestampMicros());
    }

    @Override
    public Transaction readTransaction(DataInput in) throws IOException {
        return new MongoTransaction(in.readLong(), readText(in), in.readBoolean() ? in.readUTF() : null, in.readLong());
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

    /** Tokens hold what the user's keys hold: more than {@link DataOutput#writeUTF} takes. */
    private static void write(String text, DataOutput out) throws IOException {
        byte[] utf8 = text.getBytes(UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static String readText(DataInput in) throws IOException {
        byte[] utf8 = new byte[in.readInt()];
        in.readFully(utf8);
        return new String(utf8, UTF_8);
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
