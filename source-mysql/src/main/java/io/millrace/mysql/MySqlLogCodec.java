// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.NativeHeader;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.LogCodec;
import io.millrace.core.source.Transaction;
import io.millrace.mysql.MySqlPosition.Place;
import io.millrace.mysql.MySqlTransaction.Gtid;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Writes what the binlog's reader knows of transactions. */
enum MySqlLogCodec implements LogCodec {
    INSTANCE;

    // Where a dump can begin.
    private static final byte NONE = 0;
    private static final byte AT_PLACE = 1;
    private static final byte BEHIND_GTIDS = 2;

    @Override
    public void write(Transaction transaction, DataOutput out) throws IOException {
        MySqlTransaction of = (MySqlTransaction) transaction;
        out.writeLong(of.number());
        out.writeUTF(of.id());
        write(of.gtid(), out);
        out.writeLong(of.commitTimestampMicros());
        out.writeUTF(of.file());
        out.writeLong(of.offset());
    }

    @Override
    public Transaction readTransaction(DataInput in) throws IOException {
        return new MySqlTransaction(
                in.readLong(), in.readUTF(), readGtid(in), in.readLong(), new Place(in.readUTF(), in.readLong()));
    }

    @Override
    public void write(Boundary boundary, DataOutput out) throws IOException {
        MySqlBoundary of = (MySqlBoundary) boundary;
        write(of.gtid(), out);
        write(of.prepared(), out);
        out.writeUTF(of.file());
        out.writeLong(of.offset());
        write(of.readFrom(), out);
        String schema = of.schema();
        out.writeUTF(schema == null ? "" : schema);
    }

    @Override
    public Boundary readBoundary(DataInput in) throws IOException {
        Gtid gtid = readGtid(in);
        Gtid prepared = readGtid(in);
        Place end = new Place(in.readUTF(), in.readLong());
        DumpStart readFrom = readDumpStart(in);
        String schema = in.readUTF();
        return new MySqlBoundary(gtid, prepared, end.file(), end.offset(), readFrom, schema.isEmpty() ? null : schema);
    }

    private static void write(@Nullable DumpStart start, DataOutput out) throws IOException {
        if (start instanceof Place place) {
            out.writeByte(AT_PLACE);
            out.writeUTF(place.file());
            out.writeLong(place.offset());
        } else if (start instanceof DumpStart.Behind behind) {
            out.writeByte(BEHIND_GTIDS);
            LogCodec.writeText(behind.gtids().toString(), out);
        } else {
            out.writeByte(NONE);
        }
    }

    private static @Nullable DumpStart readDumpStart(DataInput in) throws IOException {
        return switch (in.readByte()) {
            case AT_PLACE -> new Place(in.readUTF(), in.readLong());
            case BEHIND_GTIDS -> new DumpStart.Behind(MariaDbGtids.parse(LogCodec.readText(in)));
            default -> null;
        };
    }

    private static void write(Gtid gtid, DataOutput out) throws IOException {
        out.writeUTF(gtid.source());
        out.writeLong(gtid.number());
    }

    private static Gtid readGtid(DataInput in) throws IOException {
        return new Gtid(in.readUTF(), in.readLong());
    }

    @Override
    public void write(NativeHeader header, DataOutput out) throws IOException {
        BinlogEventHeader of = (BinlogEventHeader) header;
        out.writeLong(of.timestamp());
        out.writeInt(of.eventType());
        out.writeLong(of.serverId());
        out.writeLong(of.eventLength());
        out.writeLong(of.nextEventPosition());
        out.writeInt(of.eventFlags());
    }

    @Override
    public NativeHeader readHeader(DataInput in) throws IOException {
        return new BinlogEventHeader(
                in.readLong(), in.readInt(), in.readLong(), in.readLong(), in.readLong(), in.readInt());
    }
}
