// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.NativeHeader;
import io.millrace.core.TableId;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.LogCodec;
import io.millrace.core.source.Transaction;
import io.millrace.mongo.LoadPosition.LoadedTo;
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
        TableId loaded = ((MongoTransaction) transaction).loaded();
        out.writeBoolean(loaded != null);
        if (loaded != null) {
            write(loaded, out);
            return;
        }
        String shown = transaction.shownId();
        out.writeBoolean(shown != null);
        if (shown != null) {
            out.writeUTF(shown);
        }
        out.writeLong(transaction.commitTimestampMicros());
    }

    @Override
    public Transaction readTransaction(DataInput in) throws IOException {
        long number = in.readLong();
        String id = readText(in);
        return in.readBoolean()
                ? new MongoTransaction(number, id, readCollection(in))
                : new MongoTransaction(number, id, in.readBoolean() ? in.readUTF() : null, in.readLong());
    }

    @Override
    public void write(Boundary boundary, DataOutput out) throws IOException {
        out.writeBoolean(boundary instanceof LoadBoundary);
        if (boundary instanceof LoadBoundary load) {
            write(load, out);
            return;
        }
        byte[] token = ((MongoBoundary) boundary).token().bytes();
        out.writeInt(token.length);
        out.write(token);
    }

    @Override
    public Boundary readBoundary(DataInput in) throws IOException {
        if (in.readBoolean()) {
            return readLoad(in);
        }
        byte[] token = new byte[in.readInt()];
        in.readFully(token);
        return new MongoBoundary(ResumeToken.ofBytes(token));
    }

    /** Tokens and keys hold what the user's keys hold: more than {@link DataOutput#writeUTF} takes. */
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

    private static void write(LoadBoundary load, DataOutput out) throws IOException {
        LoadedTo to = load.to();
        out.writeBoolean(to != null);
        if (to != null) {
            write(to.collection(), out);
            out.writeUTF(to.pass());
            out.writeLong(to.documents());
            write(to.after(), out);
        }
    }

    private static LoadBoundary readLoad(DataInput in) throws IOException {
        return new LoadBoundary(
                in.readBoolean() ? new LoadedTo(readCollection(in), in.readUTF(), in.readLong(), readText(in)) : null);
    }

    private static void write(TableId collection, DataOutput out) throws IOException {
        out.writeUTF(collection.database());
        out.writeUTF(collection.name());
    }

    private static TableId readCollection(DataInput in) throws IOException {
        return new TableId(in.readUTF(), in.readUTF());
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
