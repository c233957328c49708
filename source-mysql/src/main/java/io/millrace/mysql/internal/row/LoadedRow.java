// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import io.millrace.core.ColumnVisitor;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import java.util.Objects;

/** A row of a result, kept as the server sent it. Immutable. */
public final class LoadedRow extends RowImage {

    /** Heap that a row takes beside the bytes that were sent: three objects. */
    private static final int OVERHEAD = 64;

    private static final int NULL = 0xfb;

    private final LoadedTable table;
    private final byte[] row;
    /** Where values end; the next begins there, with its length. */
    private final int[] ends;

    /** @param row a length-encoded string per column, 0xfb for null */
    LoadedRow(LoadedTable table, byte[] row) {
        this.table = table;
        this.row = row;
        this.ends = new int[table.schema().size()];
        int at = 0;
        for (int i = 0; i < ends.length; i++) {
            at = end(at);
            ends[i] = at;
        }
        if (at != row.length) {
            throw malformed((row.length - at) + " bytes are left over");
        }
    }

    private int end(int at) {
        if (at >= row.length) {
            throw malformed("it has too few values");
        }
        int first = row[at] & 0xff;
        if (first == NULL) {
            return at + 1;
        }
        int prefix = prefix(first);
        if (at + prefix > row.length) {
            throw malformed("a length is cut off");
        }
        long length = prefix == 1 ? first : Bytes.littleEndian(row, at + 1, prefix - 1);
        if (length < 0 || length > row.length - at - prefix) {
            throw malformed("a value of " + length + " bytes is cut off");
        }
        return at + prefix + (int) length;
    }

    private MalformedRowException malformed(String problem) {
        return new MalformedRowException(
                "a row of " + table.schema().table() + " is not as it was asked for: " + problem);
    }

    private static int prefix(int first) {
        return first < NULL ? 1 : first == 0xfc ? 3 : first == 0xfd ? 4 : 9;
    }

    /** {@return the row as the server sent it; not to be changed} */
    public byte[] bytes() {
        return row;
    }

    private int slot(int column) {
        return column == 0 ? 0 : ends[column - 1];
    }

    private boolean isNull(int column) {
        return (row[slot(column)] & 0xff) == NULL;
    }

    private int begin(int column) {
        int slot = slot(column);
        return slot + prefix(row[slot] & 0xff);
    }

    /** {@return the value as SQL, of a column that {@link LoadedTable#isOrdered} and is not null} */
    public String literal(int column) {
        return table.literal(column, row, begin(column), ends[column]);
    }

    @Override
    public TableSchema schema() {
        return table.schema();
    }

    @Override
    public void accept(ColumnVisitor visitor) {
        for (int i = 0; i < ends.length; i++) {
            accept(i, visitor);
        }
    }

    @Override
    public void accept(int column, ColumnVisitor visitor) {
        if (isNull(column)) {
            visitor.onNull(column);
        } else {
            table.show(column, row, begin(column), ends[column], visitor);
        }
    }

    @Override
    public int sizeBytes() {
        return (int) Math.min(Integer.MAX_VALUE, OVERHEAD + row.length + 4L * ends.length);
    }

    @Override
    public boolean has(int column) {
        Objects.checkIndex(column, ends.length);
        return true;
    }
}
