// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source.load;

import io.millrace.core.NativeHeader;
import io.millrace.core.TableId;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.LogCodec;
import io.millrace.core.source.Transaction;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Writes what is known of rows that are loaded, and leaves the rest to the log's codec. */
public final class LoadCodec implements LogCodec {

    private final LogCodec log;

    public LoadCodec(LogCodec log) {
        this.log = log;
    }

    @Override
    public void write(Transaction transaction, DataOutput out) throws IOException {
        boolean isLoad = transaction instanceof LoadTransaction;
        out.writeBoolean(isLoad);
        if (isLoad) {
            out.writeLong(transaction.number());
            LogCodec.writeText(transaction.id(), out);
            write(((LoadTransaction) transaction).table(), out);
        } else {
            log.write(transaction, out);
        }
    }

    @Override
    public Transaction readTransaction(DataInput in) throws IOException {
        return in.readBoolean()
                ? new LoadTransaction(in.readLong(), LogCodec.readText(in), readTable(in))
                : log.readTransaction(in);
    }

    @Override
    public void write(Boundary boundary, DataOutput out) throws IOException {
        out.writeBoolean(boundary instanceof LoadBoundary);
        if (!(boundary instanceof LoadBoundary load)) {
            log.write(boundary, out);
            return;
        }
        LoadedTo to = load.to();
        out.writeBoolean(to != null);
        if (to != null) {
            write(to.table(), out);
            LogCodec.writeText(to.pass(), out);
            out.writeLong(to.rows());
            write(to.key(), out);
            write(to.after(), out);
        }
    }

    @Override
    public Boundary readBoundary(DataInput in) throws IOException {
        if (!in.readBoolean()) {
            return log.readBoundary(in);
        }
        return new LoadBoundary(
                in.readBoolean()
                        ? new LoadedTo(
                                readTable(in), LogCodec.readText(in), in.readLong(), readTexts(in), readTexts(in))
                        : null);
    }

    private static void write(TableId table, DataOutput out) throws IOException {
        LogCodec.writeText(table.database(), out);
        LogCodec.writeText(table.name(), out);
    }

    private static TableId readTable(DataInput in) throws IOException {
        return new TableId(LogCodec.readText(in), LogCodec.readText(in));
    }

    private static void write(List<String> texts, DataOutput out) throws IOException {
        out.writeInt(texts.size());
        for (String text : texts) {
            LogCodec.writeText(text, out);
        }
    }

    private static List<String> readTexts(DataInput in) throws IOException {
        List<String> texts = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            texts.add(LogCodec.readText(in));
        }
        return texts;
    }

    /** Rows that are loaded have none. */
    @Override
    public void write(NativeHeader header, DataOutput out) throws IOException {
        log.write(header, out);
    }

    @Override
    public NativeHeader readHeader(DataInput in) throws IOException {
        return log.readHeader(in);
    }
}
