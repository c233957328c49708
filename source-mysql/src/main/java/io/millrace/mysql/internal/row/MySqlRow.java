// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import io.millrace.core.ColumnVisitor;
import io.millrace.core.RowImage;
import io.millrace.core.TableSchema;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One row image of a rows event: a view of the event's bytes, which it keeps from being freed.
 * Immutable but for a cache that any thread may fill with the same content.
 */
public final class MySqlRow extends RowImage {

    /** Columns further to the right are found by a table of offsets, others by walking to them. */
    private static final int WALK = 16;

    private final RowDecoder decoder;
    private final byte[] event;
    private final int offset;
    private final int length;
    private final PresentColumns present;

    /** Where each column's value begins, once someone asked for one far to the right. */
    private volatile int @Nullable [] starts;

    MySqlRow(RowDecoder decoder, byte[] event, int offset, int length, PresentColumns present) {
        this.decoder = decoder;
        this.event = event;
        this.offset = offset;
        this.length = length;
        this.present = present;
    }

    @Override
    public TableSchema schema() {
        return decoder.schema();
    }

    @Override
    public void accept(ColumnVisitor visitor) {
        decoder.accept(event, offset, present, visitor);
    }

    @Override
    public void accept(int column, ColumnVisitor visitor) {
        Objects.checkIndex(column, decoder.layout().columns());
        if (!present.has(column)) {
            visitor.onAbsent(column);
        } else if (isNull(column)) {
            visitor.onNull(column);
        } else {
            decoder.accept(column, event, startOf(column), visitor);
        }
    }

    private boolean isNull(int column) {
        int bit = column;
        if (!present.all) {
            bit = 0;
            for (int i = 0; i < column; i++) {
                bit += present.has(i) ? 1 : 0;
            }
        }
        return (event[offset + (bit >> 3)] >> (bit & 7) & 1) != 0;
    }

    private int startOf(int column) {
        RowLayout layout = decoder.layout();
        if (column < WALK) {
            return layout.valueAt(column, event, offset, offset + length, present);
        }
        int[] known = starts;
        if (known == null) {
            known = layout.valueStarts(event, offset, offset + length, present);
            starts = known;
        }
        return known[column];
    }

    @Override
    public int sizeBytes() {
        return length;
    }

    @Override
    public boolean has(int column) {
        Objects.checkIndex(column, decoder.layout().columns());
        return present.has(column);
    }
}
