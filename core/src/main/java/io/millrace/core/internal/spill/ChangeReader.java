// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.internal.spill;

import io.millrace.core.Change;
import io.millrace.core.NativeHeader;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.SourceInfo;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.LogCodec;
import io.millrace.core.source.Transaction;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads what a {@link ChangeWriter} wrote. The rows are views of the bytes. Not thread-safe. */
final class ChangeReader {

    private static final Record.Kind[] RECORD_KINDS = Record.Kind.values();
    private static final Statement.Kind[] STATEMENT_KINDS = Statement.Kind.values();

    private final LogCodec codec;
    private final Schemas schemas;
    private final ByteReader in;
    private final DataInputStream data;
    private @Nullable Transaction transaction;
    private @Nullable SourceInfo source;
    /** The last of those that do not stay in memory. */
    private @Nullable TableSchema schema;

    ChangeReader(LogCodec codec, Schemas schemas, byte[] bytes, int length) {
        this.codec = codec;
        this.schemas = schemas;
        this.in = new ByteReader(bytes, 0, length);
        this.data = new DataInputStream(in);
    }

    void readAll(SpillReader to) throws IOException {
        while (in.hasMore()) {
            int kind = in.read();
            switch (kind) {
                case ChangeWriter.TRANSACTION -> transaction = codec.readTransaction(data);
                case ChangeWriter.SOURCE -> source = source();
                case ChangeWriter.RECORD -> to.change(record());
                case ChangeWriter.STATEMENT -> to.change(statement());
                case ChangeWriter.BOUNDARY -> {
                    long number = in.number(8);
                    Boundary boundary = codec.readBoundary(data);
                    to.boundary(boundary, number);
                }
                default -> throw new IOException("a spill holds the unknown item " + kind);
            }
        }
    }

    private SourceInfo source() throws IOException {
        String service = Objects.requireNonNull(in.text());
        String file = in.text();
        long position = in.number(8);
        long timestamp = in.number(8);
        NativeHeader header = in.read() == 0 ? null : codec.readHeader(data);
        return new SourceInfo(service, file, position, Objects.requireNonNull(transaction), timestamp, header);
    }

    private Change record() {
        Record.Kind kind = RECORD_KINDS[in.read()];
        long ordinal = in.number(8);
        RowImage before = image();
        RowImage after = image();
        return new Record(kind, before, after, Objects.requireNonNull(source), ordinal);
    }

    private @Nullable RowImage image() {
        int kind = in.read();
        if (kind == ChangeWriter.NO_IMAGE) {
            return null;
        }
        TableSchema of = schema(kind);
        int length = in.length();
        int begin = in.position();
        in.skip(length);
        int schemaBytes = kind == ChangeWriter.OF_SCHEMA_HERE ? of.sizeBytes() : 0;
        return new SpilledRow(of, schemaBytes, in.array(), begin, begin + length);
    }

    private TableSchema schema(int kind) {
        if (kind == ChangeWriter.OF_KNOWN_SCHEMA) {
            return schemas.get(in.length());
        }
        if (kind == ChangeWriter.OF_SCHEMA_HERE) {
            schema = SchemaCodec.read(in);
        }
        return Objects.requireNonNull(schema);
    }

    private Change statement() {
        Statement.Kind kind = STATEMENT_KINDS[in.read()];
        long ordinal = in.number(8);
        String database = Objects.requireNonNull(in.text());
        List<TableId> tables = new ArrayList<>();
        for (int left = in.length(); left > 0; left--) {
            tables.add(new TableId(Objects.requireNonNull(in.text()), Objects.requireNonNull(in.text())));
        }
        String sql = Objects.requireNonNull(in.text());
        return new Statement(kind, database, tables, sql, Objects.requireNonNull(source), ordinal, in.read() != 0);
    }
}
