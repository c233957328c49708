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
import java.io.DataOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes and boundaries in their order. What changes share is written once: the transaction,
 * and the place of their event. Not thread-safe.
 */
public final class ChangeWriter {

    static final int TRANSACTION = 1;
    static final int SOURCE = 2;
    static final int RECORD = 3;
    static final int STATEMENT = 4;
    static final int BOUNDARY = 5;

    static final int NO_IMAGE = 0;
    static final int OF_KNOWN_SCHEMA = 1;
    static final int OF_SCHEMA_HERE = 2;
    static final int OF_SCHEMA_BEFORE = 3;

    private final LogCodec codec;
    private final Schemas schemas;
    private final ByteWriter out = new ByteWriter();
    private final DataOutputStream data = new DataOutputStream(out);
    private final ByteWriter row = new ByteWriter();
    private final RowWriter rows = new RowWriter(row);
    private @Nullable Transaction transaction;
    private @Nullable SourceInfo source;
    /** The last of those that do not stay in memory. */
    private @Nullable TableSchema schema;

    ChangeWriter(LogCodec codec, Schemas schemas) {
        this.codec = codec;
        this.schemas = schemas;
    }

    public void write(Change change) throws IOException {
        place(change.source());
        if (change instanceof Record record) {
            out.write(RECORD);
            out.write(record.kind().ordinal());
            out.number(record.ordinal(), 8);
            image(record.before());
            image(record.after());
        } else if (change instanceof Statement statement) {
            out.write(STATEMENT);
            out.write(statement.kind().ordinal());
            out.number(statement.ordinal(), 8);
            out.text(statement.database());
            out.length(statement.tables().size());
            for (TableId table : statement.tables()) {
                out.text(table.database());
                out.text(table.name());
            }
            out.text(statement.sql());
            out.write(statement.changesData() ? 1 : 0);
        }
    }

    private void place(SourceInfo of) throws IOException {
        if (of.transaction() != transaction) {
            transaction = of.transaction();
            out.write(TRANSACTION);
            codec.write(of.transaction(), data);
        }
        if (of != source) {
            source = of;
            out.write(SOURCE);
            out.text(of.service());
            out.text(of.source());
            out.number(of.position(), 8);
            out.number(of.eventTimestamp(), 8);
            NativeHeader header = of.nativeHeader();
            out.write(header == null ? 0 : 1);
            if (header != null) {
                codec.write(header, data);
            }
        }
    }

    private void image(@Nullable RowImage image) {
        if (image == null) {
            out.write(NO_IMAGE);
            return;
        }
        write(image.schema());
        row.cut(0);
        rows.write(image);
        out.block(row.array(), 0, row.size());
    }

    private void write(TableSchema of) {
        int number = schemas.number(of);
        if (number != Schemas.NOT_KEPT) {
            out.write(OF_KNOWN_SCHEMA);
            out.length(number);
        } else if (of == schema) {
            out.write(OF_SCHEMA_BEFORE);
        } else {
            out.write(OF_SCHEMA_HERE);
            SchemaCodec.write(of, out);
            schema = of;
        }
    }

    /** @param number of the transaction that ends, or after which the log was read on */
    public void write(Boundary boundary, long number) throws IOException {
        out.write(BOUNDARY);
        out.number(number, 8);
        codec.write(boundary, data);
    }

    int size() {
        return out.size();
    }

    byte[] array() {
        return out.array();
    }
}
